/* What a pack says beside its forms: phrases and cards. */
#include <string.h>

#include "forms.h"

#define WHERE          JX_FORM__WHERE
#define PHRASES_MAX    2000
#define PHRASES_OF_ONE 200
#define CARDS_MAX      200
#define CARD_BYTES     ((size_t)64 * 1024)
#define ANY_FORM       "*" /* phrases for a field of that id wherever it is */

static jx_rc prepare_phrases(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;
	const int list = jx_json_get(r->doc, 0, "phrases");

	(void)err;
	r->pack->phrases = jx_xcalloc(count, sizeof(*r->pack->phrases));
	r->pack->phrase_texts = jx_xcalloc(jx_form__count_inside(r->doc, list) + 1,
					   sizeof(*r->pack->phrase_texts));
	return JX_OK;
}

static bool has_field(const struct jx_form *form, const char *id)
{
	size_t i;

	for (i = 0; i < form->field_count; i++)
		if (strcmp(form->fields[i].id, id) == 0)
			return true;
	return false;
}

static jx_rc check_phrases(const struct jx_pack *pack, const struct jx_form__phrases *p,
			   const struct jx_form__place *place, struct jx_error *err)
{
	const struct jx_form *form = jx_pack_form_find(pack, p->form);

	if (strcmp(p->form, ANY_FORM) == 0)
		return JX_OK;
	if (form == NULL || strcmp(form->id, p->form) != 0)
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "pack: %s names the form \"%s\", which \"forms\" does not have: add it there",
			       PLACE(OF(place, "form")), p->form);
	/* fixed fields of an observation have no list to look in */
	if (!form->is_observation && !has_field(form, p->field))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"pack: %s names \"%s\", which is no field of this form there: correct it there",
			PLACE(OF(place, "field")), p->field);
	return JX_OK;
}

/* Both languages of an element of a list of texts. */
static jx_rc read_phrase(struct jx_form__reader *r, int tok, const struct jx_form__place *place,
			 struct jx_text *out, struct jx_error *err)
{
	jx_rc rc = jx_form__need_object(r, tok, place, err);

	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "zh", false, 300, place, &out->zh, err);
	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "en", false, 300, place, &out->en, err);
	if (rc == JX_OK && out->zh == NULL && out->en == NULL)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "pack: %s must be an object with \"zh\" or \"en\": correct it there",
			     PLACE(place));
	if (rc != JX_OK)
		return rc;
	out->zh = out->zh != NULL ? out->zh : out->en;
	out->en = out->en != NULL ? out->en : out->zh;
	return JX_OK;
}

static jx_rc load_phrases(void *arg, int tok, size_t i, const struct jx_form__place *place,
			  struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_pack *pack = r->pack;
	struct jx_form__phrases *p = &pack->phrases[i];
	int list, item;
	jx_rc rc = jx_form__read_member(r, tok, "form", true, JX_FORM__FORM_ID_BYTES, OF(place, "form"),
					&p->form, err);

	if (rc == JX_OK)
		rc = jx_form__read_member(r, tok, "field", true, JX_FORM__NAME_BYTES, OF(place, "field"),
					  &p->field, err);
	if (rc == JX_OK)
		rc = check_phrases(pack, p, place, err);
	if (rc == JX_OK)
		rc = jx_form__read_list(r, tok, "texts", true, PHRASES_OF_ONE, OF(place, "texts"), &list,
					err);
	if (rc != JX_OK)
		return rc;
	p->first = i == 0 ? 0 : p[-1].first + p[-1].count;
	for (item = jx_json_first(r->doc, list); rc == JX_OK && item >= 0;
	     item = jx_json_next(r->doc, list, item)) {
		rc = read_phrase(r, item, IN(place, "texts", p->count, NULL),
				 &pack->phrase_texts[p->first + p->count], err);
		p->count++;
	}
	pack->phrase_count = i + 1;
	return rc;
}

static jx_rc prepare_cards(void *arg, size_t count, struct jx_error *err)
{
	const struct jx_form__reader *r = arg;

	(void)err;
	r->pack->cards = jx_xcalloc(count, sizeof(*r->pack->cards));
	r->pack->card_count = count;
	return JX_OK;
}

static jx_rc load_card(void *arg, int tok, size_t i, const struct jx_form__place *place, struct jx_error *err)
{
	struct jx_form__reader *r = arg;
	struct jx_card *card = &r->pack->cards[i];
	size_t k;
	jx_rc rc = jx_form__read_id(r, tok, "id", JX_FORM__FORM_ID_BYTES, OF(place, "id"), &card->id, err);

	for (k = 0; rc == JX_OK && k < i; k++)
		if (strcmp(r->pack->cards[k].id, card->id) == 0)
			rc = jx_fail(err, JX_EINVAL, 0, WHERE,
				     "pack: %s is \"%s\", which stands there twice: rename one",
				     PLACE(OF(place, "id")), card->id);
	if (rc == JX_OK)
		rc = jx_form__read_text(r, tok, "title", true, JX_FORM__NAME_BYTES, OF(place, "title"),
					&card->title, err);
	return rc == JX_OK ? jx_form__read_long_text(r, tok, "text", true, CARD_BYTES, OF(place, "text"),
						     &card->text, err)
			   : rc;
}

jx_rc jx_form__load_texts(struct jx_form__reader *r, struct jx_error *err)
{
	const struct jx_form__walk walks[] = {
		{"phrases", PHRASES_MAX, prepare_phrases, load_phrases, r},
		{"cards", CARDS_MAX, prepare_cards, load_card, r},
	};
	size_t i;
	jx_rc rc = JX_OK;

	for (i = 0; rc == JX_OK && i < sizeof(walks) / sizeof(walks[0]); i++)
		rc = jx_form__walk_list(r, 0, NULL, &walks[i], err);
	return rc == JX_OK ? jx_form__load_time_limits(r, err) : rc;
}

size_t jx_pack_phrases(const jx_pack *pack, const char *form, const char *field, const struct jx_text **out)
{
	const struct jx_form__phrases *found = NULL;
	size_t i;

	for (i = 0; i < pack->phrase_count; i++) {
		const struct jx_form__phrases *p = &pack->phrases[i];

		if (strcmp(p->field, field) == 0 && strcmp(p->form, form) == 0) {
			found = p;
			break;
		}
		/* what a form says itself goes before */
		if (strcmp(p->field, field) == 0 && strcmp(p->form, ANY_FORM) == 0)
			found = p;
	}
	*out = found != NULL ? &pack->phrase_texts[found->first] : NULL;
	return found != NULL ? found->count : 0;
}
