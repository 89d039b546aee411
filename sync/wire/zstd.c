/* Sizes on the wire: zstd with a ceiling on what comes out and on the memory it takes. */
#include <stdlib.h>
#include <zstd.h>

#include "layout.h"
#include "wire_dictionary_1.h"

/* 2 MiB: twice the largest body. A frame that asks for more memory is refused before any is had. */
#define WINDOW_LOG_MAX 21
#define PIECE_BYTES    16384

/* Dictionaries by their number, from 1 on. They are never changed: a new one gets the next number. */
static const struct {
	const unsigned char *bytes;
	const size_t *len;
} dictionaries[] = {{wire_dictionary_1, &wire_dictionary_1_len}};

static bool is_known(int dictionary)
{
	return dictionary >= JX_WIRE_DICTIONARY_NONE && dictionary <= JX_WIRE_DICTIONARY_NEWEST;
}

static void free_cctx(ZSTD_CCtx **c)
{
	(void)ZSTD_freeCCtx(*c);
}

static void free_dctx(ZSTD_DCtx **d)
{
	(void)ZSTD_freeDCtx(*d);
}

static jx_rc no_memory(struct jx_error *err)
{
	return jx_fail(err, JX_ENOMEM, 0, "wire.compress", "no memory for compression; close other programs");
}

struct jx_wire_ready {
	ZSTD_DDict *expands[JX_WIRE_DICTIONARY_NEWEST];
};

/* One whole frame behind what out holds. */
static jx_rc deflate_bytes(struct jx_bytes plain, int dictionary, int level, jx_buf *out,
			   struct jx_error *err)
{
	JX_CLEANUP(free_cctx) ZSTD_CCtx *c = ZSTD_createCCtx();
	const size_t room = ZSTD_compressBound(plain.len);
	JX_AUTO_FREE char *frame = malloc(room);
	size_t made;

	if (c == NULL || frame == NULL)
		return no_memory(err);
	/*
	 * Fits its tables to the message; a dictionary that is loaded beforehand gets those for any size, twice as much to clear, and zstd
	 * 1.5.4 makes one through a null pointer where memory is out.
	 */
	if (dictionary != JX_WIRE_DICTIONARY_NONE)
		made = ZSTD_compress_usingDict(c, frame, room, plain.data, plain.len,
					       dictionaries[dictionary - 1].bytes,
					       *dictionaries[dictionary - 1].len, level);
	else
		made = ZSTD_compressCCtx(c, frame, room, plain.data, plain.len, level);
	if (ZSTD_isError(made))
		return jx_fail(err, JX_ENOMEM, 0, "wire.compress", "a message could not be compressed: %s",
			       ZSTD_getErrorName(made));
	jx_buf_add(out, frame, made);
	return jx_buf_check(out, "compressed message", err);
}

jx_rc jx_wire_compress(struct jx_bytes plain, int level, jx_buf *out, struct jx_error *err)
{
	return deflate_bytes(plain, JX_WIRE_DICTIONARY_NONE, level, out, err);
}

jx_rc jx_wire_compress_with(struct jx_bytes plain, int dictionary, int level, jx_buf *out,
			    struct jx_error *err)
{
	JX_AUTO_BUF laid = {0};
	jx_rc rc;

	if (dictionary == JX_WIRE_DICTIONARY_NONE)
		return deflate_bytes(plain, dictionary, level, out, err);
	if (!is_known(dictionary))
		return jx_fail(err, JX_EVERSION, 0, "wire.compress",
			       "compression dictionary %d is not known here; send without a dictionary",
			       dictionary);
	jx_wire_lay_out(plain, &laid);
	rc = jx_buf_check(&laid, "message", err);
	if (rc != JX_OK)
		return rc;
	return deflate_bytes((struct jx_bytes){laid.data, laid.len}, dictionary, level, out, err);
}

jx_rc jx_wire_ready_new(jx_wire_ready **ready_out, struct jx_error *err)
{
	JX_AUTO(jx_wire_ready) r = jx_xcalloc(1, sizeof(*r));

	for (size_t i = 0; i < JX_WIRE_DICTIONARY_NEWEST; i++) {
		r->expands[i] = ZSTD_createDDict(dictionaries[i].bytes, *dictionaries[i].len);
		if (r->expands[i] == NULL)
			return no_memory(err);
	}
	*ready_out = JX_STEAL(r);
	return JX_OK;
}

void jx_wire_ready_free(jx_wire_ready *ready)
{
	if (ready == NULL)
		return;
	for (size_t i = 0; i < JX_WIRE_DICTIONARY_NEWEST; i++)
		(void)ZSTD_freeDDict(ready->expands[i]);
	free(ready);
}

void jx_wire_lay_out(struct jx_bytes plain, jx_buf *out)
{
	jx_buf_init(out, plain.len + JX_WIRE__LAID_MORE);
	jx_wire__lay(plain, out);
}

/* One piece of output; JX_ELIMIT as soon as it would not fit. */
static jx_rc expand_piece(ZSTD_DCtx *d, ZSTD_inBuffer *in, size_t *left_out, size_t *made_out, jx_buf *out,
			  struct jx_error *err)
{
	char piece[PIECE_BYTES];
	ZSTD_outBuffer o = {piece, sizeof(piece), 0};

	*left_out = ZSTD_decompressStream(d, &o, in);
	if (ZSTD_isError(*left_out))
		return jx_fail(err, JX_EINVAL, 0, "wire.expand",
			       "compressed bytes cannot be read: %s; send them again",
			       ZSTD_getErrorName(*left_out));
	jx_buf_add(out, piece, o.pos);
	*made_out = o.pos;
	if (out->rc == JX_ELIMIT)
		return jx_fail(err, JX_ELIMIT, 0, "wire.expand",
			       "the message expands to more than %zu bytes: a compression bomb, refused",
			       out->max);
	return jx_buf_check(out, "message", err);
}

/* Every frame of packed, one after the other. */
static jx_rc inflate_bytes(struct jx_bytes packed, const jx_wire_ready *ready, int dictionary, jx_buf *out,
			   struct jx_error *err)
{
	JX_CLEANUP(free_dctx) ZSTD_DCtx *d = ZSTD_createDCtx();
	ZSTD_inBuffer in = {packed.data, packed.len, 0};
	size_t left = 1, made = 0, loaded = 0;

	if (d != NULL && dictionary != JX_WIRE_DICTIONARY_NONE && ready != NULL)
		loaded = ZSTD_DCtx_refDDict(d, ready->expands[dictionary - 1]);
	else if (d != NULL && dictionary != JX_WIRE_DICTIONARY_NONE)
		loaded = ZSTD_DCtx_loadDictionary(d, dictionaries[dictionary - 1].bytes,
						  *dictionaries[dictionary - 1].len);
	if (d == NULL || ZSTD_isError(loaded))
		return jx_fail(err, JX_ENOMEM, 0, "wire.expand",
			       "no memory to expand a message; close other programs");
	(void)ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	/* full pieces may leave more behind them even when the input is used up */
	while (in.pos < in.size || (left != 0 && made == PIECE_BYTES)) {
		jx_rc rc = expand_piece(d, &in, &left, &made, out, err);

		if (rc != JX_OK)
			return rc;
	}
	if (left != 0)
		return jx_fail(err, JX_EINVAL, 0, "wire.expand",
			       "the compressed message was cut; send it again");
	return JX_OK;
}

static jx_rc expand(struct jx_bytes packed, const jx_wire_ready *ready, int dictionary, jx_buf *out,
		    struct jx_error *err)
{
	JX_AUTO_BUF laid = {0};
	jx_rc rc;

	if (dictionary == JX_WIRE_DICTIONARY_NONE)
		return inflate_bytes(packed, NULL, dictionary, out, err);
	if (!is_known(dictionary))
		return jx_fail(err, JX_EVERSION, 0, "wire.expand",
			       "compression dictionary %d is not known here; send without a dictionary",
			       dictionary);
	/* laid out, a message is hardly longer than itself: the ceiling holds for both */
	jx_buf_init(&laid, out->max + JX_WIRE__LAID_MORE);
	rc = inflate_bytes(packed, ready, dictionary, &laid, err);
	if (rc != JX_OK)
		return rc;
	return jx_wire__take_up((struct jx_bytes){laid.data != NULL ? laid.data : "", laid.len}, out, err);
}

jx_rc jx_wire_expand(struct jx_bytes packed, int dictionary, jx_buf *out, struct jx_error *err)
{
	return expand(packed, NULL, dictionary, out, err);
}

jx_rc jx_wire_ready_expand(const jx_wire_ready *ready, struct jx_bytes packed, int dictionary, jx_buf *out,
			   struct jx_error *err)
{
	return expand(packed, ready, dictionary, out, err);
}
