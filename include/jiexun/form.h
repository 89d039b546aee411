/*
 * jiexun/form.h - form packs: what can be answered, by which codes and units, which indices follow and how they are
 * graded. Packs are data (src/form/PACKS.md); there is no code, limit or quota in C. Pure.
 *
 * In this order: packs and sets of packs; forms and sheets (a form being filled in); observations of street disorder;
 * indices, exact fractions, intervals, levels and verdicts.
 *
 * Threads:   a jx_pack is read-only after it was put into a set, and may be shared; a sheet or tally belongs to one thread.
 * Ownership: strings and structs returned live as long as the pack, sheet or tally they come from.
 * Errors:    JX_EINVAL with the field or the place in the pack; a refused pack or answer changes nothing.
 * Units:     whole numbers of the unit that the pack names; a field whose id ends in _e1, _e2 or _e3 counts tenths,
 *            hundredths, thousandths. Rates are exact fractions; only intervals are floating point.
 */
#ifndef JX_FORM_H
#define JX_FORM_H

#include "jiexun/base.h"
#include "jiexun/model.h"

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
	bool is_key;             /**< of a unit class: key industry or unit */
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
/**
 * Read a pack that a server signed: the file must be the one that the seal names, with its id, version and size, and may hold from
 * a later day than it says itself, never from an earlier one. Whose seal it is the caller has looked at.
 * @retval JX_ECORRUPT  not the bytes that were signed
 * @retval JX_EINVAL    names the place in the pack, or what contradicts the seal
 * @retval JX_EVERSION  needs a newer program
 */
jx_rc jx_pack_open_sealed(const struct jx_pack_seal *seal, const void *bytes, size_t len, jx_pack **pack_out,
			  struct jx_error *err);
/** Gives one use back: sets share packs. */
void jx_pack_free(jx_pack *pack);
JX_DEFINE_AUTO(jx_pack, jx_pack_free);

const char *jx_pack_id(const jx_pack *pack);  /**< "ten-disorders" */
int64_t jx_pack_version(const jx_pack *pack); /**< from 1 */
/** Form id that its observations with fixed fields name; NULL if the pack has no such form. */
const char *jx_pack_form(const jx_pack *pack);
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
/** Have it hold from a later day than its file says. @retval JX_EINVAL  no day, or an earlier one */
jx_rc jx_pack_set_valid_from(jx_pack *pack, const char *day, struct jx_error *err);
/** SHA-256 of the file it was read from. */
const uint8_t *jx_pack_sha256(const jx_pack *pack);

/** Which of the disorders a campaign counts, and what it calls them: five of the ten, say. */
struct jx_variant {
	const char *id; /**< "five" */
	struct jx_text name;
	const char *const *codes; /**< of disorders; a sub-type belongs to its disorder */
	size_t code_count;
	const struct jx_text *names;  /**< of each, as the campaign calls it */
	const char *const *campaigns; /**< campaign tags of entries that count by it */
	size_t campaign_count;
	const char *confidence; /**< mark of its source, or NULL */
};
size_t jx_pack_variant_count(const jx_pack *pack);
const struct jx_variant *jx_pack_variant_at(const jx_pack *pack, size_t i);
/** By id, name or one of its campaign tags; NULL if none is called so: then all disorders count. */
const struct jx_variant *jx_pack_variant_find(const jx_pack *pack, const char *id_name_or_campaign);
/** Name of the disorder of that code in the variant; NULL if the variant does not count it. */
const struct jx_text *jx_variant_name(const jx_pack *pack, const struct jx_variant *variant,
				      const char *code);
/** Within how long something has to be put right. Local rules: no pack built in has any. */
struct jx_time_limit {
	const char *id;
	struct jx_text name;
	int64_t hours, days; /**< one of them; the other is 0 */
	const char *
		measure; /**< code of a measure that goes with a limit: this is what its notice gives; or NULL */
	const char *const *codes; /**< disorders or sub-types it is for; none: all */
	size_t code_count;
	const char *valid_from; /**< "YYYY-MM-DD" or NULL */
	const char *source;     /**< or NULL */
	const char *confidence; /**< or NULL */
};
size_t jx_pack_time_limit_count(const jx_pack *pack);
const struct jx_time_limit *jx_pack_time_limit_at(const jx_pack *pack, size_t i);
/**
 * The limit in days that a notice of that measure gives about that code: of those that hold on the day the one that is closest to the
 * code, then the newest. What a notice gives when nobody says otherwise, and the most it may give. NULL: the pack leaves it open.
 * @param code  NULL: of no disorder in particular
 */
const struct jx_time_limit *jx_pack_notice_limit(const jx_pack *pack, const char *measure, const char *code,
						 const char *day);
/** The pack built into the program: the ten disorders, newest version. Not NUL-terminated; never freed. */
void jx_pack_builtin(const char **text_out, size_t *len_out);
size_t jx_pack_builtin_count(void);
/** All packs built in, older versions of one id before newer ones. False after the last. */
bool jx_pack_builtin_at(size_t i, const char **text_out, size_t *len_out);

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
	const char *measures;         /**< what was done: codes or names, separated by commas; NULL allowed */
	int64_t limit_days;           /**< days that a notice gives to put it right; 0: what the pack says */
	const char *party_kind;       /**< code or name of the list of party kinds; NULL allowed */
};
/** Days that a notice may give. */
#define JX_LIMIT_DAYS_MAX 365
/** Lists of the fixed fields: id of the list that "measures" or "party_kind" chooses from; NULL if the pack has none. */
const char *jx_pack_observation_list(const jx_pack *pack, const char *field);
/**
 * Check and write the answers object (compact JSON; quantity as integer with a decimal exponent, see PACKS.md).
 * @param day  business day, for codes closed by date
 * @retval JX_EINVAL  err names the field ("code", "quantity", "unit", "note", ...) and the cure
 */
jx_rc jx_form_observation(const jx_pack *pack, const struct jx_observation *in, const char *day,
			  jx_buf *answers_out, struct jx_error *err);
/**
 * Check an answers object against the pack, as the server does again: same rules, same messages. For the form of
 * jx_pack_form(); a pack that has none refuses all.
 */
jx_rc jx_form_check(const jx_pack *pack, const char *answers, size_t len, const char *day,
		    struct jx_error *err);
/**
 * The same for any form of the pack, as an entry names it. Photos are not asked for: an entry lists them, not its answers.
 * @retval JX_EINVAL  err->where is the field's path for forms that are filled in as sheets
 * @retval JX_ENOTFOUND  the pack has no such form
 */
jx_rc jx_form_check_as(const jx_pack *pack, const char *form_id, const char *answers, size_t len,
		       const char *day, struct jx_error *err);

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
	char measures[256]; /**< codes, separated by commas; "" if none */
	int64_t limit_days; /**< 0: none */
	char party_kind[32];
	bool is_at_once;   /**< its form is one that is reported at once */
	char summary[400]; /**< of a sheet: its computed values in the messages' language, else "" */
};
/**
 * Texts longer than their place are cut at a character: a list shows what it can of any object. pack may be NULL.
 * @retval JX_EINVAL  no JSON object
 */
jx_rc jx_form_brief(const jx_pack *pack, const char *answers, size_t len, struct jx_answers_brief *out,
		    struct jx_error *err);
/**
 * The same for any form of the pack. For a sheet name and group are the form's name, summary is filled, note is the answer of the
 * field called "note", and party that of the first field of this type. An unknown form is shown as one with fixed fields.
 */
jx_rc jx_form_brief_as(const jx_pack *pack, const char *form_id, const char *day, const char *answers,
		       size_t len, struct jx_answers_brief *out, struct jx_error *err);

/* ---- sets of packs -------------------------------------------------------------------------------- */

/** All packs a program has: every version of each id. Growing only; entries name (id, version) for ever. */
typedef struct jx_packs jx_packs;
/** With the packs that are built in. */
jx_rc jx_packs_new(jx_packs **packs_out, struct jx_error *err);
void jx_packs_free(jx_packs *packs);
JX_DEFINE_AUTO(jx_packs, jx_packs_free);
/**
 * Take a pack over; it holds from its own valid_from on. On failure it stays the caller's and the set is as before. The same
 * bytes again are fine: the pack that is there stays, and this one is freed.
 * @retval JX_EEXISTS    this version is there with other bytes: a version is never changed, raise it
 * @retval JX_EVERSION   older than one that is there, of the same id
 * @retval JX_ECONFLICT  a code of an earlier version is gone or means something else (neither its Chinese nor its English
 *                       name is still a name or alias of it): close it by date instead; or a form belongs to another pack
 */
jx_rc jx_packs_add(jx_packs *packs, jx_pack *pack, struct jx_error *err);
/**
 * Put in a pack that was accepted here before, at whatever place its version has: a newer program may have brought newer ones along,
 * or other contents under the same number; then what was accepted stays, for entries name it. It is the set's afterwards.
 * @retval JX_ELIMIT  the set is full; the pack stays the caller's
 */
jx_rc jx_packs_keep(jx_packs *packs, jx_pack *pack, struct jx_error *err);
/** Another set of the same packs, which both share. One may grow while the other is read by other threads. */
jx_packs *jx_packs_copy(const jx_packs *packs);
/** The newest version of the id that holds on that business day; NULL if none. */
const jx_pack *jx_packs_active(const jx_packs *packs, const char *id, const char *day);
/** That very version, for entries and drafts that began with it; NULL if unknown. */
const jx_pack *jx_packs_version(const jx_packs *packs, const char *id, int64_t version);
/** The pack whose active version on that day has the form; NULL if none. A form belongs to one pack id. */
const jx_pack *jx_packs_with_form(const jx_packs *packs, const char *form_id, const char *day);
size_t jx_packs_count(const jx_packs *packs);
const jx_pack *jx_packs_at(const jx_packs *packs, size_t i); /**< by id, then version */

/* ---- forms ---------------------------------------------------------------------------------------- */

enum jx_field_type {
	JX_FIELD_CHOICE,  /**< one code of a list */
	JX_FIELD_CHOICES, /**< several codes of a list */
	JX_FIELD_INTEGER,
	JX_FIELD_DECIMAL, /**< typed "25.3", kept as 253 under an id that ends in _e1 */
	JX_FIELD_TEXT,
	JX_FIELD_PARTY,  /**< shop, person or vehicle: one line, no more than is needed */
	JX_FIELD_YES_NO, /**< "yes", "no", "unknown" */
	JX_FIELD_PHOTO   /**< a photo of that role has to be taken; answers hold nothing of it */
};
struct jx_field {
	const char *id; /**< "rooms_checked": unique in the form, within a repeat group in the group */
	enum jx_field_type type;
	struct jx_text name;
	struct jx_text hint;  /**< how to count; NULL, NULL if none */
	const char *unit;     /**< id of a unit of the pack, or NULL */
	int decimals;         /**< 0..3 */
	int64_t min, max;     /**< of the kept whole number; characters for texts */
	const char *list;     /**< code list of a choice */
	const char *role;     /**< of a photo */
	const char *fallback; /**< default as a person would type it, or NULL */
	bool is_needed;       /**< wherever it is shown */
	bool is_counted;      /**< counted from a repeat group as long as that has rows; typed otherwise */
	bool is_remembered; /**< the next sheet of the day begins with the same answer (weather, place, group) */
	const char *confidence; /**< mark of its source, or NULL */
	size_t section;         /**< number of its section in the form */
};
struct jx_section {
	const char *id;
	struct jx_text name;
	bool is_repeat; /**< rooms, traps, containers, waters: rows of the same fields */
	int64_t rows_max;
};
struct jx_form {
	const char *id;    /**< "rodent.signs-indoor"; entries name it */
	const char *entry; /**< kind of entry it makes: "observation" */
	struct jx_text name;
	const char *topic;    /**< "rodent", "mosquito", ... : how lists group forms; NULL if none */
	const char *standard; /**< "GB/T 23798-2009", or NULL */
	struct jx_text hint;
	const char *confidence;
	const struct jx_section *sections;
	size_t section_count;
	const struct jx_field *fields; /**< in the order they are asked */
	size_t field_count;
	const char *const *photo_roles; /**< roles a photo of this form may have */
	size_t photo_role_count;
	bool is_observation; /**< has the fixed fields of struct jx_observation; it is no sheet */
	bool is_at_once;     /**< to be reported at once: lists show its entries before all others */
};
size_t jx_pack_form_count(const jx_pack *pack);
const struct jx_form *jx_pack_form_at(const jx_pack *pack, size_t i);
/** By id, name or alias; NULL if unknown or ambiguous. */
const struct jx_form *jx_pack_form_find(const jx_pack *pack, const char *id_or_name);
/** Codes of a named list ("unit-class", "weather", ...), open on that day, in pack order; parent NULL: of the top. */
size_t jx_pack_list(const jx_pack *pack, const char *list, const char *parent, const char *day,
		    const struct jx_code **out, size_t cap);
/** One code of a list by code, name or alias. */
const struct jx_code *jx_pack_list_find(const jx_pack *pack, const char *list, const char *code_or_name);
/** Phrases a person may tap instead of typing, for a field of a form. */
size_t jx_pack_phrases(const jx_pack *pack, const char *form, const char *field, const struct jx_text **out);

/* ---- sheets: a form being filled in ---------------------------------------------------------------- */

/** Paths name a field: "rooms_checked", or "rooms[2].flies" for a row of a repeat group (rows count from 1). */
#define JX_FIELD_PATH_MAX 96
typedef struct jx_sheet jx_sheet;
/**
 * An empty one with the form's defaults. The pack must outlive it.
 * @retval JX_ENOTFOUND  the pack has no such form, or it has fixed fields
 */
jx_rc jx_sheet_new(const jx_pack *pack, const char *form_id, const char *day, jx_sheet **sheet_out,
		   struct jx_error *err);
void jx_sheet_free(jx_sheet *sheet);
JX_DEFINE_AUTO(jx_sheet, jx_sheet_free);
const struct jx_form *jx_sheet_form(const jx_sheet *sheet);
const jx_pack *jx_sheet_pack(const jx_sheet *sheet);
/**
 * Answer a field as a person types it: a code, a name, digits, "yes"; "" takes the answer back. A row after the last one is
 * begun by naming it.
 * @retval JX_EINVAL  err->where is the path; the text says what may stand there
 */
jx_rc jx_sheet_set(jx_sheet *sheet, const char *path, const char *typed, struct jx_error *err);
/** What stands there, as it would be typed; "" if nothing. @retval JX_ENOTFOUND no such field or row */
jx_rc jx_sheet_get(const jx_sheet *sheet, const char *path, char *out, size_t cap, struct jx_error *err);
size_t jx_sheet_rows(const jx_sheet *sheet, const char *section);
/** A further row, with the answers of the row before it ("same as last room") or empty. */
jx_rc jx_sheet_add_row(jx_sheet *sheet, const char *section, bool is_same_as_last, struct jx_error *err);
jx_rc jx_sheet_remove_row(jx_sheet *sheet, const char *section, size_t row, struct jx_error *err);
/** Is the field asked now, by the conditions of the form? */
bool jx_sheet_is_shown(const jx_sheet *sheet, const char *path);
/** The field asked after this one ("" or NULL: the first), conditions and rows taken in. False: that was the last. */
bool jx_sheet_next(const jx_sheet *sheet, const char *path, char out[JX_FIELD_PATH_MAX]);
/** The field a path speaks of; NULL if none. */
const struct jx_field *jx_sheet_field(const jx_sheet *sheet, const char *path);

/** A rule that is not kept: the field it is shown at, and the rule's own message. */
struct jx_problem {
	char path[JX_FIELD_PATH_MAX];
	const char *rule;    /**< id of the rule; for a field's own "needed", "photo", "range", "overflow" */
	struct jx_text text; /**< of a field's own rule: in the messages' language, in both places */
};
/** Every problem of the sheet as it is now, into out; how many there are in all. photo_roles: of the photos taken so far. */
size_t jx_sheet_problems(const jx_sheet *sheet, const char *const *photo_roles, size_t role_count,
			 struct jx_problem *out, size_t cap);
/**
 * The answers object, compact JSON in the order of the form.
 * @retval JX_EINVAL  the first problem; err->where is its path
 */
jx_rc jx_sheet_write(const jx_sheet *sheet, const char *const *photo_roles, size_t role_count,
		     jx_buf *answers_out, struct jx_error *err);
/** The same without asking whether it is right, for a draft; jx_sheet_read() takes it again. */
jx_rc jx_sheet_write_draft(const jx_sheet *sheet, jx_buf *answers_out, struct jx_error *err);
/**
 * A sheet from an answers object. Members that the form does not know are an error where is_strict, as they are for a server
 * that marks what it stores; a draft passes over them.
 */
jx_rc jx_sheet_read(const jx_pack *pack, const char *form_id, const char *day, const char *answers,
		    size_t len, bool is_strict, jx_sheet **sheet_out, struct jx_error *err);
/** A computed field of the form as it is shown while surveying: name, value as text, unit. False after the last. */
struct jx_computed {
	struct jx_text name;
	char value[48];    /**< "3.33 %", "not assessed" in the messages' language */
	const char *index; /**< the index it shows, or NULL */
};
bool jx_sheet_computed(const jx_sheet *sheet, size_t i, struct jx_computed *out);

/* ---- indices ---------------------------------------------------------------------------------------- */

/** An exact fraction, not negative; denominator 0: nothing was sampled. */
struct jx_fraction {
	int64_t numerator, denominator;
};
/** -1, 0, 1. Both denominators > 0. Exact for all int64 (products in 128 bits). */
int jx_fraction_compare(const struct jx_fraction *a, const struct jx_fraction *b);
/** "3.33": rounded half up to `decimals`, for people only. "-" for denominator 0. */
void jx_fraction_text(const struct jx_fraction *f, int64_t scale, int decimals, char *out, size_t cap);

enum jx_interval_kind {
	JX_INTERVAL_NONE,       /**< means per positive unit: no exact interval exists */
	JX_INTERVAL_PROPORTION, /**< Clopper-Pearson: of n rooms, k were positive */
	JX_INTERVAL_COUNT       /**< exact Poisson (Garwood): k events over a length or a time */
};
struct jx_index {
	const char *id; /**< "rodent.indoor-sign-rate" */
	const char *topic;
	struct jx_text name;
	struct jx_text formula;
	int64_t scale; /**< 100 for %, 1000 for per km from metres, 1 */
	struct jx_text unit;
	enum jx_interval_kind interval;
	struct jx_text effort_unit; /**< "more rooms", "more metres" in "N more would decide" */
	bool is_better_high;        /**< a pass rate: more is better */
	/**
	 * Of a mean per positive unit: the rate whose positives are its denominator, else NULL. Was that rate assessed with no
	 * positive at all, then there is nothing to count and every limit of the mean is met.
	 */
	const char *positives_of;
	const char *confidence;
};
size_t jx_pack_index_count(const jx_pack *pack);
const struct jx_index *jx_pack_index_at(const jx_pack *pack, size_t i);
const struct jx_index *jx_pack_index_find(const jx_pack *pack, const char *id);

/** 95 % two-sided, equal tails. */
struct jx_interval {
	double low, high;
};
/**
 * The interval of a sum by the index's own method, of the scaled value as people read it.
 * @return false  the index has none, nothing was sampled, or there are more positives than were checked
 */
bool jx_index_interval(const struct jx_index *index, const struct jx_fraction *sum, struct jx_interval *out);
/**
 * Clopper-Pearson, of the fraction k / n. C. J. Clopper, E. S. Pearson: The use of confidence or fiducial limits illustrated in the case of the
 * binomial, Biometrika 26 (1934). 0 <= k <= n, n > 0.
 */
void jx_interval_proportion(int64_t k, int64_t n, struct jx_interval *out);
/**
 * Exact Poisson limits of the expected number. F. Garwood: Fiducial limits for the Poisson distribution, Biometrika 28 (1936).
 * Divide by the effort for a rate.
 */
void jx_interval_count(int64_t k, struct jx_interval *out);

/* ---- tallies and grades ----------------------------------------------------------------------------- */

/** Sums of numerators and denominators by index, in any order of arrival; adding is exact. */
typedef struct jx_tally jx_tally;
/** Limits, quotas and verdicts are those of this pack, which must outlive it. */
jx_tally *jx_tally_new(const jx_pack *pack);
void jx_tally_free(jx_tally *tally);
JX_DEFINE_AUTO(jx_tally, jx_tally_free);
void jx_tally_clear(jx_tally *tally);
/**
 * All that a sheet counts, or on failure nothing of it. What it counts for indices and quotas that the tally's pack does not
 * have is left out.
 * @retval JX_EINVAL     results without effort, or more positives than were checked
 * @retval JX_ECONFLICT  an index has another scale or method in the sheet's pack than in the tally's
 * @retval JX_ELIMIT     a sum would pass 2^53
 */
jx_rc jx_tally_add_sheet(jx_tally *tally, const jx_sheet *sheet, struct jx_error *err);
/**
 * The same straight from an entry's answers, by the pack version the entry names. Members that the form does not know are
 * passed over.
 * @retval JX_EINVAL  also when a rule of the form is not kept: err->where is the path; such a check counts for nothing
 */
jx_rc jx_tally_add_answers(jx_tally *tally, const jx_pack *entry_pack, const char *form_id, const char *day,
			   const char *answers, size_t len, struct jx_error *err);
/** @retval JX_ENOTFOUND no such index; else as jx_tally_add_sheet() */
jx_rc jx_tally_add(jx_tally *tally, const char *index_id, int64_t numerator, int64_t denominator,
		   struct jx_error *err);
/**
 * Add all of another tally, or nothing.
 * @retval JX_ELIMIT     a sum would pass 2^53
 * @retval JX_ECONFLICT  it is of another pack
 */
jx_rc jx_tally_merge(jx_tally *tally, const jx_tally *other, struct jx_error *err);
void jx_tally_sum(const jx_tally *tally, const struct jx_index *index, struct jx_fraction *out);

enum jx_level {
	JX_LEVEL_NONE = 0, /**< not assessed: nothing was sampled */
	JX_LEVEL_A = 1,
	JX_LEVEL_B = 2,
	JX_LEVEL_C = 3,
	JX_LEVEL_D = 4 /**< worse than C; D in the national reporting form */
};
const char *jx_level_name(enum jx_level level); /**< "", "A", "B", "C", "D" */

/** Rooms or metres beyond which nobody goes on. */
#define JX_MORE_MAX INT64_C(1000000000)

/** One row of a table of limits, applied. */
struct jx_grade {
	const struct jx_index *index;
	struct jx_fraction sum; /**< value = numerator / denominator x scale */
	enum jx_level level;    /**< by the point value alone */
	bool is_none_positive;  /**< a mean per positive unit, and no unit was positive: level A, no value */
	bool has_interval;
	struct jx_interval interval; /**< of the scaled value */
	enum jx_level best, worst;   /**< levels at the ends of the interval */
	bool is_decided;             /**< both ends have the level of the point value */
	/**
	 * Least further effort that would decide it if the rate stays as it is; 0 decided; -1 no amount can (the rate is a limit),
	 * none up to JX_MORE_MAX does, not assessed, or no interval.
	 */
	int64_t more;
	const char *edition;         /**< "GB/T 27770-2011" */
	struct jx_text edition_note; /**< "limits of 2011, superseded since ..."; NULL, NULL if none */
	const char *confidence;
};
/**
 * Of several editions that hold on the day, the one that began last.
 * @retval JX_ENOTFOUND  the pack has no limits for it on that day
 */
jx_rc jx_tally_grade(const jx_tally *tally, const struct jx_index *index, const char *day,
		     struct jx_grade *out, struct jx_error *err);

/** A group of rows whose level is the best of which all rows are met; a topic's level is its worst group's. */
struct jx_group {
	const char *id;
	const char *topic;
	struct jx_text name;
	bool is_precondition; /**< not met: the topic is below C whatever the groups say */
};
size_t jx_pack_group_count(const jx_pack *pack, const char *day);
const struct jx_group *jx_pack_group_at(const jx_pack *pack, const char *day, size_t i);
/** Level of a group: JX_LEVEL_NONE when one of its rows was not assessed. A precondition has A (met), D or none. */
enum jx_level jx_tally_group(const jx_tally *tally, const struct jx_group *group, const char *day);
/**
 * Level of "rodent", "mosquito", "fly", "cockroach": D if a precondition is not met; else JX_LEVEL_NONE while any of its groups
 * is not assessed; else that of the worst group.
 */
enum jx_level jx_tally_topic(const jx_tally *tally, const char *topic, const char *day);

/** A rule about the whole: the award's conditions, one unit's fly rooms, a risk scale. */
struct jx_verdict {
	const char *id;
	struct jx_text name;
	struct jx_text outcome; /**< "met", "not met", "not assessed", or the name of the scale's step */
	int is_met;             /**< 1, 0, -1 not assessed; of a scale: 1 on its first step */
	/** The first condition that fails, else the first that was not assessed; NULL, NULL if met. In the messages' language, in
	 * both places; until the tally is asked for this verdict again. */
	struct jx_text reason;
	const char *edition; /**< of a scale, or NULL */
	const char *confidence;
};
size_t jx_tally_verdict_count(const jx_tally *tally, const char *day);
/** @retval JX_ENOTFOUND  no such number */
jx_rc jx_tally_verdict(const jx_tally *tally, size_t i, const char *day, struct jx_verdict *out,
		       struct jx_error *err);

/** Sample sizes by urban population. */
struct jx_quota {
	const char *id; /**< "rodent-indoor.01" */
	const char *topic;
	struct jx_text table; /**< name of the table it is a row of; NULL, NULL if none */
	struct jx_text name;
	int64_t units, effort;           /**< wanted; 0 where the table has none */
	int64_t units_done, effort_done; /**< by the tally */
	struct jx_text effort_unit;
	const char *confidence;
};
size_t jx_tally_quota_count(const jx_tally *tally, const char *day);
/**
 * @param population  people of the built-up area
 * @retval JX_ENOTFOUND  no such number
 * @retval JX_EINVAL     population is not positive
 */
jx_rc jx_tally_quota(const jx_tally *tally, size_t i, const char *day, int64_t population,
		     struct jx_quota *out, struct jx_error *err);

/** Effect of a campaign: (before - after) / before, in lowest terms. denominator 0: no density before. May be negative: worse. */
struct jx_effect {
	int64_t numerator, denominator;
};
/**
 * @retval JX_ESTATE  not assessed before, or not after
 * @retval JX_EINVAL  a pass rate: more of it is better, it has no such effect
 * @retval JX_ELIMIT  the exact fraction does not fit
 */
jx_rc jx_tally_effect(const jx_tally *before, const jx_tally *after, const struct jx_index *index,
		      struct jx_effect *out, struct jx_error *err);

/* ---- the standards card ------------------------------------------------------------------------------ */

/** A page of the card: what is counted how, what is valid, and the limits. Text is plain, UTF-8, lines of any length. */
struct jx_card {
	const char *id; /**< a form's or a topic's id */
	struct jx_text title;
	struct jx_text text;
};
size_t jx_pack_card_count(const jx_pack *pack);
const struct jx_card *jx_pack_card_at(const jx_pack *pack, size_t i);
/**
 * The page with its table of limits of that day, in the messages' language. A form (by id, name or alias) has a page too: what is
 * asked and how it is counted, what is valid, the limits of its indices, and the page of its topic.
 * @retval JX_ENOTFOUND  no card, form or topic is called so
 */
jx_rc jx_pack_card(const jx_pack *pack, const char *id, const char *day, jx_buf *text_out,
		   struct jx_error *err);

#ifdef __cplusplus
}
#endif
#endif
