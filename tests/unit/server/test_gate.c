/*
 * The header gate as a pure function: each rule has a request that breaks only it, beside one that breaks
 * none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "gate.h"

#define HEADERS_MAX 8

struct header {
	const char *name, *value;
};

struct request {
	const char *what;
	const char *method, *target, *version;
	struct header headers[HEADERS_MAX];
	bool is_let_in;
	int64_t length;
};

#define GET  "GET", "/healthz", "HTTP/1.1"
#define POST "POST", "/v1/sync", "HTTP/1.1"
#define HOST                        \
	{                           \
		"Host", "localhost" \
	}
#define LET_IN  true
#define REFUSED false

static const struct request requests[] = {
	{"plain", GET, {HOST}, LET_IN, -1},
	{"http 1.0", "GET", "/", "HTTP/1.0", {HOST}, LET_IN, -1},
	{"query", "GET", "/v1/sync?a=b%20c", "HTTP/1.1", {HOST}, LET_IN, -1},
	{"body", POST, {HOST, {"Content-Length", "5"}}, LET_IN, 5},
	{"empty body", POST, {HOST, {"Content-Length", "0"}}, LET_IN, 0},
	{"leading zeros", POST, {HOST, {"Content-Length", "007"}}, LET_IN, 7},
	{"chunked", POST, {HOST, {"Transfer-Encoding", "Chunked"}}, LET_IN, -1},
	{"tab in value", GET, {HOST, {"X-A", "a\tb"}}, LET_IN, -1},
	{"UTF-8 in value", GET, {HOST, {"X-A", "\xe8\xa1\x97"}}, LET_IN, -1},
	{"no value", GET, {HOST, {"X-A", NULL}}, LET_IN, -1},
	{"token bytes", GET, {HOST, {"!#$%&'*+-.^_`|~09azAZ", ""}}, LET_IN, -1},
	{"no host", GET, {{"X-A", "b"}}, REFUSED, -1},
	{"empty host", GET, {{"Host", ""}}, REFUSED, -1},
	{"two hosts", GET, {HOST, {"host", "other"}}, REFUSED, -1},
	{"two lengths", POST, {HOST, {"Content-Length", "5"}, {"content-length", "5"}}, REFUSED, 5},
	{"length and chunked",
	 POST,
	 {HOST, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
	 REFUSED,
	 5},
	{"chunked twice",
	 POST,
	 {HOST, {"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
	 REFUSED,
	 -1},
	{"two encodings", POST, {HOST, {"Transfer-Encoding", "gzip, chunked"}}, REFUSED, -1},
	{"other encoding", POST, {HOST, {"Transfer-Encoding", "identity"}}, REFUSED, -1},
	{"list of lengths", POST, {HOST, {"Content-Length", "5, 5"}}, REFUSED, 0},
	{"negative length", POST, {HOST, {"Content-Length", "-5"}}, REFUSED, 0},
	{"length with sign", POST, {HOST, {"Content-Length", "+5"}}, REFUSED, 0},
	{"empty length", POST, {HOST, {"Content-Length", ""}}, REFUSED, 0},
	{"huge length", POST, {HOST, {"Content-Length", "9999999999999999999"}}, REFUSED, 0},
	{"space before colon", POST, {HOST, {"Content-Length ", "5"}}, REFUSED, -1},
	{"empty name", GET, {HOST, {"", "b"}}, REFUSED, -1},
	{"bracket in name", GET, {HOST, {"X(A)", "b"}}, REFUSED, -1},
	{"UTF-8 in name", GET, {HOST, {"X-\xe8\xa1\x97", "b"}}, REFUSED, -1},
	{"control byte in value", GET, {HOST, {"X-A", "a\x01"}}, REFUSED, -1},
	{"line feed in value", GET, {HOST, {"X-A", "a\nb"}}, REFUSED, -1},
	{"DEL in value", GET, {HOST, {"X-A", "a\x7f"}}, REFUSED, -1},
	{"absolute target", "GET", "http://localhost/", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"asterisk", "OPTIONS", "*", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"empty target", "GET", "", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"space in target", "GET", "/a b", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"control byte in target", "GET", "/a\x01", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"bad method", "G(T", "/", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"empty method", "", "/", "HTTP/1.1", {HOST}, REFUSED, -1},
	{"version 2", "GET", "/", "HTTP/2.0", {HOST}, REFUSED, -1},
	{"no version", "GET", "/", "", {HOST}, REFUSED, -1},
};

static bool try_request(const struct request *rq, struct jx_server__gate *g)
{
	memset(g, 0, sizeof(*g));
	for (size_t i = 0; i < HEADERS_MAX && rq->headers[i].name != NULL; i++) {
		const char *value = rq->headers[i].value;

		jx_server__gate_header(g, rq->headers[i].name, strlen(rq->headers[i].name), value,
				       value == NULL ? 0 : strlen(value));
	}
	return jx_server__gate_end(g, rq->method, rq->target, rq->version);
}

static void each_rule_of_the_gate(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		struct jx_server__gate g;
		bool is_let_in = try_request(&requests[i], &g);

		if (is_let_in != requests[i].is_let_in || is_let_in != (g.offence == NULL))
			fail_msg("%s: %s", requests[i].what, g.offence == NULL ? "let in" : g.offence);
		if (g.length != requests[i].length)
			fail_msg("%s: length %lld", requests[i].what, (long long)g.length);
	}
}

static void nul_inside_a_name_or_value_is_seen(void **state)
{
	struct jx_server__gate g = {0};

	(void)state;
	jx_server__gate_header(&g, "X-A", 3, "a\0b", 3);
	assert_non_null(g.offence);
	memset(&g, 0, sizeof(g));
	jx_server__gate_header(&g, "X\0A", 3, "b", 1);
	assert_non_null(g.offence);
}

static void body_is_known_before_it_comes(void **state)
{
	struct jx_server__gate g = {0};

	(void)state;
	jx_server__gate_header(&g, "Content-Length", 14, "0", 1);
	assert_false(g.has_body);
	jx_server__gate_header(&g, "Transfer-Encoding", 17, "chunked", 7);
	assert_true(g.has_body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_of_the_gate),
		cmocka_unit_test(nul_inside_a_name_or_value_is_seen),
		cmocka_unit_test(body_is_known_before_it_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
