#include "tus.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static bool read_value(const char *value, size_t len, uint8_t hash_out[JX_HASH_BYTES])
{
	char hex[64];
	size_t hex_len = 0;

	return jx_unbase64(value, len, hex, sizeof(hex), &hex_len) && hex_len == sizeof(hex) &&
	       jx_unhex(hex, sizeof(hex), hash_out, JX_HASH_BYTES);
}

bool jx_server__tus_hash(const char *metadata, uint8_t hash_out[JX_HASH_BYTES])
{
	uint8_t hash[JX_HASH_BYTES];
	bool is_found = false;

	while (metadata != NULL && *metadata != '\0') {
		size_t pair_len = strcspn(metadata, ",");
		size_t key_len;

		/* the specification separates pairs by a comma; some clients put a space behind it */
		while (pair_len > 0 && *metadata == ' ') {
			metadata++;
			pair_len--;
		}
		key_len = strcspn(metadata, " ,");
		if (key_len == 6 && memcmp(metadata, "sha256", 6) == 0) {
			if (is_found || pair_len < 8 || !read_value(metadata + 7, pair_len - 7, hash))
				return false;
			is_found = true;
		}
		metadata += pair_len;
		if (*metadata == ',')
			metadata++;
	}
	if (is_found)
		memcpy(hash_out, hash, sizeof(hash));
	return is_found;
}

#define SHA1_BYTES 20

bool jx_server__tus_checksum(const char *value, struct jx_server__checksum *out)
{
	struct jx_server__checksum c = {.is_sha1 = strncmp(value, "sha1 ", 5) == 0};
	const char *text = value + (c.is_sha1 ? 5 : 7);
	size_t len = 0;

	if (!c.is_sha1 && strncmp(value, "sha256 ", 7) != 0)
		return false;
	if (!jx_unbase64(text, strlen(text), c.hash, sizeof(c.hash), &len) ||
	    len != (c.is_sha1 ? SHA1_BYTES : JX_HASH_BYTES))
		return false;
	*out = c;
	return true;
}

bool jx_server__tus_fits(const struct jx_server__checksum *checksum, const void *data, size_t len)
{
	uint8_t found[JX_HASH_BYTES] = {0};

	if (!checksum->is_sha1)
		jx_sha256(data, len, found);
	else if (gnutls_hash_fast(GNUTLS_DIG_SHA1, data, len, found) != 0)
		return false;
	return memcmp(found, checksum->hash, checksum->is_sha1 ? SHA1_BYTES : JX_HASH_BYTES) == 0;
}

void jx_server__tus_date(int64_t utc_ms, char out[JX_SERVER__DATE_MAX])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const time_t t = (time_t)(utc_ms / 1000);
	struct tm tm = {0};

	(void)gmtime_r(&t, &tm);
	/* strftime() would write it in the server's language */
	(void)snprintf(out, JX_SERVER__DATE_MAX, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
		       days + (size_t)(tm.tm_wday % 7) * 3, (unsigned)tm.tm_mday % 100,
		       months + (size_t)(tm.tm_mon % 12) * 3, (unsigned)(tm.tm_year + 1900) % 10000,
		       (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
