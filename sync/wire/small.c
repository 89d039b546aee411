/*
 * Small copies of photos in a bundle: a header line that names each original and the size of its copy, then the copies one after the
 * other. Its answer names those that were not taken by their number.
 */
#include <string.h>

#include "wire_private.h"

#define WHAT   _("the bundle of small copies")
#define ANSWER _("the answer about small copies")
#define WHERE  "wire.small"

static const char *const result_names[] = {
	[JX_SMALL_TAKEN] = "taken", [JX_SMALL_NOT_LISTED] = "not-listed", [JX_SMALL_NOT_JPEG] = "not-jpeg",
	[JX_SMALL_QUOTA] = "quota", [JX_SMALL_NO_SPACE] = "no-space",     [JX_SMALL_OTHER] = "other",
};
#define RESULTS (sizeof(result_names) / sizeof(result_names[0]))

const char *jx_small_result_name(enum jx_small_result r)
{
	return (size_t)r < RESULTS ? result_names[r] : "other";
}

/* A later server may have reasons that this program does not know. */
static enum jx_small_result find_result(const char *name)
{
	for (size_t i = JX_SMALL_TAKEN + 1; i < RESULTS; i++)
		if (strcmp(name, result_names[i]) == 0)
			return (enum jx_small_result)i;
	return JX_SMALL_OTHER;
}

/* ---- the bundle ---- */

static jx_rc check_count(size_t count, struct jx_error *err)
{
	if (count >= 1 && count <= JX_SMALL_PARTS_MAX)
		return JX_OK;
	return jx_fail(err, count == 0 ? JX_EINVAL : JX_ELIMIT, 0, WHERE,
		       "a bundle has 1 to %d small copies, not %zu", JX_SMALL_PARTS_MAX, count);
}

static jx_rc check_size(size_t part, size_t bytes, struct jx_error *err)
{
	if (bytes >= 1 && bytes <= JX_SMALL_PART_BYTES_MAX)
		return JX_OK;
	return jx_fail(err, bytes == 0 ? JX_EINVAL : JX_ELIMIT, 0, WHERE,
		       "part %zu: a small copy has 1 to %d bytes, not %zu", part, JX_SMALL_PART_BYTES_MAX,
		       bytes);
}

jx_rc jx_small_bundle_write(const struct jx_small_part *parts, size_t count, jx_buf *out,
			    struct jx_error *err)
{
	jx_rc rc = check_count(count, err);

	for (size_t i = 0; i < count && rc == JX_OK; i++)
		rc = check_size(i + 1, parts[i].copy.len, err);
	if (rc != JX_OK)
		return rc;
	jx_wire__begin(out);
	jx_buf_adds(out, ",\"parts\":[");
	for (size_t i = 0; i < count; i++) {
		char hex[2 * JX_HASH_BYTES + 1];

		jx_hex(parts[i].sha256, JX_HASH_BYTES, hex);
		jx_buf_addf(out, "%s{\"sha256\":\"%s\",\"bytes\":%zu}", i > 0 ? "," : "", hex,
			    parts[i].copy.len);
	}
	jx_buf_adds(out, "]}\n");
	for (size_t i = 0; i < count; i++)
		jx_buf_add(out, parts[i].copy.data, parts[i].copy.len);
	if (out->rc == JX_OK && out->len > JX_SMALL_BUNDLE_BYTES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "the bundle has %zu bytes, more than %d", out->len,
			       JX_SMALL_BUNDLE_BYTES_MAX);
	return jx_buf_check(out, WHAT, err);
}

static jx_rc is_new(const struct jx_small_part *parts, size_t i, struct jx_error *err)
{
	for (size_t k = 0; k < i; k++)
		if (memcmp(parts[k].sha256, parts[i].sha256, JX_HASH_BYTES) == 0)
			return jx_fail(err, JX_EINVAL, 0, WHERE,
				       "part %zu is of the same photo as part %zu; send one of them", i + 1,
				       k + 1);
	return JX_OK;
}

/* One part, whose bytes begin at *at. */
static jx_rc read_part(const jx_json *doc, int tok, struct jx_bytes body, size_t *at,
		       struct jx_small_part *parts, size_t i, struct jx_error *err)
{
	const size_t left = body.len - *at;
	int64_t bytes = 0;
	jx_rc rc = jx_json_type_of(doc, tok) == JX_JSON_OBJECT
			   ? JX_OK
			   : jx_fail(err, JX_EINVAL, 0, WHERE, "part %zu is no object", i + 1);

	if (rc == JX_OK)
		rc = jx_json_need_hex(doc, tok, "sha256", parts[i].sha256, JX_HASH_BYTES, err);
	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, tok, "bytes", 0, JX_WIRE__INT_MAX, &bytes, err);
	if (rc == JX_OK)
		rc = check_size(i + 1, (size_t)bytes, err);
	if (rc == JX_OK && (size_t)bytes > left)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "part %zu: %zu of %lld bytes are here: the bundle was cut; send it again", i + 1,
			     left, (long long)bytes);
	if (rc != JX_OK)
		return rc;
	parts[i].copy = (struct jx_bytes){(const char *)body.data + *at, (size_t)bytes};
	*at += (size_t)bytes;
	return is_new(parts, i, err);
}

static jx_rc read_parts(const jx_json *doc, struct jx_bytes body, size_t at, struct jx_small_part *parts,
			size_t cap, size_t *count_out, struct jx_error *err)
{
	const int list = jx_json_get(doc, 0, "parts");
	size_t count = 0;
	jx_rc rc = JX_OK;

	if (jx_json_type_of(doc, list) != JX_JSON_ARRAY)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"parts\" is missing or no list");
	for (int tok = jx_json_first(doc, list); tok >= 0 && rc == JX_OK;
	     tok = jx_json_next(doc, list, tok)) {
		if (count == cap)
			return check_count(JX_SMALL_PARTS_MAX + 1, err);
		rc = read_part(doc, tok, body, &at, parts, count++, err);
	}
	if (rc == JX_OK)
		rc = check_count(count, err);
	if (rc == JX_OK && at != body.len)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "%zu bytes follow the last part of the bundle; count them again", body.len - at);
	if (rc == JX_OK)
		*count_out = count;
	return rc;
}

jx_rc jx_small_bundle_read(struct jx_bytes body, struct jx_small_part *parts_out, size_t cap,
			   size_t *count_out, struct jx_error *err)
{
	struct jx_bytes line = {0};
	JX_AUTO_JSON doc = {0};
	size_t at = 0;
	jx_rc rc;

	if (body.len > JX_SMALL_BUNDLE_BYTES_MAX)
		return jx_fail(err, JX_ELIMIT, 0, WHERE, "the bundle has %zu bytes, more than %d", body.len,
			       JX_SMALL_BUNDLE_BYTES_MAX);
	rc = jx_wire__line(body, &at, 1, &line, err);
	if (rc == JX_OK)
		rc = jx_wire__open(line, WHAT, &doc, err);
	if (rc != JX_OK)
		return jx_wire__in_line(rc, WHAT, 1, err);
	return read_parts(&doc, body, at, parts_out, cap < JX_SMALL_PARTS_MAX ? cap : JX_SMALL_PARTS_MAX,
			  count_out, err);
}

/* ---- its answer ---- */

jx_rc jx_small_answer_write(const enum jx_small_result *results, size_t count, jx_buf *out,
			    struct jx_error *err)
{
	bool is_first = true;

	jx_wire__begin(out);
	jx_wire__add_i64(out, "parts", (int64_t)count);
	jx_buf_adds(out, ",\"refused\":[");
	for (size_t i = 0; i < count; i++) {
		if (results[i] == JX_SMALL_TAKEN)
			continue;
		jx_buf_addf(out, "%s{\"part\":%zu,\"error\":\"%s\"}", is_first ? "" : ",", i + 1,
			    jx_small_result_name(results[i]));
		is_first = false;
	}
	jx_buf_adds(out, "]}\n");
	return jx_buf_check(out, ANSWER, err);
}

static jx_rc read_refused(const jx_json *doc, int tok, enum jx_small_result *results, size_t count,
			  struct jx_error *err)
{
	char name[32];
	int64_t part = 0;
	jx_rc rc = jx_json_type_of(doc, tok) == JX_JSON_OBJECT
			   ? JX_OK
			   : jx_fail(err, JX_EINVAL, 0, WHERE, "a member of \"refused\" is no object");

	if (rc == JX_OK)
		rc = jx_json_need_i64(doc, tok, "part", 1, (int64_t)count, &part, err);
	if (rc == JX_OK)
		rc = jx_json_need_str(doc, tok, "error", name, sizeof(name), err);
	if (rc == JX_OK)
		results[part - 1] = find_result(name);
	return rc;
}

jx_rc jx_small_answer_read(struct jx_bytes body, enum jx_small_result *results_out, size_t count,
			   struct jx_error *err)
{
	JX_AUTO_JSON doc = {0};
	int64_t parts = 0;
	int list = -1;
	jx_rc rc = jx_wire__open(body, ANSWER, &doc, err);

	if (rc == JX_OK)
		rc = jx_json_need_i64(&doc, 0, "parts", (int64_t)count, (int64_t)count, &parts, err);
	if (rc == JX_OK)
		list = jx_json_get(&doc, 0, "refused");
	if (rc == JX_OK && jx_json_type_of(&doc, list) != JX_JSON_ARRAY)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE, "field \"refused\" is missing or no list");
	for (size_t i = 0; i < count && rc == JX_OK; i++)
		results_out[i] = JX_SMALL_TAKEN;
	for (int tok = rc == JX_OK ? jx_json_first(&doc, list) : -1; tok >= 0 && rc == JX_OK;
	     tok = jx_json_next(&doc, list, tok))
		rc = read_refused(&doc, tok, results_out, count, err);
	return rc == JX_OK ? JX_OK : jx_wire__in_line(rc, ANSWER, 1, err);
}
