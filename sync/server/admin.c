#include "admin.h"

#include <inttypes.h>
#include <string.h>

struct ask {
	site *d;
	const jx_json *doc;
	jx_buf *out;
};

static void add_str(jx_buf *out, const char *name, const char *value)
{
	jx_buf_addf(out, ",\"%s\":", name);
	jx_buf_add_json(out, value, strlen(value));
}

static void add_i64(jx_buf *out, const char *name, int64_t value)
{
	jx_buf_addf(out, ",\"%s\":%" PRId64, name, value);
}

static void add_bool(jx_buf *out, const char *name, bool value)
{
	jx_buf_addf(out, ",\"%s\":%s", name, value ? "true" : "false");
}

/* Optional text; JX_EINVAL if it is there and does not fit. */
static jx_rc read_str(const struct ask *a, const char *name, const char *otherwise, char *out, size_t cap,
		      struct jx_error *err)
{
	if (jx_json_get(a->doc, 0, name) < 0) {
		jx_strcpy(out, cap, otherwise);
		return JX_OK;
	}
	return jx_json_need_str(a->doc, 0, name, out, cap, err);
}

static jx_rc run_code(const struct ask *a, struct jx_error *err)
{
	char short_code[64], role_name[32], area[64], url[512], given_url[256], text[32];
	enum jx_role role = JX_ROLE_FIELD;
	struct jx_code_text code;
	bool is_trusted = false, is_renewal = false;
	jx_rc rc = jx_json_need_str(a->doc, 0, "short", short_code, sizeof(short_code), err);

	if (rc == JX_OK)
		rc = read_str(a, "role", "field", role_name, sizeof(role_name), err);
	if (rc == JX_OK)
		rc = read_str(a, "area", a->d->conf.area, area, sizeof(area), err);
	if (rc == JX_OK)
		rc = read_str(a, "url", "", given_url, sizeof(given_url), err);
	if (rc == JX_OK && !jx_role_parse(role_name, &role))
		return jx_fail(
			err, JX_EINVAL, 0, "server.code",
			"--role: '%s' is none of field, leader, dispatcher, unit, auditor, admin; choose one",
			role_name);
	if (rc != JX_OK)
		return rc;
	(void)jx_json_bool(a->doc, jx_json_get(a->doc, 0, "trusted"), &is_trusted);
	(void)jx_json_bool(a->doc, jx_json_get(a->doc, 0, "renew"), &is_renewal);
	if (is_renewal)
		rc = jx_ingest_make_renewal_code(a->d->ingest, short_code, &code, err);
	else
		rc = jx_ingest_make_code(a->d->ingest, short_code, role, area, is_trusted, &code, err);
	if (rc != JX_OK)
		return rc;
	jx_code_format(&code, text);
	site_url(a->d, url, sizeof(url));
	add_str(a->out, "code", text);
	jx_buf_adds(a->out, ",\"link\":\"jiexun:");
	jx_buf_addf(a->out, "%s#%s\"", given_url[0] != '\0' ? given_url : url, text);
	add_str(a->out, "url", given_url[0] != '\0' ? given_url : url);
	add_str(a->out, "short", short_code);
	add_str(a->out, "role", jx_role_name(role));
	add_str(a->out, "area", area);
	add_bool(a->out, "trusted", is_trusted);
	add_i64(a->out, "expires_utc_ms", jx_os_clock()->utc_ms(jx_os_clock()->user) + JX_WIRE_CODE_MS);
	jx_wipe(&code, sizeof(code));
	return JX_OK;
}

static jx_rc run_confirm(const struct ask *a, struct jx_error *err)
{
	char who[64], fingerprint[64];
	jx_rc rc = jx_json_need_str(a->doc, 0, "short", who, sizeof(who), err);

	if (rc == JX_OK)
		rc = jx_json_need_str(a->doc, 0, "fingerprint", fingerprint, sizeof(fingerprint), err);
	if (rc == JX_OK)
		rc = jx_ingest_confirm(a->d->ingest, who, fingerprint, err);
	if (rc == JX_OK)
		add_str(a->out, "short", who);
	return rc;
}

static jx_rc run_revoke(const struct ask *a, struct jx_error *err)
{
	char who[64], reason[512];
	jx_rc rc = jx_json_need_str(a->doc, 0, "short", who, sizeof(who), err);

	if (rc == JX_OK)
		rc = jx_json_need_str(a->doc, 0, "reason", reason, sizeof(reason), err);
	if (rc == JX_OK)
		rc = jx_ingest_revoke(a->d->ingest, who, reason, err);
	if (rc == JX_OK)
		add_str(a->out, "short", who);
	return rc;
}

static jx_rc add_writer(void *user, const struct jx_writer *w)
{
	jx_buf *out = user;
	char id[37], fingerprint[20];

	jx_uuid_format(w->id, id);
	jx_fingerprint(w->public_key, fingerprint);
	if (out->len > 0 && out->data[out->len - 1] == '}')
		jx_buf_addc(out, ',');
	jx_buf_addf(out, "{\"writer\":\"%s\"", id);
	add_str(out, "short", w->short_code);
	add_str(out, "role", jx_role_name(w->role));
	add_str(out, "area", w->area);
	add_str(out, "state", jx_writer_state_name(w->state));
	add_str(out, "name", w->name);
	add_str(out, "fingerprint", fingerprint);
	add_i64(out, "enrolled_utc_ms", w->enrolled_utc_ms);
	add_i64(out, "n", w->n);
	add_i64(out, "last_seen_utc_ms", w->last_seen_utc_ms);
	add_bool(out, "is_forked", w->is_forked);
	add_bool(out, "must_enrol", w->must_enrol);
	jx_buf_addc(out, '}');
	return JX_OK;
}

static jx_rc run_writers(const struct ask *a, struct jx_error *err)
{
	jx_rc rc;

	jx_buf_adds(a->out, ",\"writers\":[");
	rc = a->d->vault->ops->each_writer(a->d->vault, add_writer, a->out, err);
	jx_buf_addc(a->out, ']');
	return rc;
}

static jx_rc add_line(void *user, const char *line, size_t len)
{
	jx_buf *out = user;

	if (out->len > 0 && out->data[out->len - 1] == '}')
		jx_buf_addc(out, ',');
	jx_buf_add(out, line, len);
	return JX_OK;
}

static jx_rc run_review(const struct ask *a, struct jx_error *err)
{
	jx_rc rc;

	jx_buf_adds(a->out, ",\"items\":[");
	rc = jx_ingest_review(a->d->ingest, add_line, a->out, err);
	jx_buf_addc(a->out, ']');
	return rc;
}

static jx_rc run_counts(const struct ask *a, struct jx_error *err)
{
	struct jx_vault_counts c;
	jx_rc rc = a->d->vault->ops->counts(a->d->vault, &c, err);

	if (rc != JX_OK)
		return rc;
	add_i64(a->out, "entries", c.entries);
	add_i64(a->out, "observations", c.observations);
	add_i64(a->out, "photos_listed", c.photos_listed);
	add_i64(a->out, "photos_stored", c.photos_stored);
	add_i64(a->out, "gaps", c.gaps);
	add_i64(a->out, "duplicates", c.duplicates);
	add_i64(a->out, "quarantined", c.quarantined);
	add_i64(a->out, "marked", c.marked);
	add_i64(a->out, "writers", c.writers);
	return JX_OK;
}

/* Chains first: rows that cannot be trusted say nothing about files. */
static jx_rc run_check(const struct ask *a, struct jx_error *err)
{
	const jx_rc rc = a->d->vault->ops->check(a->d->vault, err);

	return rc == JX_OK ? admin_check_files(a->d, a->out, err) : rc;
}

static jx_rc run_sweep(const struct ask *a, struct jx_error *err)
{
	bool is_dry = false;

	(void)jx_json_bool(a->doc, jx_json_get(a->doc, 0, "dry_run"), &is_dry);
	return admin_sweep(a->d, is_dry, a->out, err);
}

static jx_rc run_new_epoch(const struct ask *a, struct jx_error *err)
{
	uint8_t epoch[JX_ID_BYTES];
	char text[37];
	jx_rc rc;

	jx_uuid7(jx_os_clock(), jx_os_rand(), epoch);
	rc = a->d->vault->ops->new_epoch(a->d->vault, epoch, err);
	jx_uuid_format(epoch, text);
	if (rc == JX_OK)
		add_str(a->out, "epoch", text);
	return rc;
}

static jx_rc run_rotate(const struct ask *a, struct jx_error *err)
{
	jx_rc rc = site_rotate_tls(a->d, err);
	char hex[2 * JX_HASH_BYTES + 1];

	for (size_t i = 0; rc == JX_OK && i < a->d->pin_count; i++) {
		jx_hex(a->d->pins[i], JX_HASH_BYTES, hex);
		add_str(a->out, i == 0 ? "tls_spki_sha256" : "next_tls_spki_sha256", hex);
	}
	return rc;
}

static jx_rc run_rotate_identity(const struct ask *a, struct jx_error *err)
{
	uint8_t before[JX_PUB_BYTES], now[JX_PUB_BYTES];
	char fingerprint[20], hex[2 * JX_PUB_BYTES + 1];
	jx_rc rc;

	jx_ingest_identity(a->d->ingest, before);
	rc = site_rotate_identity(a->d, err);
	if (rc != JX_OK)
		return rc;
	jx_ingest_identity(a->d->ingest, now);
	jx_hex(now, sizeof(now), hex);
	add_str(a->out, "identity", hex);
	jx_fingerprint(now, fingerprint);
	add_str(a->out, "fingerprint", fingerprint);
	jx_hex(before, sizeof(before), hex);
	add_str(a->out, "identity_before", hex);
	jx_fingerprint(before, fingerprint);
	add_str(a->out, "fingerprint_before", fingerprint);
	return JX_OK;
}

static jx_rc run_move(const struct ask *a, struct jx_error *err)
{
	char who[64], area[64];
	jx_rc rc = jx_json_need_str(a->doc, 0, "short", who, sizeof(who), err);

	if (rc == JX_OK)
		rc = jx_json_need_str(a->doc, 0, "area", area, sizeof(area), err);
	if (rc == JX_OK)
		rc = jx_ingest_move(a->d->ingest, who, area, err);
	if (rc != JX_OK)
		return rc;
	add_str(a->out, "short", who);
	add_str(a->out, "area", area);
	return JX_OK;
}

/* ---- packs ---- */

static jx_rc read_pack(const struct ask *a, char **bytes_out, size_t *len_out, struct jx_error *err)
{
	const struct jx_bytes raw = jx_json_raw(a->doc, jx_json_get(a->doc, 0, "file"));
	JX_AUTO_FREE char *bytes = jx_xmalloc(raw.len + 1);
	const char *text = raw.data;

	if (raw.len < 2 || text[0] != '"' || !jx_unbase64(text + 1, raw.len - 2, bytes, raw.len, len_out))
		return jx_fail(err, JX_EINVAL, 0, "server.pack",
			       "the command brought no file; use programs of one version");
	*bytes_out = JX_STEAL(bytes);
	return JX_OK;
}

static jx_rc run_pack_add(const struct ask *a, struct jx_error *err)
{
	char from[32], hex[2 * JX_HASH_BYTES + 1];
	JX_AUTO_FREE char *bytes = NULL;
	struct jx_pack_seal seal;
	bool is_new = false;
	size_t len = 0;
	jx_rc rc = read_str(a, "from", "", from, sizeof(from), err);

	if (rc == JX_OK)
		rc = read_pack(a, &bytes, &len, err);
	if (rc == JX_OK)
		rc = jx_ingest_add_pack(a->d->ingest, (struct jx_bytes){bytes, len},
					from[0] == '\0' ? NULL : from, &seal, &is_new, err);
	if (rc != JX_OK)
		return rc;
	add_str(a->out, "pack", seal.pack);
	add_i64(a->out, "version", seal.version);
	add_str(a->out, "valid_from", seal.valid_from);
	jx_hex(seal.sha256, JX_HASH_BYTES, hex);
	add_str(a->out, "sha256", hex);
	add_i64(a->out, "size_bytes", seal.size_bytes);
	add_bool(a->out, "is_new", is_new);
	return JX_OK;
}

static jx_rc run_pack_list(const struct ask *a, struct jx_error *err)
{
	jx_rc rc;

	jx_buf_adds(a->out, ",\"packs\":[");
	rc = jx_ingest_packs(a->d->ingest, add_line, a->out, err);
	jx_buf_addc(a->out, ']');
	return rc;
}

struct command {
	const char *name;
	jx_rc (*run)(const struct ask *a, struct jx_error *err);
};
static const struct command commands[] = {
	{"code", run_code},         {"confirm", run_confirm},     {"revoke", run_revoke},
	{"writers", run_writers},   {"review", run_review},       {"counts", run_counts},
	{"check", run_check},       {"sweep", run_sweep},         {"new-epoch", run_new_epoch},
	{"rotate-tls", run_rotate}, {"move", run_move},           {"rotate-identity", run_rotate_identity},
	{"pack-add", run_pack_add}, {"pack-list", run_pack_list},
};

void admin_fail(const struct jx_error *err, jx_buf *answer)
{
	jx_buf_reset(answer);
	jx_buf_adds(answer, "{\"ok\":false");
	add_str(answer, "error", jx_rc_name(err->code));
	add_str(answer, "text", err->text);
	jx_buf_adds(answer, "}\n");
}

static jx_rc dispatch(struct ask *a, struct jx_error *err)
{
	char name[32];
	jx_rc rc = jx_json_need_str(a->doc, 0, "cmd", name, sizeof(name), err);

	if (rc != JX_OK)
		return rc;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(a, err);
	}
	return jx_fail(err, JX_EINVAL, 0, "server.admin",
		       "the server does not know the command '%s'; use programs of one version", name);
}

void admin_run(site *d, const char *request, size_t len, jx_buf *answer)
{
	/* from who owns this folder: a file may come as one string */
	const struct jx_json_limits limits = {.max_bytes = ADMIN_REQUEST_MAX,
					      .max_tokens = 1024,
					      .max_depth = 8,
					      .max_string = ADMIN_REQUEST_MAX};
	JX_AUTO_JSON doc = {0};
	struct ask ask = {d, &doc, answer};
	struct jx_error err = {0};
	jx_rc rc = jx_json_parse(request, len, &limits, &doc, &err);

	jx_buf_reset(answer);
	jx_buf_adds(answer, "{\"ok\":true");
	if (rc == JX_OK)
		rc = dispatch(&ask, &err);
	jx_buf_adds(answer, "}\n");
	if (rc == JX_OK)
		rc = jx_buf_check(answer, "answer", &err);
	if (rc != JX_OK)
		admin_fail(&err, answer);
}
