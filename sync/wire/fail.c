#include <string.h>

#include "wire_private.h"

jx_rc jx_wire__in_line(jx_rc rc, const char *what, int number, struct jx_error *err)
{
	if (rc == JX_OK || err == NULL)
		return rc;
	return jx_fail(err, rc, err->native, "wire.read", "%s, line %d: %s", what, number, err->text);
}

jx_rc jx_wire__check_text(const char *name, const char *s, struct jx_error *err)
{
	for (size_t i = 0; s[i] != '\0'; i++) {
		if ((unsigned char)s[i] < 0x20)
			return jx_fail(err, JX_EINVAL, 0, "wire.write",
				       "field \"%s\" has a control character; take it out", name);
	}
	if (!jx_utf8_ok(s, strlen(s)))
		return jx_fail(err, JX_EINVAL, 0, "wire.write",
			       "field \"%s\" is not valid UTF-8; write it again", name);
	return JX_OK;
}
