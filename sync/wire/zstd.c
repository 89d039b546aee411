/* Sizes on the wire: zstd with a ceiling on what comes out and on the memory it takes. */
#include <zstd.h>

#include "wire_private.h"

/* 2 MiB: twice the largest body. A frame that asks for more memory is refused before any is had. */
#define WINDOW_LOG_MAX 21
#define PIECE_BYTES    16384

static void free_cctx(ZSTD_CCtx **c)
{
	(void)ZSTD_freeCCtx(*c);
}

static void free_dctx(ZSTD_DCtx **d)
{
	(void)ZSTD_freeDCtx(*d);
}

jx_rc jx_wire_compress(struct jx_bytes plain, int level, jx_buf *out, struct jx_error *err)
{
	JX_CLEANUP(free_cctx) ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_inBuffer in = {plain.data, plain.len, 0};
	char piece[PIECE_BYTES];
	size_t left = 1;

	if (c == NULL)
		return jx_fail(err, JX_ENOMEM, 0, "wire.compress",
			       "no memory for compression; close other programs");
	(void)ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, level);
	/* known size: small bodies get small windows, and the reader can see how much is coming */
	(void)ZSTD_CCtx_setPledgedSrcSize(c, plain.len);
	while (left != 0) {
		ZSTD_outBuffer o = {piece, sizeof(piece), 0};

		left = ZSTD_compressStream2(c, &o, &in, ZSTD_e_end);
		if (ZSTD_isError(left))
			return jx_fail(err, JX_ENOMEM, 0, "wire.compress",
				       "a message could not be compressed: %s", ZSTD_getErrorName(left));
		jx_buf_add(out, piece, o.pos);
	}
	return jx_buf_check(out, "compressed message", err);
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

jx_rc jx_wire_expand(struct jx_bytes packed, int dictionary, jx_buf *out, struct jx_error *err)
{
	JX_CLEANUP(free_dctx) ZSTD_DCtx *d = NULL;
	ZSTD_inBuffer in = {packed.data, packed.len, 0};
	size_t left = 1, made = 0;

	if (dictionary != JX_WIRE_DICTIONARY_NONE)
		return jx_fail(err, JX_EVERSION, 0, "wire.expand",
			       "compression dictionary %d is not known here; send without a dictionary",
			       dictionary);
	d = ZSTD_createDCtx();
	if (d == NULL)
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
