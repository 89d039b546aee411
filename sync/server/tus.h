/* Reading tus headers. Pure. */
#ifndef JX_SERVER_TUS_H
#define JX_SERVER_TUS_H

#include "jiexun/base.h"

/*
 * The hash out of Upload-Metadata: "sha256 <base64 of 64 hex digits>", other keys beside it. False: absent,
 * twice or malformed.
 */
bool jx_server__tus_hash(const char *metadata, uint8_t hash_out[JX_HASH_BYTES]);

#define JX_SERVER__CHECKSUMS "sha1,sha256"
struct jx_server__checksum {
	bool is_sha1; /* else SHA-256 */
	uint8_t hash[JX_HASH_BYTES];
};
/* Upload-Checksum: "sha1 <base64>". False: malformed, or another algorithm. */
bool jx_server__tus_checksum(const char *value, struct jx_server__checksum *out);
/* Is it the checksum of these bytes? */
bool jx_server__tus_fits(const struct jx_server__checksum *checksum, const void *data, size_t len);

/* IMF-fixdate (RFC 9110): "Sun, 06 Nov 1994 08:49:37 GMT". */
#define JX_SERVER__DATE_MAX 32
void jx_server__tus_date(int64_t utc_ms, char out[JX_SERVER__DATE_MAX]);

#endif
