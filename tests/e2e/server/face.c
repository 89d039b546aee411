/*
 * The HTTPS face over an invented core, so that every answer of the core can be had at will: what a photo
 * route meets is told by the first byte of the photo's hash (see rows). Prints its port; ends when standard
 * input does.
 *
 *   face DIR PHOTO_SIZE [key=value of jiexund.conf ...]
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "jiexun/server.h"

/* Of one photo at a time: the invented upload. */
struct jx_ingest {
	pthread_mutex_t lock;
	int64_t size, offset;
	bool is_open;
	char dir[1024];
};
struct jx_upload {
	jx_ingest *ingest;
	jx_rc at_write, at_end;
};

struct row {
	uint8_t first;
	jx_rc at_state, at_open, at_write, at_end;
};
static const struct row rows[] = {
	{0x00, JX_OK, JX_OK, JX_OK, JX_OK},        {0x01, JX_ENOTFOUND, JX_OK, JX_OK, JX_OK},
	{0x02, JX_OK, JX_EBUSY, JX_OK, JX_OK},     {0x03, JX_OK, JX_OK, JX_ENOSPC, JX_OK},
	{0x04, JX_OK, JX_OK, JX_OK, JX_ECORRUPT},  {0x05, JX_EIO, JX_OK, JX_OK, JX_OK},
	{0x06, JX_OK, JX_ECONFLICT, JX_OK, JX_OK}, {0x07, JX_EAUTH, JX_OK, JX_OK, JX_OK},
	{0x08, JX_OK, JX_OK, JX_ELIMIT, JX_OK},
};

static struct row row_of(const uint8_t *sha256)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].first == sha256[0])
			return rows[i];
	}
	return rows[1];
}

static jx_rc invent(jx_rc rc, struct jx_error *err)
{
	return rc == JX_OK ? JX_OK : jx_fail(err, rc, 0, "face", "invented");
}

/* ---- the core's functions, as the face calls them ---- */

void jx_ingest_enrol(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	(void)ingest;
	rs->status = 200;
	jx_buf_addf(&rs->body, "{\"body\":%zu}", rq->body.len);
}

/* Says what it got; "refuse" as authorization gives an error as ingest would. */
void jx_ingest_sync(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	(void)ingest;
	rs->status = rq->authorization != NULL && strcmp(rq->authorization, "refuse") == 0 ? 401 : 200;
	jx_buf_addf(&rs->body, "{\"body\":%zu,\"zstd\":%d,\"dictionary\":%d,\"path\":\"%s\"}", rq->body.len,
		    rq->is_zstd, rq->dictionary, rq->path);
}

void jx_ingest_small(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs)
{
	jx_ingest_sync(ingest, rq, rs);
}

bool jx_ingest_token(jx_ingest *ingest, const char *authorization, struct jx_writer *who_out,
		     struct jx_wire_response *rs)
{
	(void)ingest;
	memset(who_out, 0, sizeof(*who_out));
	who_out->role = JX_ROLE_FIELD;
	if (authorization != NULL && strncmp(authorization, "Bearer ", 7) == 0 &&
	    jx_role_parse(authorization + 7, &who_out->role))
		return true;
	rs->status = 401;
	jx_buf_adds(&rs->body, "{\"v\":1,\"error\":\"challenge\",\"detail\":\"\"}");
	return false;
}

static void fill_state(const jx_ingest *ingest, struct jx_upload_state *out)
{
	memset(out, 0, sizeof(*out));
	out->size_bytes = ingest->size;
	out->offset_bytes = ingest->offset;
	out->is_stored = ingest->offset == ingest->size;
	jx_strcpy(out->receipt.text, sizeof(out->receipt.text), "{\"receipt\":true}");
	out->receipt.len = strlen(out->receipt.text);
}

jx_rc jx_ingest_photo_state(jx_ingest *ingest, const struct jx_writer *who,
			    const uint8_t sha256[JX_HASH_BYTES], struct jx_upload_state *out,
			    struct jx_error *err)
{
	struct row row = row_of(sha256);

	(void)who;
	if (row.at_state != JX_OK)
		return invent(row.at_state, err);
	(void)pthread_mutex_lock(&ingest->lock);
	fill_state(ingest, out);
	(void)pthread_mutex_unlock(&ingest->lock);
	return JX_OK;
}

jx_rc jx_ingest_photo_open(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes, jx_upload **upload_out,
			   struct jx_error *err)
{
	struct row row = row_of(sha256);
	jx_rc rc = row.at_open;

	(void)who;
	(void)pthread_mutex_lock(&ingest->lock);
	if (rc == JX_OK && ingest->is_open)
		rc = JX_EBUSY;
	if (rc == JX_OK && ingest->offset != offset_bytes)
		rc = JX_ECONFLICT;
	if (rc == JX_OK) {
		jx_upload *u = jx_xcalloc(1, sizeof(*u));

		ingest->is_open = true;
		u->ingest = ingest;
		u->at_write = row.at_write;
		u->at_end = row.at_end;
		*upload_out = u;
	}
	(void)pthread_mutex_unlock(&ingest->lock);
	return invent(rc, err);
}

jx_rc jx_ingest_photo_drop(jx_ingest *ingest, const struct jx_writer *who,
			   const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	struct row row = row_of(sha256);
	jx_rc rc = row.at_state != JX_OK ? row.at_state : row.at_open;

	(void)who;
	(void)pthread_mutex_lock(&ingest->lock);
	if (rc == JX_OK && ingest->is_open)
		rc = JX_EBUSY;
	if (rc == JX_OK && ingest->offset == ingest->size)
		rc = JX_EEXISTS;
	if (rc == JX_OK)
		ingest->offset = 0;
	(void)pthread_mutex_unlock(&ingest->lock);
	return invent(rc, err);
}

jx_rc jx_upload_write(jx_upload *upload, const void *data, size_t len, struct jx_error *err)
{
	(void)data;
	if (upload->at_write != JX_OK)
		return invent(upload->at_write, err);
	(void)pthread_mutex_lock(&upload->ingest->lock);
	upload->ingest->offset += (int64_t)len;
	(void)pthread_mutex_unlock(&upload->ingest->lock);
	return JX_OK;
}

jx_rc jx_upload_end(jx_upload *upload, struct jx_upload_state *state_out, struct jx_error *err)
{
	jx_ingest *ingest = upload->ingest;
	jx_rc rc = upload->at_end;

	(void)pthread_mutex_lock(&ingest->lock);
	if (rc == JX_ECORRUPT)
		ingest->offset = 0;
	else
		fill_state(ingest, state_out);
	(void)pthread_mutex_unlock(&ingest->lock);
	return invent(rc, err);
}

void jx_upload_close(jx_upload *upload)
{
	if (upload == NULL)
		return;
	(void)pthread_mutex_lock(&upload->ingest->lock);
	upload->ingest->is_open = false;
	(void)pthread_mutex_unlock(&upload->ingest->lock);
	free(upload);
}

/* ---- as much of a vault as the face asks ---- */

struct face_vault {
	jx_vault base;
	jx_ingest *ingest;
};

static jx_rc face_epoch(jx_vault *v, uint8_t epoch_out[JX_ID_BYTES], struct jx_error *err)
{
	(void)v;
	(void)err;
	memset(epoch_out, 7, JX_ID_BYTES);
	return JX_OK;
}

static jx_rc face_keys(jx_vault *v, struct jx_signed *out, struct jx_error *err)
{
	(void)v;
	(void)out;
	return jx_fail(err, JX_ENOTFOUND, 0, "face", "no keys here");
}

static jx_rc face_photo_known(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	(void)v;
	return sha256[0] == 0 ? JX_OK : jx_fail(err, JX_ENOTFOUND, 0, "face", "invented");
}

/* DIR/photo holds the bytes. */
static void face_photo_path(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], char *out, size_t cap)
{
	struct face_vault *f = (struct face_vault *)v;

	(void)sha256;
	(void)snprintf(out, cap, "%s/photo", f->ingest->dir);
}

/* Five bytes stand for the small copy of each known photo. */
static jx_rc face_copy(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], jx_buf *out, struct jx_error *err)
{
	const jx_rc rc = face_photo_known(v, sha256, err);

	if (rc == JX_OK)
		jx_buf_adds(out, "small");
	return rc;
}

/* A pack of 100,000 bytes that count; its hash begins with 70. */
#define PACK_BYTES 100000

static jx_rc face_pack_size(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], int64_t *size_bytes_out,
			    struct jx_error *err)
{
	(void)v;
	if (sha256[0] != 0x70)
		return jx_fail(err, JX_ENOTFOUND, 0, "face", "invented");
	*size_bytes_out = PACK_BYTES;
	return JX_OK;
}

static jx_rc face_pack_read(jx_vault *v, const uint8_t sha256[JX_HASH_BYTES], int64_t offset_bytes,
			    void *data, size_t len, size_t *got_out, struct jx_error *err)
{
	uint8_t *out = data;

	(void)v;
	(void)sha256;
	(void)err;
	*got_out = PACK_BYTES - offset_bytes < (int64_t)len ? (size_t)(PACK_BYTES - offset_bytes) : len;
	for (size_t i = 0; i < *got_out; i++)
		out[i] = (uint8_t)((offset_bytes + (int64_t)i) % 251);
	return JX_OK;
}

static const struct jx_vault_ops face_ops = {.epoch = face_epoch,
					     .keys = face_keys,
					     .photo_known = face_photo_known,
					     .photo_path = face_photo_path,
					     .copy = face_copy,
					     .pack_size = face_pack_size,
					     .pack_read = face_pack_read};

/* ---- the program ---- */

static void log_line(void *user, enum jx_server_level level, const char *line)
{
	(void)user;
	fprintf(stderr, "%d %s\n", (int)level, line);
}

static jx_rc make_tls(jx_server_tls **out, struct jx_error *err)
{
	const uint8_t serial[16] = {1};
	JX_AUTO_BUF key;
	JX_AUTO_BUF certificate;
	jx_rc rc;

	jx_buf_init(&key, 8192);
	jx_buf_init(&certificate, 8192);
	rc = jx_server_tls_make_key(&key, err);
	if (rc == JX_OK)
		rc = jx_server_tls_make_certificate((struct jx_bytes){key.data, key.len}, NULL, 0, serial,
						    jx_os_clock()->utc_ms(jx_os_clock()->user), &certificate,
						    err);
	if (rc == JX_OK)
		rc = jx_server_tls_load((struct jx_bytes){certificate.data, certificate.len},
					(struct jx_bytes){key.data, key.len}, out, err);
	return rc;
}

static jx_rc start(int argc, char **argv, jx_ingest *ingest, struct face_vault *vault, jx_server **server_out,
		   int *port_out, struct jx_error *err)
{
	JX_AUTO(jx_server_tls) tls = NULL;
	JX_AUTO_BUF text;
	struct jx_server__conf conf;
	struct jx_server_config config;
	jx_rc rc = jx_os_start("face", err);

	jx_buf_init(&text, 65536);
	for (int i = 3; i < argc; i++)
		jx_buf_addf(&text, "%s\n", argv[i]);
	jx_server__conf_default(&conf);
	if (rc == JX_OK)
		rc = jx_server__conf_read(text.data == NULL ? "" : text.data, text.len, "arguments", &conf,
					  err);
	if (rc == JX_OK)
		rc = make_tls(&tls, err);
	memset(&config, 0, sizeof(config));
	config.ingest = ingest;
	config.vault = &vault->base;
	config.clock = jx_os_clock();
	config.limits = conf.limits;
	config.tls = tls;
	config.log = log_line;
	if (rc == JX_OK)
		rc = jx_server_listen("127.0.0.1:0", &config.listen_fd, port_out, err);
	return rc == JX_OK ? jx_server_start(&config, server_out, err) : rc;
}

int main(int argc, char **argv)
{
	jx_ingest ingest = {.lock = PTHREAD_MUTEX_INITIALIZER};
	struct face_vault vault = {.base = {.ops = &face_ops}, .ingest = &ingest};
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	jx_server *server = NULL;
	struct jx_error err = {0};
	int port = 0;
	char byte;

	if (argc < 3 || !jx_parse_i64(argv[2], 0, INT64_MAX, &ingest.size)) {
		fprintf(stderr, "face DIR PHOTO_SIZE [key=value ...]\n");
		return 64;
	}
	jx_strcpy(ingest.dir, sizeof(ingest.dir), argv[1]);
	if (start(argc, argv, &ingest, &vault, &server, &port, &err) != JX_OK) {
		fprintf(stderr, "face: %s\n", err.text);
		return 1;
	}
	printf("%d\n", port);
	(void)fflush(stdout);
	/* ten ticks a second: tests with limits of one second need not wait for two */
	while (poll(&in, 1, 100) >= 0 &&
	       ((in.revents & (POLLIN | POLLHUP)) == 0 || read(STDIN_FILENO, &byte, 1) == 1))
		jx_server_tick(server);
	jx_server_stop(server, 2000);
	return 0;
}
