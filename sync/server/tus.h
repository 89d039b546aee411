/* Reading tus headers. Pure. */
#ifndef JX_SERVER_TUS_H
#define JX_SERVER_TUS_H

#include "jiexun/base.h"

/*
 * The hash out of Upload-Metadata: "sha256 <base64 of 64 hex digits>", other keys beside it. False: absent,
 * twice or malformed.
 */
bool jx_server__tus_hash(const char *metadata, uint8_t hash_out[JX_HASH_BYTES]);

#endif
