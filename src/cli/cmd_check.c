/* jx check: a form from its first field to an entry. */
#include "check.h"
#include "packs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEMS_MAX 20

/* ---- lists ----------------------------------------------------------------------------------------- */

static void print_form(const struct cli *c, const jx_pack *pack, const struct jx_form *f)
{
	struct cli_json j;

	if (c->json) {
		cli_json_begin(&j);
		cli_json_str(&j, "form", f->id);
		cli_json_str(&j, "name_zh", f->name.zh);
		cli_json_str(&j, "name_en", f->name.en);
		cli_json_str(&j, "topic", f->topic);
		cli_json_str(&j, "standard", f->standard);
		cli_json_str(&j, "confidence", f->confidence);
		cli_json_str(&j, "pack", jx_pack_id(pack));
		cli_json_int(&j, "pack_version", jx_pack_version(pack));
		cli_json_end(&j);
		return;
	}
	cli_cell(f->id, 26, false);
	cli_cell(jx_text_pick(&f->name), 36, false);
	cli_cell(f->standard != NULL ? f->standard : "", 24, true);
	putchar('\n');
}

static int list_forms(struct cli *c)
{
	struct jx_error err = {0};
	char today[11];

	if (jx_handheld_open_packs(&c->h, &err) != JX_OK)
		return cli_fail(c, &err);
	jx_handheld_pack_day(&c->h, today);
	for (size_t i = 0; i < jx_packs_count(c->h.packs); i++) {
		const jx_pack *pack = jx_handheld_pack_on(&c->h, i, today);

		for (size_t k = 0; pack != NULL && k < jx_pack_form_count(pack); k++)
			if (!jx_pack_form_at(pack, k)->is_observation)
				print_form(c, pack, jx_pack_form_at(pack, k));
	}
	return 0;
}

static void print_draft(const struct cli *c, const struct jx_draft *d)
{
	const jx_pack *pack = jx_packs_version(c->h.packs, d->pack, d->pack_version);
	const struct jx_form *form = pack != NULL ? jx_pack_form_find(pack, d->form) : NULL;
	char id[37], time[32];
	struct cli_json j;

	jx_uuid_format(d->id, id);
	if (c->json) {
		cli_json_begin(&j);
		cli_json_str(&j, "id", id);
		cli_json_str(&j, "form", d->form);
		cli_json_str(&j, "pack", d->pack);
		cli_json_int(&j, "pack_version", d->pack_version);
		cli_json_str(&j, "day", d->day);
		cli_json_int(&j, "taken_utc_ms", d->taken_utc_ms);
		cli_json_int(&j, "values", d->value_count);
		cli_json_end(&j);
		return;
	}
	cli_time_text(c, d->taken_utc_ms, true, time, sizeof(time));
	cli_cell(id, 36, false);
	cli_cell(time, 19, false);
	cli_cell(form != NULL ? jx_text_pick(&form->name) : d->form, 40, true);
	putchar('\n');
}

static jx_rc each_draft(void *user, const struct jx_draft *d)
{
	print_draft(user, d);
	return JX_OK;
}

static int list_drafts(struct cli *c)
{
	struct jx_error err = {0};
	jx_rc rc = jx_handheld_open_packs(&c->h, &err);

	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, true, &err);
	if (rc == JX_OK)
		rc = jx_store_each_draft(c->h.store, each_draft, c, &err);
	return rc == JX_OK ? 0 : cli_fail(c, &err);
}

static int drop_draft(struct cli *c, const char *name)
{
	struct jx_error err = {0};
	struct jx_draft d;
	char id[37];
	jx_rc rc = jx_handheld_open_recorder(&c->h, &err);

	if (rc == JX_OK)
		rc = check_find_draft(c, name, &d, &err);
	if (rc == JX_OK)
		rc = jx_store_drop_draft(c->h.store, d.id, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	jx_uuid_format(d.id, id);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_str(&j, "id", id);
		cli_json_end(&j);
	}
	cli_say(c, _("the draft %s is dropped"), id);
	return 0;
}

/* ---- what it comes to ------------------------------------------------------------------------------ */

static void add_problems(const struct jx_problem *p, size_t count, jx_buf *out)
{
	jx_buf_addc(out, '[');
	for (size_t i = 0; i < count; i++) {
		const char *text = jx_text_pick(&p[i].text);

		jx_buf_addf(out, "%s{\"path\":\"%s\",\"rule\":\"%s\",\"text\":", i > 0 ? "," : "", p[i].path,
			    p[i].rule);
		jx_buf_add_json(out, text, strlen(text));
		jx_buf_addc(out, '}');
	}
	jx_buf_addc(out, ']');
}

static void print_json(const struct check *k, bool is_ok, const struct jx_problem *p, size_t count)
{
	JX_AUTO_BUF answers = {0}, computed = {0}, problems = {0}, left_out = {0};
	const char *roles[JX_PHOTOS_MAX];
	struct cli_json j;
	char id[37];

	jx_buf_init(&answers, 1 << 20);
	jx_buf_init(&computed, 1 << 20);
	jx_buf_init(&problems, 1 << 20);
	/* as an entry would have them; while they break a rule, as they were typed */
	if (jx_sheet_write(k->fill.sheet, roles, jx_fill_roles(&k->fill, roles), &answers, NULL) != JX_OK) {
		jx_buf_reset(&answers);
		(void)jx_sheet_write_draft(k->fill.sheet, &answers, NULL);
	}
	jx_fill_computed_json(k->fill.sheet, k->fill.draft.day, &computed);
	add_problems(p, count, &problems);
	jx_buf_init(&left_out, 1 << 20);
	check_hidden_json(k, &left_out);
	jx_uuid_format(k->fill.draft.id, id);
	cli_json_begin(&j);
	cli_json_bool(&j, "ok", is_ok);
	cli_json_str(&j, "id", k->fill.is_stored ? id : NULL);
	cli_json_str(&j, "form", k->fill.draft.form);
	cli_json_str(&j, "pack", k->fill.draft.pack);
	cli_json_int(&j, "pack_version", k->fill.draft.pack_version);
	cli_json_str(&j, "day", k->fill.draft.day);
	cli_json_buf(&j, "answers", &answers);
	cli_json_buf(&j, "problems", &problems);
	cli_json_buf(&j, "computed", &computed);
	cli_json_buf(&j, "left_out", &left_out);
	cli_json_end(&j);
}

static size_t problems_of(const struct check *k, struct jx_problem p[PROBLEMS_MAX])
{
	const char *roles[JX_PHOTOS_MAX];
	const size_t role_count = jx_fill_roles(&k->fill, roles);
	const size_t count = jx_sheet_problems(k->fill.sheet, roles, role_count, p, PROBLEMS_MAX);

	return count < PROBLEMS_MAX ? count : PROBLEMS_MAX;
}

/* Nothing is saved: what the answers give, and what is wrong with them. */
static int try_out(const struct check *k)
{
	JX_AUTO_FREE struct jx_problem *p = jx_xcalloc(PROBLEMS_MAX, sizeof(*p));
	const size_t count = problems_of(k, p);
	JX_AUTO_BUF text = {0};

	if (k->c->json)
		print_json(k, count == 0, p, count);
	jx_buf_init(&text, 1 << 20);
	jx_fill_computed_text(k->fill.sheet, k->fill.draft.day, &text);
	if (!k->c->json && !k->c->quiet && text.data != NULL)
		fputs(text.data, stdout);
	for (size_t i = 0; i < count; i++)
		fprintf(stderr, "jx: %s: %s\n", jx_text_pick(&jx_sheet_field(k->fill.sheet, p[i].path)->name),
			jx_text_pick(&p[i].text));
	check_tell_hidden(k);
	return count == 0 ? 0 : jx_rc_exit_status(JX_EINVAL);
}

/* ---- saving ---------------------------------------------------------------------------------------- */

/* What is wrong with the answers is told before a photo is copied. */
static jx_rc check_answers(const struct check *k, struct jx_error *err)
{
	const char *roles[JX_PHOTOS_MAX];
	const size_t count = jx_fill_roles(&k->fill, roles);
	JX_AUTO_BUF answers = {0};

	jx_buf_init(&answers, JX_ENTRY_BYTES_MAX);
	return jx_sheet_write(k->fill.sheet, roles, count, &answers, err);
}

static jx_rc set_correction(const struct check *k, jx_capture *cap, struct jx_error *err)
{
	const char *number = cli_value(&k->options, "corrects");
	uint8_t of_id[JX_ID_BYTES];
	jx_rc rc;

	if (number == NULL)
		return JX_OK;
	rc = jx_view_find(k->c->h.store, number, of_id, err);
	return rc == JX_OK ? jx_capture_set_correction(cap, of_id, cli_value(&k->options, "reason"), err)
			   : rc;
}

int check_save(struct check *k)
{
	struct jx_error err = {0};
	struct jx_fix fix = {.source = JX_FIX_NONE};
	JX_AUTO(jx_capture) cap = NULL;
	JX_AUTO_BUF text = {0};
	int64_t n;
	int status;
	jx_rc rc = check_answers(k, &err);

	if (rc == JX_OK)
		rc = jx_capture_begin(&k->c->h.recorder, &cap, &err);
	if (rc == JX_OK)
		rc = jx_capture_set_draft(cap, &k->fill.draft, &err);
	if (rc == JX_OK)
		rc = set_correction(k, cap, &err);
	if (rc == JX_OK)
		rc = cli_fill_entry(k->c, &k->options, cap, &fix, &err);
	if (rc == JX_OK)
		rc = jx_capture_set_sheet(cap, k->fill.sheet, &err);
	if (rc == JX_OK)
		rc = jx_capture_commit(cap, &n, &err);
	if (rc != JX_OK)
		return cli_fail(k->c, &err);
	check_tell_hidden(k);
	jx_handheld_note_fix_time(&k->c->h, &fix);
	status = cli_show_saved(k->c, k->fill.draft.id, &fix);
	jx_buf_init(&text, 1 << 20);
	jx_fill_computed_text(k->fill.sheet, k->fill.draft.day, &text);
	if (!k->c->json && !k->c->quiet && text.data != NULL)
		fputs(text.data, stdout);
	return status;
}

static int keep(struct check *k)
{
	char id[37];

	if (k->c->json)
		print_json(k, true, NULL, 0);
	jx_uuid_format(k->fill.draft.id, id);
	cli_say(k->c, _("kept as a draft: go on with jx check --resume %.13s"), id);
	return 0;
}

static jx_rc set_all(struct check *k, const struct cli_args *a, struct jx_error *err)
{
	const char *value;
	jx_rc rc = check_take_options(k, a, err);

	if (rc == JX_OK && cli_value(a, "answers") != NULL)
		rc = check_read_file(k, cli_value(a, "answers"), err);
	for (size_t i = 0; rc == JX_OK && (value = cli_nth(a, "set", i)) != NULL; i++)
		rc = check_set_text(k, value, err);
	return rc;
}

static jx_rc open_check(struct check *k, const struct cli_args *a, bool is_asking, struct jx_error *err)
{
	struct cli *c = k->c;
	const bool is_resumed = cli_flag(a, "resume"), is_dry = cli_flag(a, "dry-run");
	const char *name = a->pos_count > 0 ? a->pos[0] : NULL;
	jx_rc rc;

	if (!is_resumed && name == NULL)
		return jx_fail(err, JX_EINVAL, 0, "jx.check",
			       "say which check: jx check METHOD, jx check --list shows all");
	/* trying out needs no device that is enrolled; with a draft, its log is read and not written */
	if (!is_dry)
		rc = jx_handheld_open_recorder(&c->h, err);
	else if (is_resumed)
		rc = jx_handheld_open_store(&c->h, true, err);
	else
		rc = JX_OK;
	if (rc == JX_OK)
		rc = jx_handheld_open_packs(&c->h, err);
	if (rc == JX_OK)
		rc = is_resumed ? check_resume(k, name, err) : check_begin(k, name, cli_value(a, "id"), err);
	if (rc == JX_OK && is_dry)
		k->fill.is_stored = false; /* the sheet is filled; the draft stays as it is */
	if (rc == JX_OK && is_asking && !is_resumed)
		rc = jx_fill_remember(&k->c->h, &k->fill, err);
	return rc;
}

static int run(struct check *k, const struct cli_args *a)
{
	const bool is_dry = cli_flag(a, "dry-run"), is_kept = cli_flag(a, "keep");
	const bool is_asking = !is_dry && !is_kept && cli_value(a, "answers") == NULL &&
			       cli_value(a, "set") == NULL;
	struct jx_error err = {0};
	jx_rc rc = open_check(k, a, is_asking, &err);

	if (rc == JX_OK)
		rc = set_all(k, a, &err);
	if (rc == JX_OK && (is_kept || is_asking) && !k->fill.is_stored && !is_dry)
		rc = jx_fill_store(k->c->h.store, &k->fill, &err);
	if (rc != JX_OK)
		return cli_fail(k->c, &err);
	if (is_dry)
		return try_out(k);
	if (is_kept)
		return keep(k);
	return is_asking ? check_ask(k) : check_save(k);
}

int cli_check(struct cli *c, const struct cli_args *a)
{
	struct check k = {.c = c};
	int status;

	if (cli_flag(a, "list"))
		return list_forms(c);
	if (cli_flag(a, "drafts"))
		return list_drafts(c);
	if (cli_value(a, "drop") != NULL)
		return drop_draft(c, cli_value(a, "drop"));
	status = run(&k, a);
	check_done(&k);
	return status;
}
