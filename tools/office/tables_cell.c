/* One cell: what stands in it as JSON, or what is wrong with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tables_private.h"

#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define DIGITS     "0123456789"

#define WRONG(e, ...) jx_office__wrong_cell((e)->m, (e)->g, (e)->row, (e)->column, __VA_ARGS__)

/* 2月5日, 5-Feb, 2026/2/5: what a spreadsheet makes of 02-05. */
static bool looks_like_date(const char *text, size_t len)
{
	char copy[32];

	if (len == 0 || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return strstr(copy, "月") != NULL ||
	       (strchr(copy, '/') != NULL && copy[strspn(copy, DIGITS "/: ")] == '\0') ||
	       (strspn(copy, DIGITS) == 4 && copy[4] == '-' && copy[strspn(copy, DIGITS "-:T ")] == '\0');
}

static void put_word(struct jx_office__emit *e, const char *text, size_t len)
{
	const struct jx_office__tcolumn *c = &e->g->table->columns[e->column];

	if (looks_like_date(text, len))
		WRONG(e,
		      _("\"%s\" is a date that the spreadsheet made of a code: format the column as text, and type the code anew"),
		      jx_office__clip(text, len).text);
	else if (strspn(text, WORD_CHARS) < len)
		WRONG(e, _("\"%s\" may have letters, digits, '.', '-' and '_' only: correct it"),
		      jx_office__clip(text, len).text);
	else if (len > c->max)
		WRONG(e, _("\"%s\" is longer than %zu characters: shorten it"),
		      jx_office__clip(text, len).text, c->max);
	jx_buf_add_json(e->out, text, len);
}

static void put_text(struct jx_office__emit *e, const char *text, size_t len)
{
	const struct jx_office__tcolumn *c = &e->g->table->columns[e->column];

	for (size_t i = 0; i < len; i++)
		if (((unsigned char)text[i] < 0x20 &&
		     !(c->kind == JX_OFFICE__LINES && (text[i] == '\n' || text[i] == '\t'))) ||
		    text[i] == 0x7f) {
			WRONG(e, _("the text has a line break or another control character: remove it"));
			return;
		}
	if (len > c->max)
		WRONG(e, _("the text has %zu bytes, %zu are allowed (a Chinese character has 3): shorten it"),
		      len, c->max);
	jx_buf_add_json(e->out, text, len);
}

bool jx_office__split(const char **at, struct jx_bytes *part_out)
{
	static const char wide[] = "；";
	const char *p = *at;

	for (;;) {
		const char *end, *stop;

		while (*p == ' ' || *p == ';' || strncmp(p, wide, 3) == 0)
			p += *p == ' ' || *p == ';' ? 1 : 3;
		if (*p == '\0')
			return false;
		for (end = p; *end != '\0' && *end != ';' && strncmp(end, wide, 3) != 0;)
			end++;
		stop = end;
		while (stop > p && stop[-1] == ' ')
			stop--;
		*part_out = (struct jx_bytes){p, (size_t)(stop - p)};
		*at = end;
		return true;
	}
}

static size_t count_parts(const char *text)
{
	struct jx_bytes part;
	size_t n = 0;

	while (jx_office__split(&text, &part))
		n++;
	return n;
}

const char *jx_office__member_of(const struct jx_office__tcolumn *c, const char *text)
{
	return c->kind == JX_OFFICE__CLASSES && count_parts(text) > 1 ? "classes" : c->member;
}

static void put_list(struct jx_office__emit *e, const char *text, bool is_word)
{
	struct jx_bytes part;
	bool is_first = true;

	jx_buf_addc(e->out, '[');
	while (jx_office__split(&text, &part)) {
		JX_AUTO_FREE char *one = jx_xstrndup(part.data, part.len);

		if (!is_first)
			jx_buf_addc(e->out, ',');
		is_first = false;
		if (is_word)
			put_word(e, one, part.len);
		else
			put_text(e, one, part.len);
	}
	jx_buf_addc(e->out, ']');
	if (is_first)
		WRONG(e, _("there is nothing between the semicolons: fill it in, or empty the cell"));
}

static void put_classes(struct jx_office__emit *e, const char *text)
{
	if (count_parts(text) > 1)
		put_list(e, text, true);
	else
		put_word(e, text, strlen(text));
}

/* "1000", "1,000", "1000.0". */
bool jx_office__whole(const char *text, int64_t *out)
{
	int64_t value = 0;
	const char *p = text;

	for (; (*p >= '0' && *p <= '9') || (*p == ',' && p > text && strspn(p + 1, DIGITS) >= 3); p++) {
		if (*p == ',')
			continue;
		if (value > INT64_C(1000000000000000))
			return false;
		value = value * 10 + (*p - '0');
	}
	if (p == text || (*p == '.' && p[1 + strspn(p + 1, "0")] != '\0') || (*p != '\0' && *p != '.'))
		return false;
	*out = value;
	return true;
}

bool jx_office__put_whole(struct jx_office__emit *e, const char *text, int64_t min, int64_t *out)
{
	const int64_t max = (int64_t)e->g->table->columns[e->column].max;
	int64_t value;

	if (!jx_office__whole(text, &value) || value < min || value > max) {
		WRONG(e, _("\"%s\" is no whole number from %lld to %lld: correct it"), JX_OFFICE__CLIP(text),
		      (long long)min, (long long)max);
		return false;
	}
	jx_buf_add_i64(e->out, value);
	*out = value;
	return true;
}

static void put_decimal(struct jx_office__emit *e, const char *text)
{
	const size_t whole = strspn(text, DIGITS);
	const size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, DIGITS) : 0;
	char *end, number[400]; /* what no number below 10^9 needs, but the compiler cannot see */
	double value;
	size_t len;

	if (whole > 0 && whole <= 9 && decimals <= 6 &&
	    text[whole + (text[whole] == '.' && decimals > 0 ? 1 + decimals : 0)] == '\0') {
		jx_buf_add_json(e->out, text, strlen(text));
		return;
	}
	/* 0.30000000000000004 and 1e-05 are how some programs save the numbers 0.3 and 0.00001 */
	value = strtod(text, &end);
	if (end == text || *end != '\0' || text[strspn(text, DIGITS ".eE-")] != '\0' ||
	    !(value >= 0 && value < 1e9)) {
		WRONG(e, _("\"%s\" is no number such as 5 or 0.8, with at most 6 decimals: correct it"),
		      JX_OFFICE__CLIP(text));
		return;
	}
	(void)snprintf(number, sizeof(number), "%.6f", value);
	len = strlen(number);
	while (number[len - 1] == '0')
		len--;
	jx_buf_add_json(e->out, number, number[len - 1] == '.' ? len - 1 : len);
}

/* "2026-09-01", "2026/9/1", "2026年9月1日", with a time of day behind it or not. */
bool jx_office__day(const char *text, char out[11])
{
	static const char *const ends[][3] = {
		{"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};
	int64_t part[3];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const char *p = text;
		size_t k = 0;

		for (; k < 3; k++) {
			const size_t digits = strspn(p, DIGITS);
			JX_AUTO_FREE char *number = jx_xstrndup(p, digits);

			if ((k == 0 ? digits != 4 : digits < 1 || digits > 2) ||
			    !jx_office__whole(number, &part[k]) ||
			    strncmp(p + digits, ends[i][k], strlen(ends[i][k])) != 0)
				break;
			p += digits + strlen(ends[i][k]);
		}
		if (k < 3 || (*p != '\0' && *p != ' ' && *p != 'T'))
			continue;
		(void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)part[0] % 10000, (unsigned)part[1] % 100,
			       (unsigned)part[2] % 100);
		return jx_day_ok(out);
	}
	return false;
}

static void put_day(struct jx_office__emit *e, const char *text)
{
	char day[11] = "";

	if (!jx_office__day(text, day))
		WRONG(e,
		      _("\"%s\" is no date: write it as 2026-09-01, in a cell that is formatted as text or as a date"),
		      JX_OFFICE__CLIP(text));
	jx_buf_add_json(e->out, day, strlen(day));
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static void put_yes(struct jx_office__emit *e, const char *text)
{
	static const char *const yes[] = {"是", "yes", "true", "1", "√", "y", "是 yes", NULL};
	static const char *const no[] = {"否", "no", "false", "0", "n", "否 no", NULL};
	const bool is_yes = is_one_of(text, yes);

	if (!is_yes && !is_one_of(text, no))
		WRONG(e, _("\"%s\" is neither yes nor no: write one of them, or empty the cell"),
		      JX_OFFICE__CLIP(text));
	jx_buf_adds(e->out, is_yes ? "true" : "false");
}

static void put_op(struct jx_office__emit *e, const char *text)
{
	static const char *const ops[][4] = {{"<=", "≤", "≦", "＜="},
					     {">=", "≥", "≧", "＞="},
					     {"<", "＜", "<", "<"},
					     {">", "＞", ">", ">"}};

	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 4; k++)
			if (strcmp(text, ops[i][k]) == 0) {
				jx_buf_add_json(e->out, ops[i][0], strlen(ops[i][0]));
				return;
			}
	WRONG(e, _("\"%s\" must be <=, <, >= or >: correct it"), JX_OFFICE__CLIP(text));
}

static void put_bounds(struct jx_office__emit *e, const char *text)
{
	struct jx_bytes part;
	int64_t before = 0, value;
	bool is_open = false, is_fine = true;
	const char *at = text;

	jx_buf_addc(e->out, '[');
	while (jx_office__split(&at, &part)) {
		JX_AUTO_FREE char *one = jx_xstrndup(part.data, part.len);

		if (before > 0)
			jx_buf_addc(e->out, ',');
		is_fine = is_fine && !is_open;
		is_open = strcmp(one, JX_OFFICE__OPEN_BOUND) == 0;
		if (is_open) {
			jx_buf_adds(e->out, "null");
			before = before == 0 ? 1 : before;
		} else if (is_fine && jx_office__whole(one, &value) && value > before) {
			jx_buf_add_i64(e->out, value);
			before = value;
		} else {
			is_fine = false;
			jx_buf_adds(e->out, "0");
		}
	}
	jx_buf_addc(e->out, ']');
	if (!is_fine || !is_open)
		WRONG(e,
		      _("\"%s\" must be rising numbers of people with ; between them, and ∞ as the last: correct it"),
		      JX_OFFICE__CLIP(text));
}

static void put_object(struct jx_office__emit *e, const char *text)
{
	JX_AUTO_JSON doc = {0};
	struct jx_error err = {.code = JX_OK};

	if (jx_json_parse(text, strlen(text), &jx_json_pack_limits, &doc, &err) == JX_OK &&
	    jx_json_type_of(&doc, 0) == JX_JSON_OBJECT)
		jx_buf_adds(e->out, text);
	else
		WRONG(e, _("must be a JSON object such as {\"a\": 1}: %s"), err.text);
}

void jx_office__put_cell(struct jx_office__emit *e, const char *text)
{
	switch (e->g->table->columns[e->column].kind) {
	case JX_OFFICE__WORD:
		put_word(e, text, strlen(text));
		break;
	case JX_OFFICE__WORDS:
	case JX_OFFICE__TEXTS:
		put_list(e, text, e->g->table->columns[e->column].kind == JX_OFFICE__WORDS);
		break;
	case JX_OFFICE__TEXT:
	case JX_OFFICE__LINES:
		put_text(e, text, strlen(text));
		break;
	case JX_OFFICE__NUMBER: {
		int64_t value;

		(void)jx_office__put_whole(e, text, 1, &value);
		break;
	}
	case JX_OFFICE__DAY:
		put_day(e, text);
		break;
	case JX_OFFICE__YES:
		put_yes(e, text);
		break;
	case JX_OFFICE__OP:
		put_op(e, text);
		break;
	case JX_OFFICE__BOUNDS:
		put_bounds(e, text);
		break;
	case JX_OFFICE__DECIMAL:
		put_decimal(e, text);
		break;
	case JX_OFFICE__OBJECT:
		put_object(e, text);
		break;
	case JX_OFFICE__CLASSES:
		put_classes(e, text);
		break;
	case JX_OFFICE__PAIRS: /* not one by one: tables_emit.c */
	case JX_OFFICE__MORE:
		break;
	}
}
