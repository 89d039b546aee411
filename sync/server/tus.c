#include "tus.h"

#include <string.h>

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
