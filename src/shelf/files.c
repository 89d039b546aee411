/* A pack's file: its name says what was signed, so that opening needs no second file. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "shelf_private.h"

#define WHERE     "shelf.files"
#define SUFFIX    ".json"
#define MARK_HEX  ((size_t)16) /* of the file's hash, in its name: damage is seen at opening */
#define DAY_CHARS ((size_t)10)

static void mark_of(const uint8_t sha256[JX_HASH_BYTES], char out[MARK_HEX + 1])
{
	jx_hex(sha256, MARK_HEX / 2, out);
}

/* Cuts ".TEXT" off the end of name; false if there is none of this length (0: any). */
static bool cut_last(char *name, size_t len, char *out, size_t cap)
{
	char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name || (len != 0 && strlen(dot + 1) != len))
		return false;
	jx_strcpy(out, cap, dot + 1);
	*dot = '\0';
	return true;
}

/* "<id>.<version>.<day>.<mark>.json"; an id may have dots of its own. */
static bool read_name(const char *file, struct jx_pack_seal *seal, char mark[MARK_HEX + 1])
{
	char name[192], number[24];
	const size_t len = strlen(file);

	if (len >= sizeof(name) || len <= strlen(SUFFIX) ||
	    strcmp(file + len - strlen(SUFFIX), SUFFIX) != 0 || file[0] == '.')
		return false;
	jx_strcpy(name, sizeof(name), file);
	name[len - strlen(SUFFIX)] = '\0';
	if (!cut_last(name, MARK_HEX, mark, MARK_HEX + 1) ||
	    !cut_last(name, DAY_CHARS, seal->valid_from, sizeof(seal->valid_from)) ||
	    !cut_last(name, 0, number, sizeof(number)) || strlen(name) >= sizeof(seal->pack))
		return false;
	jx_strcpy(seal->pack, sizeof(seal->pack), name);
	return jx_day_ok(seal->valid_from) && jx_parse_i64(number, 1, INT64_MAX, &seal->version);
}

static jx_rc check_mark(const char *mark, const uint8_t sha256[JX_HASH_BYTES], struct jx_error *err)
{
	char is[MARK_HEX + 1];

	mark_of(sha256, is);
	return strcmp(is, mark) == 0
		       ? JX_OK
		       : jx_fail(err, JX_ECORRUPT, 0, WHERE,
				 "the file has changed on the disk: remove it, the next sync fetches it again");
}

static jx_rc load_file(jx_shelf *s, const char *file, struct jx_pack_seal *seal, const char *mark,
		       struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", s->dir, file);
	JX_AUTO(jx_pack) pack = NULL;
	JX_AUTO_BUF bytes;
	jx_rc rc;

	jx_buf_init(&bytes, (size_t)JX_PACK_BYTES_MAX);
	rc = jx_fs_read_all(s->fs, path, &bytes, err);
	if (rc != JX_OK)
		return rc;
	jx_sha256(bytes.data, bytes.len, seal->sha256);
	seal->size_bytes = (int64_t)bytes.len;
	rc = check_mark(mark, seal->sha256, err);
	if (rc == JX_OK)
		rc = jx_pack_open_sealed(seal, bytes.data, bytes.len, &pack, err);
	if (rc == JX_OK)
		rc = jx_packs_keep(s->packs, pack, err);
	if (rc == JX_OK)
		jx_shelf__note_received(s, JX_STEAL(pack));
	return rc;
}

struct loading {
	jx_shelf *s;
	jx_rc rc;
	struct jx_error *err;
};

static jx_rc take_name(void *arg, const char *file)
{
	struct loading *l = arg;
	struct jx_pack_seal seal = {.version = 0};
	struct jx_error why = {.code = JX_OK};
	char mark[MARK_HEX + 1];

	if (!read_name(file, &seal, mark))
		return JX_OK; /* nobody's: refused.json, temporary files */
	l->rc = load_file(l->s, file, &seal, mark, &why);
	if (l->rc == JX_ENOMEM) {
		if (l->err != NULL)
			*l->err = why;
		return JX_EINTR;
	}
	if (l->rc != JX_OK)
		jx_shelf__add_problem(l->s, file, NULL, false, &why);
	l->rc = JX_OK;
	return JX_OK;
}

jx_rc jx_shelf__load_files(jx_shelf *s, struct jx_error *err)
{
	struct loading l = {.s = s, .rc = JX_OK, .err = err};
	const jx_rc rc = s->fs->list(s->fs->user, s->dir, take_name, &l, err);

	if (rc == JX_EINTR)
		return l.rc;
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

static char *name_of(const struct jx_pack_seal *seal)
{
	char mark[MARK_HEX + 1];

	mark_of(seal->sha256, mark);
	return jx_xasprintf("%s.%" PRId64 ".%s.%s" SUFFIX, seal->pack, seal->version, seal->valid_from, mark);
}

jx_rc jx_shelf__write_file(const jx_shelf *s, const struct jx_pack_seal *seal, const jx_buf *bytes,
			   struct jx_error *err)
{
	JX_AUTO_FREE char *name = name_of(seal);
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", s->dir, name);
	const jx_rc rc = s->fs->make_dir(s->fs->user, s->dir, err);

	return rc == JX_OK ? jx_fs_write_all(s->fs, path, bytes->data, bytes->len, err) : rc;
}

void jx_shelf__forget_file(jx_shelf *s, const struct jx_pack_seal *seal)
{
	JX_AUTO_FREE char *name = name_of(seal);
	size_t i, kept = 0;

	for (i = 0; i < s->problem_count; i++)
		if (strcmp(s->problems[i].pub.key, name) != 0)
			s->problems[kept++] = s->problems[i];
	s->problem_count = kept;
}
