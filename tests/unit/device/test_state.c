/*
 * Battery, space and disk over an invented /sys and /proc.
 */
#include "jx_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "device_private.h"

static int begin(void **state)
{
	*state = jx_test_folder();
	return 0;
}

static int end(void **state)
{
	jx_test_folder_remove(*state);
	return 0;
}

static void put(const char *root, const char *path, const char *text)
{
	JX_AUTO_FREE char *full = jx_xasprintf("%s/%s", root, path);
	JX_AUTO_FREE char *dir = jx_xstrdup(full);
	const struct jx_fs *fs = jx_os_fs();
	struct jx_error err;

	*strrchr(dir, '/') = '\0';
	jx_assert_ok(fs->make_dir(fs->user, dir, &err), &err);
	if (text != NULL)
		jx_assert_ok(jx_fs_write_all(fs, full, text, strlen(text), &err), &err);
}

/* ---- battery ------------------------------------------------------------------------------------ */

static void a_machine_without_battery_is_no_error(void **state)
{
	struct jx_device_battery b;

	jx_device_read_battery(*state, &b);
	assert_false(b.is_present);
	assert_int_equal(b.level_pct, -1);
	jx_device_read_battery("", &b);
	assert_true(b.level_pct >= -1 && b.level_pct <= 100);
}

static void the_lowest_battery_of_the_device_counts(void **state)
{
	const char *root = *state;
	struct jx_device_battery b;

	put(root, "sys/class/power_supply/BAT0/type", "Battery\n");
	put(root, "sys/class/power_supply/BAT0/capacity", "80\n");
	put(root, "sys/class/power_supply/BAT0/status", "Charging\n");
	put(root, "sys/class/power_supply/BAT1/type", "Battery\n");
	put(root, "sys/class/power_supply/BAT1/capacity", "15\n");
	put(root, "sys/class/power_supply/BAT1/status", "Discharging\n");
	put(root, "sys/class/power_supply/BAT2/type", "Battery\n");
	put(root, "sys/class/power_supply/BAT2/capacity", "1\n");
	put(root, "sys/class/power_supply/BAT2/present", "0\n");
	put(root, "sys/class/power_supply/mouse/type", "Battery\n");
	put(root, "sys/class/power_supply/mouse/scope", "Device\n");
	put(root, "sys/class/power_supply/mouse/capacity", "2\n");
	put(root, "sys/class/power_supply/AC/type", "Mains\n");
	put(root, "sys/class/power_supply/AC/online", "1\n");
	jx_device_read_battery(root, &b);
	assert_true(b.is_present);
	assert_int_equal(b.level_pct, 15);
	assert_string_equal(jx_device_charge_name(b.charge), "discharging");
	assert_true(b.is_on_mains);
}

static void nonsense_from_a_driver_is_unknown(void **state)
{
	const char *root = *state;
	struct jx_device_battery b;

	put(root, "sys/class/power_supply/BAT0/type", "Battery\n");
	put(root, "sys/class/power_supply/BAT0/capacity", "250\n");
	put(root, "sys/class/power_supply/BAT0/status", "Dancing\n");
	put(root, "sys/class/power_supply/usb/type", "USB\n");
	put(root, "sys/class/power_supply/usb/online", "0\n");
	jx_device_read_battery(root, &b);
	assert_true(b.is_present);
	assert_int_equal(b.level_pct, -1);
	assert_string_equal(jx_device_charge_name(b.charge), "unknown");
	assert_false(b.is_on_mains);
}

/* ---- space -------------------------------------------------------------------------------------- */

static jx_rc tell_free_bytes(void *user, const char *dir, int64_t *bytes_out, struct jx_error *err)
{
	(void)dir;
	(void)err;
	*bytes_out = *(const int64_t *)user;
	return JX_OK;
}

static void space_levels_follow_the_profile(void **state)
{
	static const struct {
		int64_t bytes;
		const char *name;
	} cases[] = {
		{0, "reserve"},       {511999999, "reserve"}, {512000000, "warn"},
		{2047999999, "warn"}, {2048000000, "ok"},     {INT64_MAX, "ok"},
	};
	int64_t told = 0, bytes;
	const struct jx_fs fs = {.user = &told, .free_bytes = tell_free_bytes};
	enum jx_device_space_level level;
	struct jx_profile p;
	struct jx_error err;
	size_t i;

	jx_device_default_profile(&p);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		told = cases[i].bytes;
		jx_assert_ok(jx_device_read_space(&fs, "/x", &p, &bytes, &level, &err), &err);
		assert_true(bytes == cases[i].bytes);
		assert_string_equal(jx_device_space_name(level), cases[i].name);
	}
	jx_assert_ok(jx_device_read_space(jx_os_fs(), *state, &p, &bytes, &level, &err), &err);
	assert_true(bytes > 0);
}

/* ---- disk --------------------------------------------------------------------------------------- */

static const char *disk(const char *root, const char *dir)
{
	return jx_device_disk_name(jx_device_check_disk(root, dir));
}

static void put_mounts(const char *root)
{
	put(root, "data/jx/here", "");
	put(root, "with space/here", "");
	put(root, "net/here", "");
	put(root, "proc/self/mountinfo",
	    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	    "22 21 8:9 / /data rw - ext4 /dev/old rw\n"
	    "23 21 253:0 / /data rw,noatime shared:2 master:1 - ext4 /dev/mapper/data rw\n"
	    "24 21 253:7 / /with\\040space rw - ext4 /dev/mapper/space rw\n"
	    "25 21 0:40 / /net rw - nfs4 server:/x rw\n"
	    "nonsense\n\n1 2 3\n");
	put(root, "sys/dev/block/8:1/size", "1\n");
}

static void luks_is_found_under_the_folder(void **state)
{
	const char *root = *state;

	put_mounts(root);
	put(root, "sys/dev/block/253:0/dm/uuid", "CRYPT-LUKS2-0123456789abcdef-data\n");
	assert_string_equal(disk(root, "/data/jx"), "luks");
	assert_string_equal(disk(root, "/data"), "luks");
}

static void a_plain_partition_is_plain(void **state)
{
	const char *root = *state;

	put_mounts(root);
	put(root, "database/here", "");
	/* A name that begins like the mount point is not below it. */
	assert_string_equal(disk(root, "/database"), "plain");
}

static void lvm_is_as_encrypted_as_what_lies_below(void **state)
{
	const char *root = *state;

	put_mounts(root);
	put(root, "sys/dev/block/253:7/dm/uuid", "LVM-abc\n");
	put(root, "sys/dev/block/253:7/slaves/dm-3/dm/uuid", "CRYPT-LUKS2-x\n");
	assert_string_equal(disk(root, "/with space"), "luks");
	put(root, "sys/dev/block/253:7/slaves/sdb1/size", "1\n");
	assert_string_equal(disk(root, "/with space"), "plain");
}

static void what_is_no_block_device_is_unknown(void **state)
{
	const char *root = *state;

	assert_string_equal(disk(root, "/data/jx"), "unknown");
	put_mounts(root);
	assert_string_equal(disk(root, "/net"), "unknown");
	assert_string_equal(disk(root, "/absent"), "unknown");
	/* device-mapper number without an entry in /sys */
	assert_string_equal(disk(root, "/data"), "unknown");
}

static void a_stack_without_end_ends(void **state)
{
	const char *root = *state;
	JX_AUTO_FREE char *slaves = jx_xasprintf("%s/sys/dev/block/253:0/slaves", root);
	JX_AUTO_FREE char *loop = jx_xasprintf("%s/dm-0", slaves);

	put_mounts(root);
	put(root, "sys/dev/block/253:0/slaves/x", NULL);
	assert_int_equal(symlink("..", loop), 0);
	assert_string_equal(disk(root, "/data"), "unknown");
}

static void the_real_machine_gives_an_answer(void **state)
{
	const char *name = disk("", *state);

	assert_true(strcmp(name, "unknown") == 0 || strcmp(name, "plain") == 0 || strcmp(name, "luks") == 0 ||
		    strcmp(name, "fscrypt") == 0);
}

/* People are told whether it is encrypted, whichever way, and what to do else. */
static void a_disk_is_told_with_its_cure(void **state)
{
	const char *luks = jx_device_disk_text(JX_DEVICE_DISK_LUKS);
	const char *plain = jx_device_disk_text(JX_DEVICE_DISK_PLAIN);
	const char *unknown = jx_device_disk_text(JX_DEVICE_DISK_UNKNOWN);

	(void)state;
	assert_string_equal(luks, "encrypted");
	assert_string_equal(jx_device_disk_text(JX_DEVICE_DISK_FSCRYPT), luks);
	assert_non_null(strstr(plain, "NOT ENCRYPTED"));
	assert_non_null(strstr(plain, "ask for an image with an encrypted data partition"));
	assert_non_null(strstr(unknown, "cannot be told"));
	assert_non_null(strstr(unknown, "ask the administrator"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_machine_without_battery_is_no_error, begin, end),
		cmocka_unit_test_setup_teardown(the_lowest_battery_of_the_device_counts, begin, end),
		cmocka_unit_test_setup_teardown(nonsense_from_a_driver_is_unknown, begin, end),
		cmocka_unit_test_setup_teardown(space_levels_follow_the_profile, begin, end),
		cmocka_unit_test_setup_teardown(luks_is_found_under_the_folder, begin, end),
		cmocka_unit_test_setup_teardown(a_plain_partition_is_plain, begin, end),
		cmocka_unit_test_setup_teardown(lvm_is_as_encrypted_as_what_lies_below, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_block_device_is_unknown, begin, end),
		cmocka_unit_test_setup_teardown(a_stack_without_end_ends, begin, end),
		cmocka_unit_test_setup_teardown(the_real_machine_gives_an_answer, begin, end),
		cmocka_unit_test(a_disk_is_told_with_its_cure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
