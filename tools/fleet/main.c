/* jx-fleet: options, the order of things, and what is printed. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"

static struct fleet *stopped_by_signal; /* a signal handler can reach nothing else */

static void on_signal(int sig)
{
	(void)sig;
	if (stopped_by_signal != NULL)
		atomic_store(&stopped_by_signal->is_stopped, true);
}

/* ---- options ---- */

struct number_row {
	const char *name;
	size_t at;
	int64_t min, max, value;
	const char *help;
};
#define NUMBER(member) offsetof(struct fleet_options, member)
static const struct number_row numbers[] = {
	{"devices", NUMBER(devices), 1, 100000, 100, N_("how many devices (default 100)")},
	{"entries", NUMBER(entries), 0, 100000, 50, N_("entries of each (default 50)")},
	{"photos", NUMBER(photos), 0, 10000, 0, N_("photos of each (default 0)")},
	{"photo-bytes", NUMBER(photo_bytes), 1024, 1 << 25, 238000, N_("size of a photo (default 238000)")},
	{"parallel", NUMBER(parallel), 1, 4096, 32, N_("devices that sync at the same time (default 32)")},
	{"seed", NUMBER(seed), 1, 99999999, 1, N_("other keys and contents (default 1)")},
};
#define NUMBER_COUNT (sizeof(numbers) / sizeof(numbers[0]))

struct text_row {
	const char *name, *argument, *help;
};
static const struct text_row texts[] = {
	{"codes", N_("FILE"), N_("enrolment codes of trusted devices, a line each; - reads standard input")},
	{"data", N_("DIR"), N_("or: data folder of a server on this machine, which is asked for them")},
	{"url", N_("URL"), N_("https address of the server, if it is not the codes' own")},
	{"case", N_("CASE,..."), N_("what to do, in this order: first, again, noop (default first,noop)")},
	{"json", NULL, N_("one JSON object a case")},
	{"quiet", NULL, N_("no progress")},
	{"help", NULL, N_("this text")},
	{"version", NULL, N_("show the version")},
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static const char *const case_names[] = {"first", "again", "noop"};
#define CASE_COUNT (sizeof(case_names) / sizeof(case_names[0]))

static void help(void)
{
	printf("%s\n\n%s jx-fleet (--codes %s | --data %s) %s\n\n",
	       _("jx-fleet - try a server with many devices at once, before a campaign does it"), _("Usage:"),
	       _("FILE"), _("DIR"), _("[OPTIONS]"));
	for (size_t i = 0; i < TEXT_COUNT; i++)
		printf("  --%-12s %-9s %s\n", texts[i].name,
		       texts[i].argument == NULL ? "" : _(texts[i].argument), _(texts[i].help));
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		printf("  --%-12s %-9s %s\n", numbers[i].name, "N", _(numbers[i].help));
	printf("\n%s\n",
	       _("It fills the server with made-up entries: give it one of its own. man jx-fleet says more."));
}

static int bad_usage(const char *what, const char *text)
{
	fprintf(stderr, "jx-fleet: %s: %s\n%s\n", what, text, _("See jx-fleet --help."));
	return FLEET_USAGE;
}

static bool read_cases(const char *list, struct fleet_options *o)
{
	o->case_count = 0;
	while (*list != '\0') {
		const size_t len = strcspn(list, ",");
		size_t i = 0;

		while (i < CASE_COUNT &&
		       (strlen(case_names[i]) != len || strncmp(case_names[i], list, len) != 0))
			i++;
		if (i == CASE_COUNT || o->case_count == FLEET_CASES_MAX)
			return false;
		o->cases[o->case_count++] = (enum fleet_case)i;
		list += len + (list[len] == ',' ? 1 : 0);
	}
	return o->case_count > 0;
}

/* -1: go on; else an exit status. */
static int take_text(struct fleet_options *o, size_t i, const char *value)
{
	const char **const places[] = {&o->codes, &o->data, &o->url};

	if (i < sizeof(places) / sizeof(places[0]))
		*places[i] = value;
	else if (strcmp(texts[i].name, "case") == 0)
		return read_cases(value, o) ? -1 : bad_usage("--case", _("is a list of first, again, noop"));
	o->is_json = o->is_json || strcmp(texts[i].name, "json") == 0;
	o->is_quiet = o->is_quiet || strcmp(texts[i].name, "quiet") == 0;
	if (strcmp(texts[i].name, "version") == 0) {
		printf("jx-fleet %s\n", JX_VERSION);
		return EXIT_SUCCESS;
	}
	if (strcmp(texts[i].name, "help") == 0) {
		help();
		return EXIT_SUCCESS;
	}
	return -1;
}

static void fill_longs(struct option longs[TEXT_COUNT + NUMBER_COUNT + 1])
{
	memset(longs, 0, sizeof(longs[0]) * (TEXT_COUNT + NUMBER_COUNT + 1));
	for (size_t i = 0; i < TEXT_COUNT; i++)
		longs[i] = (struct option){.name = texts[i].name,
					   .has_arg = texts[i].argument == NULL ? no_argument
										: required_argument};
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		longs[TEXT_COUNT + i] = (struct option){.name = numbers[i].name,
							.has_arg = required_argument};
}

static int take_number(struct fleet_options *o, size_t i, const char *value)
{
	const struct number_row *row = &numbers[i];
	int64_t v;
	char text[160];

	if (jx_parse_i64(value, row->min, row->max, &v)) {
		memcpy((char *)o + row->at, &v, sizeof(v));
		return -1;
	}
	(void)snprintf(text, sizeof(text), _("is a number from %lld to %lld"), (long long)row->min,
		       (long long)row->max);
	return bad_usage(row->name, text);
}

/* -1: go on; else an exit status. */
static int read_options(int argc, char **argv, struct fleet_options *o)
{
	struct option longs[TEXT_COUNT + NUMBER_COUNT + 1];
	int got, at = 0, status = -1;

	fill_longs(longs);
	for (size_t i = 0; i < NUMBER_COUNT; i++)
		memcpy((char *)o + numbers[i].at, &numbers[i].value, sizeof(int64_t));
	(void)read_cases("first,noop", o);
	opterr = 0;
	while (status < 0 && (got = getopt_long(argc, argv, ":", longs, &at)) != -1) {
		if (got == '?' || got == ':')
			return bad_usage(argv[optind - 1],
					 got == '?' ? _("no such option") : _("this option needs a value"));
		status = (size_t)at < TEXT_COUNT ? take_text(o, (size_t)at, optarg)
						 : take_number(o, (size_t)at - TEXT_COUNT, optarg);
	}
	if (status >= 0)
		return status;
	if (optind < argc)
		return bad_usage(argv[optind], _("takes no argument without an option's name"));
	if ((o->codes == NULL) == (o->data == NULL))
		return bad_usage("--codes, --data",
				 _("give one of the two: codes, or the server's data folder"));
	return -1;
}

/* ---- the order of things ---- */

static int fail(const struct jx_error *err)
{
	fprintf(stderr, "jx-fleet: %s\n", err->text);
	return jx_rc_exit_status(err->code);
}

static jx_rc do_enrol(struct fleet *f, size_t k, struct jx_client_result *r, struct jx_error *err)
{
	(void)r;
	fleet_make_keys(f, k);
	return fleet_enrol(&f->devices[k], f->codes[k], err);
}

static jx_rc do_make(struct fleet *f, size_t k, struct jx_client_result *r, struct jx_error *err)
{
	(void)r;
	return fleet_make_log(f, k, err);
}

static jx_rc do_sync(struct fleet *f, size_t k, struct jx_client_result *r, struct jx_error *err)
{
	const struct fleet_device *d = &f->devices[k];
	const jx_rc rc = fleet_sync(&f->devices[k], r, err);

	/* what is not covered by receipts was not taken, whatever the answer said */
	if (rc == JX_OK && d->receipt_n != d->count)
		return jx_fail(err, JX_ESTATE, 0, "fleet.sync",
			       "device %zu has receipts up to %lld of %lld entries: look at the server's log",
			       k, (long long)d->receipt_n, (long long)d->count);
	for (size_t i = 0; rc == JX_OK && i < d->photo_count; i++)
		if (!d->photos[i].is_receipted && d->photos[i].n <= d->count)
			return jx_fail(err, JX_ESTATE, 0, "fleet.sync",
				       "device %zu has a photo without a receipt: look at the server's log",
				       k);
	return rc;
}

static jx_rc run_all(struct fleet *f, const char *what, fleet_work_fn work, struct fleet_figures *g,
		     struct jx_error *err)
{
	fleet_run(f, what, work, g);
	if (atomic_load(&f->is_stopped))
		return jx_fail(err, JX_EINTR, 0, "fleet.run",
			       "stopped; what the server has confirmed is kept there");
	if (g->failed == 0)
		return JX_OK;
	*err = g->first_failure;
	return err->code;
}

static void print_case(const struct fleet *f, const char *name, const struct fleet_figures *g)
{
	const double each = g->seconds / (double)f->o.devices * 1e3;

	if (f->o.is_json)
		printf("{\"case\":\"%s\",\"devices\":%lld,\"parallel\":%lld,\"seconds\":%.3f,\"entries\":%lld,\"photos\":%lld,"
		       "\"requests\":%lld,\"waits\":%lld,\"up_bytes\":%lld,\"down_bytes\":%lld,\"p50_ms\":%.1f,\"p99_ms\":%.1f,"
		       "\"max_ms\":%.1f,\"cpu_seconds\":%.2f,\"failed\":%lld}\n",
		       name, (long long)f->o.devices, (long long)f->o.parallel, g->seconds,
		       (long long)g->entries, (long long)g->photos, (long long)g->requests,
		       (long long)g->waits, (long long)g->up_bytes, (long long)g->down_bytes, g->p50_ms,
		       g->p99_ms, g->max_ms, g->cpu_seconds, (long long)g->failed);
	else
		printf(_("%s: %lld devices in %.2f s (%.2f ms each), %lld entries, %lld photos, %lld requests, %.1f MB up; "
			 "one sync took %.0f ms, 99 of 100 at most %.0f ms, the slowest %.0f ms; %lld failed"),
		       name, (long long)f->o.devices, g->seconds, each, (long long)g->entries,
		       (long long)g->photos, (long long)g->requests, (double)g->up_bytes / 1e6, g->p50_ms,
		       g->p99_ms, g->max_ms, (long long)g->failed);
	if (!f->o.is_json)
		putchar('\n');
	(void)fflush(stdout);
}

static jx_rc run_cases(struct fleet *f, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (size_t i = 0; i < f->o.case_count && rc == JX_OK; i++) {
		const char *name = case_names[f->o.cases[i]];
		struct fleet_figures g;

		for (int64_t k = 0; k < f->o.devices; k++) {
			struct fleet_device *d = &f->devices[k];

			if (f->o.cases[i] == FLEET_AGAIN)
				fleet_forget(d);
			fleet_show(d, f->o.cases[i] == FLEET_NOOP ? d->receipt_n : d->made);
		}
		rc = run_all(f, name, do_sync, &g, err);
		print_case(f, name, &g);
	}
	return rc;
}

static jx_rc prepare(struct fleet *f, const char *url, struct jx_error *err)
{
	struct fleet_figures g;
	jx_rc rc = JX_OK;

	if (url[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, "fleet.url", "the codes name no server: give --url");
	rc = fleet_server_new(url, &f->server, err);
	if (rc == JX_OK && f->o.photos > 0)
		rc = fleet_make_photo(f, err);
	if (rc == JX_OK)
		rc = run_all(f, _("enrolling"), do_enrol, &g, err);
	if (rc == JX_OK)
		rc = run_all(f, _("making entries"), do_make, &g, err);
	return rc;
}

static void free_fleet(struct fleet **fleet)
{
	struct fleet *f = *fleet;

	stopped_by_signal = NULL;
	for (int64_t k = 0; k < f->o.devices; k++)
		fleet_device_done(&f->devices[k]);
	free(f->devices);
	free(f->photo);
	fleet_server_free(f->server);
	free(f);
}

static jx_rc run(const struct fleet_options *o, struct jx_error *err)
{
	JX_CLEANUP(free_fleet) struct fleet *f = jx_xcalloc(1, sizeof(*f));
	const struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	char **codes = NULL;
	char url[512];
	jx_rc rc;

	f->o = *o;
	f->devices = jx_xcalloc((size_t)o->devices, sizeof(*f->devices));
	f->began_utc_ms = jx_os_clock()->utc_ms(jx_os_clock()->user);
	stopped_by_signal = f;
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	rc = fleet_codes(o, &codes, url, sizeof(url), err);
	f->codes = codes;
	if (rc == JX_OK)
		rc = prepare(f, o->url != NULL ? o->url : url, err);
	if (rc == JX_OK)
		rc = run_cases(f, err);
	fleet_codes_free(codes, (size_t)o->devices);
	return rc;
}

int main(int argc, char **argv)
{
	struct fleet_options o = {.devices = 0};
	struct jx_error err = {.code = JX_OK};
	int status;

	if (jx_os_start("jx-fleet", &err) != JX_OK)
		return fail(&err);
	status = read_options(argc, argv, &o);
	if (status < 0)
		status = run(&o, &err) == JX_OK ? EXIT_SUCCESS : fail(&err);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "jx-fleet: %s\n", _("the output could not be written"));
		return jx_rc_exit_status(JX_EIO);
	}
	return status;
}
