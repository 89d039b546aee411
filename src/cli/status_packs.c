/* What jx status says of form packs: which hold, which will, which are not used and why. */
#include "packs.h"

#include <stdio.h>
#include <string.h>

#define LIST_BYTES ((size_t)1 << 20)

static const char *state_of(const struct cli *c, const jx_pack *pack)
{
	if (jx_packs_active(c->h.packs, jx_pack_id(pack), c->h.pack_day) == pack)
		return "active";
	return strcmp(jx_pack_valid_from(pack), c->h.pack_day) > 0 ? "coming" : "past";
}

static void add_text(jx_buf *b, const char *name, const char *text)
{
	jx_buf_addf(b, "%s\"%s\":", b->data[b->len - 1] == '{' ? "" : ",", name);
	jx_buf_add_json(b, text, strlen(text));
}

static void add_packs(const struct cli *c, jx_buf *b)
{
	const jx_pack *pack;

	jx_buf_addc(b, '[');
	for (size_t i = 0; (pack = jx_packs_at(c->h.packs, i)) != NULL; i++) {
		jx_buf_adds(b, i > 0 ? ",{" : "{");
		add_text(b, "pack", jx_pack_id(pack));
		jx_buf_addf(b, ",\"version\":%lld", (long long)jx_pack_version(pack));
		add_text(b, "valid_from", jx_pack_valid_from(pack));
		add_text(b, "state", state_of(c, pack));
		add_text(b, "source", jx_shelf_is_received(c->h.shelf, pack) ? "server" : "built-in");
		jx_buf_addc(b, '}');
	}
	jx_buf_addc(b, ']');
}

static void add_problems(const struct cli *c, jx_buf *b)
{
	const struct jx_shelf_problem *p;

	jx_buf_addc(b, '[');
	for (size_t i = 0; (p = jx_shelf_problem_at(c->h.shelf, i)) != NULL; i++) {
		jx_buf_adds(b, i > 0 ? ",{" : "{");
		add_text(b, "pack", p->key);
		add_text(b, "error", p->error);
		add_text(b, "text", p->text);
		jx_buf_addc(b, '}');
	}
	jx_buf_addc(b, ']');
}

void cli_packs_json(const struct cli *c, struct cli_json *j)
{
	JX_AUTO_BUF packs = {0}, problems = {0};
	int64_t utc_ms;
	const bool is_trusted = jx_handheld_trusted_now(&c->h, &utc_ms);

	jx_buf_init(&packs, LIST_BYTES);
	jx_buf_init(&problems, LIST_BYTES);
	add_packs(c, &packs);
	add_problems(c, &problems);
	cli_json_int(j, "time_utc_ms", utc_ms);
	cli_json_bool(j, "time_trusted", is_trusted);
	cli_json_str(j, "packs_of_day", c->h.pack_day);
	cli_json_buf(j, "packs", &packs);
	cli_json_buf(j, "pack_problems", &problems);
}

static void row(const char *name, const char *value)
{
	cli_cell(name, 16, false);
	printf("%s\n", value);
}

void cli_packs_text(const struct cli *c)
{
	const struct jx_shelf_problem *problem;
	const jx_pack *pack;
	bool is_first = true;
	char text[512];

	for (size_t i = 0; (pack = jx_packs_at(c->h.packs, i)) != NULL; i++) {
		const char *state = state_of(c, pack);

		if (strcmp(state, "past") == 0)
			continue;
		(void)snprintf(text, sizeof(text),
			       strcmp(state, "active") == 0 ? _("%s, version %lld, since %s")
							    : _("%s, version %lld, COMING, from %s"),
			       jx_text_pick(jx_pack_name(pack)), (long long)jx_pack_version(pack),
			       jx_pack_valid_from(pack));
		row(is_first ? _("form packs") : "", text);
		is_first = false;
	}
	for (size_t i = 0; (problem = jx_shelf_problem_at(c->h.shelf, i)) != NULL; i++) {
		(void)snprintf(text, sizeof(text), _("form pack %s is not used: %s"), problem->key,
			       problem->text);
		row(_("ATTENTION"), text);
	}
}
