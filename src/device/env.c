/*
 * What the surroundings say, and which folder follows from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device_private.h"

bool jx_device__is_cut(const char path[JX_DEVICE_PATH_MAX])
{
	return strlen(path) >= JX_DEVICE_PATH_MAX - 4;
}

/* Too long a value fills the buffer: jx_device__is_cut() finds it where it is used. */
static void copy_env(char out[JX_DEVICE_PATH_MAX], const char *name)
{
	const char *value = getenv(name);

	jx_strcpy(out, JX_DEVICE_PATH_MAX, value == NULL ? "" : value);
}

/* By the XDG base directory rules a relative path counts as not set. */
static void find_xdg_dir(char out[JX_DEVICE_PATH_MAX], const char *name, const char *below_home)
{
	const char *home = getenv("HOME");

	copy_env(out, name);
	if (out[0] == '/')
		return;
	out[0] = '\0';
	if (home != NULL && home[0] == '/') {
		JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", home, below_home);

		jx_strcpy(out, JX_DEVICE_PATH_MAX, path);
	}
}

/*
 * Programs lie in bin or sbin, what they read in share beside it: the same in a build folder and installed.
 */
static void find_share_dir(char out[JX_DEVICE_PATH_MAX])
{
	char program[JX_DEVICE_PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	JX_AUTO_FREE char *path = NULL;
	char *slash;

	out[0] = '\0';
	if (len <= 0)
		return;
	program[len] = '\0';
	slash = strrchr(program, '/');
	if (slash == NULL)
		return;
	*slash = '\0';
	path = jx_xasprintf("%s/../share/jiexun", program);
	jx_strcpy(out, JX_DEVICE_PATH_MAX, path);
}

void jx_device_read_env(const char *profile_option, struct jx_device_env *env_out)
{
	memset(env_out, 0, sizeof(*env_out));
	copy_env(env_out->profile, "JX_PROFILE");
	if (profile_option != NULL)
		jx_strcpy(env_out->profile, sizeof(env_out->profile), profile_option);
	copy_env(env_out->jx_home, "JX_HOME");
	find_xdg_dir(env_out->config_dir, "XDG_CONFIG_HOME", ".config");
	find_xdg_dir(env_out->data_dir, "XDG_DATA_HOME", ".local/share");
	find_share_dir(env_out->share_dir);
	jx_strcpy(env_out->etc_dir, sizeof(env_out->etc_dir), "/etc/jiexun");
}

static jx_rc check_dir(const char *path, const char *origin, struct jx_error *err)
{
	if (path[0] != '/')
		return jx_fail(err, JX_EINVAL, 0, "device.data_dir",
			       "data folder \"%s\" (from %s): use a path that begins with /", path, origin);
	if (jx_device__is_cut(path))
		return jx_fail(err, JX_EINVAL, 0, "device.data_dir",
			       "data folder (from %s): the path is too long, use one below %d bytes", origin,
			       JX_DEVICE_PATH_MAX - 4);
	return JX_OK;
}

jx_rc jx_device_data_dir(const struct jx_device_env *env, const struct jx_profile *profile,
			 char out[JX_DEVICE_PATH_MAX], struct jx_error *err)
{
	JX_AUTO_FREE char *path = NULL;
	const char *origin = "JX_HOME";
	jx_rc rc;

	if (env->jx_home[0] != '\0') {
		path = jx_xstrdup(env->jx_home);
	} else if (profile->data_dir[0] != '\0') {
		path = jx_xstrdup(profile->data_dir);
		origin = "data_dir";
	} else if (env->data_dir[0] != '\0') {
		path = jx_xasprintf("%s/jiexun", env->data_dir);
		origin = "XDG_DATA_HOME";
	} else {
		return jx_fail(
			err, JX_EINVAL, 0, "device.data_dir",
			"data folder: nothing says where it is; set JX_HOME, or data_dir in the profile");
	}
	rc = check_dir(path, origin, err);
	if (rc == JX_OK)
		jx_strcpy(out, JX_DEVICE_PATH_MAX, path);
	return rc;
}
