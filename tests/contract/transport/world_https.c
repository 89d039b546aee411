/* libcurl to the real program on the loopback address. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "jiexund.h"
#include "world.h"

struct https {
	struct jiexund server;
	struct core core;
};

static void read_secret(const struct https *h, const char *name, uint8_t out[32])
{
	JX_AUTO_FREE char *path = jx_test_path(h->server.data, name);
	JX_AUTO_FREE char *text = jx_test_read(path, NULL);

	assert_non_null(text);
	assert_true(jx_unhex(text, strcspn(text, "\n"), out, 32));
}

/* As any other program would find it out: from the certificate's file. */
static void read_tls_key(const struct https *h, uint8_t out[JX_HASH_BYTES])
{
	JX_AUTO_FREE char *path = jx_test_path(h->server.data, "tls.pem");
	FILE *file = fopen(path, "re");
	X509 *certificate = file != NULL ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	unsigned char *der = NULL;
	int len;

	assert_non_null(certificate);
	len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
	assert_true(len > 0);
	jx_sha256(der, (size_t)len, out);
	OPENSSL_free(der);
	X509_free(certificate);
	(void)fclose(file);
}

/* All cases come from one address, and quickly. */
static void lift_limits(const struct https *h)
{
	JX_AUTO_FREE char *path = jx_test_path(h->server.data, "jiexund.conf");
	FILE *file = fopen(path, "ae");

	assert_non_null(file);
	assert_true(fputs("enrol_per_minute = 0\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void open_https(struct world *w)
{
	const char *const init[] = {"init",      "--listen", "127.0.0.1:0", "--name",
				    "localhost", "--area",   "330185001",   NULL};
	struct https *h = jx_xcalloc(1, sizeof(*h));
	uint8_t seed[32];

	w->impl = h;
	jiexund_init(&h->server, w->folder);
	free(jiexund_ask(&h->server, init));
	lift_limits(h);
	read_secret(h, "identity.key", seed);
	jx_key_from_seed(seed, w->identity, w->identity_secret);
	read_tls_key(h, w->tls_key);
	jiexund_start(&h->server);
}

static void close_https(struct world *w)
{
	struct https *h = w->impl;

	jiexund_stop(&h->server);
	jiexund_done(&h->server);
	free(h);
}

static jx_transport *connect_https(struct world *w, const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count)
{
	const struct https *h = w->impl;
	JX_AUTO_FREE char *url = jx_xasprintf("https://127.0.0.1:%d", h->server.port);
	const struct jx_transport_curl_config config = {.url = url,
							.pins = pins,
							.pin_count = pin_count,
							.clock = jx_os_clock(),
							.is_clock_trusted = true,
							.connect_ms = PATIENCE_MS,
							.stall_ms = PATIENCE_MS};
	jx_transport *t = NULL;

	jx_assert_ok(jx_transport_curl_new(&config, &t, &w->err), &w->err);
	return t;
}

static void make_code(struct world *w, const char *short_code, enum jx_role role, bool is_trusted,
		      struct jx_code_text *out)
{
	const struct https *h = w->impl;
	const char *const args[] = {"code",   "--short",          short_code,
				    "--role", jx_role_name(role), is_trusted ? "--trusted" : NULL,
				    NULL};
	JX_AUTO_FREE char *answer = jiexund_ask(&h->server, args);
	JX_AUTO_JSON doc = {0};
	char link[512], url[256];

	jx_assert_ok(jx_json_parse(answer, strlen(answer), &jx_json_message_limits, &doc, &w->err), &w->err);
	jx_assert_ok(jx_json_need_str(&doc, 0, "link", link, sizeof(link), &w->err), &w->err);
	jx_assert_ok(jx_code_parse(link, out, url, sizeof(url), &w->err), &w->err);
}

static void revoke(struct world *w, const char *short_code)
{
	const struct https *h = w->impl;
	const char *const args[] = {"revoke", short_code, "--reason", "lost", NULL};

	free(jiexund_ask(&h->server, args));
}

static struct core *core_begin(struct world *w, int64_t shift_ms)
{
	struct https *h = w->impl;
	const struct jx_clock *clock = jx_os_clock();

	w->kind->disconnect(JX_STEAL(w->transport));
	jiexund_stop(&h->server);
	jx_fake_clock_init(&h->core.clock, clock->utc_ms(clock->user) + shift_ms);
	h->core.rand = jx_os_rand();
	memcpy(h->core.identity_secret, w->identity_secret, JX_SEC_BYTES);
	read_secret(h, "mac.key", h->core.mac_key);
	memcpy(h->core.pins[0], w->tls_key, JX_HASH_BYTES);
	h->core.pin_count = 1;
	core_open(&h->core, h->server.data, false);
	return &h->core;
}

static void core_end(struct world *w)
{
	struct https *h = w->impl;

	core_close(&h->core);
	jiexund_start(&h->server);
	w->transport = connect_https(w, NULL, 0);
}

const struct world_kind world_https = {.name = "https",
				       .open = open_https,
				       .close = close_https,
				       .connect = connect_https,
				       .disconnect = jx_transport_curl_free,
				       .make_code = make_code,
				       .revoke = revoke,
				       .core_begin = core_begin,
				       .core_end = core_end};
