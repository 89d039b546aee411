/* The strict JSON reader's own parts. */
#ifndef JX_JSON_PRIVATE_H
#define JX_JSON_PRIVATE_H

#include "base_private.h"

#define JX_JSON_SAFE_INT (INT64_C(1) << 53)

struct jx_json_scan {
	const unsigned char *s;
	size_t len;
	size_t pos;
	const struct jx_json_limits *limits;
	struct jx_error *err;
};

/** At a quote: read the string and leave pos behind the closing quote. start, end and escaped of tok are set. */
jx_rc jx_json__scan_string(struct jx_json_scan *p, struct jx_json_tok *tok);

/** At '-' or a digit: read the number. start, end and type of tok are set. */
jx_rc jx_json__scan_number(struct jx_json_scan *p, struct jx_json_tok *tok);

/** true, false or null. start, end and type of tok are set. */
jx_rc jx_json__scan_word(struct jx_json_scan *p, struct jx_json_tok *tok);

/** Fail at the current byte: the text ends too early, or the byte may not stand there. */
jx_rc jx_json__fail_here(const struct jx_json_scan *p, const char *wanted);

/**
 * Next character of a checked string, unescaped.
 * @returns bytes put into out, 1..4; *s is moved on
 */
size_t jx_json__next_char(const unsigned char **s, unsigned char out[4]);

/** Order of two strings of the document by their unescaped UTF-8 bytes. */
int jx_json__compare(const jx_json *doc, uint32_t a, uint32_t b);

/** Refuse the object if two of its names are equal. */
jx_rc jx_json__check_names(const jx_json *doc, uint32_t obj, struct jx_error *err);

#endif
