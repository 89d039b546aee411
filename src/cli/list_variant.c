/* What a campaign counts of the disorders, and what it calls them: jx list and jx codes --variant. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

jx_rc cli_variant_open(const struct cli *c, const char *name, struct cli_variant *out, struct jx_error *err)
{
	JX_AUTO_BUF all = {0};

	*out = (struct cli_variant){.pack = c->h.pack};
	if (name == NULL)
		return JX_OK;
	out->variant = jx_pack_variant_find(c->h.pack, name);
	if (out->variant != NULL) {
		out->sums = jx_xcalloc(out->variant->code_count + 1, sizeof(*out->sums));
		return JX_OK;
	}
	jx_buf_init(&all, 4096);
	for (size_t i = 0; i < jx_pack_variant_count(c->h.pack); i++) {
		const struct jx_variant *v = jx_pack_variant_at(c->h.pack, i);

		jx_buf_addf(&all, "%s%s %s", i > 0 ? ", " : "", v->id, jx_text_pick(&v->name));
	}
	return jx_fail(err, JX_ENOTFOUND, 0, "jx.variant",
		       "field \"variant\": no variant is called \"%.60s\"; take one of: %.200s", name,
		       all.data != NULL ? all.data : "");
}

void cli_variant_close(struct cli_variant *v)
{
	free(v->sums);
}

const struct jx_text *cli_variant_name(const struct cli_variant *v, const char *code)
{
	return v->variant != NULL && code[0] != '\0' ? jx_variant_name(v->pack, v->variant, code) : NULL;
}

bool cli_variant_count(struct cli_variant *v, const struct jx_view_row *r)
{
	const struct jx_text *name = cli_variant_name(v, r->code);
	struct cli_variant_sum *sum;

	if (v->variant == NULL)
		return true;
	if (name == NULL)
		return false;
	/* as it stands now: neither replaced nor taken back */
	if (r->is_corrected || r->is_withdrawn || r->kind == JX_KIND_WITHDRAWAL)
		return true;
	sum = &v->sums[name - v->variant->names];
	if (strcmp(r->result, "found") == 0) {
		sum->found++;
		sum->self_handled += r->is_self_handled ? 1 : 0;
	} else if (strcmp(r->result, "nothing-found") == 0) {
		sum->nothing_found++;
	}
	return true;
}

static void sums_json(const struct cli_variant *v)
{
	const struct jx_variant *variant = v->variant;
	JX_AUTO_BUF b = {0};
	struct cli_json j;
	int64_t found = 0;

	jx_buf_init(&b, 1 << 20);
	jx_buf_addc(&b, '[');
	for (size_t i = 0; i < variant->code_count; i++) {
		const struct cli_variant_sum *sum = &v->sums[i];

		jx_buf_addf(&b, "%s{\"code\":\"%s\",\"name_zh\":", i > 0 ? "," : "", variant->codes[i]);
		jx_buf_add_json(&b, variant->names[i].zh, strlen(variant->names[i].zh));
		jx_buf_adds(&b, ",\"name_en\":");
		jx_buf_add_json(&b, variant->names[i].en, strlen(variant->names[i].en));
		jx_buf_addf(&b, ",\"found\":%lld,\"self_handled\":%lld,\"nothing_found\":%lld}",
			    (long long)sum->found, (long long)sum->self_handled,
			    (long long)sum->nothing_found);
		found += sum->found;
	}
	jx_buf_addc(&b, ']');
	cli_json_begin(&j);
	cli_json_str(&j, "variant", variant->id);
	cli_json_str(&j, "name_zh", variant->name.zh);
	cli_json_str(&j, "name_en", variant->name.en);
	cli_json_int(&j, "found", found);
	cli_json_buf(&j, "disorders", &b);
	cli_json_end(&j);
}

void cli_variant_show(const struct cli *c, const struct cli_variant *v)
{
	int64_t found = 0;

	if (v->variant == NULL)
		return;
	if (c->json) {
		sums_json(v);
		return;
	}
	for (size_t i = 0; i < v->variant->code_count; i++)
		found += v->sums[i].found;
	cli_say(c, _("%s: %lld found"), jx_text_pick(&v->variant->name), (long long)found);
	for (size_t i = 0; !c->quiet && i < v->variant->code_count; i++) {
		printf("  ");
		cli_cell(v->variant->codes[i], 6, false);
		cli_cell(jx_text_pick(&v->variant->names[i]), 36, false);
		printf(_("found %lld, self-handled %lld"), (long long)v->sums[i].found,
		       (long long)v->sums[i].self_handled);
		putchar('\n');
	}
}
