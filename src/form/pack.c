#include <string.h>

#include "jx_pack_ten_disorders.h"
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

size_t jx_pack_code_count(const jx_pack *pack)
{
	return pack->code_count;
}

const struct jx_code *jx_pack_code_at(const jx_pack *pack, size_t i)
{
	return i < pack->code_count ? &pack->codes[i].pub : NULL;
}

const struct jx_code *jx_pack_find(const jx_pack *pack, const char *code_or_name)
{
	uint32_t i = jx_form__index_find(&pack->code_index, code_or_name);

	if (i == JX_FORM__NONE)
		i = jx_form__index_find(&pack->name_index, code_or_name);
	return i < pack->code_count ? &pack->codes[i].pub : NULL;
}

const struct jx_unit *jx_pack_unit(const jx_pack *pack, const char *unit_or_name)
{
	const uint32_t i = jx_form__index_find(&pack->unit_index, unit_or_name);

	return i < pack->unit_count ? &pack->units[i] : NULL;
}

bool jx_pack_is_open(const jx_pack *pack, const struct jx_code *code, const char *day)
{
	uint32_t i = jx_form__index_find(&pack->code_index, code->code);

	while (i < pack->code_count) {
		const struct jx_code *c = &pack->codes[i].pub;

		if ((c->valid_from != NULL && strcmp(day, c->valid_from) < 0) ||
		    (c->valid_until != NULL && strcmp(day, c->valid_until) > 0))
			return false;
		i = pack->codes[i].parent;
	}
	return true;
}
