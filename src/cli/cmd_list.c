/* jx list, show, codes: the read side. */
#include "photo_state.h"

#include <stdio.h>
#include <string.h>

#define WHAT_COLUMNS 34

struct listing {
	struct cli *c;
	struct cli_variant variant;
	bool is_urgent_turn; /* what cannot wait is shown first, then all else */
	int64_t rows;
};

void cli_row_json(const struct jx_view_row *r)
{
	struct cli_json j;
	char id[37];

	jx_uuid_format(r->id, id);
	cli_json_begin(&j);
	cli_json_str(&j, "number", r->number);
	cli_json_int(&j, "n", r->n);
	cli_json_str(&j, "id", id);
	cli_json_str(&j, "kind", r->kind_name);
	cli_json_int(&j, "taken_utc_ms", r->taken_utc_ms);
	cli_json_str(&j, "day", r->day);
	cli_json_str(&j, "person", r->person);
	cli_json_str(&j, "form", r->is_check ? r->form : NULL);
	cli_json_str(&j, "summary", r->summary);
	cli_json_str(&j, "result", r->result);
	cli_json_str(&j, "code", r->code);
	cli_json_str(&j, "quantity", r->quantity);
	cli_json_str(&j, "unit", r->unit);
	cli_json_str(&j, "note", r->note);
	cli_json_str(&j, "variant", r->variant);
	if (r->variant[0] != '\0')
		cli_json_bool(&j, "counted", r->counted_as[0] != '\0');
	if (r->is_at_once)
		cli_json_bool(&j, "at_once", true);
	cli_json_fix(&j, "place", &r->fix);
	cli_json_int(&j, "photos", r->photo_count);
	cli_json_int(&j, "photos_receipted", r->photos_receipted);
	if (r->sound_ms > 0)
		cli_json_int(&j, "sound_ms", r->sound_ms);
	cli_json_str(&j, "state", jx_entry_state_name(r->state));
	cli_json_bool(&j, "corrected", r->is_corrected);
	cli_json_bool(&j, "withdrawn", r->is_withdrawn);
	cli_json_str(&j, "of", r->of_number);
	cli_json_str(&j, "reason", r->reason);
	cli_json_end(&j);
}

void cli_what_text(const struct jx_view_row *r, char *out, size_t cap)
{
	if (r->is_check && r->kind != JX_KIND_WITHDRAWAL)
		(void)snprintf(out, cap, r->summary[0] != '\0' ? _("%s: %s") : "%s", r->name, r->summary);
	else if (r->result[0] == '\0')
		(void)snprintf(out, cap, "%s %s", jx_word(r->kind_name),
			       r->kind == JX_KIND_PERSON_IN ? r->person : r->of_number);
	else if (strcmp(r->result, "found") == 0)
		(void)snprintf(out, cap, "%s / %s", r->group, r->name);
	else
		(void)snprintf(out, cap, r->name[0] != '\0' ? _("%s: %s") : "%s", jx_word(r->result),
			       r->name);
}

/* It still stands, and its form says that it cannot wait. */
static bool is_urgent(const struct jx_view_row *r)
{
	return r->is_at_once && !r->is_corrected && !r->is_withdrawn && r->kind != JX_KIND_WITHDRAWAL;
}

static void print_people(const struct cli *c, const struct jx_view_row *r)
{
	char time[32], what[600], quantity[112];

	cli_time_text(c, r->taken_utc_ms, false, time, sizeof(time));
	cli_what_text(r, what, sizeof(what));
	if (jx_os_columns(what) > WHAT_COLUMNS && r->name[0] != '\0' && strcmp(r->result, "found") == 0)
		jx_strcpy(what, sizeof(what),
			  r->name); /* the kind says more than the disorder it belongs to */
	if (is_urgent(r)) {
		char marked[sizeof(what) + 32];

		(void)snprintf(marked, sizeof(marked), _("! at once: %s"), what);
		jx_strcpy(what, sizeof(what), marked);
	}
	if (r->sound_ms > 0) {
		char length[32], with_sound[sizeof(what) + 48];

		cli_sound_text(r->sound_ms, length, sizeof(length));
		(void)snprintf(with_sound, sizeof(with_sound), _("sound %s; %s"), length, what);
		jx_strcpy(what, sizeof(what), with_sound);
	}
	(void)snprintf(quantity, sizeof(quantity), "%s %s", r->quantity, r->unit_name);
	cli_cell(r->number, 8, false);
	cli_cell(time, 8, false);
	cli_cell(what, WHAT_COLUMNS, false);
	cli_cell(quantity, 12, false);
	(void)snprintf(quantity, sizeof(quantity), "%lld", (long long)r->photo_count);
	cli_cell(quantity, 4, false);
	cli_cell(r->is_withdrawn   ? _("withdrawn")
		 : r->is_corrected ? _("corrected")
				   : jx_word(jx_entry_state_name(r->state)),
		 10, false);
	cli_cell(r->place, 40, true);
	putchar('\n');
}

static jx_rc print_row(void *user, const struct jx_view_row *r)
{
	struct listing *l = user;
	JX_AUTO_FREE struct jx_view_row *named = NULL;
	const struct jx_text *name;

	if (is_urgent(r) != l->is_urgent_turn || !cli_variant_count(&l->variant, r))
		return JX_OK;
	l->rows++;
	if (l->c->json) {
		cli_row_json(r);
		return JX_OK;
	}
	name = cli_variant_name(&l->variant, r->code);
	if (name != NULL) {
		named = jx_xmalloc(sizeof(*named));
		*named = *r;
		jx_strcpy(named->group, sizeof(named->group), jx_text_pick(name));
	}
	print_people(l->c, named != NULL ? named : r);
	return JX_OK;
}

static jx_rc print_rows(struct listing *l, const struct jx_view_query *q, struct jx_error *err)
{
	jx_rc rc;

	l->is_urgent_turn = true;
	rc = jx_view_list(l->c->h.store, l->c->h.pack, q, print_row, l, err);
	l->is_urgent_turn = false;
	return rc == JX_OK ? jx_view_list(l->c->h.store, l->c->h.pack, q, print_row, l, err) : rc;
}

static void print_head(void)
{
	const char *const headings[] = {N_("number"), N_("time"),  N_("what"), N_("quantity"),
					N_("pics"),   N_("state"), N_("place")};
	const int widths[] = {8, 8, WHAT_COLUMNS, 12, 4, 10, 40};

	for (size_t i = 0; i < 7; i++)
		cli_cell(_(headings[i]), widths[i], i == 6);
	putchar('\n');
}

static jx_rc find_page(struct cli *c, const char *before, struct jx_view_query *q, struct jx_error *err)
{
	JX_AUTO(jx_view_entry) e = NULL;
	jx_rc rc = JX_OK;

	if (!q->newest_first)
		return jx_fail(err, JX_EINVAL, 0, "jx.list",
			       "field \"before\" needs --limit: it asks for the next page");
	rc = jx_view_show(c->h.store, NULL, before, &e, err);
	if (rc == JX_OK)
		q->beyond = e->row.log_place;
	return rc;
}

int cli_list(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct listing l = {.c = c};
	char today[11] = "";
	const char *day = cli_value(a, "day");
	struct jx_view_query q = {
		.all_kinds = cli_flag(a, "all"), .current_only = cli_flag(a, "current"), .all_writers = true};
	jx_rc rc;

	jx_handheld_today(&c->h, today);
	q.search = cli_value(a, "search");
	q.day = day != NULL ? day : cli_flag(a, "all-days") || q.search != NULL ? NULL : today;
	if (q.day != NULL && !jx_day_ok(q.day)) {
		(void)jx_fail(&err, JX_EINVAL, 0, "jx.list",
			      "field \"day\": \"%s\" is no date; give YYYY-MM-DD", q.day);
		return cli_fail(c, &err);
	}
	if (cli_value(a, "limit") != NULL) {
		q.newest_first = true;
		if (!jx_parse_i64(cli_value(a, "limit"), 1, 1000000, &q.limit)) {
			(void)jx_fail(&err, JX_EINVAL, 0, "jx.list",
				      "field \"limit\": \"%s\" is no number from 1 to 1000000",
				      cli_value(a, "limit"));
			return cli_fail(c, &err);
		}
	}
	rc = q.search != NULL ? cli_open_search(c, &err) : JX_OK;
	if (rc == JX_OK)
		rc = jx_handheld_open_store(&c->h, true, &err);
	if (rc == JX_OK && cli_value(a, "before") != NULL)
		rc = find_page(c, cli_value(a, "before"), &q, &err);
	if (rc == JX_OK)
		rc = jx_handheld_open_packs(&c->h, &err);
	q.packs = c->h.packs;
	if (rc == JX_OK)
		rc = cli_variant_open(c, cli_value(a, "variant"), &l.variant, &err);
	if (rc == JX_OK && !c->json && !c->quiet)
		print_head();
	if (rc == JX_OK)
		rc = print_rows(&l, &q, &err);
	if (rc == JX_OK)
		cli_variant_show(c, &l.variant);
	cli_variant_close(&l.variant);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (l.rows == 0 && q.search != NULL)
		cli_say(c, _("nothing has \"%s\" in it"), q.search);
	else if (l.rows == 0)
		cli_say(c, q.day != NULL ? _("nothing recorded on %s") : _("nothing recorded yet%s"),
			q.day != NULL ? q.day : "");
	return 0;
}

static void line(const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	printf("  ");
	cli_cell(name, 14, false);
	printf("%s\n", value);
}

static void show_photos(struct cli *c, const struct jx_entry *e)
{
	for (size_t i = 0; i < e->photo_count; i++) {
		char hash[65], text[224], word[64], state[CLI_PHOTO_STATE_MAX];

		jx_hex(e->photos[i].sha256, JX_HASH_BYTES, hash);
		cli_photo_word(&e->photos[i], word, sizeof(word));
		(void)snprintf(text, sizeof(text), "%s  %s  %lld B", hash, word,
			       (long long)e->photos[i].size_bytes);
		line(i == 0 ? _("photos") : "", text);
		cli_photo_state(c, e, &e->photos[i], state);
		line("", state);
		if (!jx_photo_has_before(&e->photos[i]))
			continue;
		jx_hex(e->photos[i].before_sha256, 6, hash);
		(void)snprintf(text, sizeof(text), _("the spot of photo %s..., after it was put right"),
			       hash);
		line("", text);
	}
}

/* Codes of a list, separated by commas, by their names. */
static void names_of(const jx_pack *pack, const char *field, const char *codes, char *out, size_t cap)
{
	const char *list = pack != NULL ? jx_pack_observation_list(pack, field) : NULL;
	size_t used = 0, len;

	for (out[0] = '\0'; *codes != '\0'; codes += len + (codes[len] == ',')) {
		const struct jx_code *code;
		char word[64];

		len = strcspn(codes, ",");
		jx_strcpy(word, len + 1 < sizeof(word) ? len + 1 : sizeof(word), codes);
		code = list != NULL ? jx_pack_list_find(pack, list, word) : NULL;
		if (used > 0)
			jx_strcpy(out + used, cap - used, ", ");
		used += strlen(out + used);
		jx_strcpy(out + used, cap - used, code != NULL ? jx_text_pick(&code->name) : word);
		used += strlen(out + used);
	}
}

/* What was done about it, and whom it concerns. */
static void show_measures(const jx_pack *pack, const struct jx_bytes *answers)
{
	JX_AUTO_FREE struct jx_answers_brief *b = jx_xcalloc(1, sizeof(*b));
	char text[400] = "";

	if (answers->data == NULL || jx_form_brief(pack, answers->data, answers->len, b, NULL) != JX_OK)
		return;
	names_of(pack, "measures", b->measures, text, sizeof(text));
	line(_("measures"), text);
	text[0] = '\0';
	if (b->limit_days > 0)
		(void)snprintf(text, sizeof(text), _("%lld days"), (long long)b->limit_days);
	line(_("time limit"), text);
	names_of(pack, "party_kind", b->party_kind, text, sizeof(text));
	line(_("kind of party"), text);
	line(_("party"), b->party);
}

static void show_people(struct cli *c, const struct jx_view_entry *e)
{
	char text[600], where[160], time[32], id[37];

	cli_what_text(&e->row, text, sizeof(text));
	printf("%s  %s\n", e->row.number, text);
	cli_time_text(c, e->entry.taken_utc_ms, true, time, sizeof(time));
	line(_("taken"), time);
	line(_("business day"), e->row.day);
	line(_("person"), e->row.person);
	if (e->row.quantity[0] != '\0') {
		(void)snprintf(text, sizeof(text), "%s %s", e->row.quantity, e->row.unit_name);
		line(_("quantity"), text);
	}
	line(_("note"), e->row.note);
	line(_("self-handled"), e->row.is_self_handled ? _("yes") : "");
	show_measures(c->h.pack, &e->entry.answers);
	if (e->entry.has_place) {
		cli_fix_text(&e->row.fix, NULL, where, sizeof(where));
		line(_("place"), where);
		line(_("grid"), e->entry.grid);
		line(_("street"), e->entry.street);
	}
	line(_("source"), jx_word(e->entry.source));
	line(_("campaign"), e->entry.campaign);
	show_photos(c, &e->entry);
	line(_("state"), jx_word(jx_entry_state_name(e->row.state)));
	line(_("corrects"), e->row.of_number);
	line(_("reason"), e->row.reason);
	line(_("replaced by"), e->replaced_by);
	jx_uuid_format(e->row.id, id);
	line(_("id"), id);
	jx_hex(e->digest, 8, text);
	line(_("digest"), text);
}

int cli_show(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	JX_AUTO(jx_view_entry) e = NULL;
	struct cli_json j;
	jx_rc rc = jx_handheld_open_store(&c->h, true, &err);

	if (rc == JX_OK)
		rc = jx_handheld_open_packs(&c->h, &err);
	if (rc == JX_OK)
		rc = jx_view_show_by(c->h.store, c->h.packs, a->pos[0], &e, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (!c->json) {
		show_people(c, e);
		return 0;
	}
	cli_json_begin(&j);
	cli_json_str(&j, "number", e->row.number);
	cli_json_str(&j, "state", jx_entry_state_name(e->row.state));
	cli_json_str(&j, "replaced_by", e->replaced_by);
	cli_json_hex(&j, "digest", e->digest, sizeof(e->digest));
	cli_json_hex(&j, "head", e->head, sizeof(e->head));
	cli_json_hex(&j, "sig", e->sig, sizeof(e->sig));
	cli_json_raw(&j, "entry", e->bytes); /* verbatim */
	if (e->entry.photo_count > 0)
		cli_photo_states_json(c, &e->entry, &j);
	cli_json_end(&j);
	return 0;
}

static void print_code(struct cli *c, const struct jx_code *k, const struct jx_text *name)
{
	JX_AUTO_BUF units;

	jx_buf_init(&units, 4096);
	for (size_t i = 0; i < k->unit_count; i++) {
		const struct jx_unit *u = jx_pack_unit(c->h.pack, k->units[i]);

		jx_buf_addf(&units, "%s%s(%s)", i > 0 ? " " : "", k->units[i],
			    u != NULL ? jx_text_pick(&u->name) : "");
	}
	printf("%s", k->parent != NULL ? "  " : "");
	cli_cell(k->code, 6, false);
	cli_cell(jx_text_pick(name), 36, false);
	cli_cell(units.data != NULL ? units.data : "", 40, true);
	putchar('\n');
}

static void code_json(const struct jx_code *k, const struct jx_text *name)
{
	struct cli_json j;
	JX_AUTO_BUF units;

	jx_buf_init(&units, 4096);
	jx_buf_addc(&units, '[');
	for (size_t i = 0; i < k->unit_count; i++) {
		if (i > 0)
			jx_buf_addc(&units, ',');
		jx_buf_add_json(&units, k->units[i], strlen(k->units[i]));
	}
	jx_buf_addc(&units, ']');
	cli_json_begin(&j);
	cli_json_str(&j, "code", k->code);
	cli_json_str(&j, "parent", k->parent);
	cli_json_str(&j, "name_zh", name->zh);
	cli_json_str(&j, "name_en", name->en);
	cli_json_buf(&j, "units", &units);
	cli_json_str(&j, "event_code", k->event_code);
	cli_json_str(&j, "legal_hook", k->legal_hook);
	cli_json_str(&j, "confidence", k->confidence);
	cli_json_end(&j);
}

static bool matches(const struct jx_code *k, const char *text)
{
	return text == NULL || strncmp(k->code, text, strlen(text)) == 0 ||
	       (k->name.zh != NULL && strstr(k->name.zh, text) != NULL) ||
	       (k->name.en != NULL && strcasestr(k->name.en, text) != NULL);
}

int cli_codes(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	const char *text = a->pos_count > 0 ? a->pos[0] : NULL;
	struct cli_variant variant;
	size_t shown = 0;

	if (jx_handheld_open_packs(&c->h, &err) != JX_OK ||
	    cli_variant_open(c, cli_value(a, "variant"), &variant, &err) != JX_OK)
		return cli_fail(c, &err);
	for (size_t i = 0; i < jx_pack_code_count(c->h.pack); i++) {
		const struct jx_code *k = jx_pack_code_at(c->h.pack, i);
		const struct jx_text *called = cli_variant_name(&variant, k->code);
		/* a sub-type keeps its own name */
		const struct jx_text *name = called != NULL && k->parent == NULL ? called : &k->name;

		if (!matches(k, text) || (variant.variant != NULL && called == NULL))
			continue;
		shown++;
		if (c->json)
			code_json(k, name);
		else
			print_code(c, k, name);
	}
	cli_variant_close(&variant);
	if (shown == 0) {
		(void)jx_fail(&err, JX_ENOTFOUND, 0, "jx.codes",
			      "no code or name has \"%s\" in it; `jx codes` lists all",
			      text != NULL ? text : "");
		return cli_fail(c, &err);
	}
	return 0;
}
