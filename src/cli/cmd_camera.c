/* jx camera, and the pictures of jx log --shoot. */
#include "cli.h"
#include "jiexun/camera.h"
#include "jiexun/compose.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHERE    "jx.camera"
#define MB       1000000 /* as the profile counts */
#define ROLE_MAX 16

/* In memory until all are taken. */
struct pictures {
	size_t count;
	char role[JX_PHOTOS_MAX][ROLE_MAX];
	jx_buf bytes[JX_PHOTOS_MAX];
	struct jx_camera_shot shot[JX_PHOTOS_MAX];
};

static void free_pictures(struct pictures *p)
{
	for (size_t i = 0; i < p->count; i++)
		jx_buf_done(&p->bytes[i]);
}

/* Opened, lit if asked for, and ready. */
static jx_rc open_camera(struct cli *c, const struct cli_args *a, jx_camera **out, struct jx_error *err)
{
	struct jx_camera_config config;
	JX_AUTO(jx_camera) camera = NULL;
	jx_rc rc;

	jx_compose_camera(&c->h.profile, &config);
	rc = jx_camera_open(&config, &camera, err);
	if (rc == JX_OK && cli_flag(a, "torch"))
		rc = jx_camera_set_torch(camera, true, err);
	if (rc == JX_OK)
		rc = jx_camera_wait(camera, err);
	if (rc == JX_OK)
		*out = JX_STEAL(camera);
	return rc;
}

static jx_rc read_roles(const char *text, struct pictures *out, struct jx_error *err)
{
	const char *at = text;

	for (;;) {
		const size_t len = strcspn(at, ",");
		char *role;

		if (out->count == JX_PHOTOS_MAX)
			return jx_fail(err, JX_ELIMIT, 0, WHERE,
				       "field \"shoot\": an entry lists at most %d photos; ask for fewer",
				       JX_PHOTOS_MAX);
		role = out->role[out->count];
		(void)snprintf(role, ROLE_MAX, "%.*s", len < ROLE_MAX ? (int)len : ROLE_MAX - 1, at);
		if (len >= ROLE_MAX || !cli_is_role(role))
			return jx_fail(
				err, JX_EINVAL, 0, WHERE,
				"field \"shoot\": \"%s\" is no role; give some of wide, close, before, after, plate and object with commas between them, such as wide,close",
				text);
		out->count++;
		if (at[len] == '\0')
			return JX_OK;
		at += len + 1;
	}
}

/* Somebody at a terminal aims; a script has seen to that itself. */
static jx_rc let_aim(struct cli *c, const char *role, struct jx_error *err)
{
	int key;

	if (c->json || c->quiet || !isatty(STDIN_FILENO))
		return JX_OK;
	printf(_("%s: aim the camera, then press Enter "), jx_word(role));
	(void)fflush(stdout);
	while ((key = getchar()) != EOF && key != '\n')
		continue;
	return key == '\n' ? JX_OK
			   : jx_fail(err, JX_EINTR, 0, WHERE,
				     "stopped before the picture: nothing is saved; enter it again");
}

/* The picture as it came, with time, place and device in its Exif where the camera did not write them. */
static jx_rc take(struct cli *c, jx_camera *camera, const struct jx_fix *fix, struct jx_camera_shot *shot,
		  jx_buf *out, struct jx_error *err)
{
	JX_AUTO_BUF b;
	jx_rc rc;

	jx_buf_init(&b, (size_t)(c->h.profile.photo_max_mb * MB));
	rc = jx_camera_shoot(camera, &b, shot, err);
	if (rc != JX_OK)
		return rc;
	return jx_compose_tag(&c->h.profile, b.data, b.len, shot->taken_utc_ms, fix, out, err);
}

static jx_rc take_all(struct cli *c, const struct cli_args *a, const struct jx_fix *fix, struct pictures *p,
		      struct jx_error *err)
{
	JX_AUTO(jx_camera) camera = NULL;
	jx_rc rc = open_camera(c, a, &camera, err);

	for (size_t i = 0; rc == JX_OK && i < p->count; i++) {
		rc = let_aim(c, p->role[i], err);
		if (rc == JX_OK)
			rc = take(c, camera, fix, &p->shot[i], &p->bytes[i], err);
		if (rc == JX_OK)
			cli_say(c, _("%s: taken, %d x %d"), jx_word(p->role[i]), p->shot[i].width,
				p->shot[i].height);
	}
	return rc;
}

jx_rc cli_shoot(struct cli *c, const struct cli_args *a, jx_capture *cap, const struct jx_fix *fix,
		struct jx_error *err)
{
	JX_CLEANUP(free_pictures) struct pictures p = {.count = 0};
	jx_rc rc = read_roles(cli_value(a, "shoot"), &p, err);

	for (size_t i = 0; i < p.count; i++)
		jx_buf_init(&p.bytes[i], (size_t)(c->h.profile.photo_max_mb * MB));
	if (rc == JX_OK)
		rc = take_all(c, a, fix, &p, err);
	for (size_t i = 0; rc == JX_OK && i < p.count; i++)
		rc = jx_capture_add_photo_bytes(cap, p.bytes[i].data, p.bytes[i].len, p.role[i], "camera",
						err);
	return rc;
}

int cli_camera(struct cli *c, const struct cli_args *a)
{
	const struct jx_fix no_fix = {.source = JX_FIX_NONE, .accuracy_mm = -1, .satellites_used = -1};
	const struct jx_clock *clock = jx_os_clock();
	const int64_t begun_ms = clock->mono_ms(clock->user);
	const char *path = cli_value(a, "output");
	JX_AUTO(jx_camera) camera = NULL;
	struct jx_camera_shot shot;
	struct jx_error err = {0};
	JX_AUTO_BUF b;
	int64_t took_ms;
	jx_rc rc;

	jx_buf_init(&b, (size_t)(c->h.profile.photo_max_mb * MB));
	rc = open_camera(c, a, &camera, &err);
	if (rc == JX_OK)
		rc = take(c, camera, &no_fix, &shot, &b, &err);
	took_ms = clock->mono_ms(clock->user) - begun_ms;
	if (rc == JX_OK && path != NULL)
		rc = jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "width", shot.width);
		cli_json_int(&j, "height", shot.height);
		cli_json_int(&j, "size_bytes", (int64_t)b.len);
		cli_json_int(&j, "took_ms", took_ms);
		cli_json_str(&j, "output", path);
		cli_json_end(&j);
	}
	cli_say(c, _("the camera works: %d x %d, %lld bytes, picture after %lld ms"), shot.width, shot.height,
		(long long)b.len, (long long)took_ms);
	if (path != NULL)
		cli_say(c, _("kept in %s; it belongs to no entry"), path);
	return 0;
}
