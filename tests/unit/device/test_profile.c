#include "jx_test.h"

#include <stdlib.h>

#include "device_private.h"

static jx_rc parse(const char *text, struct jx_profile *p, struct jx_error *err)
{
	return jx_device_parse_profile(text, strlen(text), "/etc/jiexun/profile.ini", p, err);
}

static void an_empty_profile_is_the_built_in_one(void **state)
{
	struct jx_profile p, built_in;
	struct jx_error err;

	(void)state;
	jx_device_default_profile(&built_in);
	jx_assert_ok(parse("", &p, &err), &err);
	assert_string_equal(p.file, "/etc/jiexun/profile.ini");
	memset(p.file, 0, sizeof(p.file));
	assert_memory_equal(&p, &built_in, sizeof(p));
	assert_int_equal(built_in.gps_source, JX_DEVICE_GPS_GPSD);
	assert_int_equal(built_in.utc_offset_min, 480);
	assert_true(built_in.warn_mb >= built_in.reserve_mb);
}

static void every_key_is_read(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf# comment\r\n"
		"; another\r\n"
		"[device]\r\nname = 巡查 七号\r\nmodel=X 1\r\n\r\n"
		"[gps]\nsource = replay\nhost=::1\nport = 65535\ndevice = /dev/gps0\n"
		"replay = /var/lib/a=b.nmea\nstale_after_ms = 500\n"
		"[storage]\ndata_dir = /srv/jx\nreserve_mb = 16\nwarn_mb = 1000000\n"
		"prune = never\nkeep_days = 90\nbackup = none\n"
		"[photos]\n max_mb\t=\t100 \n"
		"[camera]\nsource = pipeline\ndevice = /dev/video2\npipeline = a name=b ! c\n"
		"format = jpeg\nwidth = 4000\nheight = 3000\nquality = 95\nsettle_ms = 0\n"
		"wait_ms = 60000\ntorch = /sys/class/leds/white:flash\n"
		"[day]\nutc_offset_min = -720\n"
		"[sync]\ninterval_min = 1440\nmetered_originals = send\n"
		"[keys]\nstore = systemd-creds";
	struct jx_profile p;
	struct jx_error err;

	(void)state;
	jx_assert_ok(parse(text, &p, &err), &err);
	assert_string_equal(p.name, "巡查 七号");
	assert_string_equal(p.model, "X 1");
	assert_int_equal(p.gps_source, JX_DEVICE_GPS_REPLAY);
	assert_string_equal(p.gps_host, "::1");
	assert_int_equal(p.gps_port, 65535);
	assert_string_equal(p.gps_device, "/dev/gps0");
	assert_string_equal(p.gps_replay, "/var/lib/a=b.nmea");
	assert_int_equal(p.gps_stale_after_ms, 500);
	assert_string_equal(p.data_dir, "/srv/jx");
	assert_int_equal(p.reserve_mb, 16);
	assert_int_equal(p.warn_mb, 1000000);
	assert_int_equal(p.prune, JX_DEVICE_PRUNE_NEVER);
	assert_int_equal(p.keep_days, 90);
	assert_int_equal(p.backup, JX_DEVICE_BACKUP_NONE);
	assert_int_equal(p.photo_max_mb, 100);
	assert_int_equal(p.camera_source, JX_DEVICE_CAMERA_PIPELINE);
	assert_string_equal(p.camera_device, "/dev/video2");
	assert_string_equal(p.camera_pipeline, "a name=b ! c");
	assert_int_equal(p.camera_format, JX_DEVICE_CAMERA_JPEG);
	assert_int_equal(p.camera_width, 4000);
	assert_int_equal(p.camera_height, 3000);
	assert_int_equal(p.camera_quality, 95);
	assert_int_equal(p.camera_settle_ms, 0);
	assert_int_equal(p.camera_wait_ms, 60000);
	assert_string_equal(p.camera_torch, "/sys/class/leds/white:flash");
	assert_int_equal(p.utc_offset_min, -720);
	assert_int_equal(p.sync_interval_min, 1440);
	assert_int_equal(p.metered_originals, JX_DEVICE_METERED_SEND);
	assert_int_equal(p.key_store, JX_DEVICE_KEY_SYSTEMD_CREDS);
	assert_int_equal(p.warning_count, 0);
}

static void wrong_lines_are_named_with_file_line_and_key(void **state)
{
	static const struct {
		const char *text;
		const char *says[3];
	} cases[] = {
		{"[gps]\nport = 0\n", {"profile.ini line 2", "port", "1 to 65535"}},
		{"[gps]\nport = 65536\n", {"line 2", "port", "65535"}},
		{"[gps]\nport = 2947 # usual\n", {"line 2", "port", "whole number"}},
		{"[gps]\nport =\n", {"line 2", "port", "whole number"}},
		{"[gps]\nport = 99999999999999999999\n", {"line 2", "port", "whole number"}},
		{"[gps]\n\n\nsource = GPSD\n", {"line 4", "source", "gpsd, none, replay"}},
		{"[gps]\nsource = replay\n", {"profile.ini", "replay", "NMEA"}},
		{"[gps]\nhost =\n", {"profile.ini", "host", "127.0.0.1"}},
		{"[gps]\nreplay = walk.nmea\n", {"line 2", "replay", "begins with /"}},
		{"[gps]\nport = 1\nport = 1\n", {"line 3", "port", "twice"}},
		{"[camera]\nsource = webcam\n",
		 {"line 2", "source", "none, v4l2, libcamera, test, file, pipeline"}},
		{"[camera]\nsource = file\ndevice = a.jpg\n", {"profile.ini", "device", "path"}},
		{"[camera]\nsource = pipeline\n", {"profile.ini", "pipeline", "needs one"}},
		{"[camera]\nwidth = 640\n", {"profile.ini", "height", "both"}},
		{"[camera]\nquality = 49\n", {"line 2", "quality", "50 to 100"}},
		{"[camera]\ntorch = flash\n", {"line 2", "torch", "begins with /"}},
		{"[storage]\ndata_dir = ~/jiexun\n", {"line 2", "data_dir", "begins with /"}},
		{"[storage]\nkeep_days = 29\n", {"profile.ini", "keep_days", "30"}},
		{"[storage]\nwarn_mb = 100\nreserve_mb = 200\n", {"profile.ini", "warn_mb", "reserve_mb"}},
		{"[sync]\nmetered_originals = maybe\n", {"line 2", "metered_originals", "wait, send"}},
		{"[keys]\nstore = tpm\n", {"line 2", "store", "systemd-creds"}},
		{"port = 1\n", {"line 1", "section", "before"}},
		{"[gps]\nport\n", {"line 2", "key = value", ""}},
		{"[gps]\n = 1\n", {"line 2", "key = value", ""}},
		{"[gps\nport = 1\n", {"line 1", "[name]", ""}},
		{"[]\n", {"line 1", "[name]", ""}},
		{"[device]\nname = 123456789012345678901234567890123456789012345678901234567890abcd\n",
		 {"line 2", "name", "63"}},
		{"[device]\nname = \xff\n", {"profile.ini", "UTF-8", ""}},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct jx_profile p;
		struct jx_error err;

		memset(&p, 0x5a, sizeof(p));
		jx_assert_rc(parse(cases[i].text, &p, &err), JX_EINVAL, &err);
		for (k = 0; k < 3; k++)
			jx_assert_says(&err, cases[i].says[k]);
		assert_int_equal(((const unsigned char *)&p)[0], 0x5a);
		assert_int_equal(((const unsigned char *)&p)[sizeof(p) - 1], 0x5a);
	}
}

static void lines_and_files_have_a_ceiling(void **state)
{
	JX_AUTO_FREE char *text = jx_xcalloc(1, 70000);
	struct jx_profile p;
	struct jx_error err;

	(void)state;
	memset(text, 'a', 3000);
	jx_assert_rc(parse(text, &p, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "longer than 2047");
	memset(text, '\n', 69999);
	jx_assert_rc(parse(text, &p, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "no profile");
	/* NUL would end the text for some and not for others. */
	jx_assert_rc(jx_device_parse_profile("[gps]\0\n", 7, "f", &p, &err), JX_EINVAL, &err);
}

static void unknown_keys_warn_and_change_nothing(void **state)
{
	struct jx_profile p;
	struct jx_error err;
	JX_AUTO_BUF text;
	int i;

	(void)state;
	jx_assert_ok(parse("[lidar]\nsource = x\n[gps]\nbaud = 9600\nport = 4000\nbaud = 1\n", &p, &err),
		     &err);
	assert_int_equal(p.gps_port, 4000);
	assert_int_equal(p.warning_count, 3);
	assert_non_null(strstr(p.warnings[0], "line 2"));
	assert_non_null(strstr(p.warnings[0], "lidar"));
	assert_non_null(strstr(p.warnings[1], "baud"));
	jx_buf_init(&text, 4096);
	jx_buf_adds(&text, "[x]\n");
	for (i = 0; i < 40; i++)
		jx_buf_addf(&text, "k%d = 1\n", i);
	jx_assert_ok(parse(text.data, &p, &err), &err);
	assert_int_equal(p.warning_count, 40);
}

static void the_first_profile_found_counts_alone(void **state)
{
	JX_CLEANUP(jx_free_p) char *folder = jx_test_folder();
	JX_AUTO_FREE char *config = jx_test_path(folder, "c"), *etc = jx_test_path(folder, "e");
	JX_AUTO_FREE char *share = jx_test_path(folder, "s"), *own = jx_test_path(folder, "own.ini");
	static const struct {
		const char *below, *text;
		const char *name;
	} files[] = {
		{"s/profiles/desktop.ini", "[device]\nname = share\n", "share"},
		{"e/profile.ini", "[device]\nname = etc\n", "etc"},
		{"c/jiexun/profile.ini", "[device]\nname = config\n", "config"},
	};
	static const char *const folders[] = {"s/profiles", "e", "c/jiexun"};
	const struct jx_fs *fs = jx_os_fs();
	struct jx_device_env env = {0};
	struct jx_profile p;
	struct jx_error err;
	size_t i;

	(void)state;
	jx_strcpy(env.config_dir, sizeof(env.config_dir), config);
	jx_strcpy(env.etc_dir, sizeof(env.etc_dir), etc);
	jx_strcpy(env.share_dir, sizeof(env.share_dir), share);
	jx_assert_ok(jx_device_find_profile(&env, fs, &p, &err), &err);
	assert_string_equal(p.file, "");
	for (i = 0; i < 3; i++) {
		JX_AUTO_FREE char *dir = jx_test_path(folder, folders[i]),
				  *path = jx_test_path(folder, files[i].below);

		jx_assert_ok(fs->make_dir(fs->user, dir, &err), &err);
		jx_assert_ok(jx_fs_write_all(fs, path, files[i].text, strlen(files[i].text), &err), &err);
		jx_assert_ok(jx_device_find_profile(&env, fs, &p, &err), &err);
		assert_string_equal(p.name, files[i].name);
		assert_string_equal(p.file, path);
	}
	jx_strcpy(env.profile, sizeof(env.profile), own);
	jx_assert_rc(jx_device_find_profile(&env, fs, &p, &err), JX_ENOTFOUND, &err);
	jx_assert_says(&err, "own.ini");
	jx_assert_ok(jx_fs_write_all(fs, own, "[gps]\nport=x\n", 13, &err), &err);
	jx_assert_rc(jx_device_find_profile(&env, fs, &p, &err), JX_EINVAL, &err);
	jx_test_folder_remove(JX_STEAL(folder));
}

static void the_profiles_that_are_shipped_are_right(void **state)
{
	static const char *const names[] = {"desktop.ini", "generic-handheld.ini"};
	const char *source = getenv("JX_SOURCE");
	size_t i;

	(void)state;
	assert_non_null(source);
	for (i = 0; i < 2; i++) {
		JX_AUTO_FREE char *path = jx_xasprintf("%s/firmware-config/profiles/%s", source, names[i]);
		JX_AUTO_FREE char *text = jx_test_read(path, &(size_t){0});
		struct jx_profile p;
		struct jx_error err;

		if (text == NULL)
			fail_msg("no %s", path);
		jx_assert_ok(parse(text, &p, &err), &err);
		if (p.warning_count != 0)
			fail_msg("%s: %s", names[i], p.warnings[0]);
		assert_true(p.model[0] != '\0');
	}
}

static void mutated_profiles_are_read_or_refused(void **state)
{
	static const char good[] =
		"[gps]\nsource = gpsd\nport = 2947\n[storage]\nreserve_mb = 512\n[day]\nutc_offset_min=480\n";
	struct jx_fake_rand rand;
	int i, ok = 0;

	(void)state;
	jx_fake_rand_init(&rand, 7);
	for (i = 0; i < 5000; i++) {
		size_t len = (size_t)jx_fake_rand_below(&rand, sizeof(good));
		/* In memory of exactly its size, so that reading past the end is seen. */
		JX_AUTO_FREE char *text = jx_xcalloc(1, len + 1);
		struct jx_profile p;
		uint64_t changes = jx_fake_rand_below(&rand, 4);

		memcpy(text, good, len);
		while (len > 0 && changes-- > 0)
			text[jx_fake_rand_below(&rand, len)] = (char)jx_fake_rand_below(&rand, 128);
		if (jx_device_parse_profile(text, len, "f", &p, NULL) == JX_OK) {
			ok++;
			assert_in_range(p.gps_port, 1, 65535);
			assert_true(p.utc_offset_min >= -720 && p.utc_offset_min <= 840);
		}
	}
	assert_in_range(ok, 500, 4999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_profile_is_the_built_in_one),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(wrong_lines_are_named_with_file_line_and_key),
		cmocka_unit_test(lines_and_files_have_a_ceiling),
		cmocka_unit_test(unknown_keys_warn_and_change_nothing),
		cmocka_unit_test(the_first_profile_found_counts_alone),
		cmocka_unit_test(the_profiles_that_are_shipped_are_right),
		cmocka_unit_test(mutated_profiles_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
