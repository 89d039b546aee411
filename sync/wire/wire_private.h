/* Shared inside the room: header lines, optional fields, members of what is written. */
#ifndef JX_WIRE_PRIVATE_H
#define JX_WIRE_PRIVATE_H

#include "jiexun/wire.h"

/* 2^53: every JSON reader gets it whole. */
#define JX_WIRE__INT_MAX INT64_C(9007199254740992)

/* Limits of one feed line: an entry (64 KiB, depth 16) one level down, with what stands beside it. */
extern const struct jx_json_limits jx_wire__item_limits;

/* ---- reading ---- */

/* Next line of body from *at on, without its LF; JX_EINVAL when no LF follows: the message was cut. */
jx_rc jx_wire__line(struct jx_bytes body, size_t *at, int number, struct jx_bytes *line_out,
		    struct jx_error *err);
/* Lines after the first: exactly `expected`, none empty, none longer than line_max. */
jx_rc jx_wire__lines(struct jx_bytes body, size_t at, int64_t expected, size_t line_max,
		     struct jx_bytes *lines_out, struct jx_error *err);
/* Parse an object and check its "v". */
jx_rc jx_wire__open(struct jx_bytes text, const char *what, jx_json *doc_out, struct jx_error *err);
/* Put "line N of <what>: " before the text of a failure. */
jx_rc jx_wire__in_line(jx_rc rc, const char *what, int number, struct jx_error *err);
/* Optional fields: absent leaves *out; of another type fails. */
jx_rc jx_wire__maybe_bool(const jx_json *doc, const char *name, bool *out, struct jx_error *err);
jx_rc jx_wire__maybe_str(const jx_json *doc, const char *name, char *out, size_t cap, bool *has_out,
			 struct jx_error *err);
/* Exactly len bytes of base64. */
jx_rc jx_wire__maybe_base64(const jx_json *doc, const char *name, void *out, size_t len, bool *has_out,
			    struct jx_error *err);
/* Members "text" and "sig" of an object. */
jx_rc jx_wire__need_signed(const jx_json *doc, int obj, struct jx_signed *out, struct jx_error *err);

/* ---- writing ---- */

void jx_wire__begin(jx_buf *b); /* {"v":1 */
void jx_wire__add_str(jx_buf *b, const char *name, const char *s);
void jx_wire__add_hex(jx_buf *b, const char *name, const void *bytes, size_t len);
void jx_wire__add_i64(jx_buf *b, const char *name, int64_t v);
void jx_wire__add_uuid(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES]);
void jx_wire__add_base64(jx_buf *b, const char *name, const void *bytes, size_t len);
void jx_wire__add_true(jx_buf *b, const char *name, bool v);    /* only when true */
void jx_wire__add_signed(jx_buf *b, const struct jx_signed *s); /* "text":...,"sig":... without brackets */
/* Text that will stand in a message is valid UTF-8. */
jx_rc jx_wire__check_text(const char *name, const char *s, struct jx_error *err);

#endif
