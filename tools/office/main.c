/* jx-office: the evening pull, the files made from it, the day's account, and the check that needs nobody's word. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct office_opt enrol_opts[] = {
	{"name", N_("TEXT"), N_("what the server's administrator shall see as this office's name")},
	{NULL, NULL, NULL},
};
static const struct office_opt pull_opts[] = {
	{"no-photos", NULL, N_("entries only; the next pull fetches the photos")},
	{"no-files", NULL, N_("into the journal only; the next pull makes the files of the days")},
	{"tries", N_("N"), N_("give up after so many failures in a row, 1..20 (default 3)")},
	{NULL, NULL, NULL},
};
static const struct office_opt statement_opts[] = {
	{"day", N_("YYYY-MM-DD"), N_("one business day (default: all)")},
	{NULL, NULL, NULL},
};
static const struct office_opt grade_opts[] = {
	{"since", N_("YYYY-MM-DD"), N_("first business day (default: the first there is)")},
	{"until", N_("YYYY-MM-DD"), N_("last business day, and that whose limits hold (default: today)")},
	{"area", N_("CODE"), N_("area, or the beginning of its code")},
	{"grid", N_("CODE"), N_("grid")},
	{"class", N_("CLASS"), N_("unit class, by code or name")},
	{"population", N_("N"),
	 N_("people of the built-up area: shows how far the sample sizes are reached")},
	{"before", N_("DAY..DAY"), N_("period before a campaign, for its effect")},
	{"after", N_("DAY..DAY"), N_("period after it")},
	{"csv", NULL, N_("a table for a spreadsheet")},
	{NULL, NULL, NULL},
};
static const struct office_opt checks_opts[] = {
	{"since", N_("YYYY-MM-DD"), N_("first business day (default: the first there is)")},
	{"until", N_("YYYY-MM-DD"), N_("last business day (default: the last there is)")},
	{"area", N_("CODE"), N_("area, or the beginning of its code")},
	{"grid", N_("CODE"), N_("grid")},
	{"class", N_("CLASS"), N_("unit class, by code or name")},
	{NULL, NULL, NULL},
};
static const struct office_opt verify_opts[] = {
	{"identity", N_("HEX"),
	 N_("identity key of the server, instead of identity.json's; may be repeated, newest first")},
	{"stamp", N_("TEXT"), N_("also: is what a stamped copy's QR code says in this folder?")},
	{NULL, NULL, NULL},
};
static const struct office_opt photo_opts[] = {
	{"output", N_("FILE"), N_("where the copy goes (needed); -o for short")},
	{"role", N_("ROLE"), N_("the photo of this role: wide close before after plate object")},
	{"index", N_("N"), N_("the entry's N-th photo")},
	{"case", N_("NUMBER"), N_("case number to stand on a stamped copy")},
	{NULL, NULL, NULL},
};
static const struct office_opt pairs_opts[] = {
	{"output", N_("DIR"), N_("folder for the sheet and its pictures (needed); -o for short")},
	{"since", N_("YYYY-MM-DD"), N_("first business day (default: the first there is)")},
	{"until", N_("YYYY-MM-DD"), N_("last business day (default: the last there is)")},
	{"area", N_("CODE"), N_("area, or the beginning of its code")},
	{"grid", N_("CODE"), N_("grid")},
	{NULL, NULL, NULL},
};
static const struct office_opt pack_opts[] = {
	{"output", N_("FILE"), N_("pack to be written by build; -o for short")},
	{NULL, NULL, NULL},
};
static const struct office_opt no_opts[] = {{NULL, NULL, NULL}};

static const struct office_command commands[] = {
	{"enrol", N_("[URL] CODE"), 1, 2, enrol_opts,
	 N_("make this office known to a server with a one-time code"), office_enrol},
	{"pull", "", 0, 0, pull_opts, N_("fetch what is new and bring the files of its days up to date"),
	 office_pull},
	{"statement", "", 0, 0, statement_opts, N_("recorded and stored, for each writer and business day"),
	 office_statement},
	{"grade", "", 0, 0, grade_opts, N_("indices, levels and intervals over the checks that were pulled"),
	 office_grade},
	{"checks", N_("[FORM]"), 0, 1, checks_opts,
	 N_("checks of a form as CSV, a row each; without FORM: how many there are"), office_checks},
	{"verify", N_("[DIR]"), 0, 1, verify_opts,
	 N_("check a pulled folder by public keys alone: entries, chains, receipts, photos"), office_verify},
	{"pack", N_("build DIR -o FILE | tables FILE DIR | check FILE"), 2, 3, pack_opts,
	 N_("a form pack as tables for a spreadsheet, tables as a pack, what is in one"), office_pack},
	{"photo", N_("list|small|screen|stamp NUMBER"), 2, 2, photo_opts,
	 N_("photos of an entry, copies of them, and copies with a stamp below"), office_photo},
	{"pairs", "", 0, 0, pairs_opts, N_("a sheet of pictures before and after, to look at and to print"),
	 office_pairs},
	{"status", "", 0, 0, no_opts, N_("account, server, last pull, what is here"), office_status},
};
#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void help_row(const char *name, const char *argument, const char *text)
{
	JX_AUTO_FREE char *left = jx_xasprintf("%s %s", name, argument[0] != '\0' ? _(argument) : "");

	printf("  ");
	office_cell(left, 22);
	printf("%s\n", _(text));
}

static void help(void)
{
	printf("%s\n\n", _("jx-office - what the street recorded, in the office's hands and provably whole"));
	printf("%s jx-office [--home %s] [--json] [--quiet] %s\n\n", _("Usage:"), _("DIR"),
	       _("COMMAND [OPTIONS]"));
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		help_row(commands[i].word, commands[i].pos, commands[i].help);
	putchar('\n');
	help_row("--home", N_("DIR"), N_("folder (else JX_OFFICE_HOME, ~/.local/share/jiexun-office)"));
	help_row("--json", "", N_("one JSON object a line, for scripts"));
	help_row("--quiet", "", N_("say nothing but errors"));
	printf("  --version, --help\n\n%s\n",
	       _("`jx-office COMMAND --help` shows a command's options; man jx-office has all of it."));
}

struct globals {
	const char *home;
	bool json, quiet, version, help;
};

static bool read_flag(const char *arg, struct globals *g)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
		{"--json", &g->json},       {"--quiet", &g->quiet}, {"-q", &g->quiet},
		{"--version", &g->version}, {"--help", &g->help},   {"-h", &g->help},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(arg, flags[i].name) == 0) {
			*flags[i].flag = true;
			return true;
		}
	return false;
}

/* Options before the command. Returns where it stands, or -1. */
static int read_globals(int argc, char **argv, struct globals *g)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (read_flag(argv[i], g))
			continue;
		if (strcmp(argv[i], "--home") == 0 && i + 1 < argc) {
			g->home = argv[++i];
		} else if (strncmp(argv[i], "--home=", 7) == 0) {
			g->home = argv[i] + 7;
		} else {
			fprintf(stderr,
				_("jx-office: option %s is unknown here or lacks its value; see jx-office --help"),
				argv[i]);
			fputc('\n', stderr);
			return -1;
		}
	}
	return i;
}

static jx_rc find_home(const struct globals *g, struct office *o, struct jx_error *err)
{
	const char *home = g->home != NULL ? g->home : getenv("JX_OFFICE_HOME");
	const char *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");
	JX_AUTO_FREE char *cwd = realpath(".", NULL);
	JX_AUTO_FREE char *path = NULL;

	if (home != NULL && home[0] == '/')
		path = jx_xstrdup(home);
	else if (home != NULL && home[0] != '\0')
		path = jx_xasprintf("%s/%s", cwd != NULL ? cwd : ".", home);
	else if (data != NULL && data[0] == '/')
		path = jx_xasprintf("%s/jiexun-office", data);
	else if (user != NULL && user[0] == '/')
		path = jx_xasprintf("%s/.local/share/jiexun-office", user);
	else
		return jx_fail(err, JX_EINVAL, 0, "office.home",
			       "there is no home folder: give --home DIR or set JX_OFFICE_HOME");
	if (strlen(path) + 256 > sizeof(o->dir))
		return jx_fail(err, JX_EINVAL, 0, "office.home",
			       "the path of the folder is too long: choose a shorter one");
	jx_strcpy(o->dir, sizeof(o->dir), path);
	return JX_OK;
}

static int run(int argc, char **argv)
{
	struct globals g = {.home = NULL};
	struct office o = {.json = false};
	struct office_args args;
	struct jx_error err = {.code = JX_OK};
	const struct office_command *cmd = NULL;
	const int i = read_globals(argc, argv, &g);
	int status;

	if (i < 0)
		return OFFICE_USAGE;
	if (g.version) {
		printf("jx-office %s\n", JX_VERSION);
		return 0;
	}
	if (g.help || i >= argc) {
		help();
		return g.help ? 0 : OFFICE_USAGE;
	}
	for (size_t k = 0; k < COMMAND_COUNT && cmd == NULL; k++)
		if (strcmp(argv[i], commands[k].word) == 0)
			cmd = &commands[k];
	if (cmd == NULL) {
		fprintf(stderr, _("jx-office: there is no command \"%s\"; see jx-office --help"), argv[i]);
		fputc('\n', stderr);
		return OFFICE_USAGE;
	}
	status = office_parse(cmd, argc - i - 1, argv + i + 1, &args);
	if (status != 0)
		return status == -1 ? 0 : status;
	o.json = g.json || office_flag(&args, "json");
	o.quiet = g.quiet || office_flag(&args, "quiet");
	if (find_home(&g, &o, &err) != JX_OK)
		return office_fail(&o, &err);
	return cmd->run(&o, &args);
}

int main(int argc, char **argv)
{
	struct jx_error err = {.code = JX_OK};
	int status;

	if (jx_os_start("jx-office", &err) != JX_OK) {
		fprintf(stderr, "jx-office: %s\n", err.text);
		return jx_rc_exit_status(err.code);
	}
	status = run(argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "jx-office: %s\n", _("the output could not be written"));
		return jx_rc_exit_status(JX_EIO);
	}
	return status;
}
