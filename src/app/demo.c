/* A throw-away device: folder, profile, walk, key, identity. */
#include "demo.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A square in the middle of the sample city; the walk goes round it. */
#define LAT_DEG 30.2301
#define LON_DEG 119.7200
#define WALK_S  10800 /* three hours; then the receiver is silent, as at the end of a battery */
#define STEP_S  2
/* So far back does the first of the three days begin; the last one begins a good hour and a half ago. */
#define FIRST_BACK_MS (INT64_C(2) * 86400000 + INT64_C(100) * 60000)
#define PREFIX        "jiexun-demo-"
#define UNIQUE        "XXXXXX" /* as mkdtemp wants it */
#define LOCK          "lock"

/* ---- the walk ---------------------------------------------------------------------------------------- */

/* One sentence with its checksum (NMEA 0183: exclusive or of all between $ and *). */
static void add_sentence(GString *out, const char *body)
{
	unsigned sum = 0;

	for (const char *c = body; *c != '\0'; c++)
		sum ^= (unsigned char)*c;
	g_string_append_printf(out, "$%s*%02X\r\n", body, sum);
}

static void format_degrees(double deg, int width, char out[16])
{
	const int whole = (int)deg;

	(void)g_snprintf(out, 16, "%0*d%07.4f", width, whole, (deg - whole) * 60);
}

static void add_epoch(GString *out, GDateTime *at, double lat, double lon)
{
	g_autofree char *clock = g_date_time_format(at, "%H%M%S");
	g_autofree char *day = g_date_time_format(at, "%d%m%y");
	g_autofree char *rmc = NULL, *gga = NULL;
	char lat_text[16], lon_text[16];

	format_degrees(lat, 2, lat_text);
	format_degrees(lon, 3, lon_text);
	gga = g_strdup_printf("GNGGA,%s.00,%s,N,%s,E,1,12,0.30,42.0,M,8.0,M,,", clock, lat_text, lon_text);
	rmc = g_strdup_printf("GNRMC,%s.00,A,%s,N,%s,E,2.1,90.0,%s,,,A", clock, lat_text, lon_text, day);
	add_sentence(out, gga);
	add_sentence(out, rmc);
}

static char *make_walk(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	GString *out = g_string_sized_new(800000);

	for (int s = 0; s < WALK_S; s += STEP_S) {
		g_autoptr(GDateTime) at = g_date_time_add_seconds(now, s);
		const double turn = s / 600.0 * G_PI; /* once round in 20 minutes, 100 m from the middle */

		add_epoch(out, at, LAT_DEG + 0.0009 * sin(turn), LON_DEG + 0.00104 * cos(turn));
	}
	return g_string_free(out, FALSE);
}

/* ---- the folder, and those that others left ----------------------------------------------------------- */

static void remove_tree(const char *path);

/* The lock's file last: what was begun is found again by it. */
static void remove_inside(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		if (strcmp(name, LOCK) != 0)
			remove_tree(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
}

static void remove_tree(const char *path)
{
	g_autofree char *lock = g_build_filename(path, LOCK, NULL);

	if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK) && g_file_test(path, G_FILE_TEST_IS_DIR)) {
		remove_inside(path);
		(void)g_remove(lock);
	}
	(void)g_remove(path);
}

/* Locked before it has its name: the file is never there without the lock while its demonstration lives. */
static jx_rc hold(struct demo *demo, struct jx_error *err)
{
	const struct jx_fs *fs = jx_os_fs();
	g_autofree char *path = g_build_filename(demo->folder, LOCK, NULL);
	g_autofree char *before = g_strconcat(path, ".new", NULL);
	const jx_rc rc = fs->lock(fs->user, before, 0, &demo->lock, err);

	if (rc == JX_OK && g_rename(before, path) != 0)
		return jx_fail(err, JX_EIO, 0, "demo.lock",
			       "the demonstration cannot be written: no room for %s", path);
	return rc;
}

/* Ours by name, owner and the lock's file; anything else that stands there is left alone. */
static bool is_demo(const char *path, const char *name)
{
	g_autofree char *lock = g_build_filename(path, LOCK, NULL);
	struct stat st, lock_st;

	return g_str_has_prefix(name, PREFIX) && strlen(name) == strlen(PREFIX UNIQUE) &&
	       lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == getuid() &&
	       lstat(lock, &lock_st) == 0 && S_ISREG(lock_st.st_mode);
}

/* One that was killed could not remove its folder. Who lives holds its lock; with the process that goes, too. */
static void remove_dead(void)
{
	const struct jx_fs *fs = jx_os_fs();
	GDir *dir = g_dir_open(g_get_tmp_dir(), 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(g_get_tmp_dir(), name, NULL);
		g_autofree char *file = g_build_filename(path, LOCK, NULL);
		struct jx_error ignored;
		void *lock = NULL;

		if (!is_demo(path, name) || fs->lock(fs->user, file, 0, &lock, &ignored) != JX_OK)
			continue;
		remove_tree(path);
		fs->unlock(fs->user, lock);
	}
	if (dir != NULL)
		g_dir_close(dir);
}

void demo_remove(struct demo *demo)
{
	if (demo->folder != NULL)
		remove_tree(demo->folder);
	if (demo->lock != NULL)
		jx_os_fs()->unlock(jx_os_fs()->user, demo->lock);
	g_free(demo->folder);
	g_free(demo->home);
	g_free(demo->profile);
	*demo = (struct demo){0};
}

/* ---- folder and profile ------------------------------------------------------------------------------ */

static jx_rc write_file(const char *path, const char *text, struct jx_error *err)
{
	g_autoptr(GError) failed = NULL;

	if (!g_file_set_contents(path, text, -1, &failed))
		return jx_fail(err, JX_EIO, 0, "demo.write", "the demonstration cannot be written: %s",
			       failed->message);
	return JX_OK;
}

static jx_rc make_folder(struct demo *demo, struct jx_error *err)
{
	g_autoptr(GError) failed = NULL;
	g_autofree char *walk_path = NULL, *walk = NULL, *profile = NULL;
	jx_rc rc;

	demo->folder = g_dir_make_tmp(PREFIX UNIQUE, &failed);
	if (demo->folder == NULL)
		return jx_fail(err, JX_EIO, 0, "demo.folder", "no folder for the demonstration: %s",
			       failed->message);
	demo->home = g_build_filename(demo->folder, "data", NULL);
	demo->profile = g_build_filename(demo->folder, "profile.ini", NULL);
	walk_path = g_build_filename(demo->folder, "walk.nmea", NULL);
	walk = make_walk();
	profile = g_strdup_printf("[device]\nname = H07\nmodel = demo\n"
				  "[gps]\nsource = replay\nreplay = %s\n"
				  "[camera]\nsource = test\nwidth = 960\nheight = 1280\n",
				  walk_path);
	rc = hold(demo, err);
	if (rc == JX_OK)
		rc = write_file(walk_path, walk, err);
	return rc == JX_OK ? write_file(demo->profile, profile, err) : rc;
}

/* ---- the device -------------------------------------------------------------------------------------- */

static int64_t clock_utc_ms(void *user)
{
	return ((struct demo_clock *)user)->utc_ms;
}

static int64_t clock_mono_ms(void *user)
{
	const struct demo_clock *c = user;

	return 1000 + c->utc_ms - c->first_utc_ms;
}

static void clock_boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	(void)user;
	jx_os_clock()->boot_id(jx_os_clock()->user, id);
}

static void make_keys(uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	uint8_t seed[32];

	jx_os_rand()->fill(jx_os_rand()->user, seed, sizeof(seed));
	jx_key_from_seed(seed, pub, sec);
	jx_wipe(seed, sizeof(seed));
}

/* As an enrolment leaves it, with a server that was never there: its address is one that no network has (RFC 2606). */
static jx_rc enrol(struct jx_handheld *h, const uint8_t server_pub[JX_PUB_BYTES], int64_t now_utc_ms,
		   struct jx_error *err)
{
	struct jx_identity id = {.role = "field", .area = "330185", .url = "https://demo.invalid"};
	struct jx_device_keys keys;
	uint8_t secret[JX_SEC_BYTES];
	jx_rc rc;

	jx_handheld_keys(h, &keys);
	rc = jx_device_create_key(&keys, jx_os_fs(), jx_os_rand(), id.public_key, secret, err);
	jx_wipe(secret, sizeof(secret));
	jx_uuid7(jx_os_clock(), jx_os_rand(), id.writer);
	jx_strcpy(id.short_code, sizeof(id.short_code), "H07");
	memcpy(id.server_identity, server_pub, JX_PUB_BYTES);
	id.pin_count = 1;
	memcpy(id.tls_spki_sha256[0], server_pub, JX_HASH_BYTES);
	id.enrolled_utc_ms = now_utc_ms;
	if (rc == JX_OK)
		rc = jx_handheld_open_store(h, false, err);
	return rc == JX_OK ? jx_store_set_identity(h->store, &id, err) : rc;
}

static jx_rc make_device(const struct demo *demo, struct jx_error *err)
{
	const int64_t now_utc_ms = jx_os_clock()->utc_ms(jx_os_clock()->user);
	struct demo_clock clock = {
		.clock = {.utc_ms = clock_utc_ms, .mono_ms = clock_mono_ms, .boot_id = clock_boot_id},
		.utc_ms = now_utc_ms - FIRST_BACK_MS,
		.first_utc_ms = now_utc_ms - FIRST_BACK_MS};
	struct jx_handheld *h = g_new0(struct jx_handheld, 1);
	uint8_t server_pub[JX_PUB_BYTES], server_sec[JX_SEC_BYTES];
	jx_rc rc;

	clock.clock.user = &clock;
	make_keys(server_pub, server_sec);
	rc = jx_handheld_set_up(h, demo->profile, demo->home, err);
	if (rc == JX_OK)
		rc = enrol(h, server_pub, clock.utc_ms, err);
	if (rc == JX_OK)
		rc = jx_handheld_open_recorder(h, err);
	if (rc == JX_OK) {
		h->recorder.clock = &clock.clock;
		rc = demo_fill(h, &clock, server_sec, err);
	}
	jx_handheld_close(h);
	jx_wipe(server_sec, sizeof(server_sec));
	g_free(h);
	return rc;
}

jx_rc demo_make(struct demo *demo, struct jx_error *err)
{
	jx_rc rc;

	remove_dead();
	rc = make_folder(demo, err);

	return rc == JX_OK ? make_device(demo, err) : rc;
}
