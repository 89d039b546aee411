/* jiexund: commands and options. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

enum {
	OPT_DATA = 1,
	OPT_LISTEN = 2,
	OPT_NAME = 4,
	OPT_AREA = 8,
	OPT_SHORT = 16,
	OPT_ROLE = 32,
	OPT_TRUSTED = 64,
	OPT_URL = 128,
	OPT_REASON = 256,
	OPT_PORT_FILE = 512,
	OPT_LOG_LEVEL = 1024,
	OPT_JSON = 2048,
	OPT_HELP = 4096,
	OPT_VERSION = 8192,
	OPT_RENEW = 16384,
	OPT_COUNT = 32768,
	OPT_FROM = 65536,
	OPT_DRY_RUN = 131072
};

struct option_row {
	const char *name, *value;
	int bit;
	const char *help;
};
static const struct option_row option_rows[] = {
	{"data", N_("DIR"), OPT_DATA, N_("data folder (default: JIEXUND_DATA, else /var/lib/jiexund)")},
	{"listen", N_("ADDRESS:PORT"), OPT_LISTEN, N_("where to listen; port 0 takes a free one")},
	{"name", N_("HOST"), OPT_NAME, N_("host name or address for the certificate; may be repeated")},
	{"area", N_("AREA"), OPT_AREA, N_("administrative area")},
	{"short", N_("SHORT"), OPT_SHORT, N_("what people call the device or account, such as H07")},
	{"role", N_("ROLE"), OPT_ROLE, N_("field (default), leader, dispatcher, unit, auditor or admin")},
	{"trusted", NULL, OPT_TRUSTED, N_("the code alone is enough; no fingerprint is compared")},
	{"renew", NULL, OPT_RENEW, N_("for the device that holds this short code: it stays who it is")},
	{"count", N_("N"), OPT_COUNT, N_("so many codes, their short codes numbered from SHORT1 on")},
	{"from", N_("DAY"), OPT_FROM, N_("day from which the pack holds, such as 2026-12-01")},
	{"dry-run", NULL, OPT_DRY_RUN, N_("only say what would be removed")},
	{"url", N_("URL"), OPT_URL, N_("https address that codes name")},
	{"reason", N_("TEXT"), OPT_REASON, N_("why; kept with the entry")},
	{"port-file", N_("FILE"), OPT_PORT_FILE, N_("write the port to this file once it listens")},
	{"log-level", N_("LEVEL"), OPT_LOG_LEVEL, N_("error, warning, info (default) or debug")},
	{"json", NULL, OPT_JSON, N_("one line of JSON instead of text")},
	{"help", NULL, OPT_HELP, N_("show this")},
	{"version", NULL, OPT_VERSION, N_("show the version")},
};
#define OPTION_COUNT (sizeof(option_rows) / sizeof(option_rows[0]))

struct command_row {
	const char *name, *arguments;
	int argument_count; /* -1: the command counts them itself */
	int allowed;
	int (*run)(struct options *o); /* NULL: cmd_plain */
	const char *help;
};
static const struct command_row command_rows[] = {
	{"init", "", 0, OPT_LISTEN | OPT_NAME | OPT_AREA | OPT_SHORT | OPT_TRUSTED | OPT_URL, cmd_init,
	 N_("set up a data folder and make the first code for the office")},
	{"serve", "", 0, OPT_LISTEN | OPT_PORT_FILE | OPT_LOG_LEVEL, cmd_serve,
	 N_("serve HTTPS until stopped")},
	{"code", "", 0, OPT_SHORT | OPT_ROLE | OPT_AREA | OPT_TRUSTED | OPT_RENEW | OPT_COUNT | OPT_URL,
	 cmd_code, N_("make a one-time enrolment code")},
	{"confirm", N_("SHORT FINGERPRINT"), 2, 0, cmd_confirm,
	 N_("confirm a device after comparing its fingerprint")},
	{"revoke", N_("SHORT"), 1, OPT_REASON, cmd_revoke, N_("shut out a lost device")},
	{"move", N_("SHORT AREA"), 2, 0, cmd_move, N_("give a device or account another area")},
	{"pack", N_("add FILE | list"), -1, OPT_FROM, cmd_pack,
	 N_("publish a form pack, or list those that are known")},
	{"writers", "", 0, 0, NULL, N_("list devices and accounts")},
	{"review", "", 0, 0, NULL, N_("list what people should look at")},
	{"counts", "", 0, 0, NULL, N_("count what is stored")},
	{"check", "", 0, 0, NULL, N_("check database, chains and signatures, and whether photos are there")},
	{"sweep", "", 0, OPT_DRY_RUN, cmd_sweep,
	 N_("remove parts, copies and photos that no entry lists, once they are old")},
	{"new-epoch", "", 0, 0, NULL,
	 N_("after restoring a backup: have devices send again what is missing")},
	{"rotate-tls", "", 0, 0, NULL, N_("make the announced next TLS key the current one")},
	{"rotate-identity", "", 0, 0, NULL, N_("sign with a new identity key from now on")},
};
#define COMMAND_COUNT (sizeof(command_rows) / sizeof(command_rows[0]))

static void print_option(const struct option_row *row)
{
	char left[64];

	(void)snprintf(left, sizeof(left), "--%s%s%s", row->name, row->value == NULL ? "" : " ",
		       row->value == NULL ? "" : _(row->value));
	printf("  ");
	print_cell(left, 24);
	printf("%s\n", _(row->help));
}

static void help_all(void)
{
	printf("%s\n\n%s jiexund %s\n\n", _("jiexund - the central server of Jiexun"), _("Usage:"),
	       _("COMMAND [OPTIONS]"));
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %-15s %s\n", command_rows[i].name, _(command_rows[i].help));
	printf("\n%s\n", _("jiexund COMMAND --help shows a command's options; man jiexund has all of it."));
}

static void help_command(const struct command_row *c)
{
	printf("%s jiexund %s %s%s\n\n%s\n\n", _("Usage:"), c->name,
	       c->arguments[0] == '\0' ? "" : _(c->arguments),
	       c->arguments[0] == '\0' ? _("[OPTIONS]") : _(" [OPTIONS]"), _(c->help));
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if ((option_rows[i].bit & (c->allowed | OPT_DATA | OPT_JSON | OPT_HELP)) != 0)
			print_option(&option_rows[i]);
	}
}

static int bad_usage(const char *what, const char *text)
{
	fprintf(stderr, "jiexund: %s: %s\n%s\n", what, text, _("See jiexund --help."));
	return EXIT_USAGE;
}

/* False: no such place for it (too many --name). */
static bool keep(struct options *o, int bit, const char *value)
{
	const char **const places[] = {&o->data_dir,   &o->listen,    NULL,         &o->area,
				       &o->short_code, &o->role,      NULL,         &o->url,
				       &o->reason,     &o->port_file, &o->log_level};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (bit == 1 << i && places[i] != NULL)
			*places[i] = value;
	}
	if (bit == OPT_COUNT)
		o->count = value;
	if (bit == OPT_FROM)
		o->from = value;
	if (bit == OPT_NAME) {
		if (o->name_count == NAMES_MAX)
			return false;
		o->names[o->name_count++] = value;
	}
	o->is_trusted = o->is_trusted || bit == OPT_TRUSTED;
	o->is_renewal = o->is_renewal || bit == OPT_RENEW;
	o->is_dry = o->is_dry || bit == OPT_DRY_RUN;
	o->is_json = o->is_json || bit == OPT_JSON;
	return true;
}

static void fill_long_options(struct option out[OPTION_COUNT + 1])
{
	memset(out, 0, sizeof(out[0]) * (OPTION_COUNT + 1));
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		out[i].name = option_rows[i].name;
		out[i].has_arg = option_rows[i].value == NULL ? no_argument : required_argument;
		out[i].val = option_rows[i].bit;
	}
}

/* argv[0] is the command's name. -1: go on; else an exit status. */
static int read_options(const struct command_row *c, int argc, char **argv, struct options *o)
{
	struct option longs[OPTION_COUNT + 1];
	int bit, at = 0;

	fill_long_options(longs);
	opterr = 0;
	while ((bit = getopt_long(argc, argv, ":", longs, &at)) != -1) {
		if (bit == '?' || bit == ':')
			return bad_usage(argv[optind - 1],
					 bit == '?' ? _("no such option") : _("this option needs a value"));
		if (bit == OPT_HELP) {
			help_command(c);
			return EXIT_SUCCESS;
		}
		if ((bit & (c->allowed | OPT_DATA | OPT_JSON)) == 0)
			return bad_usage(option_rows[at].name, _("this command does not take that option"));
		if (!keep(o, bit, optarg))
			return bad_usage(optarg, _("too many --name"));
	}
	o->positional_count = argc - optind;
	if (o->positional_count > 2 || (c->argument_count >= 0 && o->positional_count != c->argument_count))
		return bad_usage(c->name, _("wrong number of arguments"));
	for (int i = 0; i < o->positional_count; i++)
		o->positional[i] = argv[optind + i];
	return -1;
}

/* What goes into entries and JSON must be text. */
static bool all_utf8(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '\0' && !jx_utf8_ok(argv[i], strlen(argv[i])))
			return false;
	}
	return true;
}

static int run(int argc, char **argv)
{
	struct options o = {.data_dir = getenv("JIEXUND_DATA")};
	int status;

	if (o.data_dir == NULL || o.data_dir[0] == '\0')
		o.data_dir = "/var/lib/jiexund";
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command_row *c = &command_rows[i];

		if (strcmp(c->name, argv[1]) != 0)
			continue;
		status = read_options(c, argc - 1, argv + 1, &o);
		if (status >= 0)
			return status;
		return c->run != NULL ? c->run(&o) : cmd_plain(&o, c->name);
	}
	return bad_usage(argv[1], _("no such command"));
}

int main(int argc, char **argv)
{
	struct jx_error err = {0};
	int status;

	if (jx_os_start("jiexund", &err) != JX_OK)
		return program_fail(&err);
	if (!all_utf8(argc, argv))
		return bad_usage("argv", _("an argument is not UTF-8 text"));
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_all();
		return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("jiexund %s\n", JX_VERSION);
		return EXIT_SUCCESS;
	}
	status = run(argc, argv);
	if (fflush(stdout) != 0) {
		fprintf(stderr, "jiexund: %s\n", _("the output could not be written"));
		return jx_rc_exit_status(JX_EIO);
	}
	return status;
}
