/*
 * floor_client: the devices' half of the floor. Sends the very entries that the prepared devices hold (zstd -3 NDJSON, 500 a batch, one
 * TLS connection a device, devices one after another) and their photos, byte for byte, to floor_server.
 *   floor_client URL FOLDER      FOLDER/dev-NN/entries.ndjson and FOLDER/dev-NN/photos.txt (a path a line), made by bench_sync prepare
 * Prints seconds.
 */
#include "bench.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

struct source {
	const char *data;
	size_t len, at;
};

static size_t give(char *buffer, size_t size, size_t count, void *user)
{
	struct source *s = user;
	size_t n = s->len - s->at < size * count ? s->len - s->at : size * count;

	memcpy(buffer, s->data + s->at, n);
	s->at += n;
	return n;
}

static size_t swallow(char *data, size_t size, size_t count, void *user)
{
	(void)data;
	(void)user;
	return size * count;
}

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	long n;
	char *data;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
		bench_die("cannot read", path);
	rewind(f);
	data = malloc((size_t)n + 1);
	if (data == NULL || fread(data, 1, (size_t)n, f) != (size_t)n)
		bench_die("cannot read", path);
	(void)fclose(f);
	data[n] = '\0';
	*len = (size_t)n;
	return data;
}

static void put(CURL *c, const char *url, const char *data, size_t len)
{
	struct source s = {.data = data, .len = len};
	long status = 0;

	(void)curl_easy_setopt(c, CURLOPT_URL, url);
	(void)curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	(void)curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	(void)curl_easy_setopt(c, CURLOPT_READDATA, &s);
	(void)curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)len);
	if (curl_easy_perform(c) != CURLE_OK ||
	    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 201)
		bench_die("floor request failed", url);
}

static void send_entries(CURL *c, const char *base, const char *folder, int k)
{
	char path[600], url[600];
	size_t len;
	char *text, *packed;
	int batch = 0;

	(void)snprintf(path, sizeof(path), "%s/dev-%02d/entries.ndjson", folder, k);
	text = slurp(path, &len);
	packed = malloc(ZSTD_compressBound(len));
	if (packed == NULL)
		bench_die("out of memory", path);
	for (char *at = text, *end; at < text + len; at = end) {
		size_t n;

		end = at;
		for (int lines = 0; lines < 500 && end < text + len; lines++) {
			char *lf = strchr(end, '\n');

			end = lf != NULL ? lf + 1 : text + len;
		}
		n = ZSTD_compress(packed, ZSTD_compressBound(len), at, (size_t)(end - at), 3);
		(void)snprintf(url, sizeof(url), "%s/b/%d-%d", base, k, batch++);
		put(c, url, packed, n);
	}
	free(packed);
	free(text);
}

static void send_photos(CURL *c, const char *base, const char *folder, int k)
{
	char path[600], url[700];
	size_t len;
	char *list;

	(void)snprintf(path, sizeof(path), "%s/dev-%02d/photos.txt", folder, k);
	list = slurp(path, &len);
	for (char *file = list, *end; (end = strchr(file, '\n')) != NULL; file = end + 1) {
		const char *name;
		size_t n;
		char *data;

		*end = '\0';
		name = strrchr(file, '/');
		data = slurp(file, &n);
		(void)snprintf(url, sizeof(url), "%s/p/%s", base, name != NULL ? name + 1 : file);
		put(c, url, data, n);
		free(data);
	}
	free(list);
}

int main(int argc, char **argv)
{
	double began;

	if (argc != 3) {
		fputs("usage: floor_client URL FOLDER\n", stderr);
		return 64;
	}
	(void)curl_global_init(CURL_GLOBAL_ALL);
	began = bench_now();
	for (int k = 0; k < BENCH_DEVICES; k++) {
		CURL *c = curl_easy_init();
		struct curl_slist *none = curl_slist_append(NULL, "Expect:");

		(void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, none);
		(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		(void)curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
		(void)curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
		(void)curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 262144L);
		(void)curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
		(void)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
		send_entries(c, argv[1], argv[2], k);
		send_photos(c, argv[1], argv[2], k);
		curl_easy_cleanup(c);
		curl_slist_free_all(none);
	}
	printf("%.6f\n", bench_now() - began);
	curl_global_cleanup();
	return 0;
}
