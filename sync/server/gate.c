/*
 * libmicrohttpd 0.9.75 accepts request-smuggling input, also when told to be strict: Content-Length beside
 * Transfer-Encoding, two different lengths, two hosts, a space before the colon. Upstream refuses doubled
 * lengths only since 1.0.4, and Debian 12 will keep 0.9.75. NUL bytes, bare LF and folded lines are gone
 * before we see the headers: harmless as long as nothing stands in front that reads them differently.
 */
#include "gate.h"

#include <string.h>
#include <strings.h>

#include "jiexun/base.h"

/* RFC 9110 section 5.6.2: what a header name and a method may be made of. */
static bool is_token(const char *s, size_t len)
{
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = s[i];
		bool is_alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!is_alnum && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
			return false;
	}
	return true;
}

static bool has_control(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static bool is_name(const char *name, size_t len, const char *wanted)
{
	return len == strlen(wanted) && strncasecmp(name, wanted, len) == 0;
}

static void offend(struct jx_server__gate *g, const char *offence)
{
	if (g->offence == NULL)
		g->offence = offence;
}

static void take_length(struct jx_server__gate *g, const char *value, size_t len)
{
	char digits[20];

	/* 18 digits hold any length we could mean; a list "5, 5" is refused like two headers. */
	if (len == 0 || len > 18 || strspn(value, "0123456789") < len) {
		offend(g, "Content-Length is not one decimal number");
		return;
	}
	while (len > 1 && *value == '0') {
		value++;
		len--;
	}
	memcpy(digits, value, len);
	digits[len] = '\0';
	(void)jx_parse_i64(digits, 0, INT64_MAX, &g->length);
	g->has_body = g->has_body || g->length > 0;
}

void jx_server__gate_header(struct jx_server__gate *g, const char *name, size_t name_len, const char *value,
			    size_t value_len)
{
	if (value == NULL) {
		value = "";
		value_len = 0;
	}
	if (!is_token(name, name_len)) {
		offend(g, "a header name holds a byte that is not allowed there");
		return;
	}
	if (has_control(value, value_len)) {
		offend(g, "a header value holds a control byte");
		return;
	}
	if (is_name(name, name_len, "Host")) {
		g->hosts++;
		if (value_len == 0)
			offend(g, "Host is empty");
	} else if (is_name(name, name_len, "Content-Length")) {
		g->lengths++;
		take_length(g, value, value_len);
	} else if (is_name(name, name_len, "Transfer-Encoding")) {
		g->encodings++;
		g->has_body = true;
		if (value_len != 7 || strncasecmp(value, "chunked", 7) != 0)
			offend(g, "Transfer-Encoding other than chunked");
	}
}

bool jx_server__gate_end(struct jx_server__gate *g, const char *method, const char *target,
			 const char *version)
{
	if (g->lengths == 0)
		g->length = -1;
	if (!is_token(method, strlen(method)))
		offend(g, "the method holds a byte that is not allowed there");
	if (target == NULL || target[0] != '/')
		offend(g, "the request target does not begin with /");
	else if (has_control(target, strlen(target)) || strchr(target, ' ') != NULL)
		offend(g, "the request target holds a space or control byte");
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		offend(g, "not HTTP/1.1");
	if (g->hosts == 0)
		offend(g, "Host is missing");
	if (g->hosts > 1)
		offend(g, "more than one Host");
	if (g->lengths > 1)
		offend(g, "more than one Content-Length");
	if (g->encodings > 1)
		offend(g, "more than one Transfer-Encoding");
	if (g->lengths > 0 && g->encodings > 0)
		offend(g, "both Content-Length and Transfer-Encoding");
	return g->offence == NULL;
}
