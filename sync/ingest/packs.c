/*
 * The form packs that are known, while requests go on: a set is never changed, only replaced by one that has more; who is in the
 * middle of reading keeps the set it began with, and the last to leave a replaced set frees it.
 */
#include <stdlib.h>
#include <string.h>

#include "ingest_private.h"

#define WHERE "ingest.packs"

struct jx_ingest__packs {
	jx_ingest *in;
	jx_packs *set;
	int users; /* the object itself is one while this is the set of now */
};

struct jx_ingest__packs *jx_ingest__packs_hold(jx_ingest *in)
{
	JX_INGEST__HOLD(&in->packs_mutex);

	if (in->packs != NULL)
		in->packs->users++;
	return in->packs;
}

void jx_ingest__packs_let_go(struct jx_ingest__packs **held)
{
	struct jx_ingest__packs *p = *held;
	bool is_last;

	if (p == NULL)
		return;
	(void)jx_ingest__hold(&p->in->packs_mutex);
	is_last = --p->users == 0;
	(void)pthread_mutex_unlock(&p->in->packs_mutex);
	if (!is_last)
		return;
	jx_packs_free(p->set);
	free(p);
}

const jx_packs *jx_ingest__packs_of(const struct jx_ingest__packs *held)
{
	return held == NULL ? NULL : held->set;
}

/* Takes set. */
static void use(jx_ingest *in, jx_packs *set)
{
	struct jx_ingest__packs *next = jx_xcalloc(1, sizeof(*next)), *before;

	next->in = in;
	next->set = set;
	next->users = 1;
	(void)jx_ingest__hold(&in->packs_mutex);
	before = in->packs;
	in->packs = next;
	(void)pthread_mutex_unlock(&in->packs_mutex);
	jx_ingest__packs_let_go(&before);
}

/* A set to add to; with those built in, where the configuration brought none. */
static jx_rc begin_set(jx_ingest *in, jx_packs **out, struct jx_error *err)
{
	JX_INGEST__PACKS(held, in);

	if (held == NULL)
		return jx_packs_new(out, err);
	*out = jx_packs_copy(held->set);
	return JX_OK;
}

void jx_ingest__packs_begin(jx_ingest *in)
{
	if (in->config.packs != NULL)
		use(in, jx_packs_copy(in->config.packs));
}

/* ---- what was published before --------------------------------------------------------------------- */

struct loading {
	jx_ingest *in;
	jx_packs *set;
	struct jx_error *err;
};

static jx_rc read_published(const struct jx_vault_pack *p, jx_pack **out, struct jx_error *err)
{
	struct jx_pack_seal seal = {.version = p->version, .size_bytes = (int64_t)p->bytes.len};

	jx_strcpy(seal.pack, sizeof(seal.pack), p->id);
	jx_strcpy(seal.valid_from, sizeof(seal.valid_from), p->valid_from);
	memcpy(seal.sha256, p->sha256, sizeof(seal.sha256));
	return jx_pack_open_sealed(&seal, p->bytes.data, p->bytes.len, out, err);
}

/* One that an older program cannot read, say, keeps no server from serving: it is reported, and its entries are marked. */
static jx_rc load_one(void *user, const struct jx_vault_pack *p)
{
	struct loading *l = user;
	struct jx_error why = {.code = JX_OK};
	JX_AUTO(jx_pack) pack = NULL;
	jx_rc rc = l->set == NULL ? begin_set(l->in, &l->set, l->err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	rc = read_published(p, &pack, &why);
	if (rc == JX_OK)
		rc = jx_packs_keep(l->set, pack, &why);
	if (rc == JX_OK)
		pack = NULL; /* the set's now */
	else if (l->in->config.on_fault != NULL)
		l->in->config.on_fault(l->in->config.fault_user, &why);
	return rc == JX_ENOMEM ? jx_fail(l->err, rc, 0, WHERE, "%s", why.text) : JX_OK;
}

jx_rc jx_ingest__packs_load(jx_ingest *in, struct jx_error *err)
{
	struct loading l = {.in = in, .err = err};
	jx_rc rc = in->ops->each_pack(in->vault, load_one, &l, err);

	if (rc == JX_OK && l.set != NULL)
		use(in, JX_STEAL(l.set));
	jx_packs_free(l.set);
	return rc;
}

/* ---- publishing ------------------------------------------------------------------------------------ */

struct wanted {
	const struct jx_pack_seal *seal;
	bool is_there, is_same;
};

static jx_rc compare(void *user, const struct jx_vault_pack *p)
{
	struct wanted *w = user;

	if (p->version != w->seal->version || strcmp(p->id, w->seal->pack) != 0)
		return JX_OK;
	w->is_there = true;
	w->is_same = memcmp(p->sha256, w->seal->sha256, sizeof(p->sha256)) == 0 &&
		     strcmp(p->valid_from, w->seal->valid_from) == 0;
	return JX_OK;
}

static jx_rc fail_other(const struct jx_pack_seal *seal, struct jx_error *err)
{
	return jx_fail(
		err, JX_EEXISTS, 0, WHERE,
		"pack %s: version %lld is there with other contents or another day: a version is never changed, raise it",
		seal->pack, (long long)seal->version);
}

/* The same file that a program brings along is published for those that lack it; it holds from its own day everywhere. */
static jx_rc check_built_in(const jx_packs *set, const struct jx_pack_seal *seal, struct jx_error *err)
{
	const jx_pack *same = jx_packs_version(set, seal->pack, seal->version);

	if (same == NULL || strcmp(jx_pack_valid_from(same), seal->valid_from) == 0)
		return JX_OK;
	return fail_other(seal, err);
}

static jx_rc publish(jx_ingest *in, const struct jx_pack_seal *seal, struct jx_bytes bytes,
		     struct jx_error *err)
{
	JX_INGEST__SIGNER(signer, in);
	struct jx_vault_pack *p = jx_xcalloc(1, sizeof(*p));
	jx_rc rc = jx_pack_seal_sign(seal, signer.pack_secret, &p->seal, err);

	jx_strcpy(p->id, sizeof(p->id), seal->pack);
	p->version = seal->version;
	jx_strcpy(p->valid_from, sizeof(p->valid_from), seal->valid_from);
	p->utc_ms = jx_ingest__now(in);
	memcpy(p->sha256, seal->sha256, sizeof(p->sha256));
	p->bytes = bytes;
	if (rc == JX_OK)
		rc = in->ops->add_pack(in->vault, p, err);
	free(p);
	return rc;
}

static void fill_seal(const jx_pack *pack, size_t len, struct jx_pack_seal *out)
{
	*out = (struct jx_pack_seal){.version = jx_pack_version(pack), .size_bytes = (int64_t)len};
	jx_strcpy(out->pack, sizeof(out->pack), jx_pack_id(pack));
	jx_strcpy(out->valid_from, sizeof(out->valid_from), jx_pack_valid_from(pack));
	memcpy(out->sha256, jx_pack_sha256(pack), sizeof(out->sha256));
}

jx_rc jx_ingest_add_pack(jx_ingest *ingest, struct jx_bytes bytes, const char *from_day,
			 struct jx_pack_seal *seal_out, bool *is_new_out, struct jx_error *err)
{
	JX_INGEST__HOLD(&ingest->deciding);
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO(jx_packs) set = NULL;
	struct jx_pack_seal seal;
	struct wanted w = {.seal = &seal};
	jx_rc rc = jx_pack_load(bytes.data, bytes.len, &pack, err);

	if (rc == JX_OK && from_day != NULL)
		rc = jx_pack_set_valid_from(pack, from_day, err);
	if (rc != JX_OK)
		return rc;
	fill_seal(pack, bytes.len, &seal);
	rc = ingest->ops->each_pack(ingest->vault, compare, &w, err);
	if (rc == JX_OK && w.is_there && !w.is_same)
		rc = fail_other(&seal, err);
	if (rc == JX_OK)
		rc = begin_set(ingest, &set, err);
	if (rc == JX_OK && !w.is_there)
		rc = check_built_in(set, &seal, err);
	/* published, but not in the set: a commit that was in doubt */
	if (rc == JX_OK)
		rc = w.is_there ? jx_packs_keep(set, pack, err) : jx_packs_add(set, pack, err);
	if (rc != JX_OK)
		return rc;
	pack = NULL; /* the set's now */
	if (!w.is_there)
		rc = publish(ingest, &seal, bytes, err);
	if (rc != JX_OK)
		return rc;
	use(ingest, JX_STEAL(set));
	*seal_out = seal;
	*is_new_out = !w.is_there;
	return JX_OK;
}

/* ---- listing --------------------------------------------------------------------------------------- */

struct published {
	const jx_pack *pack;
	int64_t utc_ms; /* 0: built in */
};

static jx_rc look_up(void *user, const struct jx_vault_pack *p)
{
	struct published *w = user;

	if (p->version == jx_pack_version(w->pack) && strcmp(p->id, jx_pack_id(w->pack)) == 0)
		w->utc_ms = p->utc_ms;
	return JX_OK;
}

static void add_text(jx_buf *b, const char *name, const char *text)
{
	jx_buf_addf(b, ",\"%s\":", name);
	jx_buf_add_json(b, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
}

static void write_line(const jx_packs *set, const struct published *p, const char *day, jx_buf *b)
{
	const jx_pack *pack = p->pack;
	const struct jx_text *name = jx_pack_name(pack);

	jx_buf_adds(b, "{\"pack\":");
	jx_buf_add_json(b, jx_pack_id(pack), strlen(jx_pack_id(pack)));
	jx_buf_addf(b, ",\"version\":%lld", (long long)jx_pack_version(pack));
	add_text(b, "valid_from", jx_pack_valid_from(pack));
	add_text(b, "state",
		 jx_packs_active(set, jx_pack_id(pack), day) == pack ? "active"
		 : strcmp(jx_pack_valid_from(pack), day) > 0         ? "coming"
								     : "past");
	add_text(b, "name_zh", name->zh);
	add_text(b, "name_en", name->en);
	if (p->utc_ms > 0)
		jx_buf_addf(b, ",\"published_utc_ms\":%lld", (long long)p->utc_ms);
	jx_buf_adds(b, ",\"sha256\":\"");
	jx_buf_add_hex(b, jx_pack_sha256(pack), JX_HASH_BYTES);
	jx_buf_adds(b, "\"}");
}

jx_rc jx_ingest_packs(jx_ingest *ingest, jx_ingest_line_fn fn, void *user, struct jx_error *err)
{
	JX_INGEST__PACKS(held, ingest);
	const jx_packs *set = jx_ingest__packs_of(held);
	struct published p = {.utc_ms = 0};
	char day[11];
	size_t i;
	jx_rc rc = JX_OK;

	if (!jx_day_of(jx_ingest__now(ingest), ingest->config.utc_offset_min, day))
		jx_strcpy(day, sizeof(day), "1970-01-01");
	for (i = 0; rc == JX_OK && set != NULL && (p.pack = jx_packs_at(set, i)) != NULL; i++) {
		JX_AUTO_BUF line;

		jx_buf_init(&line, 4096);
		p.utc_ms = 0;
		rc = ingest->ops->each_pack(ingest->vault, look_up, &p, err);
		if (rc == JX_OK) {
			write_line(set, &p, day, &line);
			rc = jx_buf_check(&line, "pack", err);
		}
		if (rc == JX_OK)
			rc = fn(user, line.data, line.len);
	}
	return rc;
}
