#include "conf.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 2048

enum kind {
	TEXT,
	NUMBER,
	LEVEL
};

/* Numbers are kept times `scale`, so that people write seconds and the program has milliseconds. */
struct row {
	const char *key;
	enum kind kind;
	size_t offset, size;
	int64_t min, max, scale;
	const char *meaning;
};

#define AT(member)   offsetof(struct jx_server__conf, member)
#define SIZE(member) sizeof(((struct jx_server__conf *)0)->member)
#define TEXT_ROW(m, doc)                               \
	{                                              \
#m, TEXT, AT(m), SIZE(m), 0, 0, 0, doc \
	}

/* The file's comments are English in every language: people look keys up in the manual, which has both. */
static const struct row rows[] = {
	TEXT_ROW(listen, "address and port, 0.0.0.0:8443 or [::]:8443"),
	TEXT_ROW(names, "host names and addresses in the self-made certificate, separated by commas"),
	TEXT_ROW(url, "https address that enrolment codes name; empty: first name and port"),
	TEXT_ROW(area, "area of new enrolment codes"),
	TEXT_ROW(tls_certificate, "PEM file; relative names are in the data folder"),
	TEXT_ROW(tls_key, "PEM file of its private key"),
	TEXT_ROW(tls_next_key, "PEM file of the key that comes after it, announced to devices; empty: none"),
	TEXT_ROW(pack, "form pack for review marks, besides those built in; empty: none"),
	{"log_level", LEVEL, AT(log_level), SIZE(log_level), 0, 0, 0, "error, warning, info or debug"},
	{"utc_offset_min", NUMBER, AT(utc_offset_min), 0, -840, 840, 1,
	 "business day's offset from UTC in minutes"},
	{"stop_wait_s", NUMBER, AT(stop_wait_ms), 0, 0, 600, 1000,
	 "how long a stop waits for requests in flight"},
	{"max_connections", NUMBER, AT(limits.connections), 0, 1, 20000, 1,
	 "at the same time; one thread each"},
	{"max_connections_per_address", NUMBER, AT(limits.connections_per_address), 0, 0, 20000, 1,
	 "that have not signed in; 0: no limit"},
	{"enrol_per_minute", NUMBER, AT(limits.enrol_per_minute), 0, 0, 60000, 1,
	 "tries per address; 0: no limit"},
	{"header_timeout_s", NUMBER, AT(limits.header_ms), 0, 1, 600, 1000,
	 "TLS handshake and headers, in all"},
	{"idle_timeout_s", NUMBER, AT(limits.idle_ms), 0, 1, 3600, 1000,
	 "between two requests of a connection"},
	{"rate_window_s", NUMBER, AT(limits.rate_window_ms), 0, 1, 3600, 1000,
	 "bodies and answers are measured over it"},
	{"min_rate_bytes_s", NUMBER, AT(limits.rate_bytes_s), 0, 0, 1000000, 1,
	 "slower connections are cut; 0: none"},
	{"max_photo_bytes", NUMBER, AT(limits.photo_bytes), 0, 1024, (int64_t)1 << 32, 1,
	 "larger photos are refused"},
	{"part_keep_days", NUMBER, AT(limits.part_keep_ms), 0, 1, 365, 86400000,
	 "a part of a photo of which no more came goes after so long"},
	{"photo_quota_mb", NUMBER, AT(photo_quota_bytes), 0, 0, 1000000000, 1000000,
	 "of one device's or account's photos; 0: no limit"},
	{"disk_reserve_mb", NUMBER, AT(disk_reserve_bytes), 0, 0, 1000000000, 1000000,
	 "kept free for entries: photos wait when less is left; 0: none"},
	{"picture_children", NUMBER, AT(picture_children), 0, 0, 64, 1,
	 "processes that decode photos for small copies, at the same time; 0: no small copies"},
	{"stray_keep_days", NUMBER, AT(stray_keep_ms), 0, 1, 3650, 86400000,
	 "copies and photos that no entry lists are removed once they are so old"},
	{"sync_batches", NUMBER, AT(limits.batches), 0, 1, 256, 1,
	 "worked on at the same time; a few MB of memory each"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void jx_server__conf_default(struct jx_server__conf *out)
{
	memset(out, 0, sizeof(*out));
	jx_strcpy(out->listen, sizeof(out->listen), "0.0.0.0:8443");
	jx_strcpy(out->tls_certificate, sizeof(out->tls_certificate), "tls.pem");
	jx_strcpy(out->tls_key, sizeof(out->tls_key), "tls.pem");
	jx_strcpy(out->tls_next_key, sizeof(out->tls_next_key), "tls-next.pem");
	jx_strcpy(out->log_level, sizeof(out->log_level), "info");
	out->utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT;
	out->stop_wait_ms = 10000;
	out->disk_reserve_bytes = 256 * INT64_C(1000000);
	out->picture_children = 2;
	out->stray_keep_ms = 30 * INT64_C(86400000);
	out->limits = jx_server_limits_default;
}

bool jx_server__level_parse(const char *name, enum jx_server_level *out)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum jx_server_level)i;
			return true;
		}
	}
	return false;
}

static const char *text_at(const struct jx_server__conf *conf, const struct row *row)
{
	return (const char *)conf + row->offset;
}

static void set_number(struct jx_server__conf *conf, const struct row *row, int64_t v)
{
	memcpy((char *)conf + row->offset, &v, sizeof(v));
}

static int64_t number_at(const struct jx_server__conf *conf, const struct row *row)
{
	int64_t v;

	memcpy(&v, (const char *)conf + row->offset, sizeof(v));
	return v;
}

static const struct row *find_row(const char *key)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	}
	return NULL;
}

static jx_rc set_value(const struct row *row, const char *value, const char *file, int line,
		       struct jx_server__conf *conf, struct jx_error *err)
{
	enum jx_server_level level;
	int64_t number;

	switch (row->kind) {
	case NUMBER:
		if (!jx_parse_i64(value, row->min, row->max, &number))
			return jx_fail(err, JX_EINVAL, 0, "server.conf",
				       "%s, line %d: %s: '%s' is not a whole number from %" PRId64
				       " to %" PRId64 "; correct it",
				       file, line, row->key, value, row->min, row->max);
		set_number(conf, row, number * row->scale);
		return JX_OK;
	case LEVEL:
		if (!jx_server__level_parse(value, &level))
			return jx_fail(
				err, JX_EINVAL, 0, "server.conf",
				"%s, line %d: %s: '%s' is none of error, warning, info, debug; correct it",
				file, line, row->key, value);
		break;
	case TEXT:
		if (strlen(value) >= row->size)
			return jx_fail(err, JX_EINVAL, 0, "server.conf",
				       "%s, line %d: %s is longer than %zu bytes; shorten it", file, line,
				       row->key, row->size - 1);
		break;
	}
	jx_strcpy((char *)conf + row->offset, row->size, value);
	return JX_OK;
}

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len > 0 && strchr(" \t\r", s[len - 1]) != NULL)
		s[--len] = '\0';
	return s;
}

/* line is NUL-terminated and may be changed. seen: one bit a row. */
static jx_rc read_line(char *line, const char *file, int number, uint64_t *seen, struct jx_server__conf *conf,
		       struct jx_error *err)
{
	char *key = trim(line), *equals, *value;
	const struct row *row;
	uint64_t bit;

	if (*key == '\0' || *key == '#')
		return JX_OK;
	equals = strchr(key, '=');
	if (equals == NULL)
		return jx_fail(err, JX_EINVAL, 0, "server.conf",
			       "%s, line %d: no '='; write key = value, or # before a comment", file, number);
	*equals = '\0';
	value = trim(equals + 1);
	key = trim(key);
	row = find_row(key);
	if (row == NULL)
		return jx_fail(
			err, JX_EINVAL, 0, "server.conf",
			"%s, line %d: key '%s' is unknown; man jiexund lists the keys, remove or correct it",
			file, number, key);
	bit = (uint64_t)1 << (row - rows);
	if ((*seen & bit) != 0)
		return jx_fail(err, JX_EINVAL, 0, "server.conf",
			       "%s, line %d: key '%s' stands there twice; remove one", file, number, key);
	*seen |= bit;
	return set_value(row, value, file, number, conf, err);
}

jx_rc jx_server__conf_read(const char *text, size_t len, const char *file, struct jx_server__conf *conf,
			   struct jx_error *err)
{
	struct jx_server__conf next = *conf;
	uint64_t seen = 0;
	size_t at = 0;
	jx_rc rc = JX_OK;

	_Static_assert(ROW_COUNT <= 64, "one bit for each key");
	if (len > 0 && !jx_utf8_ok(text, len))
		return jx_fail(err, JX_EINVAL, 0, "server.conf", "%s is not UTF-8 text; save it as UTF-8",
			       file);
	for (int number = 1; at < len && rc == JX_OK; number++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - (text + at));
		char line[LINE_MAX_BYTES];

		if (n >= sizeof(line))
			return jx_fail(err, JX_EINVAL, 0, "server.conf",
				       "%s, line %d: longer than %d bytes; shorten it", file, number,
				       LINE_MAX_BYTES - 1);
		memcpy(line, text + at, n);
		line[n] = '\0';
		rc = read_line(line, file, number, &seen, &next, err);
		at += n + 1;
	}
	if (rc == JX_OK)
		*conf = next;
	return rc;
}

void jx_server__conf_write(const struct jx_server__conf *conf, jx_buf *out)
{
	struct jx_server__conf plain;

	jx_server__conf_default(&plain);
	jx_buf_adds(out, "# jiexund; read when it starts. See man jiexund.\n");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		const struct row *row = &rows[i];
		bool is_number = row->kind == NUMBER;
		bool is_default = is_number ? number_at(conf, row) == number_at(&plain, row)
					    : strcmp(text_at(conf, row), text_at(&plain, row)) == 0;

		jx_buf_addf(out, "\n# %s\n%s%s =", row->meaning, is_default ? "#" : "", row->key);
		if (is_number)
			jx_buf_addf(out, " %" PRId64 "\n", number_at(conf, row) / row->scale);
		else
			jx_buf_addf(out, "%s%s\n", *text_at(conf, row) == '\0' ? "" : " ",
				    text_at(conf, row));
	}
}

static bool is_host(const char *s)
{
	unsigned char ip[16];
	size_t len = strlen(s);

	if (inet_pton(AF_INET, s, ip) == 1 || inet_pton(AF_INET6, s, ip) == 1)
		return true;
	return len > 0 && len <= 253 && s[0] != '-' && s[0] != '.' &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == len;
}

jx_rc jx_server__conf_names(const struct jx_server__conf *conf, char scratch[1024],
			    const char *names_out[JX_SERVER__NAMES_MAX], size_t *count_out,
			    struct jx_error *err)
{
	char *at = scratch;
	size_t count = 0;

	jx_strcpy(scratch, 1024, conf->names);
	while (*at != '\0') {
		size_t len = strcspn(at, ",");
		char *next = at + len + (at[len] == ',' ? 1 : 0);

		at[len] = '\0';
		at = trim(at);
		if (!is_host(at))
			return jx_fail(err, JX_EINVAL, 0, "server.conf",
				       "names: '%s' is neither a host name nor an address; correct it", at);
		if (count == JX_SERVER__NAMES_MAX)
			return jx_fail(err, JX_ELIMIT, 0, "server.conf", "names: more than %d; remove some",
				       JX_SERVER__NAMES_MAX);
		names_out[count++] = at;
		at = next;
	}
	*count_out = count;
	return JX_OK;
}
