/* How golden files are written down. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_maker.h"

void golden_name(jx_buf *b, const char *name)
{
	const char last = b->len > 0 ? b->data[b->len - 1] : '{';

	if (last != '{' && last != '[')
		jx_buf_addc(b, ',');
	jx_buf_addc(b, '\n');
	if (name != NULL)
		jx_buf_addf(b, "\"%s\":", name);
}

void golden_text(jx_buf *b, const char *name, const char *s, size_t len)
{
	golden_name(b, name);
	jx_buf_add_json(b, s, len);
}

void golden_hex(jx_buf *b, const char *name, const void *bytes, size_t len)
{
	golden_name(b, name);
	jx_buf_addc(b, '"');
	jx_buf_add_hex(b, bytes, len);
	jx_buf_addc(b, '"');
}

void golden_write(const char *folder, const char *file, jx_buf *b)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", folder, file);
	struct jx_error err = {0};
	FILE *f;

	jx_buf_addc(b, '\n');
	golden_must(jx_buf_check(b, file, &err), &err, file);
	f = fopen(path, "wx"); /* golden files are never written over */
	if (f == NULL || fwrite(b->data, 1, b->len, f) != b->len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void add_id(jx_buf *b, const char *name, const uint8_t id[JX_ID_BYTES])
{
	char text[37];

	jx_uuid_format(id, text);
	golden_text(b, name, text, 36);
}

static void add_chain(jx_buf *b, const struct golden_chain *c)
{
	size_t n;

	golden_name(b, NULL);
	jx_buf_addc(b, '{');
	golden_text(b, "name", c->name, strlen(c->name));
	golden_hex(b, "seed", c->seed, sizeof(c->seed));
	golden_hex(b, "public_key", c->pub, sizeof(c->pub));
	add_id(b, "writer", c->writer);
	golden_hex(b, "root", c->head[0], JX_HASH_BYTES);
	golden_name(b, "entries");
	jx_buf_addc(b, '[');
	for (n = 1; n <= c->count; n++) {
		golden_name(b, NULL);
		jx_buf_addc(b, '{');
		golden_name(b, "n");
		jx_buf_add_i64(b, (int64_t)n);
		golden_name(b, "foreign");
		jx_buf_adds(b, c->is_foreign[n] ? "true" : "false");
		golden_text(b, "bytes", c->bytes[n], strlen(c->bytes[n]));
		golden_hex(b, "bytes_hex", c->bytes[n], strlen(c->bytes[n]));
		golden_hex(b, "digest", c->digest[n], JX_HASH_BYTES);
		golden_hex(b, "head", c->head[n], JX_HASH_BYTES);
		golden_hex(b, "sig", c->sig[n], JX_SIG_BYTES);
		jx_buf_addc(b, '}');
	}
	jx_buf_adds(b, "]}");
}

void golden_chains_file(const char *folder, const struct golden_chain *first,
			const struct golden_chain *second)
{
	JX_AUTO_BUF b = {0};

	jx_buf_init(&b, 1 << 20);
	jx_buf_adds(&b, "{\"chains\":[");
	add_chain(&b, first);
	add_chain(&b, second);
	jx_buf_adds(&b, "]}");
	golden_write(folder, "chains.json", &b);
}

static void add_signed(jx_buf *b, const char *name, const char *tag, const struct jx_signed *s)
{
	uint8_t hash[JX_HASH_BYTES];

	jx_signed_hash(s, hash);
	golden_name(b, NULL);
	jx_buf_addc(b, '{');
	golden_text(b, "name", name, strlen(name));
	golden_text(b, "tag", tag, strlen(tag));
	golden_text(b, "text", s->text, s->len);
	golden_hex(b, "sig", s->sig, JX_SIG_BYTES);
	golden_hex(b, "hash", hash, JX_HASH_BYTES);
	jx_buf_addc(b, '}');
}

static void add_receipts(jx_buf *b, const struct golden_chain *handheld, const struct golden_chain *server)
{
	const size_t last = handheld->count;
	struct jx_receipt r = {
		.n = (int64_t)last, .server_utc_ms = INT64_C(1788270000123), .safe_until_n = 4};
	struct jx_signed s;
	struct jx_error err = {0};

	golden_id(5, 1, r.epoch);
	memcpy(r.writer, handheld->writer, JX_ID_BYTES);
	memcpy(r.head, handheld->head[last], JX_HASH_BYTES);
	golden_must(jx_receipt_sign(&r, server->sec, &s, &err), &err, "receipt");
	add_signed(b, "receipt", "jx1.receipt", &s);
	r.is_fork = true;
	r.safe_until_n = 0;
	golden_must(jx_receipt_sign(&r, server->sec, &s, &err), &err, "receipt of a fork");
	add_signed(b, "receipt of a fork", "jx1.receipt", &s);
}

static void add_photo_receipt(jx_buf *b, const struct golden_chain *handheld,
			      const struct golden_chain *server)
{
	struct jx_photo_receipt r = {.server_utc_ms = INT64_C(1788270000456), .photo_count = 2};
	struct jx_signed s;
	struct jx_error err = {0};

	golden_id(5, 1, r.epoch);
	memcpy(r.writer, handheld->writer, JX_ID_BYTES);
	jx_sha256("golden photo 1", 14, r.photos[0]);
	jx_sha256("golden photo 2", 14, r.photos[1]);
	golden_must(jx_photo_receipt_sign(&r, server->sec, &s, &err), &err, "photo-receipt");
	add_signed(b, "photo-receipt", "jx1.photo-rcpt", &s);
}

static void add_keys(jx_buf *b, const struct golden_chain *handheld, const struct golden_chain *server)
{
	struct jx_keys k = {.from_utc_ms = INT64_C(1788300000000), .pin_count = 1};
	struct jx_signed s;
	struct jx_error err = {0};

	memcpy(k.identity, server->pub, JX_PUB_BYTES);
	jx_sha256("golden tls 1", 12, k.tls_spki_sha256[0]);
	golden_must(jx_keys_sign(&k, server->sec, &s, &err), &err, "keys");
	add_signed(b, "keys", "jx1.keys", &s);
	k.has_next = true;
	memcpy(k.next_identity, handheld->pub, JX_PUB_BYTES); /* any key will do */
	k.pin_count = 2;
	jx_sha256("golden tls 2", 12, k.tls_spki_sha256[1]);
	golden_must(jx_keys_sign(&k, server->sec, &s, &err), &err, "next keys");
	add_signed(b, "keys with the next", "jx1.keys", &s);
}

void golden_signed_file(const char *folder, const struct golden_chain *handheld,
			const struct golden_chain *server)
{
	JX_AUTO_BUF b = {0};

	jx_buf_init(&b, 1 << 20);
	jx_buf_addc(&b, '{');
	golden_hex(&b, "seed", server->seed, sizeof(server->seed));
	golden_hex(&b, "public_key", server->pub, sizeof(server->pub));
	golden_name(&b, "signed");
	jx_buf_addc(&b, '[');
	add_receipts(&b, handheld, server);
	add_photo_receipt(&b, handheld, server);
	add_keys(&b, handheld, server);
	jx_buf_adds(&b, "]}");
	golden_write(folder, "signed.json", &b);
}
