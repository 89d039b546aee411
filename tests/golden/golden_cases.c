/* Answers as they are typed and written, and what must be refused. */
#include <string.h>

#include "golden_maker.h"

static void add_typed(jx_buf *b, const char *name, const char *s)
{
	if (s != NULL)
		golden_text(b, name, s, strlen(s));
}

static void add_answers(jx_buf *b, const jx_pack *pack, const struct jx_observation *in)
{
	JX_AUTO_BUF answers = {0};
	struct jx_error err = {0};

	jx_buf_init(&answers, 65536);
	golden_must(jx_form_observation(pack, in, "2026-09-01", &answers, &err), &err, "answers");
	golden_name(b, NULL);
	jx_buf_addc(b, '{');
	add_typed(b, "result", in->result);
	add_typed(b, "code", in->code);
	add_typed(b, "quantity", in->quantity);
	add_typed(b, "unit", in->unit);
	add_typed(b, "note", in->note);
	add_typed(b, "party", in->party);
	add_typed(b, "unit_responsible", in->unit_responsible);
	golden_name(b, "self_handled");
	jx_buf_adds(b, in->is_self_handled ? "true" : "false");
	golden_text(b, "answers", answers.data, answers.len);
	jx_buf_addc(b, '}');
}

void golden_answers_file(const char *folder)
{
	static const struct jx_observation inputs[] = {
		{.result = "found", .code = "01.02", .quantity = "2.5", .unit = "m2"},
		{.result = "found",
		 .code = "07.02",
		 .quantity = "12.000",
		 .unit = "t",
		 .note = "建筑垃圾\n\"一堆\""},
		{.result = "found", .code = "09", .quantity = "0.001", .unit = "times"},
		{.result = "found",
		 .code = "05.03",
		 .quantity = "1000000000",
		 .unit = "vehicle",
		 .is_self_handled = true,
		 .party = "福兴超市",
		 .unit_responsible = "锦北街道"},
		{.result = "nothing-found", .code = "06"},
		{.result = "no-access", .note = "门锁着 \\ 😀"},
	};
	JX_AUTO_BUF b = {0};
	JX_AUTO(jx_pack) pack = NULL;
	struct jx_error err = {0};
	const char *text;
	size_t len, i;

	golden_must(jx_pack_builtin_at(0, &text, &len) ? JX_OK : JX_ENOTFOUND, &err, "version 1 of the pack");
	golden_must(jx_pack_load(text, len, &pack, &err), &err, "pack");
	jx_buf_init(&b, 1 << 20);
	jx_buf_addc(&b, '{');
	golden_text(&b, "pack", jx_pack_id(pack), strlen(jx_pack_id(pack)));
	golden_name(&b, "pack_version");
	jx_buf_add_i64(&b, jx_pack_version(pack));
	golden_name(&b, "answers");
	jx_buf_addc(&b, '[');
	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		add_answers(&b, pack, &inputs[i]);
	jx_buf_adds(&b, "]}");
	golden_write(folder, "answers.json", &b);
}

/* A link that does not fit where it stands: after head(n-1) of the chain. */
struct bad_link {
	size_t n;
	jx_buf bytes;
	uint8_t digest[JX_HASH_BYTES], sig[JX_SIG_BYTES];
};

static struct bad_link link_of(const struct golden_chain *c, size_t n)
{
	struct bad_link l = {.n = n};

	jx_buf_init(&l.bytes, JX_ENTRY_BYTES_MAX);
	jx_buf_adds(&l.bytes, c->bytes[n]);
	memcpy(l.digest, c->digest[n], JX_HASH_BYTES);
	memcpy(l.sig, c->sig[n], JX_SIG_BYTES);
	return l;
}

static void add_link(jx_buf *b, const char *name, const struct golden_chain *c, struct bad_link *l)
{
	golden_name(b, NULL);
	jx_buf_addc(b, '{');
	golden_text(b, "name", name, strlen(name));
	golden_text(b, "chain", c->name, strlen(c->name));
	golden_name(b, "n");
	jx_buf_add_i64(b, (int64_t)l->n);
	golden_hex(b, "bytes_hex", l->bytes.data, l->bytes.len);
	golden_hex(b, "digest", l->digest, JX_HASH_BYTES);
	golden_hex(b, "sig", l->sig, JX_SIG_BYTES);
	jx_buf_addc(b, '}');
	jx_buf_done(&l->bytes);
}

/* Still an entry, a centimetre further north. */
static void move_north(struct bad_link *l)
{
	char *digit = strstr(l->bytes.data, "302345678") + 8;

	*digit = '9';
}

static void add_links(jx_buf *b, const struct golden_chain *c, const struct golden_chain *server)
{
	struct bad_link l = link_of(c, 4);

	move_north(&l);
	add_link(b, "one byte changed, old digest", c, &l);
	l = link_of(c, 4);
	move_north(&l);
	jx_sha256(l.bytes.data, l.bytes.len, l.digest);
	add_link(b, "one byte changed, new digest", c, &l);
	l = link_of(c, 4);
	l.sig[0] ^= 1;
	add_link(b, "signature changed", c, &l);
	l = link_of(c, 5);
	l.n = 4;
	add_link(b, "entry before it left out", c, &l);
	l = link_of(c, 4);
	l.n = 5;
	add_link(b, "entry given twice", c, &l);
	l = link_of(server, 1);
	add_link(b, "another writer's entry", c, &l);
	l = link_of(c, 4);
	memcpy(l.sig, c->sig[5], JX_SIG_BYTES);
	add_link(b, "signature of the next head", c, &l);
}

static void add_text(jx_buf *b, const char *name, const char *tag, const char *text, size_t len,
		     const uint8_t *sig)
{
	golden_name(b, NULL);
	jx_buf_addc(b, '{');
	golden_text(b, "name", name, strlen(name));
	golden_text(b, "tag", tag, strlen(tag));
	golden_text(b, "text", text, len);
	golden_hex(b, "sig", sig, JX_SIG_BYTES);
	jx_buf_addc(b, '}');
}

static void add_texts(jx_buf *b, const struct golden_chain *c, const struct golden_chain *server)
{
	struct jx_receipt r = {.n = 3, .server_utc_ms = 5};
	struct jx_signed s, other;
	struct jx_error err = {0};
	char *digit;

	golden_id(5, 1, r.epoch);
	memcpy(r.writer, c->writer, JX_ID_BYTES);
	memcpy(r.head, c->head[3], JX_HASH_BYTES);
	golden_must(jx_receipt_sign(&r, server->sec, &s, &err), &err, "receipt");
	golden_must(jx_receipt_sign(&r, c->sec, &other, &err), &err, "receipt");
	add_text(b, "signed by another key", "jx1.receipt", other.text, other.len, other.sig);
	add_text(b, "signature of another kind", "jx1.photo-rcpt", s.text, s.len, s.sig);
	add_text(b, "last byte cut", "jx1.receipt", s.text, s.len - 1, s.sig);
	digit = strstr(s.text, "\"n\":3") + 4;
	*digit = '4';
	add_text(b, "one byte changed", "jx1.receipt", s.text, s.len, s.sig);
	*digit = '3';
	s.sig[63] ^= 1;
	add_text(b, "signature changed", "jx1.receipt", s.text, s.len, s.sig);
}

/* Bytes that are no entry of version 1, however they are signed. */
static void add_no_entries(jx_buf *b, const struct golden_chain *c)
{
	static const struct {
		const char *name, *from, *to;
	} rows[] = {
		{"white space", ",\"n\":", ", \"n\":"},
		{"fraction", "\"accuracy_mm\":4200", "\"accuracy_mm\":4200.0"},
		{"beyond 2^53", "\"mono_ms\":", "\"mono_ms\":9007199254740993,\"x\":"},
		{"name twice", "\"grid\":", "\"street\":\"\",\"grid\":"},
		{"v not first", "{\"v\":1,\"id\"", "{\"x\":0,\"v\":1,\"id\""},
		{"no number", "\"n\":4,", ""},
		{"latitude past the pole", "302345678", "900000001"},
		{"no date", "2026-09-01", "2026-09-31"},
		{"trailing bytes", "}]}", "}]}\n"},
		{"lone surrogate", "两处", "\\ud83d"},
		{"no salt", "\"salt\"", "\"sold\""},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = strstr(c->bytes[4], rows[i].from);
		JX_AUTO_BUF bad = {0};

		jx_buf_init(&bad, JX_ENTRY_BYTES_MAX);
		jx_buf_add(&bad, c->bytes[4], (size_t)(at - c->bytes[4]));
		jx_buf_adds(&bad, rows[i].to);
		jx_buf_adds(&bad, at + strlen(rows[i].from));
		golden_name(b, NULL);
		jx_buf_addc(b, '{');
		golden_text(b, "name", rows[i].name, strlen(rows[i].name));
		golden_hex(b, "bytes_hex", bad.data, bad.len);
		jx_buf_addc(b, '}');
	}
}

void golden_bad_file(const char *folder, const struct golden_chain *c, const struct golden_chain *server)
{
	JX_AUTO_BUF b = {0};

	jx_buf_init(&b, 1 << 20);
	jx_buf_addc(&b, '{');
	golden_name(&b, "links");
	jx_buf_addc(&b, '[');
	add_links(&b, c, server);
	jx_buf_addc(&b, ']');
	golden_name(&b, "signed");
	jx_buf_addc(&b, '[');
	add_texts(&b, c, server);
	jx_buf_addc(&b, ']');
	golden_name(&b, "entries");
	jx_buf_addc(&b, '[');
	add_no_entries(&b, c);
	jx_buf_adds(&b, "]}");
	golden_write(folder, "bad.json", &b);
}
