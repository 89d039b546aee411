/* jx-office pull: what is new, into the journal; then the files of the days it touched. */
#include "program.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As in jx sync: the clock counts as known while it agrees with the newest time heard from the server this far. */
#define TRUST_BACK_MS  INT64_C(86400000)
#define TRUST_AHEAD_MS (INT64_C(30) * 86400000)

static volatile sig_atomic_t stop_requested; /* a signal handler can reach nothing else */

static void on_signal(int sig)
{
	(void)sig;
	stop_requested = 1;
}

static bool should_stop(void *user)
{
	(void)user;
	return stop_requested != 0;
}

static jx_rc wait_ms(void *user, int64_t ms)
{
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)user;
	return nanosleep(&t, NULL) == 0 && stop_requested == 0 ? JX_OK : JX_EINTR;
}

struct pull {
	struct office *o;
	struct jx_office__desk desk;
	struct jx_outbox outbox;
	struct jx_sink sink;
	struct jx_client_config cc;
	struct jx_client_result result;
	jx_transport *transport;
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	int tries;
	bool no_photos, no_files;
	int64_t observations_before, observations, photos, photos_left;
	int64_t small, small_new;    /* small copies in place of originals that are not here */
	struct jx_error photo_error; /* of the first photo that was left out */
	int64_t days;
	int64_t packs;                     /* new ones */
	int64_t life_before, bytes_before; /* of the journal */
	int64_t at_once;
	jx_buf at_once_json;
};

static void free_pull(struct pull **p)
{
	jx_buf_done(&(*p)->at_once_json);
	jx_transport_curl_free((*p)->transport);
	jx_office__desk_close(&(*p)->desk);
	jx_wipe((*p)->secret_key, sizeof((*p)->secret_key));
	free(*p);
}

static bool has_terminal(const struct office *o)
{
	return !o->json && !o->quiet && isatty(STDERR_FILENO);
}

static void show_progress(void *user, const struct jx_client_progress *p)
{
	const struct pull *pull = user;

	if (!has_terminal(pull->o))
		return;
	fputs("\r\033[K", stderr); /* the line is written over */
	if (p->waiting_ms > 0)
		fprintf(stderr, _("waiting %lld s before the next try ..."),
			(long long)((p->waiting_ms + 999) / 1000));
	else
		fprintf(stderr, _("%lld items ..."), (long long)p->items);
	fflush(stderr);
}

static bool is_clock_trusted(const struct jx_office__state *s)
{
	const int64_t now = jx_os_clock()->utc_ms(NULL);

	return s->last_pull_utc_ms > 0 && now > s->last_pull_utc_ms - TRUST_BACK_MS &&
	       now < s->last_pull_utc_ms + TRUST_AHEAD_MS;
}

static jx_rc open_pull(struct pull *p, struct jx_error *err)
{
	struct jx_office__desk *desk = &p->desk;
	const struct jx_fs *fs = jx_os_fs();
	/* nothing is remembered of the line between two evenings, and a PC has a good one */
	struct jx_transport_curl_config tc = {
		.clock = jx_os_clock(), .should_stop = should_stop, .no_fast_open = true};
	jx_rc rc = jx_office__desk_open(fs, jx_os_clock(), p->o->dir, 0, desk, err);

	if (rc == JX_OK)
		rc = jx_office__key_load(fs, p->o->dir, p->public_key, p->secret_key, err);
	if (rc == JX_OK && memcmp(p->public_key, desk->account.public_key, JX_PUB_BYTES) != 0)
		rc = jx_fail(
			err, JX_EAUTH, 0, "office.pull",
			"the key in %s is not the one this office was enrolled with: put office.key back from a copy",
			p->o->dir);
	if (rc != JX_OK)
		return rc;
	tc.url = desk->account.url;
	tc.pins = (const uint8_t(*)[JX_HASH_BYTES])desk->account.pins;
	tc.pin_count = desk->account.pin_count;
	tc.is_clock_trusted = is_clock_trusted(&desk->journal.state);
	return jx_transport_curl_new(&tc, &p->transport, err);
}

static void configure(struct pull *p)
{
	struct jx_office__account *a = &p->desk.account;

	jx_office__bind(&p->desk, &p->outbox, &p->sink);
	p->cc = (struct jx_client_config){
		.transport = p->transport,
		.outbox = &p->outbox,
		.sink = &p->sink,
		.program = "jx-office/" JX_VERSION,
		.secret_key = p->secret_key,
		.identities = (const uint8_t(*)[JX_PUB_BYTES])a->identities,
		.identity_count = a->identity_count < JX_CLIENT_IDENTITIES_MAX ? a->identity_count
									       : JX_CLIENT_IDENTITIES_MAX,
		.rand = jx_os_rand(),
		.wait = wait_ms,
		.should_stop = should_stop,
		.progress = show_progress,
		.progress_user = p,
		.wants_token = true,
		.asks_ahead = true,
		.attempts_max = p->tries,
	};
	memcpy(p->cc.writer, a->writer, sizeof(p->cc.writer));
}

static jx_rc sync_once(struct pull *p, struct jx_error *err)
{
	configure(p);
	return jx_client_sync(&p->cc, &p->result, err);
}

/* One photo; a token lives 15 minutes, an evening's photos may take longer. */
static jx_rc fetch(struct pull *p, const struct jx_office__wanted *w, struct jx_error *err)
{
	struct jx_client_blob_config blob = {
		.transport = p->transport,
		.token = p->result.token,
		.rand = jx_os_rand(),
		.wait = wait_ms,
		.attempts_max = p->tries,
	};
	jx_rc rc = jx_office__photo_fetch(&p->desk, &blob, w, err);

	if (rc != JX_EAUTH)
		return rc;
	rc = sync_once(p, err);
	if (rc == JX_OK)
		rc = jx_office__photo_fetch(&p->desk, &blob, w, err);
	return rc;
}

/* So that there is something to look at until the original comes. What fails here is tried again with the next pull. */
static jx_rc fetch_small(struct pull *p, const struct jx_office__wanted *w)
{
	const struct jx_client_blob_config blob = {
		.transport = p->transport,
		.token = p->result.token,
		.rand = jx_os_rand(),
		.wait = wait_ms,
		.attempts_max = p->tries,
	};
	struct jx_error ignored = {.code = JX_OK};
	bool is_new = false;
	const jx_rc rc = jx_office__small_fetch(&p->desk, &blob, w, &is_new, &ignored);

	p->small += rc == JX_OK;
	p->small_new += is_new;
	return rc;
}

/* Of handhelds that send none there may be thousands: they are not asked for one by one at each pull. */
#define SMALL_MISSES_MAX 100

/* Photos that are still on their way, newest first. */
static jx_rc fetch_missing(struct pull *p, struct jx_error *err)
{
	struct jx_office__wanted w;
	JX_AUTO_BUF list = {0};
	int misses = 0;
	jx_rc rc = jx_office__index_missing(p->desk.index, &list, err);

	for (size_t at = 0; rc == JX_OK && at < list.len && misses < SMALL_MISSES_MAX; at += sizeof(w)) {
		jx_rc got;

		memcpy(&w, list.data + at, sizeof(w));
		got = fetch_small(p, &w);
		misses += got == JX_ENOTFOUND;
		if (got != JX_OK && got != JX_ENOTFOUND)
			break;
	}
	return rc;
}

static jx_rc keep_bytes(void *user, const void *data, size_t len, struct jx_error *err)
{
	jx_buf *out = user;

	jx_buf_add(out, data, len);
	return jx_buf_check(out, "pack", err);
}

static jx_rc fetch_pack(void *user, const struct jx_pack_seal *seal, jx_buf *out, struct jx_error *err)
{
	struct pull *p = user;
	const struct jx_client_blob_config blob = {
		.transport = p->transport,
		.token = p->result.token,
		.rand = jx_os_rand(),
		.wait = wait_ms,
		.attempts_max = p->tries,
	};

	return jx_client_get_blob(&blob, seal->sha256, seal->size_bytes, 0, NULL, keep_bytes, out, err);
}

/* Before files are made: they name what the packs name. What fails here is told, and tried again with the next pull. */
static void take_packs(struct pull *p)
{
	struct jx_error why = {.code = JX_OK};
	jx_rc rc = jx_office__desk_index(&p->desk, &why);

	if (rc == JX_OK)
		rc = jx_office__take_packs(&p->desk, fetch_pack, p, &p->packs, &why);
	if (rc != JX_OK)
		fprintf(stderr, "jx-office: %s\n", why.text);
}

static void say_packs(const struct pull *p)
{
	const struct jx_shelf_problem *problem;

	if (p->desk.shelf == NULL)
		return;
	if (p->packs > 0)
		office_say(p->o, _("%lld new form packs, in %s/packs"), (long long)p->packs, p->o->dir);
	for (size_t i = 0; (problem = jx_shelf_problem_at(p->desk.shelf, i)) != NULL; i++) {
		fprintf(stderr, _("jx-office: form pack %s is not used: %s"), problem->key, problem->text);
		fputc('\n', stderr);
	}
}

/* A photo that is not there or does not fit its hash is left out and asked for again next time; all else ends the run. */
static jx_rc fetch_photos(struct pull *p, struct jx_error *err)
{
	struct jx_office__wanted w = {.size_bytes = 0};
	int64_t total = 0, ignored = 0;
	jx_rc rc = jx_office__index_counts(p->desk.index, &ignored, &total, err);

	while (rc == JX_OK && (rc = jx_office__index_next_wanted(p->desk.index, &w, err)) == JX_OK) {
		struct jx_error why = {.code = JX_OK};

		rc = fetch(p, &w, &why);
		if (rc == JX_OK) {
			p->photos++;
			rc = jx_office__index_fetched(p->desk.index, &w, err);
		} else if (rc == JX_ENOTFOUND || rc == JX_ECORRUPT) {
			if (p->photos_left++ == 0)
				p->photo_error = why;
			(void)fetch_small(p, &w);
			rc = JX_OK;
		} else if (err != NULL) {
			*err = why;
		}
		if (has_terminal(p->o)) {
			fputs("\r\033[K", stderr);
			fprintf(stderr, _("photos %lld/%lld"), (long long)p->photos, (long long)total);
		}
	}
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

static jx_rc export_day(void *user, const char *day, struct jx_error *err)
{
	struct pull *p = user;
	JX_AUTO_FREE char *dir = jx_office__day_dir(p->desk.dir, day);
	int64_t rows = 0, listed = 0, incomplete = 0;
	jx_rc rc = jx_office__export_day(&p->desk, day, &rows, err);

	if (rc == JX_OK)
		rc = jx_office__index_day_done(p->desk.index, day, err);
	if (rc != JX_OK)
		return rc;
	p->days++;
	office_say(p->o, _("%s: %lld observations, in %s"), day, (long long)rows, dir);
	return p->o->json || p->o->quiet
		       ? JX_OK
		       : office_show_statement(p->o, &p->desk, day, &listed, &incomplete, err);
}

/* Files of the changed days. Whatever became of the network, what is in the journal is in the files. */
static jx_rc make_files(struct pull *p, struct jx_error *err)
{
	int64_t wanted = 0;
	jx_rc rc = jx_office__desk_index(&p->desk, err);

	if (rc == JX_OK && !p->no_files)
		rc = jx_office__index_each_changed_day(p->desk.index, export_day, p, err);
	if (rc == JX_OK)
		rc = jx_office__index_counts(p->desk.index, &p->observations, &wanted, err);
	return rc;
}

/* Before the tables. After a snapshot all of it is new: better told twice than not at all. */
static jx_rc tell_at_once(struct pull *p, struct jx_error *err)
{
	const struct jx_office__state *s = &p->desk.journal.state;
	const int64_t from = s->life == p->life_before ? p->bytes_before : 0;
	jx_rc rc;

	if (p->o->json)
		jx_buf_addc(&p->at_once_json, '[');
	rc = office_tell_at_once(p->o, &p->desk, from, p->o->json ? &p->at_once_json : NULL, &p->at_once,
				 err);
	if (p->o->json)
		jx_buf_addc(&p->at_once_json, ']');
	return rc;
}

static jx_rc pull(struct pull *p, struct jx_error *err)
{
	struct jx_error why = {.code = JX_OK};
	int64_t wanted = 0;
	jx_rc rc = open_pull(p, err), files;

	if (rc == JX_OK)
		rc = jx_office__index_counts(p->desk.index, &p->observations_before, &wanted, err);
	if (rc != JX_OK)
		return rc;
	p->life_before = p->desk.journal.state.life;
	p->bytes_before = p->desk.journal.state.journal_bytes;
	jx_buf_init(&p->at_once_json, 1 << 24);
	rc = sync_once(p, err);
	/* the files are made from elsewhere */
	(void)malloc_trim(0);
	if (has_terminal(p->o))
		fputs("\r\033[K", stderr);
	if (rc == JX_OK && !p->result.is_pending)
		p->desk.journal.state.last_pull_utc_ms = jx_os_clock()->utc_ms(NULL);
	files = tell_at_once(p, &why);
	if (files == JX_OK)
		if (rc == JX_OK && p->result.token[0] != '\0')
			take_packs(p);
	files = make_files(p, &why);
	if (rc == JX_OK && files == JX_OK && !p->no_photos && p->result.token[0] != '\0')
		rc = fetch_photos(p, err);
	if (rc == JX_OK && files == JX_OK && !p->no_photos && p->result.token[0] != '\0')
		rc = fetch_missing(p, err);
	if (has_terminal(p->o))
		fputs("\r\033[K", stderr);
	(void)jx_office__state_save(p->desk.fs, p->desk.dir, &p->desk.journal.state, NULL);
	if (rc == JX_OK && files != JX_OK) {
		*err = why;
		rc = files;
	}
	return rc;
}

static void report_json(const struct pull *p, jx_rc rc, const struct jx_error *err)
{
	struct jx_office__json j;

	jx_office__json_begin(&j);
	jx_office__json_bool(&j, "ok", rc == JX_OK);
	if (rc != JX_OK) {
		jx_office__json_str(&j, "error", jx_rc_name(rc));
		jx_office__json_str(&j, "text", err->text);
		jx_office__json_int(&j, "exit_status", jx_rc_exit_status(rc));
	}
	jx_office__json_int(&j, "items", p->desk.new_items);
	jx_office__json_int(&j, "entries", p->desk.new_entries);
	jx_office__json_int(&j, "observations", p->observations - p->observations_before);
	jx_office__json_int(&j, "photos", p->photos);
	jx_office__json_int(&j, "photos_left_out", p->photos_left);
	jx_office__json_int(&j, "photos_small", p->small);
	jx_office__json_int(&j, "photos_small_new", p->small_new);
	jx_office__json_int(&j, "at_once", p->at_once);
	if (p->at_once > 0)
		jx_office__json_buf(&j, "at_once_entries", &p->at_once_json);
	jx_office__json_int(&j, "repeats", p->desk.repeats);
	jx_office__json_int(&j, "days", p->days);
	jx_office__json_int(&j, "packs", p->packs);
	jx_office__json_int(&j, "packs_refused",
			    p->desk.shelf == NULL ? 0 : (int64_t)jx_shelf_problem_count(p->desk.shelf));
	jx_office__json_int(&j, "requests", p->result.requests);
	jx_office__json_int(&j, "down_bytes", p->result.down_bytes);
	jx_office__json_bool(&j, "pending", p->result.is_pending);
	jx_office__json_str(&j, "home", p->o->dir);
	office_print(&j);
}

static int report(const struct pull *p, jx_rc rc, const struct jx_error *err)
{
	if (p->o->json)
		report_json(p, rc, err);
	say_packs(p);
	if (p->photos_left > 0)
		fprintf(stderr,
			_("jx-office: %lld photos could not be fetched and are asked for again next time; the first: %s\n"),
			(long long)p->photos_left, p->photo_error.text);
	if (p->small > 0)
		fprintf(stderr,
			_("jx-office: of %lld photos there is a small copy to look at (%lld new); the originals are not here yet\n"),
			(long long)p->small, (long long)p->small_new);
	if (rc != JX_OK) {
		fprintf(stderr, "jx-office: %s\n", err->text);
		if (p->desk.new_items > 0)
			fprintf(stderr,
				_("jx-office: %lld items came before that and are kept; run it again to go on\n"),
				(long long)p->desk.new_items);
		return jx_rc_exit_status(rc);
	}
	if (p->result.is_pending) {
		office_say(
			p->o, "%s",
			_("the administrator has not confirmed this office yet; nothing comes until then"));
		return 0;
	}
	office_say(p->o,
		   _("pulled: %lld items, among them %lld observations; %lld photos; everything is in %s"),
		   (long long)p->desk.new_items, (long long)(p->observations - p->observations_before),
		   (long long)p->photos, p->o->dir);
	return 0;
}

/*
 * Each answer is taken apart in blocks of a few megabytes. glibc gives such back to the kernel when they are freed, and with the next
 * answer the kernel hands them out again, cleared, page by page: 6,600 pages in a pull of 10,000 entries, a tenth of its time.
 */
static void keep_memory(void)
{
	(void)mallopt(M_ARENA_MAX, 1); /* the thread that asks ahead would keep its answers for itself */
	(void)mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

int office_pull(struct office *o, const struct office_args *a)
{
	JX_CLEANUP(free_pull) struct pull *p = jx_xcalloc(1, sizeof(*p));
	struct jx_error err = {.code = JX_OK};
	struct sigaction act = {.sa_handler = on_signal};
	const char *text = office_value(a, "tries");
	int64_t tries = 3;
	jx_rc rc;

	keep_memory();
	p->o = o;
	p->no_photos = office_flag(a, "no-photos");
	p->no_files = office_flag(a, "no-files");
	if (text != NULL && !jx_parse_i64(text, 1, 20, &tries)) {
		(void)jx_fail(&err, JX_EINVAL, 0, "office.pull",
			      "field \"tries\": \"%s\" is no number from 1 to 20", text);
		return office_fail(o, &err);
	}
	p->tries = (int)tries;
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	rc = pull(p, &err);
	return report(p, rc, &err);
}
