/* Parsing and usage texts, both from a command's row. */
#include "cli.h"

#include <stdio.h>
#include <string.h>

/* Every command takes these too. */
static const struct cli_opt common_opts[] = {{"json", NULL, N_("one JSON object a line, for scripts")},
					     {"quiet", NULL, N_("say nothing but errors")},
					     {"help", NULL, N_("this text")},
					     {NULL, NULL, NULL}};

const char *cli_nth(const struct cli_args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->count; k++)
		if (strcmp(a->value[k].opt->name, name) == 0 && i-- == 0)
			return a->value[k].value;
	return NULL;
}

const char *cli_value(const struct cli_args *a, const char *name)
{
	const char *last = NULL;

	for (size_t k = 0; k < a->count; k++)
		if (strcmp(a->value[k].opt->name, name) == 0)
			last = a->value[k].value;
	return last;
}

bool cli_flag(const struct cli_args *a, const char *name)
{
	return cli_value(a, name) != NULL;
}

static void print_opts(const struct cli_opt *opts)
{
	for (const struct cli_opt *o = opts; o->name != NULL; o++) {
		char left[64];

		(void)snprintf(left, sizeof(left), "--%s%s%s", o->name, o->arg != NULL ? " " : "",
			       o->arg != NULL ? _(o->arg) : "");
		printf("  ");
		cli_cell(left, 26, false);
		printf("%s\n", _(o->help));
	}
}

void cli_usage(const struct cli_command *cmd)
{
	printf("%s jx %s %s%s\n\n%s\n\n", _("Usage:"), cmd->words, cmd->pos[0] != '\0' ? _(cmd->pos) : "",
	       cmd->pos[0] != '\0' ? _(" [OPTIONS]") : _("[OPTIONS]"), _(cmd->help));
	print_opts(cmd->opts);
	print_opts(common_opts);
}

int cli_bad_usage(const struct cli_command *cmd, const char *text)
{
	fprintf(stderr, "jx %s: %s\n", cmd->words, text);
	fprintf(stderr, _("See jx %s --help"), cmd->words);
	fputc('\n', stderr);
	return CLI_USAGE;
}

static const struct cli_opt *find(const struct cli_opt *opts, const char *name, size_t len)
{
	for (const struct cli_opt *o = opts; o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static int bad_option(const struct cli_command *cmd, const char *fmt_text, const char *option)
{
	JX_AUTO_FREE char *text = jx_xasprintf(_("%s: %s"), option, fmt_text);

	return cli_bad_usage(cmd, text);
}

/* One "--name", "--name value" or "--name=value"; *i moves past a separate value. */
static int take_option(const struct cli_command *cmd, int argc, char **argv, int *i, struct cli_args *out)
{
	const char *name = strcmp(argv[*i], "-o") == 0 ? "output" : argv[*i] + 2;
	const char *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct cli_opt *o = find(cmd->opts, name, len);
	const char *value = "";

	if (o == NULL)
		o = find(common_opts, name, len);
	if (o == NULL)
		return bad_option(cmd, _("no such option"), argv[*i]);
	if (o->arg == NULL && equals != NULL)
		return bad_option(cmd, _("takes no value"), argv[*i]);
	if (o->arg != NULL && equals != NULL)
		value = equals + 1;
	else if (o->arg != NULL && *i + 1 >= argc)
		return bad_option(cmd, _("needs a value"), argv[*i]);
	else if (o->arg != NULL)
		value = argv[++*i];
	if (out->count == CLI_VALUES_MAX)
		return cli_bad_usage(cmd, _("too many options"));
	out->value[out->count].opt = o;
	out->value[out->count++].value = value;
	return 0;
}

int cli_parse(const struct cli_command *cmd, int argc, char **argv, struct cli_args *out)
{
	bool only_words = false;

	memset(out, 0, sizeof(*out));
	out->opts = cmd->opts;
	for (int i = 0; i < argc; i++) {
		int status;

		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words && strcmp(argv[i], "-h") == 0) {
			cli_usage(cmd);
			return -1;
		}
		if (!only_words && (strncmp(argv[i], "--", 2) == 0 || strcmp(argv[i], "-o") == 0)) {
			status = take_option(cmd, argc, argv, &i, out);
			if (status != 0)
				return status;
			continue;
		}
		if (out->pos_count >= cmd->pos_max || out->pos_count == CLI_POS_MAX)
			return bad_option(cmd, _("one argument too many"), argv[i]);
		out->pos[out->pos_count++] = argv[i];
	}
	if (cli_flag(out, "help")) {
		cli_usage(cmd);
		return -1;
	}
	if (out->pos_count < cmd->pos_min)
		return bad_option(cmd, _("missing"), _(cmd->pos));
	return 0;
}
