/* Small named values. */
#include <string.h>

#include "store_private.h"

#define WHERE           "store.setting"
#define VALUE_BYTES_MAX 65536

/* The whole set: a slip of the pen in a name must not become a value that nobody finds again. */
static const char *const names[] = {
	JX_SET_PERSON,       JX_SET_PERSON_VERIFIED, JX_SET_SHIFT,
	JX_SET_SHIFT_DAY,    JX_SET_CHALLENGE,       JX_SET_CURSOR,
	JX_SET_EPOCH,        JX_SET_SERVER_N,        JX_SET_SERVER_HEAD,
	JX_SET_SYNC_RESULT,  JX_SET_SYNC_UTC_MS,     JX_SET_SERVER_UTC_MS,
	JX_SET_REENROL,      JX_SET_COMMIT_FAILURES, JX_SET_CHECKPOINT_UTC_MS,
	JX_SET_TRUSTED_TIME, JX_SET_DICTIONARY,      JX_SET_PHOTOS_BEGUN,
	JX_SET_SMALL_SENT,   JX_SET_FAST_OPEN,
};

jx_rc jx_store__check_setting(const char *name, struct jx_error *err)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return JX_OK;
	return jx_fail(err, JX_EINVAL, 0, WHERE,
		       "\"%s\" is no value that the store keeps: add it to its list", name);
}

jx_rc jx_store_get(jx_store *store, const char *name, char *out, size_t cap, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(store, JX_SQL_SET_GET);
	bool has_row = false;
	jx_rc rc = jx_store__check_setting(name, err);

	if (rc != JX_OK)
		return rc;
	jx_store__bind_text(&q, ":name", name);
	rc = jx_store__step(&q, &has_row, err);
	if (rc != JX_OK)
		return rc;
	if (!has_row)
		return jx_fail(err, JX_ENOTFOUND, 0, WHERE, "\"%s\" is not set", name);
	if (!jx_store__col_text(&q, 0, out, cap))
		return jx_fail(err, JX_ELIMIT, 0, WHERE,
			       "the value of \"%s\" is longer than expected: run jx verify", name);
	return JX_OK;
}

jx_rc jx_store__put_setting(jx_store *s, const char *name, const char *value, struct jx_error *err)
{
	JX_LOAN q = jx_store__lend(s, value == NULL ? JX_SQL_SET_DROP : JX_SQL_SET_PUT);
	jx_rc rc = jx_store__check_setting(name, err);

	if (rc == JX_OK && value != NULL &&
	    (strnlen(value, VALUE_BYTES_MAX) == VALUE_BYTES_MAX || !jx_utf8_ok(value, strlen(value))))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "the value of \"%s\" is too long or no valid UTF-8: shorten it", name);
	if (rc != JX_OK)
		return rc;
	jx_store__bind_text(&q, ":name", name);
	if (value == NULL)
		return jx_store__run(&q, err); /* removing what is not there is fine */
	jx_store__bind_text(&q, ":value", value);
	return jx_store__run_one(&q, err);
}

jx_rc jx_store_set_all(jx_store *store, const struct jx_setting *list, size_t count, struct jx_error *err)
{
	return jx_store_keep(store, &(struct jx_store_results){.settings = list, .setting_count = count},
			     err);
}

jx_rc jx_store_set(jx_store *store, const char *name, const char *value, struct jx_error *err)
{
	const struct jx_setting one = {.name = name, .value = value};

	return jx_store_set_all(store, &one, 1, err);
}
