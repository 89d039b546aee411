/* jx sound, and the sound notes of jx log. */
#include "cli.h"
#include "jiexun/camera.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHERE "jx.sound"
/* A display that is drawn ten times a second looks alive. */
#define DRAW_MS 100
/* A thousandth of full scale: a microphone that is switched off, or covered. Speech is fifty times louder. */
#define SILENT_PERMILLE 1
#define BAR_CELLS       20
#define TRY_SECONDS     3

void cli_sound_text(int64_t ms, char *out, size_t cap)
{
	const int64_t s = (ms + 500) / 1000;

	(void)snprintf(out, cap, "%lld:%02d", (long long)(s / 60), (int)(s % 60));
}

/* Somebody sees it grow, and ends it with Enter. */
struct display {
	bool is_shown, has_keys;
	int64_t ms_max;
};

static void draw(const struct display *d, const struct jx_sound_look *l)
{
	char time[32], most[32], bar[BAR_CELLS + 1];
	/* the ear hears in powers: full at full scale, half at a twentieth */
	int cells = 0;

	if (!d->is_shown)
		return;
	for (int level = l->level_permille; level > 0 && cells < BAR_CELLS; level = level * 10 / 14)
		cells++;
	memset(bar, '.', BAR_CELLS);
	memset(bar, '#', (size_t)cells);
	bar[BAR_CELLS] = '\0';
	cli_sound_text(l->recorded_ms, time, sizeof(time));
	cli_sound_text(d->ms_max, most, sizeof(most));
	fprintf(stderr, "\r%s / %s  %s ", time, most, bar);
}

static bool is_key_there(const struct display *d)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	int key;

	if (!d->has_keys || poll(&fd, 1, 0) <= 0)
		return false;
	while ((key = getchar()) != EOF && key != '\n')
		continue;
	return true;
}

static jx_rc record(struct cli *c, int64_t ms_max, struct jx_sound_look *look_out, jx_buf *ogg,
		    struct jx_error *err)
{
	const bool is_quiet = c->json || c->quiet;
	const struct display d = {.is_shown = !is_quiet && isatty(STDERR_FILENO),
				  .has_keys = !is_quiet && isatty(STDIN_FILENO),
				  .ms_max = ms_max};
	const struct jx_sound_config config = {.source = c->h.profile.sound_source,
					       .ms_max = ms_max,
					       .bytes_max = JX_SOUND_BYTES_MAX,
					       .clock = jx_os_clock()};
	JX_AUTO(jx_sound) sound = NULL;
	struct jx_sound_look l;
	jx_rc rc = jx_sound_open(&config, &sound, err);

	if (rc != JX_OK)
		return rc;
	if (d.has_keys)
		fprintf(stderr, "%s\n", _("speak; Enter ends it"));
	do {
		jx_sound_wait(sound, DRAW_MS, &l);
		draw(&d, &l);
	} while (l.state != JX_SOUND_ENDED && l.state != JX_SOUND_FAILED && !is_key_there(&d));
	rc = jx_sound_end(sound, ogg, look_out, err);
	if (d.is_shown)
		fputc('\n', stderr);
	return rc;
}

/* What a person should know before walking on. */
static void warn(const struct jx_sound_look *l)
{
	if (l->is_cut)
		fprintf(stderr, "jx: %s\n",
			_("the microphone ended by itself: what it gave until then is kept; see that it is plugged in"));
	if (l->peak_permille <= SILENT_PERMILLE)
		fprintf(stderr, "jx: %s\n",
			_("the microphone heard nothing: is it switched off, covered, or the wrong one? try it with jx sound"));
}

static jx_rc read_seconds(const char *name, const char *text, int64_t *ms_out, struct jx_error *err)
{
	int64_t s;

	if (!jx_parse_i64(text, 1, JX_SOUND_MS_MAX / 1000, &s))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "field \"%s\": \"%s\" is no length of a note; give seconds, 1..%d", name, text,
			       JX_SOUND_MS_MAX / 1000);
	*ms_out = s * 1000;
	return JX_OK;
}

jx_rc cli_record(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_error *err)
{
	struct jx_sound_look l = {.state = JX_SOUND_STARTING};
	char length[32];
	int64_t ms_max = 0;
	JX_AUTO_BUF ogg;
	jx_rc rc = read_seconds("record", cli_value(a, "record"), &ms_max, err);

	jx_buf_init(&ogg, (size_t)JX_SOUND_BYTES_MAX);
	if (rc == JX_OK)
		rc = record(c, ms_max, &l, &ogg, err);
	if (rc == JX_OK)
		rc = jx_capture_add_sound_bytes(cap, ogg.data, ogg.len, l.began_utc_ms, err);
	if (rc != JX_OK)
		return rc;
	warn(&l);
	cli_sound_text(l.recorded_ms, length, sizeof(length));
	cli_say(c, _("sound note: recorded, %s"), length);
	return JX_OK;
}

jx_rc cli_add_sounds(struct cli *c, const struct cli_args *a, jx_capture *cap, struct jx_error *err)
{
	const bool is_single = cli_nth(a, "sound", 1) == NULL;
	const char *path;
	jx_rc rc = JX_OK;

	for (size_t i = 0; !is_single && rc == JX_OK && (path = cli_nth(a, "sound", i)) != NULL; i++)
		rc = jx_media_check_sound(c->h.media, jx_os_fs(), path, err);
	for (size_t i = 0; rc == JX_OK && (path = cli_nth(a, "sound", i)) != NULL; i++)
		rc = jx_capture_add_sound(cap, path, err);
	return rc;
}

int cli_sound(struct cli *c, const struct cli_args *a)
{
	const char *path = cli_value(a, "output"), *seconds = cli_value(a, "seconds");
	struct jx_sound_look l = {.state = JX_SOUND_STARTING};
	int64_t ms_max = TRY_SECONDS * INT64_C(1000);
	struct jx_error err = {0};
	char length[32];
	JX_AUTO_BUF ogg;
	jx_rc rc = seconds != NULL ? read_seconds("seconds", seconds, &ms_max, &err) : JX_OK;

	jx_buf_init(&ogg, (size_t)JX_SOUND_BYTES_MAX);
	if (rc == JX_OK)
		rc = record(c, ms_max, &l, &ogg, &err);
	if (rc == JX_OK && path != NULL)
		rc = jx_fs_write_all(jx_os_fs(), path, ogg.data, ogg.len, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	warn(&l);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "duration_ms", l.recorded_ms);
		cli_json_int(&j, "peak_permille", l.peak_permille);
		cli_json_int(&j, "size_bytes", (int64_t)ogg.len);
		cli_json_bool(&j, "cut", l.is_cut);
		cli_json_str(&j, "output", path);
		cli_json_end(&j);
	}
	cli_sound_text(l.recorded_ms, length, sizeof(length));
	cli_say(c, _("the microphone works: %s, loudest %d of 1000, %lld bytes"), length, l.peak_permille,
		(long long)ogg.len);
	if (path != NULL)
		cli_say(c, _("kept in %s; it belongs to no entry"), path);
	return 0;
}

void cli_photo_word(const struct jx_photo_ref *photo, char *out, size_t cap)
{
	char length[32];

	if (!jx_photo_is_sound(photo) || photo->duration_ms <= 0) {
		jx_strcpy(out, cap, jx_word(photo->role));
		return;
	}
	cli_sound_text(photo->duration_ms, length, sizeof(length));
	(void)snprintf(out, cap, "%s %s", jx_word(photo->role), length);
}
