/* Answers of admin_run for people. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "program.h"

/* A string of the answer's object, or "" */
static const char *text_of(const jx_json *doc, int object, const char *name, char *out, size_t cap)
{
	if (!jx_json_str(doc, jx_json_get(doc, object, name), out, cap))
		jx_strcpy(out, cap, "");
	return out;
}

static int64_t number_of(const jx_json *doc, int object, const char *name)
{
	int64_t v = 0;

	(void)jx_json_i64(doc, jx_json_get(doc, object, name), &v);
	return v;
}

static bool flag_of(const jx_json *doc, int object, const char *name)
{
	bool v = false;

	(void)jx_json_bool(doc, jx_json_get(doc, object, name), &v);
	return v;
}

void print_cell(const char *text, int columns)
{
	printf("%s", text);
	for (int at = jx_os_columns(text); at < columns + 1; at++)
		putchar(' ');
}

/* Local time to the second: "2026-09-01 17:42:05". */
static const char *time_text(int64_t utc_ms, char out[32])
{
	jx_time_format(utc_ms, JX_UTC_OFFSET_MIN_DEFAULT, out);
	if (strlen(out) > 19) {
		out[10] = ' ';
		out[19] = '\0';
	}
	return out;
}

/* Whose program takes the code: the field carries handhelds, the others sit in the office. */
static const char *enrol_command(const char *role)
{
	return strcmp(role, "field") == 0 || strcmp(role, "leader") == 0 ? "jx" : "jx-office";
}

static void print_code(const jx_json *doc, const struct options *o)
{
	char code[64], link[512], short_code[32], role[32], until[32];

	printf(_("One-time code for %s (%s), good until %s:"),
	       text_of(doc, 0, "short", short_code, sizeof(short_code)),
	       jx_word(text_of(doc, 0, "role", role, sizeof(role))),
	       time_text(number_of(doc, 0, "expires_utc_ms"), until));
	printf("\n\n    %s\n    %s\n\n", text_of(doc, 0, "code", code, sizeof(code)),
	       text_of(doc, 0, "link", link, sizeof(link)));
	printf("%s\n    %s enrol '%s'\n", _("It is entered there with:"), enrol_command(role), link);
	if (flag_of(doc, 0, "trusted")) {
		printf("%s\n", _("Whoever enters it is enrolled at once: give it to that person only."));
	} else {
		printf("%s\n",
		       _("After it was entered, compare the fingerprint on the device's screen and confirm it:"));
		printf("    jiexund confirm %s ABCD-EFGH-JKMN-PQRS --data %s\n", short_code, o->data_dir);
	}
}

static void print_confirm(const jx_json *doc, const struct options *o)
{
	char short_code[64];

	(void)o;
	printf(_("%s is confirmed."), text_of(doc, 0, "short", short_code, sizeof(short_code)));
	putchar('\n');
}

static void print_revoke(const jx_json *doc, const struct options *o)
{
	char short_code[64];

	(void)o;
	printf(_("%s is revoked: its next request is refused."),
	       text_of(doc, 0, "short", short_code, sizeof(short_code)));
	putchar('\n');
}

static void print_writer(const jx_json *doc, int at)
{
	int64_t seen_utc_ms = number_of(doc, at, "last_seen_utc_ms");
	char text[64], seen[32];

	print_cell(text_of(doc, at, "short", text, sizeof(text)), 8);
	print_cell(jx_word(text_of(doc, at, "role", text, sizeof(text))), 16);
	print_cell(text_of(doc, at, "area", text, sizeof(text)), 12);
	print_cell(jx_word(text_of(doc, at, "state", text, sizeof(text))), 11);
	printf("%8" PRId64 "  ", number_of(doc, at, "n"));
	print_cell(text_of(doc, at, "fingerprint", text, sizeof(text)), 19);
	printf("%s%s\n", seen_utc_ms == 0 ? "-" : time_text(seen_utc_ms, seen),
	       flag_of(doc, at, "is_forked") ? _("  (forked)") : "");
}

static void print_writers(const jx_json *doc, const struct options *o)
{
	int list = jx_json_get(doc, 0, "writers");

	(void)o;
	print_cell(_("short"), 8);
	print_cell(_("role"), 16);
	print_cell(_("area"), 12);
	print_cell(_("state"), 11);
	for (int at = jx_os_columns(_("entries")); at < 8; at++)
		putchar(' ');
	printf("%s  ", _("entries"));
	print_cell(_("fingerprint"), 19);
	printf("%s\n", _("last heard"));
	for (int at = jx_json_first(doc, list); at >= 0; at = jx_json_next(doc, list, at))
		print_writer(doc, at);
}

/* Marks are names that PROTOCOL.md explains, some with a text after them: shown as they are. */
static void print_review_item(const jx_json *doc, int at)
{
	int marks = jx_json_get(doc, at, "marks");
	int64_t n = number_of(doc, at, "n");
	char text[512], when[32], number[32] = "";

	if (n > 0)
		(void)snprintf(number, sizeof(number), "-%" PRId64, n);
	printf("%s  %s%s ", time_text(number_of(doc, at, "utc_ms"), when),
	       text_of(doc, at, "short", text, sizeof(text)), number);
	if (flag_of(doc, at, "is_fork"))
		printf(" %s", _("forked"));
	for (int m = jx_json_first(doc, marks); m >= 0; m = jx_json_next(doc, marks, m))
		printf(" [%s]", jx_json_str(doc, m, text, sizeof(text)) ? text : "");
	printf(_("  seen %lld times"), (long long)number_of(doc, at, "times"));
	putchar('\n');
}

static void print_review(const jx_json *doc, const struct options *o)
{
	int list = jx_json_get(doc, 0, "items");
	int first = jx_json_first(doc, list);

	(void)o;
	if (first < 0)
		printf("%s\n", _("Nothing to look at."));
	for (int at = first; at >= 0; at = jx_json_next(doc, list, at))
		print_review_item(doc, at);
}

static void print_counts(const jx_json *doc, const struct options *o)
{
	static const struct {
		const char *key, *label;
	} rows[] = {
		{"writers", N_("writers")},
		{"entries", N_("entries")},
		{"observations", N_("observations")},
		{"photos_listed", N_("photos listed")},
		{"photos_stored", N_("photos stored")},
		{"gaps", N_("numbers missing in chains")},
		{"duplicates", N_("duplicates")},
		{"quarantined", N_("entries in quarantine")},
		{"marked", N_("entries marked for review")},
	};

	(void)o;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		printf("%10" PRId64 "  %s\n", number_of(doc, 0, rows[i].key), _(rows[i].label));
}

static void print_new_epoch(const jx_json *doc, const struct options *o)
{
	char epoch[64];

	(void)o;
	printf(_("New epoch %s: devices send again what this vault does not hold."),
	       text_of(doc, 0, "epoch", epoch, sizeof(epoch)));
	putchar('\n');
}

static void print_rotate(const jx_json *doc, const struct options *o)
{
	char pin[80];

	(void)o;
	printf(_("The TLS key is now %s; the one after it is announced."),
	       text_of(doc, 0, "tls_spki_sha256", pin, sizeof(pin)));
	putchar('\n');
}

static void print_rotate_identity(const jx_json *doc, const struct options *o)
{
	char now[32], before[32];

	printf(_("The identity key is now %s; it was %s."), text_of(doc, 0, "fingerprint", now, sizeof(now)),
	       text_of(doc, 0, "fingerprint_before", before, sizeof(before)));
	printf("\n%s\n    %s/identity.key\n",
	       _("Devices follow with their next sync. Back up this file now, apart from the other backups:"),
	       o->dir);
}

static void print_move(const jx_json *doc, const struct options *o)
{
	char who[64], area[64];

	(void)o;
	printf(_("%s works in area %s from its next sync on; what it recorded keeps its area."),
	       text_of(doc, 0, "short", who, sizeof(who)),
	       text_of(doc, 0, "area", area, sizeof(area))[0] == '\0' ? "-" : area);
	putchar('\n');
}

/* ---- packs ---- */

static void print_pack_add(const jx_json *doc, const struct options *o)
{
	char pack[64], day[32];
	int64_t version = number_of(doc, 0, "version");

	(void)o;
	if (!flag_of(doc, 0, "is_new"))
		printf(_("Version %lld of %s was published before; nothing was changed."), (long long)version,
		       text_of(doc, 0, "pack", pack, sizeof(pack)));
	else
		printf(_("Version %lld of %s is published and holds from %s: handhelds and offices fetch it with their next sync."),
		       (long long)version, text_of(doc, 0, "pack", pack, sizeof(pack)),
		       text_of(doc, 0, "valid_from", day, sizeof(day)));
	putchar('\n');
}

static void print_pack(const jx_json *doc, int at)
{
	int64_t published_utc_ms = number_of(doc, at, "published_utc_ms");
	char text[256], when[32], number[24];
	struct jx_text name;
	char zh[256];

	print_cell(text_of(doc, at, "pack", text, sizeof(text)), 20);
	(void)snprintf(number, sizeof(number), "%" PRId64, number_of(doc, at, "version"));
	print_cell(number, 7);
	print_cell(text_of(doc, at, "valid_from", text, sizeof(text)), 10);
	print_cell(jx_word(text_of(doc, at, "state", text, sizeof(text))), 8);
	print_cell(published_utc_ms == 0 ? _("built in") : time_text(published_utc_ms, when), 19);
	name.zh = text_of(doc, at, "name_zh", zh, sizeof(zh));
	name.en = text_of(doc, at, "name_en", text, sizeof(text));
	printf("%s\n", jx_text_pick(&name));
}

static void print_pack_list(const jx_json *doc, const struct options *o)
{
	int list = jx_json_get(doc, 0, "packs");

	(void)o;
	print_cell(_("pack"), 20);
	print_cell(_("version"), 7);
	print_cell(_("from"), 10);
	print_cell(_("state"), 8);
	print_cell(_("published"), 19);
	printf("%s\n", _("name"));
	for (int at = jx_json_first(doc, list); at >= 0; at = jx_json_next(doc, list, at))
		print_pack(doc, at);
}

struct printer {
	const char *command;
	void (*print)(const jx_json *doc, const struct options *o);
};
static const struct printer printers[] = {
	{"code", print_code},           {"confirm", print_confirm},
	{"revoke", print_revoke},       {"writers", print_writers},
	{"review", print_review},       {"counts", print_counts},
	{"check", print_check},         {"sweep", print_sweep},
	{"new-epoch", print_new_epoch}, {"rotate-tls", print_rotate},
	{"move", print_move},           {"rotate-identity", print_rotate_identity},
	{"pack-add", print_pack_add},   {"pack-list", print_pack_list},
};

int program_fail(const struct jx_error *err)
{
	fprintf(stderr, "jiexund: %s\n", err->text);
	return jx_rc_exit_status(err->code);
}

/* The answer names the result by its stable word; the status is the same as if it had happened here. */
static int status_of(const char *name)
{
	for (int rc = JX_EINTR; rc < JX_OK; rc++) {
		if (strcmp(jx_rc_name((jx_rc)rc), name) == 0)
			return jx_rc_exit_status((jx_rc)rc);
	}
	return EXIT_FAILURE;
}

static int fail_answer(const jx_json *doc, const struct options *o)
{
	char name[32], text[512];

	text_of(doc, 0, "text", text, sizeof(text));
	if (!o->is_json)
		fprintf(stderr, "jiexund: %s\n", text);
	return status_of(text_of(doc, 0, "error", name, sizeof(name)));
}

int print_answer(const char *command, const struct options *o, const jx_buf *answer)
{
	/* our own server's words: long lists are fine */
	const struct jx_json_limits limits = {.max_bytes = ADMIN_ANSWER_MAX,
					      .max_tokens = 16u * 1024 * 1024,
					      .max_depth = 32,
					      .max_string = 65536};
	JX_AUTO_JSON doc = {0};
	struct jx_error err = {0};
	size_t len = answer->len;

	while (len > 0 && answer->data[len - 1] == '\n')
		len--;
	if (jx_json_parse(answer->data, len, &limits, &doc, &err) != JX_OK)
		return program_fail(&err);
	if (o->is_json)
		printf("%.*s\n", (int)len, answer->data);
	if (!flag_of(&doc, 0, "ok"))
		return fail_answer(&doc, o);
	for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]) && !o->is_json; i++) {
		if (strcmp(printers[i].command, command) == 0)
			printers[i].print(&doc, o);
	}
	return EXIT_SUCCESS;
}
