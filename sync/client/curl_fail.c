/* libcurl's and OpenSSL's reasons as one clear line with a cure. */
#include <string.h>

#include "curl_private.h"

#define WHERE "client.https"

/* What OpenSSL says in curl's message, and what it means. The handshake gives no number that would tell these apart. */
struct tls_row {
	const char *part;
	jx_rc rc;
	const char *text;
};
static const struct tls_row tls_rows[] = {
	{"unsupported protocol", JX_ETLS,
	 N_("the server speaks only old versions of TLS; nothing was sent. Ask the administrator to allow TLS 1.2 or 1.3")},
	{"protocol version", JX_ETLS,
	 N_("the server speaks only old versions of TLS; nothing was sent. Ask the administrator to allow TLS 1.2 or 1.3")},
	{"wrong version number", JX_ENET,
	 N_("the server answers without TLS: wrong port, or this network wants you to sign in first; open a browser, or use another network")},
	{"http request", JX_ENET,
	 N_("the server answers without TLS: wrong port; check the server's address")},
	{"packet length too long", JX_ENET,
	 N_("the server answers without TLS: wrong port, or this network wants you to sign in first; open a browser, or use another network")},
	{"handshake failure", JX_ETLS,
	 N_("the server offers no encryption that this program accepts (AEAD with forward secrecy); nothing was sent. Ask the administrator")},
	{"no shared cipher", JX_ETLS,
	 N_("the server offers no encryption that this program accepts (AEAD with forward secrecy); nothing was sent. Ask the administrator")},
	{"wrong cipher returned", JX_ETLS,
	 N_("the server offers no encryption that this program accepts (AEAD with forward secrecy); nothing was sent. Ask the administrator")},
	/* with fast open a refusal comes when the handshake has begun */
	{"getpeername() failed", JX_ENET,
	 N_("no connection is taken; is there a network, is the server running, is the port right?")},
	{"Connection refused", JX_ENET,
	 N_("no connection is taken; is there a network, is the server running, is the port right?")},
	{"SSL_ERROR_SYSCALL", JX_ENET, N_("the connection broke during the handshake; try again later")},
	{"unexpected eof", JX_ENET, N_("the connection broke during the handshake; try again later")},
	{"SSL_ERROR_ZERO_RETURN", JX_ENET, N_("the connection broke during the handshake; try again later")},
	{"Connection reset", JX_ENET, N_("the connection broke during the handshake; try again later")},
};

static jx_rc fail_tls(struct jx_client__curl *c, CURLcode code, struct jx_error *err)
{
	if (c->verdict.code != JX_OK) {
		if (err != NULL)
			*err = c->verdict;
		return c->verdict.code;
	}
	for (size_t i = 0; i < sizeof(tls_rows) / sizeof(tls_rows[0]); i++) {
		if (strstr(c->message, tls_rows[i].part) != NULL)
			return jx_fail(err, tls_rows[i].rc, (int)code, WHERE, "%s: %s", c->host,
				       jx_tr(tls_rows[i].text));
	}
	/* no verdict of ours: bytes damaged on the way look like this, and the next try is another connection */
	return jx_fail(
		err, JX_ENET, (int)code, WHERE,
		"no secure connection with %s: %s; nothing was sent. Try again later or on another network",
		c->host, c->message[0] != '\0' ? c->message : curl_easy_strerror(code));
}

static jx_rc fail_time(struct jx_client__curl *c, CURLcode code, struct jx_error *err)
{
	curl_off_t connected_us = 0;
	long connections = 0;

	/* on a connection that was there already nobody waited for connecting, and libcurl says 0 us */
	(void)curl_easy_getinfo(c->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	(void)curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &connections);
	if (connections > 0 && connected_us == 0)
		return jx_fail(
			err, JX_ENET, (int)code, WHERE,
			"no answer from %s: connecting took longer than %lld s; try again where the network is better",
			c->host, (long long)(c->connect_ms / 1000));
	return jx_fail(err, JX_ENET, (int)code, WHERE,
		       "the connection to %s stalled for %lld s; try again where the network is better",
		       c->host, (long long)(c->stall_ms / 1000));
}

static jx_rc fail_callback(struct jx_client__curl *c, jx_rc rc, struct jx_error *err)
{
	if (err != NULL)
		*err = c->callback_err;
	return rc;
}

/* The connection itself. */
static jx_rc fail_line(struct jx_client__curl *c, CURLcode code, struct jx_error *err)
{
	long os_errno = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
		return jx_fail(
			err, JX_ENET, (int)code, WHERE,
			"the name %s was not found; is there a network, is the server's address right?",
			c->host);
	if (code == CURLE_COULDNT_CONNECT)
		return jx_fail(
			err, JX_ENET, (int)os_errno, WHERE,
			"%s takes no connection (%s); is there a network, is the server running, is the port right?",
			c->host, os_errno != 0 ? strerror((int)os_errno) : curl_easy_strerror(code));
	if (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_BAD_CONTENT_ENCODING)
		return jx_fail(err, JX_ENET, (int)code, WHERE, "%s does not answer as a web server does: %s",
			       c->host, curl_easy_strerror(code));
	return jx_fail(err, JX_ENET, (int)code, WHERE, "the connection to %s broke (%s); try again later",
		       c->host, curl_easy_strerror(code));
}

jx_rc jx_client__curl_fail(struct jx_client__curl *c, CURLcode code, struct jx_error *err)
{
	if (c->read_rc != JX_OK)
		return fail_callback(c, c->read_rc, err);
	if (c->write_rc != JX_OK)
		return fail_callback(c, c->write_rc, err);
	if (code == CURLE_ABORTED_BY_CALLBACK)
		return jx_fail(err, JX_EINTR, (int)code, WHERE,
			       "stopped; what the server has confirmed is kept");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fail_time(c, code, err);
	if (code == CURLE_OUT_OF_MEMORY)
		return jx_fail(err, JX_ENOMEM, (int)code, WHERE,
			       "no memory for a request; close other programs");
	if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
	    code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER || code == CURLE_SSL_ENGINE_INITFAILED)
		return fail_tls(c, code, err);
	return fail_line(c, code, err);
}
