/*
 * From the library's callbacks to the routes. The library calls first when the headers are there, then for
 * each piece of the body, then once more; an answer is possible in the first call and the last only. One
 * given in the first call ends the connection, as nobody reads the body that may follow; the answer says so.
 */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/*
 * A refused body up to this size is read and thrown away, so that the client gets to see the answer: closing
 * with unread bytes resets the connection. Twice the largest batch, so that whoever is somewhat over it hears
 * of it. Larger ones are cut; a client that asks first (Expect: 100-continue, curl does from 1 MiB) is
 * answered cleanly anyway.
 */
#define DRAIN_MAX ((int64_t)2 * JX_WIRE_BATCH_BYTES_MAX)

struct method_row {
	const char *name;
	unsigned bit;
};
static const struct method_row methods[] = {
	{"GET", JX_SERVER__GET},     {"HEAD", JX_SERVER__HEAD},       {"POST", JX_SERVER__POST},
	{"PATCH", JX_SERVER__PATCH}, {"OPTIONS", JX_SERVER__OPTIONS}, {"DELETE", JX_SERVER__DELETE},
};
#define METHOD_COUNT (sizeof(methods) / sizeof(methods[0]))

static unsigned method_bit(const char *name)
{
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].bit;
	}
	return 0;
}

const char *jx_server__get(const jx_server__request *rq, const char *header)
{
	return MHD_lookup_connection_value(rq->mhd, MHD_HEADER_KIND, header);
}

int64_t jx_server__now(const jx_server *server)
{
	return server->config.clock->mono_ms(server->config.clock->user);
}

void jx_server__work(jx_server__request *rq)
{
	jx_server__conns_phase(rq->server->conns, rq->conn, JX_SERVER__WORK, jx_server__now(rq->server));
}

void jx_server__receive(jx_server__request *rq)
{
	jx_server__conns_phase(rq->server->conns, rq->conn, JX_SERVER__BODY, jx_server__now(rq->server));
}

static jx_server__conn *conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd,
								       MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info == NULL ? NULL : info->socket_context;
}

void *jx_server__on_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	jx_server *server = cls;
	jx_server__request *rq = jx_xcalloc(1, sizeof(*rq));

	rq->server = server;
	rq->mhd = mhd;
	rq->conn = conn_of(mhd);
	rq->target = jx_xstrdup(uri == NULL ? "" : uri);
	rq->began_mono_ms = jx_server__now(server);
	jx_buf_init(&rq->body, 0);
	jx_server__conns_phase(server->conns, rq->conn, JX_SERVER__HEADERS, rq->began_mono_ms);
	return rq;
}

void jx_server__on_completed(void *cls, struct MHD_Connection *mhd, void **state,
			     enum MHD_RequestTerminationCode how)
{
	jx_server *server = cls;
	jx_server__request *rq = *state;

	(void)mhd;
	*state = NULL;
	if (rq == NULL)
		return;
	if (rq->route != NULL && rq->route->broken != NULL)
		rq->route->broken(rq);
	if (how != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		jx_server__log(server, JX_SERVER_DEBUG, _("request ended early (%d)"), (int)how);
	jx_server__conns_phase(server->conns, rq->conn, JX_SERVER__IDLE, jx_server__now(server));
	if (rq->response != NULL)
		MHD_destroy_response(rq->response);
	jx_buf_done(&rq->body);
	free(rq->target);
	free(rq);
}

/* ---- which route ---- */

static bool path_matches(const struct jx_server__route *route, const char *target,
			 uint8_t hash_out[JX_HASH_BYTES])
{
	size_t len = strcspn(target, "?");
	size_t base = strlen(route->path);
	const char *tail = route->tail != NULL ? route->tail : "";

	if (len < base || memcmp(target, route->path, base) != 0)
		return false;
	if (!route->has_hash)
		return len == base;
	/* lower case only: one photo, one address */
	return len == base + 1 + 64 + strlen(tail) && target[base] == '/' &&
	       strspn(target + base + 1, "0123456789abcdef") >= 64 &&
	       memcmp(target + base + 1 + 64, tail, strlen(tail)) == 0 &&
	       jx_unhex(target + base + 1, 64, hash_out, JX_HASH_BYTES);
}

static void refuse_method(jx_server__request *rq)
{
	char allow[64];
	size_t at = 0;

	jx_server__error(rq, MHD_HTTP_METHOD_NOT_ALLOWED, "method", "this address does not take that method");
	for (size_t i = 0; i < METHOD_COUNT; i++) {
		if ((rq->route->methods & methods[i].bit) != 0)
			at += (size_t)snprintf(allow + at, sizeof(allow) - at, "%s%s", at == 0 ? "" : ", ",
					       methods[i].name);
	}
	jx_server__header(rq, MHD_HTTP_HEADER_ALLOW, allow);
}

/* tus asks servers to honour it: for clients behind a proxy that lets POST through only. */
static unsigned override_method(const jx_server__request *rq, unsigned bit)
{
	const char *wanted = jx_server__get(rq, "X-HTTP-Method-Override");

	return rq->route->is_tus && bit == JX_SERVER__POST && wanted != NULL ? method_bit(wanted) : bit;
}

static void find_route(jx_server__request *rq, const char *method)
{
	for (size_t i = 0; i < jx_server__routes_count; i++) {
		if (!path_matches(&jx_server__routes[i], rq->target, rq->hash))
			continue;
		rq->route = &jx_server__routes[i];
		rq->body_max = rq->route->body_max;
		rq->method = override_method(rq, method_bit(method));
		if ((rq->route->methods & rq->method) == 0)
			refuse_method(rq);
		return;
	}
	jx_server__error(rq, MHD_HTTP_NOT_FOUND, "not-found", "no such address");
}

/* ---- first call: headers ---- */

static enum MHD_Result each_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len,
				   const char *value, size_t value_len)
{
	struct jx_server__gate *gate = cls;

	(void)kind;
	jx_server__gate_header(gate, key, key_len, value, value_len);
	return MHD_YES;
}

/* Who has shown a token may send a photo; of one that is refused he must hear why, or he sends it again. */
static int64_t drain_max(const jx_server__request *rq)
{
	const int64_t photo = rq->server->config.limits.photo_bytes;

	return rq->is_known && photo > DRAIN_MAX ? photo : DRAIN_MAX;
}

static void check_length(jx_server__request *rq)
{
	if (rq->response == NULL && rq->gate.length > rq->body_max)
		jx_server__error(rq, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
				 "the body is larger than this address takes");
}

static enum MHD_Result begin(jx_server__request *rq, const char *method, const char *version)
{
	const char *expect;

	rq->has_begun = true;
	jx_server__work(rq);
	(void)MHD_get_connection_values_n(rq->mhd, MHD_HEADER_KIND, each_header, &rq->gate);
	if (!jx_server__gate_end(&rq->gate, method, rq->target, version)) {
		jx_server__error(rq, MHD_HTTP_BAD_REQUEST, "bad-request", rq->gate.offence);
		rq->must_close = true;
		return jx_server__queue(rq);
	}
	find_route(rq, method);
	check_length(rq);
	if (rq->response == NULL && rq->route->begin != NULL) {
		rq->route->begin(rq);
		check_length(rq); /* begin may know a lower ceiling */
	}
	expect = jx_server__get(rq, MHD_HTTP_HEADER_EXPECT);
	if (rq->response != NULL && rq->gate.has_body &&
	    (expect != NULL || rq->gate.length < 0 || rq->gate.length > drain_max(rq))) {
		rq->must_close = true;
		return jx_server__queue(rq);
	}
	if (rq->gate.has_body) {
		jx_buf_init(&rq->body, (size_t)rq->body_max);
		jx_server__receive(rq);
	}
	return MHD_YES;
}

/* ---- later calls: body, end ---- */

static enum MHD_Result take(jx_server__request *rq, const char *data, size_t len)
{
	jx_server__conns_got(rq->server->conns, rq->conn, len);
	rq->body_bytes += (int64_t)len;
	if (rq->body_bytes > rq->body_max && rq->response == NULL)
		jx_server__error(rq, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
				 "the body is larger than this address takes");
	if (rq->response != NULL)
		return rq->body_bytes > rq->body_max + DRAIN_MAX ? MHD_NO : MHD_YES;
	if (rq->route->data != NULL)
		rq->route->data(rq, data, len);
	else
		jx_buf_add(&rq->body, data, len);
	return MHD_YES;
}

static enum MHD_Result finish(jx_server__request *rq)
{
	struct jx_error err = {0};

	jx_server__work(rq);
	if (rq->response == NULL && jx_buf_check(&rq->body, "body", &err) != JX_OK)
		jx_server__error_rc(rq, err.code, &err);
	if (rq->response == NULL)
		rq->route->end(rq);
	return jx_server__queue(rq);
}

enum MHD_Result jx_server__on_request(void *cls, struct MHD_Connection *mhd, const char *url,
				      const char *method, const char *version, const char *data, size_t *len,
				      void **state)
{
	jx_server__request *rq = *state;

	(void)cls;
	(void)mhd;
	(void)url; /* decoded by the library; we go by rq->target */
	if (rq == NULL)
		return MHD_NO;
	if (!rq->has_begun)
		return begin(rq, method, version);
	if (*len > 0) {
		size_t n = *len;

		*len = 0;
		return take(rq, data, n);
	}
	return finish(rq);
}
