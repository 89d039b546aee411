/*
 * jiexun/form.h - form packs: what can be answered, by which codes and units. Packs are data (src/form/PACKS.md);
 * there is no code table in C. Pure.
 *
 * Threads:   a jx_pack is read-only after loading and may be shared.
 * Ownership: strings returned live as long as the pack.
 * Errors:    JX_EINVAL with the field or the place in the pack; a refused pack changes nothing.
 */
#ifndef JX_FORM_H
#define JX_FORM_H

#include "jiexun/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct jx_pack jx_pack;

/** Text in both languages; a pack in one language has the same text in both. NULL, NULL: no text. */
struct jx_text {
	const char *zh;
	const char *en;
};
/** The one of the two that the messages' language asks for; "" for no text. */
const char *jx_text_pick(const struct jx_text *t);

/** One code of a code list (a disorder or a sub-type of one). */
struct jx_code {
	const char *code;   /**< "01" for a disorder, "01.02" for a sub-type: closed by date, never reused */
	const char *parent; /**< NULL for a disorder */
	struct jx_text name;
	struct jx_text hint;      /**< which of two codes to take; NULL, NULL if there is no doubt */
	const char *const *units; /**< units a quantity may have, first is the default; own or the parent's */
	size_t unit_count;
	const char *event_code; /**< national event class-subclass "02-01" if exactly one fits, else NULL */
	const char *const *event_codes; /**< all that may fit, own ones only */
	size_t event_code_count;
	const char *event_confidence; /**< mark of the choice of event codes, or NULL */
	const char *legal_hook;       /**< own or the parent's, or NULL */
	const char *
		confidence; /**< mark of its source, own or the parent's: "V(S26)", "SEED", "RU" ...; NULL if none */
	const char *valid_from;  /**< "YYYY-MM-DD" or NULL */
	const char *valid_until; /**< last day, or NULL */
};
struct jx_unit {
	const char *unit; /**< "sheet", "place", "m2", "piece", "vehicle", "t", "times", "head", ... */
	struct jx_text name;
};

/**
 * Read a pack.
 * @retval JX_EINVAL    names the place in the pack (path such as codes[12].units) and the cure
 * @retval JX_EVERSION  needs a newer program
 */
jx_rc jx_pack_load(const char *text, size_t len, jx_pack **pack_out, struct jx_error *err);
void jx_pack_free(jx_pack *pack);
JX_DEFINE_AUTO(jx_pack, jx_pack_free);

const char *jx_pack_id(const jx_pack *pack);   /**< "ten-disorders" */
int64_t jx_pack_version(const jx_pack *pack);  /**< from 1 */
const char *jx_pack_form(const jx_pack *pack); /**< form id its observations name */
size_t jx_pack_code_count(const jx_pack *pack);
const struct jx_code *jx_pack_code_at(const jx_pack *pack, size_t i); /**< in pack order */
/** By code ("01", "01.02"), or by exact Chinese or English name or alias. NULL if unknown or ambiguous. */
const struct jx_code *jx_pack_find(const jx_pack *pack, const char *code_or_name);
/** By id, name or alias, in the same way. */
const struct jx_unit *jx_pack_unit(const jx_pack *pack, const char *unit_or_name);
/** May the code be used on that business day? Its own dates and its parents' count. */
bool jx_pack_is_open(const jx_pack *pack, const struct jx_code *code, const char *day);
/** The pack's name for people, and the day from which it holds. */
const struct jx_text *jx_pack_name(const jx_pack *pack);
const char *jx_pack_valid_from(const jx_pack *pack);
/** The pack built into the program: the ten disorders. Not NUL-terminated; never freed. */
void jx_pack_builtin(const char **text_out, size_t *len_out);

#define JX_NOTE_CHARS_MAX  1000 /**< a note's characters; 4 bytes at most each */
#define JX_PARTY_CHARS_MAX 60   /**< of party and responsible unit */

/**
 * Answers of an observation, as `jx log` and the app give them.
 * result "found" needs code, quantity and unit; "nothing-found" and "no-access" forbid a
 * quantity (code optional: what was looked for).
 */
struct jx_observation {
	const char *result; /**< "found", "nothing-found", "no-access" */
	const char *code;   /**< code or name; NULL allowed unless found */
	const char *
		quantity; /**< decimal text as typed, e.g. "3" or "2.5"; NULL: 1 of the first unit for found */
	const char *unit;     /**< unit or its name; NULL with a quantity is an error that lists the units */
	const char *note;     /**< free text; NULL allowed */
	bool is_self_handled; /**< put right on the spot */
	const char *party;    /**< shop, person or vehicle; NULL allowed */
	const char *unit_responsible; /**< responsible unit; NULL allowed */
};
/**
 * Check and write the answers object (compact JSON; quantity as integer with a decimal exponent, see PACKS.md).
 * @param day  business day, for codes closed by date
 * @retval JX_EINVAL  err names the field ("code", "quantity", "unit", "note", ...) and the cure
 */
jx_rc jx_form_observation(const jx_pack *pack, const struct jx_observation *in, const char *day,
			  jx_buf *answers_out, struct jx_error *err);
/** Check an answers object against the pack, as the server does again: same rules, same messages. */
jx_rc jx_form_check(const jx_pack *pack, const char *answers, size_t len, const char *day,
		    struct jx_error *err);

/** What lists and tables show of an answers object; empty strings where it says nothing. Names only if pack is given. */
struct jx_answers_brief {
	char result[16];
	char code[16];
	char name_zh[128], name_en[128];   /**< name of the code, if pack knows it */
	char group_zh[128], group_en[128]; /**< name of its disorder; the same name if code is a disorder */
	char quantity[32];                 /**< decimal text */
	char unit[24];
	char note[4 * JX_NOTE_CHARS_MAX + 1];
	char party[4 * JX_PARTY_CHARS_MAX + 1];
	char unit_responsible[4 * JX_PARTY_CHARS_MAX + 1];
	bool is_self_handled;
};
/**
 * Texts longer than their place are cut at a character: a list shows what it can of any object. pack may be NULL.
 * @retval JX_EINVAL  no JSON object
 */
jx_rc jx_form_brief(const jx_pack *pack, const char *answers, size_t len, struct jx_answers_brief *out,
		    struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
