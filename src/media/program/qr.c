/* The QR code, with a quarter of it to spare for dirt, folds and photocopiers (level Q). */
#include <errno.h>
#include <stdlib.h>

#include <qrencode.h>

#include "program.h"

jx_rc jx_picture__qr(const char *text, uint8_t **modules_out, uint32_t *side_out, struct jx_error *err)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
	uint8_t *modules;
	size_t count;

	if (code == NULL)
		return jx_fail(err, JX_EINVAL, errno, "media.stamp",
			       "the stamp's code is too long for a QR code: shorten the number");
	count = (size_t)code->width * (size_t)code->width;
	modules = jx_xcalloc(count, 1);
	for (size_t i = 0; i < count; i++)
		modules[i] = code->data[i] & 1;
	*side_out = (uint32_t)code->width;
	*modules_out = modules;
	QRcode_free(code);
	return JX_OK;
}
