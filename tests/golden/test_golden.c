/* Every golden file of every version opens, means what it meant, and is written again byte for byte. */
#include "jx_test.h"

#include <stdlib.h>

#include "jiexun/form.h"
#include "jiexun/model.h"

struct file {
	char *text;
	jx_json doc;
};

static void file_close(struct file *f)
{
	jx_json_done(&f->doc);
	free(f->text);
}

static struct file file_open(const char *folder, const char *name)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/tests/golden/%s/%s", getenv("JX_SOURCE"), folder, name);
	struct jx_error err = {0};
	struct file f = {0};
	size_t len;

	f.text = jx_test_read(path, &len);
	if (f.text == NULL)
		fail_msg("%s cannot be read (JX_SOURCE names the source tree)", path);
	jx_assert_ok(jx_json_parse(f.text, len, &jx_json_pack_limits, &f.doc, &err), &err);
	return f;
}

/* Text member that must be there; the caller frees. */
static char *text_of(const jx_json *doc, int obj, const char *name)
{
	char *text = jx_json_strdup(doc, jx_json_get(doc, obj, name));

	if (text == NULL)
		fail_msg("golden file lacks %s", name);
	return text;
}

static char *text_or_null(const jx_json *doc, int obj, const char *name)
{
	return jx_json_get(doc, obj, name) < 0 ? NULL : text_of(doc, obj, name);
}

static void hex_of(const jx_json *doc, int obj, const char *name, void *out, size_t len)
{
	struct jx_error err = {0};

	jx_assert_ok(jx_json_need_hex(doc, obj, name, out, len, &err), &err);
}

/* Bytes of any length, given in hex; the caller frees. */
static char *bytes_of(const jx_json *doc, int obj, const char *name, size_t *len_out)
{
	JX_AUTO_FREE char *hex = text_of(doc, obj, name);
	const size_t len = strlen(hex) / 2;
	char *bytes = jx_xcalloc(len + 1, 1);

	assert_true(jx_unhex(hex, strlen(hex), bytes, len));
	*len_out = len;
	return bytes;
}

static int list_of(const jx_json *doc, int obj, const char *name)
{
	const int list = jx_json_get(doc, obj, name);

	assert_int_equal(jx_json_type_of(doc, list), JX_JSON_ARRAY);
	assert_true(doc->tok[list].count > 0);
	return list;
}

/* ---- chains ------------------------------------------------------------------------------------- */

/* Read as far as this program can, and what is ours is written again alike. */
static void check_entry(const jx_json *doc, int tok, const char *bytes, size_t len)
{
	struct jx_entry e;
	struct jx_error err = {0};
	JX_AUTO_BUF again = {0};
	bool is_foreign = false;
	const jx_rc rc = jx_entry_decode(bytes, len, &e, &err);

	if (rc != JX_EVERSION)
		jx_assert_ok(rc, &err);
	jx_assert_ok(jx_entry_decode_storing(bytes, len, &e, &err), &err);
	assert_true(jx_json_bool(doc, jx_json_get(doc, tok, "foreign"), &is_foreign));
	if (is_foreign)
		return;
	jx_assert_ok(jx_entry_decode(bytes, len, &e, &err), &err);
	jx_buf_init(&again, JX_ENTRY_BYTES_MAX);
	jx_assert_ok(jx_entry_encode(&e, &again, &err), &err);
	assert_int_equal(again.len, len);
	assert_memory_equal(again.data, bytes, len);
}

static void check_link(const jx_json *doc, int tok, const uint8_t sec[JX_SEC_BYTES], struct jx_chain_walk *w)
{
	JX_AUTO_FREE char *text = text_of(doc, tok, "bytes");
	size_t len;
	JX_AUTO_FREE char *bytes = bytes_of(doc, tok, "bytes_hex", &len);
	uint8_t digest[JX_HASH_BYTES], found[JX_HASH_BYTES], head[JX_HASH_BYTES], sig[JX_SIG_BYTES],
		made[JX_SIG_BYTES];
	struct jx_error err = {0};

	assert_string_equal(text, bytes);
	hex_of(doc, tok, "digest", digest, sizeof(digest));
	hex_of(doc, tok, "head", head, sizeof(head));
	hex_of(doc, tok, "sig", sig, sizeof(sig));
	jx_sha256(bytes, len, found);
	assert_memory_equal(found, digest, sizeof(digest));
	check_entry(doc, tok, bytes, len);
	jx_assert_ok(jx_chain_walk_add(w, bytes, len, digest, sig, &err), &err);
	assert_memory_equal(w->head, head, sizeof(head));
	jx_chain_sign(sec, head, made);
	assert_memory_equal(made, sig, sizeof(sig));
}

/* Begin a walk along the chain at tok. */
static void begin_walk(const jx_json *doc, int tok, struct jx_chain_walk *w, uint8_t sec[JX_SEC_BYTES])
{
	uint8_t seed[32], pub[JX_PUB_BYTES], made[JX_PUB_BYTES], writer[JX_ID_BYTES], root[JX_HASH_BYTES];
	struct jx_error err = {0};

	hex_of(doc, tok, "seed", seed, sizeof(seed));
	hex_of(doc, tok, "public_key", pub, sizeof(pub));
	hex_of(doc, tok, "root", root, sizeof(root));
	jx_assert_ok(jx_json_need_uuid(doc, tok, "writer", writer, &err), &err);
	jx_key_from_seed(seed, made, sec);
	assert_memory_equal(made, pub, sizeof(pub));
	jx_chain_walk_init(w, writer, pub);
	assert_memory_equal(w->head, root, sizeof(root));
}

static void check_chains(const char *folder)
{
	JX_CLEANUP(file_close) struct file f = file_open(folder, "chains.json");
	const int chains = list_of(&f.doc, 0, "chains");
	int chain, entry;

	for (chain = jx_json_first(&f.doc, chains); chain >= 0; chain = jx_json_next(&f.doc, chains, chain)) {
		const int entries = list_of(&f.doc, chain, "entries");
		uint8_t sec[JX_SEC_BYTES];
		struct jx_chain_walk w;

		begin_walk(&f.doc, chain, &w, sec);
		for (entry = jx_json_first(&f.doc, entries); entry >= 0;
		     entry = jx_json_next(&f.doc, entries, entry))
			check_link(&f.doc, entry, sec, &w);
		assert_int_equal(w.n, f.doc.tok[entries].count);
	}
}

/* ---- signed texts ------------------------------------------------------------------------------- */

/* One kind: open what is there and, if it opened, sign it again. */
static jx_rc reopen(const char *tag, const struct jx_signed *s, const uint8_t pub[JX_PUB_BYTES],
		    const uint8_t sec[JX_SEC_BYTES], struct jx_signed *again)
{
	struct jx_receipt receipt;
	struct jx_photo_receipt photos;
	struct jx_keys keys;
	jx_rc rc = JX_EINVAL;

	if (strcmp(tag, "jx1.receipt") == 0) {
		rc = jx_receipt_open(s, pub, &receipt, NULL);
		return rc == JX_OK ? jx_receipt_sign(&receipt, sec, again, NULL) : rc;
	}
	if (strcmp(tag, "jx1.photo-rcpt") == 0) {
		rc = jx_photo_receipt_open(s, pub, &photos, NULL);
		return rc == JX_OK ? jx_photo_receipt_sign(&photos, sec, again, NULL) : rc;
	}
	if (strcmp(tag, "jx1.keys") == 0) {
		rc = jx_keys_open(s, pub, &keys, NULL);
		return rc == JX_OK ? jx_keys_sign(&keys, sec, again, NULL) : rc;
	}
	fail_msg("golden file names the tag %s", tag);
	return rc;
}

static struct jx_signed signed_of(const jx_json *doc, int tok)
{
	JX_AUTO_FREE char *text = text_of(doc, tok, "text");
	struct jx_signed s;

	memset(&s, 0, sizeof(s));
	s.len = strlen(text);
	assert_true(s.len <= sizeof(s.text));
	memcpy(s.text, text, s.len);
	hex_of(doc, tok, "sig", s.sig, sizeof(s.sig));
	return s;
}

static void identity_of(const char *folder, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	JX_CLEANUP(file_close) struct file f = file_open(folder, "signed.json");
	uint8_t seed[32], stated[JX_PUB_BYTES];

	hex_of(&f.doc, 0, "seed", seed, sizeof(seed));
	hex_of(&f.doc, 0, "public_key", stated, sizeof(stated));
	jx_key_from_seed(seed, pub, sec);
	assert_memory_equal(stated, pub, JX_PUB_BYTES);
}

static void check_signed(const char *folder)
{
	JX_CLEANUP(file_close) struct file f = file_open(folder, "signed.json");
	const int list = list_of(&f.doc, 0, "signed");
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	int item;

	identity_of(folder, pub, sec);
	for (item = jx_json_first(&f.doc, list); item >= 0; item = jx_json_next(&f.doc, list, item)) {
		const struct jx_signed s = signed_of(&f.doc, item);
		JX_AUTO_FREE char *tag = text_of(&f.doc, item, "tag");
		uint8_t stated[JX_HASH_BYTES], hash[JX_HASH_BYTES];
		struct jx_signed again;

		assert_int_equal(reopen(tag, &s, pub, sec, &again), JX_OK);
		assert_int_equal(again.len, s.len);
		assert_memory_equal(again.text, s.text, s.len);
		assert_memory_equal(again.sig, s.sig, sizeof(s.sig));
		hex_of(&f.doc, item, "hash", stated, sizeof(stated));
		jx_signed_hash(&s, hash);
		assert_memory_equal(hash, stated, sizeof(hash));
	}
}

/* ---- answers ------------------------------------------------------------------------------------ */

static void check_answer(const jx_pack *pack, const jx_json *doc, int tok)
{
	JX_AUTO_FREE char *result = text_or_null(doc, tok, "result");
	JX_AUTO_FREE char *code = text_or_null(doc, tok, "code");
	JX_AUTO_FREE char *quantity = text_or_null(doc, tok, "quantity");
	JX_AUTO_FREE char *unit = text_or_null(doc, tok, "unit");
	JX_AUTO_FREE char *note = text_or_null(doc, tok, "note");
	JX_AUTO_FREE char *party = text_or_null(doc, tok, "party");
	JX_AUTO_FREE char *responsible = text_or_null(doc, tok, "unit_responsible");
	JX_AUTO_FREE char *answers = text_of(doc, tok, "answers");
	struct jx_observation in = {.result = result,
				    .code = code,
				    .quantity = quantity,
				    .unit = unit,
				    .note = note,
				    .party = party,
				    .unit_responsible = responsible};
	struct jx_error err = {0};
	JX_AUTO_BUF b = {0};

	assert_true(jx_json_bool(doc, jx_json_get(doc, tok, "self_handled"), &in.is_self_handled));
	jx_buf_init(&b, JX_ENTRY_BYTES_MAX);
	jx_assert_ok(jx_form_observation(pack, &in, "2026-09-01", &b, &err), &err);
	assert_string_equal(b.data, answers);
	jx_assert_ok(jx_form_check(pack, answers, strlen(answers), "2026-09-01", &err), &err);
}

static void check_answers(const char *folder)
{
	JX_CLEANUP(file_close) struct file f = file_open(folder, "answers.json");
	const int list = list_of(&f.doc, 0, "answers");
	JX_AUTO(jx_packs) packs = NULL;
	struct jx_error err = {0};
	int64_t version;
	int item;

	/* by the version they name, and by every later one */
	jx_assert_ok(jx_packs_new(&packs, &err), &err);
	for (version = 1; jx_packs_version(packs, "ten-disorders", version) != NULL; version++)
		for (item = jx_json_first(&f.doc, list); item >= 0; item = jx_json_next(&f.doc, list, item))
			check_answer(jx_packs_version(packs, "ten-disorders", version), &f.doc, item);
	assert_true(version > 2);
}

/* ---- what must be refused ------------------------------------------------------------------------ */

/* The walk along the named chain up to entry n. */
static struct jx_chain_walk walk_to(const char *folder, const char *name, int64_t n)
{
	JX_CLEANUP(file_close) struct file f = file_open(folder, "chains.json");
	const int chains = list_of(&f.doc, 0, "chains");
	struct jx_chain_walk w = {0};
	uint8_t sec[JX_SEC_BYTES];
	int chain, entry;

	for (chain = jx_json_first(&f.doc, chains); chain >= 0; chain = jx_json_next(&f.doc, chains, chain)) {
		const int entries = list_of(&f.doc, chain, "entries");

		if (!jx_json_str_is(&f.doc, jx_json_get(&f.doc, chain, "name"), name))
			continue;
		begin_walk(&f.doc, chain, &w, sec);
		for (entry = jx_json_first(&f.doc, entries); entry >= 0 && w.n < n;
		     entry = jx_json_next(&f.doc, entries, entry))
			check_link(&f.doc, entry, sec, &w);
		return w;
	}
	fail_msg("no chain %s", name);
	return w;
}

static void check_bad_links(const char *folder, const jx_json *doc)
{
	const int list = list_of(doc, 0, "links");
	int item;

	for (item = jx_json_first(doc, list); item >= 0; item = jx_json_next(doc, list, item)) {
		JX_AUTO_FREE char *chain = text_of(doc, item, "chain");
		JX_AUTO_FREE char *name = text_of(doc, item, "name");
		size_t len;
		JX_AUTO_FREE char *bytes = bytes_of(doc, item, "bytes_hex", &len);
		uint8_t digest[JX_HASH_BYTES], sig[JX_SIG_BYTES];
		struct jx_chain_walk w;
		int64_t n = 0;

		assert_true(jx_json_i64(doc, jx_json_get(doc, item, "n"), &n));
		hex_of(doc, item, "digest", digest, sizeof(digest));
		hex_of(doc, item, "sig", sig, sizeof(sig));
		w = walk_to(folder, chain, n - 1);
		if (jx_chain_walk_add(&w, bytes, len, digest, sig, NULL) != JX_ECORRUPT)
			fail_msg("accepted: %s", name);
	}
}

static void check_bad_signed(const char *folder, const jx_json *doc)
{
	const int list = list_of(doc, 0, "signed");
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	int item;

	identity_of(folder, pub, sec);
	for (item = jx_json_first(doc, list); item >= 0; item = jx_json_next(doc, list, item)) {
		const struct jx_signed s = signed_of(doc, item);
		JX_AUTO_FREE char *tag = text_of(doc, item, "tag");
		JX_AUTO_FREE char *name = text_of(doc, item, "name");
		struct jx_signed again;

		if (reopen(tag, &s, pub, sec, &again) != JX_EAUTH)
			fail_msg("accepted: %s", name);
	}
}

static void check_bad_entries(const jx_json *doc)
{
	const int list = list_of(doc, 0, "entries");
	int item;

	for (item = jx_json_first(doc, list); item >= 0; item = jx_json_next(doc, list, item)) {
		JX_AUTO_FREE char *name = text_of(doc, item, "name");
		size_t len;
		JX_AUTO_FREE char *bytes = bytes_of(doc, item, "bytes_hex", &len);
		struct jx_entry e;

		if (jx_entry_decode(bytes, len, &e, NULL) != JX_EINVAL)
			fail_msg("accepted: %s", name);
	}
}

/* ---- all versions -------------------------------------------------------------------------------- */

/* A new version of the formats adds its folder here and keeps the old ones. */
static const char *const folders[] = {"v1", "v1-sound"};
#define FOLDERS (sizeof(folders) / sizeof(folders[0]))

static void chains_open_and_are_written_alike(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FOLDERS; i++)
		check_chains(folders[i]);
}

static void signed_texts_open_and_are_signed_alike(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FOLDERS; i++)
		check_signed(folders[i]);
}

static void answers_are_written_alike(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FOLDERS; i++)
		check_answers(folders[i]);
}

static void what_was_refused_still_is(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < FOLDERS; i++) {
		JX_CLEANUP(file_close) struct file f = file_open(folders[i], "bad.json");

		check_bad_links(folders[i], &f.doc);
		check_bad_signed(folders[i], &f.doc);
		check_bad_entries(&f.doc);
	}
}

static int start(void **state)
{
	(void)state;
	return jx_crypto_init(NULL) == JX_OK && getenv("JX_SOURCE") != NULL ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_open_and_are_written_alike),
		cmocka_unit_test(signed_texts_open_and_are_signed_alike),
		cmocka_unit_test(answers_are_written_alike),
		cmocka_unit_test(what_was_refused_still_is),
	};

	return cmocka_run_group_tests(tests, start, NULL);
}
