/*
 * Profiles: ini text into struct jx_profile, and where the text is looked for.
 */
#include <string.h>

#include "device_private.h"

#define FILE_MAX_BYTES 65536
#define LINE_MAX_BYTES 2048
#define SECTION_BYTES  32
#define KEYS_MAX       64

struct reader {
	struct jx_device__place place;
	char section[SECTION_BYTES];
	bool is_set[KEYS_MAX];
	struct jx_profile profile;
};

static char *trim(char *s)
{
	size_t len;

	while (*s == ' ' || *s == '\t')
		s++;
	len = strlen(s);
	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t' || s[len - 1] == '\r'))
		s[--len] = '\0';
	return s;
}

static jx_rc take_section(struct reader *r, char *line, struct jx_error *err)
{
	size_t len = strlen(line);

	if (line[len - 1] != ']' || len < 3 || len - 2 >= sizeof(r->section))
		return jx_fail(err, JX_EINVAL, 0, "device.profile", "%s line %d: a section must read [name]",
			       r->place.file, r->place.line);
	line[len - 1] = '\0';
	jx_strcpy(r->section, sizeof(r->section), line + 1);
	return JX_OK;
}

static void warn_unknown(struct reader *r, const char *key)
{
	struct jx_profile *p = &r->profile;

	if (p->warning_count < JX_DEVICE_WARNINGS_MAX) {
		JX_AUTO_FREE char *text = jx_xasprintf(
			_("%s line %d: key \"%s\" in [%s] is not known and has no effect"), r->place.file,
			r->place.line, key, r->section);

		jx_strcpy(p->warnings[p->warning_count], JX_DEVICE_WARNING_BYTES, text);
	}
	p->warning_count++;
}

static jx_rc take_pair(struct reader *r, const char *name, const char *value, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < jx_device__key_count; i++) {
		const struct jx_device__key *key = &jx_device__keys[i];

		if (strcmp(key->section, r->section) != 0 || strcmp(key->name, name) != 0)
			continue;
		if (r->is_set[i])
			return jx_fail(err, JX_EINVAL, 0, "device.profile",
				       "%s line %d: key \"%s\" stands twice in [%s], take one out",
				       r->place.file, r->place.line, name, r->section);
		r->is_set[i] = true;
		return jx_device__set_value(key, value, &r->place, &r->profile, err);
	}
	warn_unknown(r, name);
	return JX_OK;
}

static jx_rc take_line(struct reader *r, char *line, struct jx_error *err)
{
	char *equals;

	if (line[0] == '#' || line[0] == ';')
		return JX_OK;
	line = trim(line);
	if (line[0] == '\0')
		return JX_OK;
	if (line[0] == '[')
		return take_section(r, line, err);
	equals = strchr(line, '=');
	if (equals == NULL || equals == line)
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s line %d: must be [section], key = value or a comment after #",
			       r->place.file, r->place.line);
	if (r->section[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s line %d: put a [section] before the first key", r->place.file,
			       r->place.line);
	*equals = '\0';
	return take_pair(r, trim(line), trim(equals + 1), err);
}

static jx_rc check_whole(const struct reader *r, struct jx_error *err)
{
	const struct jx_profile *p = &r->profile;

	if (p->warn_mb < p->reserve_mb)
		return jx_fail(
			err, JX_EINVAL, 0, "device.profile",
			"%s, warn_mb: must not be below reserve_mb (%lld), or nobody is warned in time",
			r->place.file, (long long)p->reserve_mb);
	if (p->gps_source == JX_DEVICE_GPS_REPLAY && p->gps_replay[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s, replay: source = replay needs the path of an NMEA file", r->place.file);
	if (p->camera_source == JX_DEVICE_CAMERA_FILE && p->camera_device[0] != '/')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s, device: source = file under [camera] needs the path of a JPEG file",
			       r->place.file);
	if (p->camera_source == JX_DEVICE_CAMERA_PIPELINE && p->camera_pipeline[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s, pipeline: source = pipeline under [camera] needs one", r->place.file);
	if ((p->camera_width == 0) != (p->camera_height == 0))
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s, width and height under [camera]: give both, or none", r->place.file);
	if (p->gps_host[0] == '\0')
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s, host: must not be empty, use 127.0.0.1", r->place.file);
	return JX_OK;
}

static jx_rc take_lines(struct reader *r, const char *text, size_t len, struct jx_error *err)
{
	size_t at = 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t line_len = end == NULL ? len - at : (size_t)(end - (text + at));
		char line[LINE_MAX_BYTES];
		jx_rc rc;

		r->place.line++;
		if (line_len >= sizeof(line))
			return jx_fail(err, JX_EINVAL, 0, "device.profile",
				       "%s line %d: longer than %d bytes, shorten it", r->place.file,
				       r->place.line, LINE_MAX_BYTES - 1);
		memcpy(line, text + at, line_len);
		line[line_len] = '\0';
		rc = take_line(r, line, err);
		if (rc != JX_OK)
			return rc;
		at += line_len + 1;
	}
	return JX_OK;
}

jx_rc jx_device_parse_profile(const char *text, size_t len, const char *file, struct jx_profile *profile_out,
			      struct jx_error *err)
{
	JX_AUTO_FREE struct reader *r = jx_xcalloc(1, sizeof(*r));
	jx_rc rc;

	r->place.file = file;
	jx_device_default_profile(&r->profile);
	jx_strcpy(r->profile.file, sizeof(r->profile.file), file);
	if (len > FILE_MAX_BYTES)
		return jx_fail(err, JX_EINVAL, 0, "device.profile",
			       "%s: longer than %d bytes, this is no profile", file, FILE_MAX_BYTES);
	/* The mark that some editors put before UTF-8 text. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (!jx_utf8_ok(text, len))
		return jx_fail(err, JX_EINVAL, 0, "device.profile", "%s: not UTF-8 text, save it as UTF-8",
			       file);
	rc = take_lines(r, text, len, err);
	if (rc == JX_OK)
		rc = check_whole(r, err);
	if (rc == JX_OK)
		*profile_out = r->profile;
	return rc;
}

static jx_rc load_profile(const char *path, const struct jx_fs *fs, struct jx_profile *profile_out,
			  struct jx_error *err)
{
	JX_AUTO_BUF text;
	jx_rc rc;

	jx_buf_init(&text, FILE_MAX_BYTES);
	rc = jx_fs_read_all(fs, path, &text, err);
	if (rc != JX_OK)
		return rc;
	return jx_device_parse_profile(text.data == NULL ? "" : text.data, text.len, path, profile_out, err);
}

jx_rc jx_device_find_profile(const struct jx_device_env *env, const struct jx_fs *fs,
			     struct jx_profile *profile_out, struct jx_error *err)
{
	const struct {
		const char *dir;
		const char *name;
	} places[] = {
		{env->config_dir, "jiexun/profile.ini"},
		{env->etc_dir, "profile.ini"},
		{env->share_dir, "profiles/desktop.ini"},
	};
	size_t i;

	if (env->profile[0] != '\0') {
		if (jx_device__is_cut(env->profile))
			return jx_fail(err, JX_EINVAL, 0, "device.profile", "profile: the path is too long");
		return load_profile(env->profile, fs, profile_out, err);
	}
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		JX_AUTO_FREE char *path = NULL;
		jx_rc rc;

		if (places[i].dir[0] == '\0')
			continue;
		path = jx_xasprintf("%s/%s", places[i].dir, places[i].name);
		rc = load_profile(path, fs, profile_out, err);
		if (rc != JX_ENOTFOUND)
			return rc;
	}
	jx_device_default_profile(profile_out);
	return JX_OK;
}
