/*
 * memory_face.h - what the server's HTTPS face does, without sockets: requests as a transport has them go
 * straight into a jx_ingest. The contract suite of the transports runs the same cases over this and over the
 * real program; the simulation puts its weather around it.
 *
 * Not part of the library: a test names memory_face.c among its SOURCES and links client, ingest and vault.
 */
#ifndef MEMORY_FACE_H
#define MEMORY_FACE_H

#include "jiexun/client.h"
#include "jiexun/ingest.h"

/** POST /v1/enrol and /v1/sync; another path is answered 404. */
void memory_face_exchange(jx_ingest *ingest, const struct jx_wire_request *rq, struct jx_wire_response *rs);

/**
 * The photo routes. The body is pulled in small pieces.
 * @param cut_at_bytes  the line breaks when this much of the photo has passed; -1: it does not
 * @retval JX_ENET  it broke: what had passed is kept, as the server keeps it
 * Else what the source's read returned; then the line broke there, too.
 */
jx_rc memory_face_photo(jx_ingest *ingest, const struct jx_photo_request *rq, int64_t cut_at_bytes,
			struct jx_photo_response *rs, struct jx_error *err);

/** GET /v1/blobs/<sha256>. */
jx_rc memory_face_blob(jx_ingest *ingest, jx_vault *vault, const struct jx_fs *fs,
		       const struct jx_blob_request *rq, struct jx_wire_response *rs, struct jx_error *err);

/** A whole transport on top: one server, nothing is lost on the way. */
struct memory_transport {
	struct jx_transport face;
	jx_ingest *ingest;
	jx_vault *vault;
	const struct jx_fs *fs;
	uint8_t key[JX_HASH_BYTES]; /**< stands for the key of the server's certificate */
	uint8_t pins[JX_PINS_MAX][JX_HASH_BYTES];
	size_t pin_count; /**< 0: any key, as for enrolment */
};
/** Initialise in place; set ingest, vault, fs, key and pins before. */
void memory_transport_init(struct memory_transport *t);

#endif
