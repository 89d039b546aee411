/* jx sync: send what waits, fetch what is new, say in one line how it went. Its own process: closing the app never stops it. */
#include "packs.h"
#include "photo_state.h"
#include "space.h"
#include "sync_now.h"
#include "sync_what.h"

#include "jiexun/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A device's clock counts as known while it agrees with the newest receipt this far: then an expired certificate is refused. */
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
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};

	(void)user;
	return nanosleep(&t, NULL) == 0 && !stop_requested ? JX_OK : JX_EINTR;
}

/* Who is told how far it has come. */
struct watch {
	const struct cli *c;
	struct cli_sync_now now;
};

static void show_progress(void *user, const struct jx_client_progress *p)
{
	struct watch *watch = user;
	const struct cli *c = watch->c;

	cli_sync_now_write(&watch->now, p);
	if (c->json || c->quiet || !isatty(STDERR_FILENO))
		return;
	fputs("\r\033[K", stderr); /* the line is written over */
	if (p->waiting_ms > 0)
		fprintf(stderr, _("waiting %lld s before the next try ..."),
			(long long)((p->waiting_ms + 999) / 1000));
	else
		fprintf(stderr, _("entries %lld/%lld  photos %lld/%lld  %lld/%lld kB"),
			(long long)p->entries_sent, (long long)p->entries_total, (long long)p->photos_sent,
			(long long)p->photos_total, (long long)(p->photo_bytes_sent / 1000),
			(long long)(p->photo_bytes_total / 1000));
	fflush(stderr);
}

static bool is_clock_trusted(jx_store *store)
{
	char text[32];
	int64_t server_utc_ms, now = jx_os_clock()->utc_ms(NULL);

	return jx_store_get(store, JX_SET_SERVER_UTC_MS, text, sizeof(text), NULL) == JX_OK &&
	       jx_parse_i64(text, 0, INT64_MAX, &server_utc_ms) && now > server_utc_ms - TRUST_BACK_MS &&
	       now < server_utc_ms + TRUST_AHEAD_MS;
}

/* left: what waits; NULL: it could not be counted, and then nothing is said of it, for 0 would be a comfort that is not true. */
static void result_json(const struct jx_client_result *r, const struct jx_error *err,
			const struct jx_store_counts *left, const char *why, struct cli_json *j)
{
	cli_json_begin(j);
	cli_json_bool(j, "ok", r->rc == JX_OK);
	if (r->rc != JX_OK) {
		cli_json_str(j, "error", jx_rc_name(r->rc));
		cli_json_str(j, "text", err->text);
		cli_json_int(j, "exit_status", jx_rc_exit_status(r->rc));
	}
	cli_json_int(j, "entries_sent", r->entries_sent);
	cli_json_int(j, "photos_sent", r->photos_sent);
	cli_json_int(j, "photo_bytes_sent", r->photo_bytes_sent);
	cli_json_int(j, "small_sent", r->small_sent);
	cli_json_int(j, "items", r->items);
	cli_json_int(j, "requests", r->requests);
	cli_json_int(j, "up_bytes", r->up_bytes);
	cli_json_int(j, "down_bytes", r->down_bytes);
	if (left != NULL) {
		cli_json_int(j, "entries_waiting", left->waiting);
		cli_json_int(j, "photos_waiting", left->photos_waiting);
	}
	cli_json_bool(j, "pending", r->is_pending);
	cli_json_bool(j, "must_enrol_again", r->must_enrol_again);
	cli_json_str(j, "server_error", r->server_error);
	cli_json_str(j, "note", r->note);
	cli_json_str(j, "photos_wait_for", why != NULL ? why : "");
}

/* Kept for `jx status` and the app: what the last run said, and when. */
static void keep_result(struct cli *c, const struct jx_client_result *r, const struct jx_error *err,
			const struct jx_store_counts *left, const char *why)
{
	struct cli_json j;
	char now[24];

	result_json(r, err, left, why, &j);
	jx_buf_addc(&j.b, '}');
	(void)snprintf(now, sizeof(now), "%lld", (long long)jx_os_clock()->utc_ms(NULL));
	/* together: no new time beside an old result */
	if (jx_buf_check(&j.b, "result", NULL) == JX_OK)
		(void)jx_store_set_all(c->h.store,
				       (const struct jx_setting[]){
					       {.name = JX_SET_SYNC_RESULT, .value = j.b.data},
					       {.name = JX_SET_SYNC_UTC_MS, .value = now},
				       },
				       2, NULL);
	jx_buf_done(&j.b);
}

static void say_sent(const struct cli *c, const struct jx_client_result *r,
		     const struct jx_store_counts *left)
{
	if (left == NULL)
		cli_say(c, _("synced: %lld entries and %lld photos sent, %lld items came"),
			(long long)r->entries_sent, (long long)r->photos_sent, (long long)r->items);
	else
		cli_say(c,
			_("synced: %lld entries and %lld photos sent, %lld items came; waiting: %lld entries, %lld photos"),
			(long long)r->entries_sent, (long long)r->photos_sent, (long long)r->items,
			(long long)left->waiting, (long long)left->photos_waiting);
}

static void say_waiting(const struct jx_store_counts *left)
{
	if (left == NULL)
		fprintf(stderr, "jx: %s\n", _("nothing is lost: what was not sent waits on this device"));
	else
		fprintf(stderr, _("jx: nothing is lost: %lld entries and %lld photos wait on this device\n"),
			(long long)left->waiting, (long long)left->photos_waiting);
}

/* Of the entry whose photos a person pushed. */
static void say_photos(struct cli *c, const struct jx_entry *e)
{
	for (size_t i = 0; i < e->photo_count; i++) {
		char state[CLI_PHOTO_STATE_MAX], hex[13];

		jx_hex(e->photos[i].sha256, 6, hex);
		cli_photo_state(c, e, &e->photos[i], state);
		cli_say(c, "%s…  %s  %s", hex, jx_word(e->photos[i].role), state);
	}
}

/* Exit status. */
static int report(struct cli *c, const struct jx_client_result *r, const struct cli_sync_what *what,
		  const struct jx_error *err)
{
	const char *why = what->waits_for;
	struct jx_store_counts counts = {0};
	struct jx_error uncounted = {0};
	const jx_rc counted = jx_store_count(c->h.store, &counts, &uncounted);
	const struct jx_store_counts *left = counted == JX_OK ? &counts : NULL;

	if (!c->json && !c->quiet && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (r->requests > 0)
		keep_result(c, r, err, left, why);
	if (c->json) {
		struct cli_json j;

		result_json(r, err, left, why, &j);
		if (what->entry != NULL)
			cli_photo_states_json(c, &what->entry->entry, &j);
		cli_json_end(&j);
	}
	if (r->note[0] != '\0')
		fprintf(stderr, "jx: %s\n", r->note);
	if (r->rc == JX_OK && r->is_pending)
		cli_say(c, "%s",
			_("the office has not confirmed this device yet; what was sent is kept there"));
	if (r->rc == JX_OK)
		say_sent(c, r, left);
	else
		fprintf(stderr, "jx: %s\n", err->text);
	if (what->entry != NULL)
		say_photos(c, &what->entry->entry);
	if (r->small_sent > 0 && left != NULL && left->photos_waiting > 0)
		cli_say(c, _("small copies of %lld photos are at the office; the originals follow"),
			(long long)r->small_sent);
	if (r->rc == JX_OK && why != NULL && left != NULL && left->photos_waiting > 0)
		cli_say(c,
			_("%lld photos (%lld kB) wait for a line that is not metered; jx sync --photo NUMBER sends those of one entry now"),
			(long long)left->photos_waiting,
			(long long)((left->photos_waiting_bytes + 999) / 1000));
	if (r->rc != JX_OK)
		say_waiting(left);
	else if (left == NULL)
		fprintf(stderr, "jx: %s\n", uncounted.text);
	if (r->must_enrol_again)
		fprintf(stderr, "jx: %s\n",
			_("ask the office for a code and run jx enrol --again; what is recorded stays"));
	return jx_rc_exit_status(r->rc != JX_OK ? r->rc : counted);
}

/* Entries are sent and stay sent: what goes wrong with packs is told, and tried again by the next run. */
static void take_packs(struct cli *c, const struct jx_client_config *cc, struct jx_client_result *result)
{
	struct cli_packs_taken taken = {.taken = 0};
	struct jx_error why = {0};
	const jx_rc rc = cli_take_packs(c, cc, result, &taken, &why);

	jx_handheld_note_server_time(&c->h, result->server_utc_ms);
	if (rc != JX_OK && result->note[0] == '\0')
		jx_strcpy(result->note, sizeof(result->note), why.text);
	if (taken.taken > 0)
		cli_say(c, _("%lld new form packs: jx status shows from when they hold"),
			(long long)taken.taken);
	if (taken.refused > 0)
		fprintf(stderr, _("jx: %lld form packs are not used: jx status says why\n"),
			(long long)taken.refused);
}

static jx_rc run_sync(struct cli *c, const struct cli_sync_what *what, const struct jx_identity *id,
		      int tries, struct watch *watch, struct jx_client_result *result, struct jx_error *err)
{
	struct jx_transport_curl_config tc = {
		.url = id->url,
		.pins = id->tls_spki_sha256,
		.pin_count = id->pin_count,
		.clock = jx_os_clock(),
		.is_clock_trusted = is_clock_trusted(c->h.store),
		.no_fast_open = cli_fast_open_is_off(c->h.store, jx_os_clock()),
		.should_stop = should_stop,
	};
	JX_AUTO(jx_transport) transport = NULL;
	enum jx_fast_open fast_open;
	struct jx_cli_binding binding;
	struct jx_error ignored = {0};
	uint8_t server_keys[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES];
	struct jx_client_config cc = {
		.program = "jx/" JX_VERSION,
		.secret_key = c->h.secret_key,
		.identities = (const uint8_t(*)[JX_PUB_BYTES])server_keys,
		.rand = jx_os_rand(),
		.wait = wait_ms,
		.should_stop = should_stop,
		.progress = show_progress,
		.progress_user = watch,
		.no_photos = what->no_photos,
		.no_small = what->no_small,
		.attempts_max = tries,
		.clock = jx_os_clock(),
	};
	jx_rc rc = jx_store_server_keys(c->h.store, server_keys, JX_CLIENT_IDENTITIES_MAX, &cc.identity_count,
					err);

	if (rc == JX_OK)
		rc = jx_transport_curl_new(&tc, &transport, err);
	if (rc != JX_OK)
		return rc;
	jx_cli_bind(&binding, c->h.store, c->h.media, jx_os_fs());
	if (what->entry != NULL) {
		binding.only = what->entry->entry.photos;
		binding.only_count = what->entry->entry.photo_count;
	}
	cc.transport = transport;
	cc.outbox = &binding.outbox;
	cc.sink = &binding.sink;
	memcpy(cc.writer, id->writer, sizeof(cc.writer));
	rc = jx_client_sync(&cc, result, err);
	if (rc == JX_OK && !result->is_pending)
		take_packs(c, &cc, result);
	fast_open = jx_transport_curl_fast_open(transport);
	/* what is kept and tidied up from here on needs no line: it ends along with the last acknowledgement */
	jx_transport_curl_free(JX_STEAL(transport));
	cli_fast_open_keep(c->h.store, jx_os_clock(), fast_open);
	if (rc == JX_OK)
		rc = jx_cli_unbind(&binding, err);
	else
		(void)jx_cli_unbind(&binding, NULL);
	/* after an update of the program, where nobody waits for it; a search does it too */
	if (cli_is_search_behind(c->h.store))
		(void)cli_fill_search(c, c->h.store, should_stop, &ignored);
	/* a failure costs nothing but space, and the next run tries again */
	(void)jx_store_tidy(c->h.store, NULL);
	return rc;
}

int cli_sync(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	struct jx_identity id;
	JX_CLEANUP(cli_sync_what_free) struct cli_sync_what what = {.entry = NULL};
	struct sigaction act = {.sa_handler = on_signal};
	const struct jx_fs *fs = jx_os_fs();
	JX_AUTO_FREE char *lock_path = jx_xasprintf("%s/sync.lock", c->h.dir);
	const char *tries_text = cli_value(a, "tries");
	int64_t tries = 3;
	struct watch watch = {.c = c};
	void *lock = NULL;
	int status;
	jx_rc rc = JX_OK;

	if (tries_text != NULL && !jx_parse_i64(tries_text, 1, 20, &tries))
		rc = jx_fail(&err, JX_EINVAL, 0, "jx.sync",
			     "field \"tries\": \"%s\" is no number from 1 to 20", tries_text);
	if (rc == JX_OK)
		rc = jx_handheld_open_log(&c->h, &err);
	if (rc == JX_OK)
		rc = cli_sync_what(c, a, &what, &err);
	if (rc == JX_OK)
		rc = jx_store_identity(c->h.store, &id, &err);
	if (rc == JX_OK && fs->lock(fs->user, lock_path, 0, &lock, &err) == JX_EBUSY)
		rc = jx_fail(&err, JX_EBUSY, 0, "jx.sync",
			     "another sync of this device is under way; it sends what waits");
	if (rc != JX_OK) {
		status = cli_fail(c, &err);
		free(result);
		return status;
	}
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
	cli_sync_now_begin(&watch.now, c->h.dir);
	result->rc = run_sync(c, &what, &id, (int)tries, &watch, result, &err);
	status = report(c, result, &what, &err);
	if (result->rc == JX_OK)
		cli_free_after_sync(c);
	cli_sync_now_end(&watch.now);
	if (lock != NULL)
		fs->unlock(fs->user, lock);
	free(result);
	return status;
}
