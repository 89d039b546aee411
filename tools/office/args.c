/* Parsing and usage texts, both from a command's row. */
#include "program.h"

#include <stdio.h>
#include <string.h>

/* Every command takes these too. */
static const struct office_opt common_opts[] = {
	{"json", NULL, N_("one JSON object a line, for scripts")},
	{"quiet", NULL, N_("say nothing but errors")},
	{"help", NULL, N_("this text")},
	{NULL, NULL, NULL},
};

const char *office_nth(const struct office_args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->count; k++)
		if (strcmp(a->value[k].opt->name, name) == 0 && i-- == 0)
			return a->value[k].value;
	return NULL;
}

const char *office_value(const struct office_args *a, const char *name)
{
	const char *last = NULL;

	for (size_t k = 0; k < a->count; k++)
		if (strcmp(a->value[k].opt->name, name) == 0)
			last = a->value[k].value;
	return last;
}

bool office_flag(const struct office_args *a, const char *name)
{
	return office_value(a, name) != NULL;
}

static void print_opts(const struct office_opt *opts)
{
	for (const struct office_opt *o = opts; o->name != NULL; o++) {
		JX_AUTO_FREE char *left = jx_xasprintf("--%s%s%s", o->name, o->arg != NULL ? " " : "",
						       o->arg != NULL ? _(o->arg) : "");

		printf("  ");
		office_cell(left, 24);
		printf("%s\n", _(o->help));
	}
}

static void usage(const struct office_command *cmd)
{
	printf("%s jx-office %s %s%s\n\n%s\n\n", _("Usage:"), cmd->word,
	       cmd->pos[0] != '\0' ? _(cmd->pos) : "", cmd->pos[0] != '\0' ? _(" [OPTIONS]") : _("[OPTIONS]"),
	       _(cmd->help));
	print_opts(cmd->opts);
	print_opts(common_opts);
}

static int bad_usage(const struct office_command *cmd, const char *what, const char *text)
{
	fprintf(stderr, "jx-office %s: %s: %s\n", cmd->word, what, text);
	fprintf(stderr, _("See jx-office %s --help"), cmd->word);
	fputc('\n', stderr);
	return OFFICE_USAGE;
}

static const struct office_opt *find(const struct office_opt *opts, const char *name, size_t len)
{
	for (const struct office_opt *o = opts; o->name != NULL; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

/* One "--name", "--name value" or "--name=value"; *i moves past a separate value. */
static int take_option(const struct office_command *cmd, int argc, char **argv, int *i,
		       struct office_args *out)
{
	const char *name = strcmp(argv[*i], "-o") == 0 ? "output" : argv[*i] + 2;
	const char *equals = strchr(name, '=');
	const size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct office_opt *o = find(cmd->opts, name, len);
	const char *value = "";

	if (o == NULL)
		o = find(common_opts, name, len);
	if (o == NULL)
		return bad_usage(cmd, argv[*i], _("no such option"));
	if (o->arg == NULL && equals != NULL)
		return bad_usage(cmd, argv[*i], _("takes no value"));
	if (out->count == OFFICE_VALUES_MAX)
		return bad_usage(cmd, argv[*i], _("too many options"));
	if (o->arg != NULL && equals != NULL)
		value = equals + 1;
	else if (o->arg != NULL && *i + 1 >= argc)
		return bad_usage(cmd, argv[*i], _("needs a value"));
	else if (o->arg != NULL)
		value = argv[++*i];
	out->value[out->count].opt = o;
	out->value[out->count++].value = value;
	return 0;
}

int office_parse(const struct office_command *cmd, int argc, char **argv, struct office_args *out)
{
	bool only_words = false;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0) {
			only_words = true;
		} else if (!only_words && strcmp(argv[i], "-h") == 0) {
			usage(cmd);
			return -1;
		} else if (!only_words && (strncmp(argv[i], "--", 2) == 0 || strcmp(argv[i], "-o") == 0)) {
			const int status = take_option(cmd, argc, argv, &i, out);

			if (status != 0)
				return status;
		} else if (out->pos_count >= cmd->pos_max || out->pos_count == OFFICE_POS_MAX) {
			return bad_usage(cmd, argv[i], _("one argument too many"));
		} else {
			out->pos[out->pos_count++] = argv[i];
		}
	}
	if (office_flag(out, "help")) {
		usage(cmd);
		return -1;
	}
	if (out->pos_count < cmd->pos_min)
		return bad_usage(cmd, _(cmd->pos), _("missing"));
	return 0;
}
