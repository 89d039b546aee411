#include "jx_test.h"

#include <stdlib.h>
#include <unistd.h>

#include "device_private.h"

static const char *const names[] = {"JX_PROFILE", "JX_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"};

static int begin(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unsetenv(names[i]);
	return 0;
}

static void an_empty_environment_leaves_all_open(void **state)
{
	struct jx_device_env env;
	struct jx_profile p;
	struct jx_error err;
	char dir[JX_DEVICE_PATH_MAX];

	(void)state;
	jx_device_read_env(NULL, &env);
	assert_string_equal(env.profile, "");
	assert_string_equal(env.jx_home, "");
	assert_string_equal(env.config_dir, "");
	assert_string_equal(env.data_dir, "");
	assert_string_equal(env.etc_dir, "/etc/jiexun");
	assert_non_null(strstr(env.share_dir, "/../share/jiexun"));
	jx_device_default_profile(&p);
	jx_assert_rc(jx_device_data_dir(&env, &p, dir, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "JX_HOME");
}

static void home_gives_the_usual_places(void **state)
{
	struct jx_device_env env;

	(void)state;
	(void)setenv("HOME", "/h/li", 1);
	(void)setenv("XDG_DATA_HOME", "relative", 1);
	jx_device_read_env(NULL, &env);
	assert_string_equal(env.config_dir, "/h/li/.config");
	assert_string_equal(env.data_dir, "/h/li/.local/share");
	(void)setenv("XDG_DATA_HOME", "/d", 1);
	(void)setenv("XDG_CONFIG_HOME", "/c", 1);
	jx_device_read_env(NULL, &env);
	assert_string_equal(env.config_dir, "/c");
	assert_string_equal(env.data_dir, "/d");
}

static void the_option_comes_before_the_variable(void **state)
{
	struct jx_device_env env;

	(void)state;
	(void)setenv("JX_PROFILE", "/a.ini", 1);
	jx_device_read_env(NULL, &env);
	assert_string_equal(env.profile, "/a.ini");
	jx_device_read_env("/b.ini", &env);
	assert_string_equal(env.profile, "/b.ini");
}

static void the_data_folder_has_an_order(void **state)
{
	struct jx_device_env env = {0};
	char dir[JX_DEVICE_PATH_MAX];
	struct jx_profile p;
	struct jx_error err;

	(void)state;
	jx_device_default_profile(&p);
	jx_strcpy(env.data_dir, sizeof(env.data_dir), "/h/li/.local/share");
	jx_assert_ok(jx_device_data_dir(&env, &p, dir, &err), &err);
	assert_string_equal(dir, "/h/li/.local/share/jiexun");
	jx_strcpy(p.data_dir, sizeof(p.data_dir), "/var/lib/jiexun");
	jx_assert_ok(jx_device_data_dir(&env, &p, dir, &err), &err);
	assert_string_equal(dir, "/var/lib/jiexun");
	jx_strcpy(env.jx_home, sizeof(env.jx_home), "/tmp/jx");
	jx_assert_ok(jx_device_data_dir(&env, &p, dir, &err), &err);
	assert_string_equal(dir, "/tmp/jx");
	jx_strcpy(env.jx_home, sizeof(env.jx_home), "tmp");
	jx_assert_rc(jx_device_data_dir(&env, &p, dir, &err), JX_EINVAL, &err);
	assert_string_equal(dir, "/tmp/jx");
}

/* A path cut at the end of a buffer would be another folder. */
static void a_path_too_long_is_refused_not_cut(void **state)
{
	JX_AUTO_FREE char *text = jx_xcalloc(1, 2000);
	char dir[JX_DEVICE_PATH_MAX];
	struct jx_device_env env;
	struct jx_profile p;
	struct jx_error err;

	(void)state;
	memset(text, 'a', 1999);
	text[0] = '/';
	(void)setenv("JX_HOME", text, 1);
	jx_device_read_env(text, &env);
	jx_device_default_profile(&p);
	jx_assert_rc(jx_device_data_dir(&env, &p, dir, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "too long");
	jx_assert_rc(jx_device_find_profile(&env, jx_os_fs(), &p, &err), JX_EINVAL, &err);
	jx_assert_says(&err, "too long");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_environment_leaves_all_open, begin),
		cmocka_unit_test_setup(home_gives_the_usual_places, begin),
		cmocka_unit_test_setup(the_option_comes_before_the_variable, begin),
		cmocka_unit_test_setup(the_data_folder_has_an_order, begin),
		cmocka_unit_test_setup(a_path_too_long_is_refused_not_cut, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
