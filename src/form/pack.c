#include <string.h>

#include "jx_pack_pest_density.h"
#include "jx_pack_sanitation_rounds.h"
#include "jx_pack_ten_disorders.h"
#include "jx_pack_ten_disorders_1.h"
#include "pack_private.h"

/*
 * Not a text for people: whoever translates the catalogue writes "language:zh" for it, and by that the texts
 * that packs bring in both languages follow the language of the messages, without asking the locale here.
 */
static bool is_chinese(void)
{
	return strcmp(_("language:en"), "language:zh") == 0;
}

const char *jx_text_pick(const struct jx_text *t)
{
	const char *s = is_chinese() ? t->zh : t->en;

	return s != NULL ? s : "";
}

/*
 * Versions of one id stand in rising order: a set takes them one by one, and entries of all of them are about.
 * Lengths of embedded files are no constants of the compiler, so their addresses stand here.
 */
static const struct {
	const unsigned char *text;
	const size_t *len;
} builtin[] = {
	{jx_pack_ten_disorders_1, &jx_pack_ten_disorders_1_len},
	{jx_pack_ten_disorders, &jx_pack_ten_disorders_len},
	{jx_pack_pest_density, &jx_pack_pest_density_len},
	{jx_pack_sanitation_rounds, &jx_pack_sanitation_rounds_len},
};

size_t jx_pack_builtin_count(void)
{
	return sizeof(builtin) / sizeof(builtin[0]);
}

bool jx_pack_builtin_at(size_t i, const char **text_out, size_t *len_out)
{
	if (i >= jx_pack_builtin_count())
		return false;
	*text_out = (const char *)builtin[i].text;
	*len_out = *builtin[i].len;
	return true;
}

void jx_pack_builtin(const char **text_out, size_t *len_out)
{
	*text_out = (const char *)jx_pack_ten_disorders;
	*len_out = jx_pack_ten_disorders_len;
}

const char *jx_pack_id(const jx_pack *pack)
{
	return pack->id;
}

int64_t jx_pack_version(const jx_pack *pack)
{
	return pack->version;
}

const char *jx_pack_form(const jx_pack *pack)
{
	return pack->form;
}

const struct jx_text *jx_pack_name(const jx_pack *pack)
{
	return &pack->name;
}

const char *jx_pack_valid_from(const jx_pack *pack)
{
	return pack->valid_from;
}

jx_rc jx_pack_set_valid_from(jx_pack *pack, const char *day, struct jx_error *err)
{
	if (!jx_day_ok(day))
		return jx_fail(err, JX_EINVAL, 0, "form.pack", "\"%.20s\" is no day: write it as YYYY-MM-DD",
			       day);
	if (strcmp(day, pack->valid_from) < 0)
		return jx_fail(
			err, JX_EINVAL, 0, "form.pack",
			"pack %s: version %lld holds from %s by its own word, %s is earlier: take that day, or change the file and raise its version",
			pack->id, (long long)pack->version, pack->valid_from, day);
	jx_strcpy(pack->later_from, sizeof(pack->later_from), day);
	pack->valid_from = pack->later_from;
	return JX_OK;
}

const uint8_t *jx_pack_sha256(const jx_pack *pack)
{
	return pack->sha256;
}

size_t jx_pack_code_count(const jx_pack *pack)
{
	return pack->own.count;
}

const struct jx_code *jx_pack_code_at(const jx_pack *pack, size_t i)
{
	return i < pack->own.count ? &pack->own.codes[i].pub : NULL;
}

const struct jx_code *jx_pack_find(const jx_pack *pack, const char *code_or_name)
{
	const uint32_t i = jx_form__codes_find(&pack->own, code_or_name);

	return i != JX_FORM__NONE ? &pack->own.codes[i].pub : NULL;
}

const struct jx_unit *jx_pack_unit(const jx_pack *pack, const char *unit_or_name)
{
	const uint32_t i = jx_form__index_find(&pack->unit_index, unit_or_name);

	return i < pack->unit_count ? &pack->units[i] : NULL;
}

bool jx_pack_is_open(const jx_pack *pack, const struct jx_code *code, const char *day)
{
	return jx_form__code_is_open(&pack->own, jx_form__index_find(&pack->own.code_index, code->code), day);
}
