/*
 * The structure of a JSON text: one loop, no recursion. A container that is still open is found through the `next`
 * of its own token, which holds its parent's index until it is closed.
 */
#include <stdlib.h>
#include <string.h>

#include "json_private.h"

/* Room for a field or two more than today's largest entry; see design section 4. A track entry is the longest. */
const struct jx_json_limits jx_json_entry_limits = {.max_bytes = 64 * 1024,
						    .max_tokens = 8 * 1024,
						    .max_depth = 16,
						    .max_string = 32 * 1024,
						    .no_space = true,
						    .no_float = true};
const struct jx_json_limits jx_json_message_limits = {.max_bytes = 256 * 1024,
						      .max_tokens = 32 * 1024,
						      .max_depth = 16,
						      .max_string = 64 * 1024,
						      .no_space = false,
						      .no_float = true};
const struct jx_json_limits jx_json_pack_limits = {.max_bytes = 16 * 1024 * 1024,
						   .max_tokens = 2 * 1024 * 1024,
						   .max_depth = 32,
						   .max_string = 1024 * 1024,
						   .no_space = false,
						   .no_float = false};

#define NO_TOKEN UINT32_MAX
/* Positions and indices are 32 bits, and an index must fit an int. */
#define MOST_BYTES   ((size_t)UINT32_MAX - 1)
#define MOST_TOKENS  ((uint32_t)INT32_MAX)
#define FIRST_TOKENS 64U

struct parser {
	struct jx_json_scan scan;
	jx_json doc;
	uint32_t most;  /* tokens that may be */
	uint32_t room;  /* that may be and fit */
	uint32_t open;  /* innermost open container, or NO_TOKEN */
	uint16_t depth; /* containers open */
};

static jx_rc grow(struct parser *p)
{
	struct jx_json_tok *grown;
	uint32_t cap;

	if (p->doc.n >= p->most)
		return jx_fail(p->scan.err, JX_ELIMIT, 0, "json.parse",
			       "JSON has more than %u values at byte %zu; send less at once",
			       (unsigned)p->most, p->scan.pos);
	cap = p->doc.cap == 0 ? FIRST_TOKENS : p->doc.cap * 2;
	cap = cap < p->most ? cap : p->most;
	grown = reallocarray(p->doc.tok, cap, sizeof(*grown));
	if (grown == NULL)
		return jx_fail(p->scan.err, JX_ENOMEM, 0, "json.parse",
			       "no memory to read a JSON text of %zu bytes; close other programs",
			       p->scan.len);
	p->doc.tok = grown;
	p->doc.cap = cap;
	p->room = cap;
	return JX_OK;
}

/* Where the next token goes. It is written there, and counts from push() on. */
static inline jx_rc next_token(struct parser *p, struct jx_json_tok **tok_out)
{
	const jx_rc rc = p->doc.n < p->room ? JX_OK : grow(p);

	if (rc == JX_OK)
		*tok_out = &p->doc.tok[p->doc.n];
	return rc;
}

static inline void push(struct parser *p, struct jx_json_tok *tok)
{
	tok->next = ++p->doc.n;
	tok->count = 0;
	tok->depth = (uint16_t)(p->depth + 1);
}

static jx_rc skip_spaces(struct parser *p)
{
	struct jx_json_scan *scan = &p->scan;
	size_t from = scan->pos;

	while (scan->pos < scan->len && (scan->s[scan->pos] == ' ' || scan->s[scan->pos] == '\n' ||
					 scan->s[scan->pos] == '\r' || scan->s[scan->pos] == '\t'))
		scan->pos++;
	if (scan->limits->no_space && scan->pos > from)
		return jx_fail(scan->err, JX_EINVAL, 0, "json.parse",
			       "JSON has white space at byte %zu; leave it out here", from);
	return JX_OK;
}

/* Nearly always there is none. */
static inline jx_rc skip_space(struct parser *p)
{
	return p->scan.pos < p->scan.len && p->scan.s[p->scan.pos] > ' ' ? JX_OK : skip_spaces(p);
}

static inline bool at(const struct parser *p, char c)
{
	return p->scan.pos < p->scan.len && p->scan.s[p->scan.pos] == (unsigned char)c;
}

static jx_rc open_container(struct parser *p, enum jx_json_type type)
{
	const uint32_t index = p->doc.n;
	struct jx_json_tok *tok = NULL;
	jx_rc rc;

	/* The token's depth is 16 bits and a value may lie one deeper than its container. */
	if (p->depth >= p->scan.limits->max_depth || p->depth >= UINT16_MAX - 1)
		return jx_fail(p->scan.err, JX_ELIMIT, 0, "json.parse",
			       "JSON is nested more than %u deep at byte %zu; make it flatter",
			       (unsigned)p->scan.limits->max_depth, p->scan.pos);
	rc = next_token(p, &tok);
	if (rc != JX_OK)
		return rc;
	*tok = (struct jx_json_tok){.type = (uint8_t)type, .start = (uint32_t)p->scan.pos};
	push(p, tok);
	tok->next = p->open;
	p->open = index;
	p->depth++;
	p->scan.pos++;
	return JX_OK;
}

static jx_rc close_container(struct parser *p)
{
	struct jx_json_tok *tok = &p->doc.tok[p->open];
	uint32_t index = p->open;

	p->open = tok->next;
	p->depth--;
	p->scan.pos++;
	tok->end = (uint32_t)p->scan.pos;
	tok->next = p->doc.n;
	return tok->type == JX_JSON_OBJECT ? jx_json__check_names(&p->doc, index, p->scan.err) : JX_OK;
}

/* Name and colon of a member. */
static jx_rc read_name(struct parser *p)
{
	struct jx_json_tok *tok = NULL;
	jx_rc rc = skip_space(p);

	if (rc != JX_OK)
		return rc;
	if (!at(p, '"'))
		return jx_json__fail_here(&p->scan, _("a name in quotes"));
	rc = next_token(p, &tok);
	if (rc == JX_OK)
		rc = jx_json__scan_string(&p->scan, tok);
	if (rc != JX_OK)
		return rc;
	push(p, tok);
	rc = skip_space(p);
	if (rc != JX_OK)
		return rc;
	if (!at(p, ':'))
		return jx_json__fail_here(&p->scan, ":");
	p->scan.pos++;
	p->doc.tok[p->open].count++;
	return JX_OK;
}

/* After an opening bracket: an empty container is closed at once, else the first value is due. */
static jx_rc begin_container(struct parser *p, enum jx_json_type type, bool *value_due_out)
{
	jx_rc rc = open_container(p, type);

	if (rc == JX_OK)
		rc = skip_space(p);
	if (rc != JX_OK)
		return rc;
	if (at(p, type == JX_JSON_OBJECT ? '}' : ']')) {
		*value_due_out = false;
		return close_container(p);
	}
	*value_due_out = true;
	if (type == JX_JSON_OBJECT)
		return read_name(p);
	p->doc.tok[p->open].count++;
	return JX_OK;
}

/* One value, or the beginning of one that has values inside. */
static jx_rc read_value(struct parser *p, bool *value_due_out)
{
	struct jx_json_tok *tok = NULL;
	jx_rc rc = skip_space(p);

	if (rc != JX_OK)
		return rc;
	if (at(p, '{'))
		return begin_container(p, JX_JSON_OBJECT, value_due_out);
	if (at(p, '['))
		return begin_container(p, JX_JSON_ARRAY, value_due_out);
	*value_due_out = false;
	if (p->scan.pos >= p->scan.len)
		return jx_json__fail_here(&p->scan, _("a value"));
	rc = next_token(p, &tok);
	if (rc != JX_OK)
		return rc;
	if (at(p, '"'))
		rc = jx_json__scan_string(&p->scan, tok);
	else if (at(p, '-') || (p->scan.s[p->scan.pos] >= '0' && p->scan.s[p->scan.pos] <= '9'))
		rc = jx_json__scan_number(&p->scan, tok);
	else
		rc = jx_json__scan_word(&p->scan, tok);
	if (rc == JX_OK)
		push(p, tok);
	return rc;
}

/* After a value inside a container: a comma and the next one, or the container's end. */
static jx_rc read_separator(struct parser *p, bool *value_due_out)
{
	bool in_object = p->doc.tok[p->open].type == JX_JSON_OBJECT;
	jx_rc rc = skip_space(p);

	if (rc != JX_OK)
		return rc;
	if (at(p, in_object ? '}' : ']'))
		return close_container(p);
	if (!at(p, ','))
		return jx_json__fail_here(&p->scan, in_object ? _(", or }") : _(", or ]"));
	p->scan.pos++;
	*value_due_out = true;
	if (in_object)
		return read_name(p);
	p->doc.tok[p->open].count++;
	return JX_OK;
}

static jx_rc read_text(struct parser *p)
{
	bool value_due = true;
	jx_rc rc;

	if (p->scan.len >= 3 && memcmp(p->scan.s, "\xef\xbb\xbf", 3) == 0)
		return jx_fail(p->scan.err, JX_EINVAL, 0, "json.parse",
			       "JSON begins with a byte-order mark; save it without one");
	do {
		rc = value_due ? read_value(p, &value_due) : read_separator(p, &value_due);
		if (rc != JX_OK)
			return rc;
	} while (value_due || p->open != NO_TOKEN);
	rc = skip_space(p);
	if (rc != JX_OK)
		return rc;
	return p->scan.pos == p->scan.len ? JX_OK : jx_json__fail_here(&p->scan, _("the end of the text"));
}

jx_rc jx_json_parse_again(const char *text, size_t len, const struct jx_json_limits *limits, jx_json *doc,
			  struct jx_error *err)
{
	struct parser p = {
		.scan = {.s = (const unsigned char *)text, .len = len, .limits = limits, .err = err},
		.doc = {.text = text, .len = len, .tok = doc->tok, .cap = doc->cap},
		.most = limits->max_tokens < MOST_TOKENS ? limits->max_tokens : MOST_TOKENS,
		.open = NO_TOKEN};
	size_t most = limits->max_bytes < MOST_BYTES ? limits->max_bytes : MOST_BYTES;
	jx_rc rc = JX_OK;

	p.room = doc->cap < p.most ? doc->cap : p.most;
	if (len > most)
		rc = jx_fail(err, JX_ELIMIT, 0, "json.parse",
			     "the JSON text has %zu bytes, more than %zu; send less at once", len, most);
	if (rc == JX_OK)
		rc = read_text(&p);
	*doc = p.doc;
	if (rc != JX_OK)
		jx_json_done(doc);
	return rc;
}

jx_rc jx_json_parse(const char *text, size_t len, const struct jx_json_limits *limits, jx_json *doc_out,
		    struct jx_error *err)
{
	jx_json doc = {0};
	const jx_rc rc = jx_json_parse_again(text, len, limits, &doc, err);

	if (rc == JX_OK)
		*doc_out = doc;
	return rc;
}

void jx_json_done(jx_json *doc)
{
	free(doc->tok);
	*doc = (jx_json){0};
}
