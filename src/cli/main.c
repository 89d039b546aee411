/* jx: everything a handheld can do, from a terminal, a script or a keypad. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_OPTS                                                                                             \
	{"photo", N_("FILE[:ROLE]"),                                                                           \
	 N_("JPEG file, copied byte for byte; roles: wide close before after plate object; may be repeated")}, \
		{"sound", N_("FILE"), N_("sound note, Opus in Ogg, copied byte for byte; may be repeated")},   \
		{"after-of", N_("NUMBER[/ROLE]"),                                                              \
		 N_("the photos of role after show the spot of that entry's photo")},                          \
		{"source", N_("NAME"), N_("why here: patrol (default), covert, hotline, look-back ...")},      \
		{"campaign", N_("NAME"), N_("campaign this belongs to")},                                      \
		{"officer2", N_("ID"), N_("second officer present")}, {"grid", N_("CODE"), N_("grid code")},   \
		{"street", N_("NAME"), N_("street or place")},                                                 \
		{"at", N_("LAT,LON[,METRES]"), N_("position set by hand, WGS-84 degrees")},                    \
		{"no-gps", NULL, N_("save without a position")},                                               \
	{                                                                                                      \
		"wait-gps", N_("MS"), N_("wait at most so long for a fresh fix (default 2000)")                \
	}
#define ID_OPT                                                                                \
	{                                                                                     \
		"id", N_("UUID"), N_("id made earlier: saving again with it changes nothing") \
	}
#define SHOOT_OPTS                                                                                  \
	{"shoot", N_("ROLES"), N_("take pictures with the camera, one for each role: wide,close")}, \
		{"record", N_("SECONDS"), N_("record a sound note, so long at most (1..120)")},     \
	{                                                                                           \
		"torch", NULL, N_("with the camera's light on")                                     \
	}
#define OBSERVATION_OPTS                                                                            \
	{"quantity", N_("QUANTITY"), N_("how many; with --unit")},                                  \
		{"unit", N_("UNIT"), N_("unit of the quantity: sheet, place, m2 ... or its name")}, \
		{"note", N_("TEXT"), N_("what there is to say, at most 1000 characters")},          \
		{"nothing-found", NULL, N_("looked, and nothing was found")},                       \
		{"no-access", NULL, N_("could not get in")},                                        \
		{"self-handled", NULL, N_("put right on the spot")},                                \
		{"measure", N_("NAMES"),                                                            \
		 N_("what was done: warned, persuaded, notice ..., separated by commas")},          \
		{"limit-days", N_("N"),                                                             \
		 N_("days that a notice gives (default: what the pack says, where it does)")},      \
		{"party-kind", N_("KIND"), N_("shop, person or vehicle")},                          \
		{"party", N_("TEXT"), N_("shop, person or vehicle concerned")},                     \
		{"responsible", N_("TEXT"), N_("unit responsible")}, SHOOT_OPTS, ENTRY_OPTS, ID_OPT

static const struct cli_opt no_opts[] = {{NULL, NULL, NULL}};
static const struct cli_opt log_opts[] = {OBSERVATION_OPTS, {NULL, NULL, NULL}};
static const struct cli_opt correct_opts[] = {
	{"reason", N_("TEXT"), N_("why the earlier entry was wrong (needed)")},
	OBSERVATION_OPTS,
	{NULL, NULL, NULL}};
/* Kept in a draft: see check_draft.c. */
#define CHECK_ENTRY_OPTS                                                                      \
	{"corrects", N_("NUMBER"), N_("put it in place of an earlier check; with --reason")}, \
		{"reason", N_("TEXT"), N_("why the earlier entry was wrong (needed)")}, ENTRY_OPTS
const struct cli_opt check_opts[] = {CHECK_ENTRY_OPTS, {NULL, NULL, NULL}};
static const struct cli_opt check_all_opts[] = {
	{"list", NULL, N_("list the checks there are")},
	{"answers", N_("FILE"), N_("answers from a file: a JSON object, or lines field=value")},
	{"set", N_("FIELD=VALUE"),
	 N_("one answer, such as rooms_checked=10 or rooms[2].flies=3; may be repeated")},
	{"keep", NULL, N_("keep it as a draft instead of saving it")},
	{"resume", NULL, N_("go on with a draft: the newest, or the one whose id is given")},
	{"drafts", NULL, N_("list the drafts")},
	{"drop", N_("ID"), N_("drop a draft")},
	{"dry-run", NULL, N_("only compute; nothing is saved")},
	CHECK_ENTRY_OPTS,
	ID_OPT,
	{NULL, NULL, NULL}};
static const struct cli_opt grade_opts[] = {
	{"since", N_("YYYY-MM-DD"), N_("first business day")},
	{"until", N_("YYYY-MM-DD"), N_("last business day, and whose limits hold")},
	{"area", N_("CODE"), N_("of this area, and of those within it")},
	{"grid", N_("CODE"), N_("of this grid")},
	{"class", N_("CODE"), N_("of this class of units")},
	{"population", N_("N"), N_("people of the built-up area: shows how far the sample sizes are")},
	{NULL, NULL, NULL}};
static const struct cli_opt withdraw_opts[] = {{"reason", N_("TEXT"), N_("why it is taken back (needed)")},
					       {NULL, NULL, NULL}};
static const struct cli_opt list_opts[] = {
	{"day", N_("YYYY-MM-DD"), N_("business day (default: today)")},
	{"all-days", NULL, N_("all days")},
	{"all", NULL, N_("also sign-ins, shifts and day-closes")},
	{"current", NULL, N_("leave out what was corrected or withdrawn")},
	{"search", N_("TEXT"),
	 N_("only entries with these words, of all days: one character or more, or the beginning of a word")},
	{"limit", N_("N"), N_("newest N only")},
	{"before", N_("NUMBER"), N_("with --limit: only what is older than this entry (the next page)")},
	{"variant", N_("NAME"), N_("disorders that this variant or campaign counts, and how many of each")},
	{NULL, NULL, NULL}};
static const struct cli_opt codes_opts[] = {
	{"variant", N_("NAME"), N_("those that this variant or campaign counts, as it calls them")},
	{NULL, NULL, NULL}};
static const struct cli_opt enrol_opts[] = {
	{"name", N_("TEXT"), N_("what the office shall call this device")},
	{"again", NULL, N_("enrol again as a new writer after a restore or a clone alarm")},
	{NULL, NULL, NULL}};
static const struct cli_opt sync_opts[] = {
	{"no-photos", NULL, N_("entries only")},
	{"metered", N_("yes|no"),
	 N_("yes: this line costs by the byte, and photos wait if the profile says so (default no)")},
	{"photo", N_("NUMBER"), N_("of photos only those of this entry, now, whatever the line costs")},
	{"tries", N_("N"), N_("give up after so many failures in a row, 1..20 (default 3)")},
	{NULL, NULL, NULL}};
static const struct cli_opt space_opts[] = {
	{"dry-run", NULL, N_("only say what may go")},
	{"mb", N_("N"), N_("stop after so many MB, oldest first (default: all that may go)")},
	{NULL, NULL, NULL}};
static const struct cli_opt person_opts[] = {
	{"pin", NULL, N_("with the PIN: asked for, or the first line of standard input")},
	{"name", N_("TEXT"), N_("the person's name, for lists of this device")},
	{NULL, NULL, NULL}};
static const struct cli_opt pin_opts[] = {{"remove", NULL, N_("take the PIN away")}, {NULL, NULL, NULL}};
static const struct cli_opt gps_opts[] = {
	{"wait-gps", N_("MS"), N_("wait at most so long for a fresh fix (default 2000)")},
	{NULL, NULL, NULL}};

static const struct cli_opt camera_opts[] = {
	{"output", N_("FILE"), N_("keep the picture there; -o for short")},
	{"torch", NULL, N_("with the camera's light on")},
	{NULL, NULL, NULL}};

static const struct cli_opt sound_opts[] = {
	{"seconds", N_("N"), N_("so long at most, 1..120 (default 3)")},
	{"output", N_("FILE"), N_("keep the recording there; -o for short")},
	{NULL, NULL, NULL}};

static const struct cli_opt verify_opts[] = {
	{"reindex", NULL, N_("make the search index again first, from the entries")},
	{"stamp", N_("TEXT"), N_("only check the text of a stamped copy's QR code against the log")},
	{NULL, NULL, NULL}};
#define PHOTO_OPTS                                                                                        \
	{"output", N_("FILE"), N_("where the copy goes (needed); -o for short")},                         \
		{"role", N_("ROLE"), N_("the photo of this role: wide close before after plate object")}, \
	{                                                                                                 \
		"index", N_("N"), N_("the entry's N-th photo")                                            \
	}
static const struct cli_opt photo_opts[] = {PHOTO_OPTS, {NULL, NULL, NULL}};
static const struct cli_opt stamp_opts[] = {
	PHOTO_OPTS, {"case", N_("NUMBER"), N_("case number to stand on it")}, {NULL, NULL, NULL}};

static const struct cli_opt selftest_opts[] = {
	{"dir", N_("DIR"), N_("folder on the disk in question (default: the data folder)")},
	{"write", NULL, N_("write until the power is cut; note the last line")},
	{"check", N_("CODE"), N_("after the restart: is everything there up to the line noted?")},
	{"seconds", N_("N"), N_("stop --write by itself after so many seconds (default 600)")},
	{NULL, NULL, NULL}};

static const struct cli_command commands[] = {
	{"enrol", N_("[URL] CODE"), 1, 2, enrol_opts,
	 N_("make this device known to a server with a one-time code"), cli_enrol},
	{"person sign-in", N_("PERSON"), 1, 1, person_opts, N_("say who uses this device"), cli_person_in},
	{"person sign-out", "", 0, 0, no_opts, N_("sign that person out"), cli_person_out},
	{"person set-pin", N_("PERSON"), 1, 1, pin_opts,
	 N_("give a person a PIN on this device, so that several can share it"), cli_person_pin},
	{"person list", "", 0, 0, no_opts, N_("who signed in on this device"), cli_person_list},
	{"shift start", "", 0, 0, no_opts, N_("begin a shift"), cli_shift_start},
	{"shift end", "", 0, 0, no_opts, N_("end it with a day-close that states what was recorded"),
	 cli_shift_end},
	{"log", N_("[CODE]"), 0, 1, log_opts, N_("log a disorder, or that nothing was found"), cli_log},
	{"check", N_("[METHOD|ID]"), 0, 1, check_all_opts,
	 N_("fill in a check, field by field; index and grade are shown as values come in"), cli_check},
	{"grade", "", 0, 0, grade_opts, N_("what the checks come to: indices, intervals, levels, verdicts"),
	 cli_grade},
	{"card", N_("[TOPIC|METHOD]"), 0, 1, no_opts,
	 N_("the standards card: how to count, what is valid, the limits"), cli_card},
	{"correct", N_("NUMBER [CODE]"), 1, 2, correct_opts,
	 N_("put a whole new content in place of an earlier entry"), cli_correct},
	{"withdraw", N_("NUMBER"), 1, 1, withdraw_opts, N_("take an entry back"), cli_withdraw},
	{"list", "", 0, 0, list_opts, N_("what was recorded, and what became of it"), cli_list},
	{"show", N_("NUMBER"), 1, 1, no_opts, N_("one entry in full"), cli_show},
	{"status", "", 0, 0, no_opts, N_("device, person, shift, what waits, last receipt, space"),
	 cli_status},
	{"sync", "", 0, 0, sync_opts, N_("send what waits, fetch what is new"), cli_sync},
	{"photo list", N_("NUMBER"), 1, 1, no_opts, N_("photos of an entry, and whether they are whole"),
	 cli_photo_list},
	{"photo small", N_("NUMBER"), 1, 1, photo_opts, N_("copy of a photo for lists, 320 pixels"),
	 cli_photo_small},
	{"photo screen", N_("NUMBER"), 1, 1, photo_opts, N_("copy of a photo for a screen, 1600 pixels"),
	 cli_photo_screen},
	{"photo stamp", N_("NUMBER"), 1, 1, stamp_opts,
	 N_("copy with time, place, person and a QR code below it; the original is untouched"),
	 cli_photo_stamp},
	{"space prune", "", 0, 0, space_opts,
	 N_("take originals off this device that are safe at the server; small copies stay"),
	 cli_space_prune},
	{"space", "", 0, 0, no_opts, N_("how much room there is, which originals may go, why the rest stays"),
	 cli_space},
	{"verify", "", 0, 0, verify_opts,
	 N_("check every entry, signature, receipt and photo of this device"), cli_verify},
	{"selftest-storage", "", 0, 0, selftest_opts,
	 N_("can this disk keep what is saved on it? with a power cut, does it lie?"), cli_selftest},
	{"codes", N_("[TEXT]"), 0, 1, codes_opts, N_("list the codes and units of the form pack"), cli_codes},
	{"camera", "", 0, 0, camera_opts,
	 N_("try the camera: one picture, its size, or what is wrong; nothing is saved"), cli_camera},
	{"sound", "", 0, 0, sound_opts,
	 N_("try the microphone: some seconds, how loud, or what is wrong; nothing is saved"), cli_sound},
	{"gps", "", 0, 0, gps_opts, N_("show the position as it would be saved"), cli_gps},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* Options before the command; read_globals knows them. */
static const struct {
	const char *name, *arg, *help;
} global_opts[] = {
	{"--home", N_("DIR"), N_("data folder (else JX_HOME, the profile, ~/.local/share/jiexun)")},
	{"--profile", N_("FILE"),
	 N_("device profile (else JX_PROFILE, ~/.config/jiexun/profile.ini, /etc/jiexun/profile.ini)")},
	{"--json", "", N_("one JSON object a line, for scripts")},
	{"--quiet", "", N_("say nothing but errors")},
};

static void help_row(const char *name, const char *arg, const char *text, int columns)
{
	char left[64];

	(void)snprintf(left, sizeof(left), "%s %s", name, arg[0] != '\0' ? _(arg) : "");
	printf("  ");
	cli_cell(left, columns, false);
	printf("%s\n", _(text));
}

static void help(void)
{
	printf("%s\n\n", _("jx - log what you see in the street; nothing saved is ever lost"));
	printf("%s jx [--home %s] [--profile %s] [--json] [--quiet] %s\n\n", _("Usage:"), _("DIR"), _("FILE"),
	       _("COMMAND [OPTIONS]"));
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		help_row(commands[i].words, commands[i].pos, commands[i].help, 24);
	putchar('\n');
	for (size_t i = 0; i < sizeof(global_opts) / sizeof(global_opts[0]); i++)
		help_row(global_opts[i].name, global_opts[i].arg, global_opts[i].help, 14);
	printf("  --version, --help\n\n%s\n",
	       _("`jx COMMAND --help` shows a command's options; man jx has all of it."));
}

/* Match the longest words: "person sign-in" takes two arguments. */
static const struct cli_command *find_command(int argc, char **argv, int *words_out)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const char *w = commands[i].words;
		const char *space = strchr(w, ' ');
		size_t first = space != NULL ? (size_t)(space - w) : strlen(w);

		if (argc < 1 || strlen(argv[0]) != first || strncmp(argv[0], w, first) != 0)
			continue;
		if (space == NULL) {
			*words_out = 1;
			return &commands[i];
		}
		if (argc > 1 && strcmp(argv[1], space + 1) == 0) {
			*words_out = 2;
			return &commands[i];
		}
	}
	return NULL;
}

/* `jx photo`, `jx photo --help`: the commands that begin with this word. False: none does. */
static bool help_family(const char *word, FILE *to)
{
	const size_t len = strlen(word);
	bool is_any = false;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strncmp(commands[i].words, word, len) != 0 || commands[i].words[len] != ' ')
			continue;
		if (!is_any)
			fprintf(to, "%s jx %s ...\n", _("Usage:"), word);
		is_any = true;
		fprintf(to, "  jx %s %s\n      %s\n", commands[i].words,
			commands[i].pos[0] != '\0' ? _(commands[i].pos) : "", _(commands[i].help));
	}
	if (is_any)
		fprintf(to, "%s\n",
			_("`jx COMMAND --help` shows a command's options; man jx has all of it."));
	return is_any;
}

struct globals {
	const char *home, *profile;
	bool json, quiet, version, help;
};

/* Options before the command. Returns how many arguments they took, or -1. */
static int read_globals(int argc, char **argv, struct globals *g)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *o = argv[i];

		if (strcmp(o, "--json") == 0)
			g->json = true;
		else if (strcmp(o, "--quiet") == 0 || strcmp(o, "-q") == 0)
			g->quiet = true;
		else if (strcmp(o, "--version") == 0)
			g->version = true;
		else if (strcmp(o, "--help") == 0 || strcmp(o, "-h") == 0)
			g->help = true;
		else if (strcmp(o, "--home") == 0 && i + 1 < argc)
			g->home = argv[++i];
		else if (strncmp(o, "--home=", 7) == 0)
			g->home = o + 7;
		else if (strcmp(o, "--profile") == 0 && i + 1 < argc)
			g->profile = argv[++i];
		else if (strncmp(o, "--profile=", 10) == 0)
			g->profile = o + 10;
		else {
			fprintf(stderr, _("jx: option %s is unknown here or lacks its value; see jx --help"),
				o);
			fputc('\n', stderr);
			return -1;
		}
	}
	return i;
}

static jx_rc set_up(struct cli *c, const struct globals *g, struct jx_error *err)
{
	jx_rc rc;

	c->json = g->json;
	c->quiet = g->quiet;
	rc = jx_handheld_set_up(&c->h, g->profile, g->home, err);
	if (rc != JX_OK)
		return rc;
	for (size_t i = 0; i < c->h.profile.warning_count && i < JX_DEVICE_WARNINGS_MAX && !c->quiet; i++)
		fprintf(stderr, "jx: %s\n", c->h.profile.warnings[i]);
	return JX_OK;
}

/* Of a family that there is, the second word is the one that is wrong: what it could be is shown. */
static int no_command(const char *first, const char *second)
{
	const bool is_family = second != NULL && help_family(first, stderr);
	JX_AUTO_FREE char *name = is_family ? jx_xasprintf("%s %s", first, second) : jx_xstrdup(first);

	fprintf(stderr, _("jx: there is no command \"%s\"; see jx --help"), name);
	fputc('\n', stderr);
	return CLI_USAGE;
}

static int run(int argc, char **argv, struct cli *c)
{
	struct globals g = {0};
	struct jx_error err = {0};
	struct cli_args args;
	int words = 0, status, i = read_globals(argc, argv, &g);
	const struct cli_command *cmd;

	if (i < 0)
		return CLI_USAGE;
	if (g.version) {
		printf("jx %s\n", JX_VERSION);
		return 0;
	}
	if (g.help || i >= argc) {
		help();
		return g.help ? 0 : CLI_USAGE;
	}
	cmd = find_command(argc - i, argv + i, &words);
	if (cmd == NULL && (i + 1 >= argc || strcmp(argv[i + 1], "--help") == 0) &&
	    help_family(argv[i], i + 1 < argc ? stdout : stderr))
		return i + 1 < argc ? 0 : CLI_USAGE;
	if (cmd == NULL)
		return no_command(argv[i], i + 1 < argc ? argv[i + 1] : NULL);
	status = cli_parse(cmd, argc - i - words, argv + i + words, &args);
	if (status != 0)
		return status == -1 ? 0 : status;
	g.json = g.json || cli_flag(&args, "json");
	g.quiet = g.quiet || cli_flag(&args, "quiet");
	c->json = g.json;
	if (set_up(c, &g, &err) != JX_OK)
		return cli_fail(c, &err);
	return cmd->run(c, &args);
}

int main(int argc, char **argv)
{
	struct cli *c = jx_xcalloc(1, sizeof(*c));
	struct jx_error err = {0};
	int status;

	if (jx_os_start("jx", &err) != JX_OK) {
		fprintf(stderr, "jx: %s\n", err.text);
		free(c);
		return jx_rc_exit_status(err.code);
	}
	status = run(argc, argv, c);
	(void)fflush(
		stdout); /* what was saved is shown before the store is tidied up; a failure is remembered */
	jx_handheld_close(&c->h);
	free(c);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		/* saved is saved; but a script that reads us must not take half an answer for a whole one */
		fprintf(stderr, "jx: %s\n", _("the output could not be written"));
		return jx_rc_exit_status(JX_EIO);
	}
	return status;
}
