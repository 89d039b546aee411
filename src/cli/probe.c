/*
 * Does a disk keep what it says it has synced? Numbered blocks are written over and over into a ring of one file, each synced, and
 * every few blocks a small file is put in place by rename, as a photo is. A number is given out only after its sync. After a
 * power cut whoever saw the number asks for it.
 *
 * Written through struct jx_fs, so that the simulated disks of the tests are asked the same questions as a real one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "jiexun/cli.h"

#define WHERE "cli.probe"

#define BLOCK_BYTES JX_PROBE_BLOCK_BYTES
/* 16 MiB: more than the caches of small cards hold back; a few seconds to go round. */
#define SLOTS JX_PROBE_SLOTS
/* Writing goes on behind the last number that was seen, and goes round: so many of the oldest are not asked for. */
#define AHEAD 1024
/* Names are dearer than blocks (rename, two syncs); so many of them are left lying, for the same reason. */
#define NAME_EVERY JX_PROBE_NAME_EVERY
#define NAMES_KEPT 64

struct jx_probe {
	const struct jx_fs *fs;
	char *dir;
	jx_file *file;
	uint8_t run[JX_PROBE_RUN_BYTES];
	int64_t n;
};

static void fill_block(const uint8_t run[JX_PROBE_RUN_BYTES], int64_t n, uint8_t block[BLOCK_BYTES])
{
	uint8_t seed[JX_HASH_BYTES];
	char text[48], hex[2 * JX_PROBE_RUN_BYTES + 1];

	jx_hex(run, JX_PROBE_RUN_BYTES, hex);
	(void)snprintf(text, sizeof(text), "jiexun-probe %s %lld", hex, (long long)n);
	/* all of the block depends on its number: a sector of another round shows */
	jx_sha256(text, strlen(text), seed);
	for (size_t at = 0; at < BLOCK_BYTES; at += JX_HASH_BYTES) {
		memcpy(block + at, seed, JX_HASH_BYTES);
		jx_sha256(seed, sizeof(seed), seed);
	}
}

static char *blocks_path(const char *dir)
{
	return jx_xasprintf("%s/blocks", dir);
}

static char *name_path(const char *dir, int64_t n)
{
	return jx_xasprintf("%s/name-%lld", dir, (long long)n);
}

void jx_probe_close(jx_probe *p)
{
	if (p == NULL)
		return;
	if (p->file != NULL)
		p->fs->close(p->fs->user, p->file);
	free(p->dir);
	free(p);
}

static jx_rc remove_one(void *arg, const char *name)
{
	const struct jx_probe *p = arg;
	JX_AUTO_FREE char *path = jx_xasprintf("%s/%s", p->dir, name);
	struct jx_error why;
	const bool is_ours = strcmp(name, "blocks") == 0 || strncmp(name, "name-", 5) == 0 ||
			     strncmp(name, ".name-", 6) == 0;
	const jx_rc rc = is_ours ? p->fs->remove(p->fs->user, path, &why) : JX_OK;

	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_probe_clear(const struct jx_fs *fs, const char *dir, struct jx_error *err)
{
	struct jx_probe p = {.fs = fs, .dir = jx_xstrdup(dir)};
	jx_rc rc = fs->list(fs->user, dir, remove_one, &p, err);

	free(p.dir);
	return rc == JX_ENOTFOUND ? JX_OK : rc;
}

jx_rc jx_probe_begin(const struct jx_fs *fs, const struct jx_rand *rand, const char *dir, jx_probe **out,
		     struct jx_error *err)
{
	JX_AUTO(jx_probe) p = jx_xcalloc(1, sizeof(*p));
	JX_AUTO_FREE char *path = blocks_path(dir);
	jx_rc rc = fs->make_dir(fs->user, dir, err);

	p->fs = fs;
	p->dir = jx_xstrdup(dir);
	rand->fill(rand->user, p->run, sizeof(p->run));
	/* what an earlier run left would be found instead of this one's */
	if (rc == JX_OK)
		rc = jx_probe_clear(fs, dir, err);
	if (rc == JX_OK)
		rc = fs->create(fs->user, path, &p->file, err);
	if (rc == JX_OK)
		rc = fs->sync_data(fs->user, p->file, err);
	if (rc == JX_OK)
		rc = fs->sync_dir(fs->user, dir, err);
	if (rc == JX_OK)
		*out = JX_STEAL(p);
	return rc;
}

/* The way of a photo: temporary name, sync, rename, sync of the folder. */
static jx_rc put_name(struct jx_probe *p, int64_t n, const uint8_t block[BLOCK_BYTES], struct jx_error *err)
{
	JX_AUTO_FREE char *path = name_path(p->dir, n);
	JX_AUTO_FREE char *old = name_path(p->dir, n - (int64_t)NAMES_KEPT * NAME_EVERY);
	const jx_rc rc = jx_fs_write_all(p->fs, path, block, BLOCK_BYTES, err);

	if (rc == JX_OK && n > (int64_t)NAMES_KEPT * NAME_EVERY)
		(void)p->fs->remove(p->fs->user, old, NULL);
	return rc;
}

jx_rc jx_probe_step(jx_probe *p, int64_t *n_out, struct jx_error *err)
{
	uint8_t block[BLOCK_BYTES];
	const int64_t n = p->n + 1;
	jx_rc rc;

	fill_block(p->run, n, block);
	rc = p->fs->write_at(p->fs->user, p->file, n % SLOTS * BLOCK_BYTES, block, BLOCK_BYTES, err);
	if (rc == JX_OK)
		rc = p->fs->sync_data(p->fs->user, p->file, err);
	if (rc == JX_OK && n % NAME_EVERY == 0)
		rc = put_name(p, n, block, err);
	if (rc != JX_OK)
		return rc;
	p->n = n;
	*n_out = n;
	return JX_OK;
}

/* ---- the code on the screen ------------------------------------------------------------------------ */

/* Four characters that a slip of the pen changes. */
static void check_of(const uint8_t run[JX_PROBE_RUN_BYTES], int64_t n, char out[5])
{
	uint8_t hash[JX_HASH_BYTES];
	char text[64], hex[2 * JX_PROBE_RUN_BYTES + 1], base32[16];

	jx_hex(run, JX_PROBE_RUN_BYTES, hex);
	(void)snprintf(text, sizeof(text), "jiexun-code %s %lld", hex, (long long)n);
	jx_sha256(text, strlen(text), hash);
	jx_base32(hash, 5, base32);
	jx_strcpy(out, 5, base32);
}

void jx_probe_code(const jx_probe *p, char out[JX_PROBE_CODE_MAX])
{
	char run[16], check[5];

	jx_base32(p->run, JX_PROBE_RUN_BYTES, run);
	check_of(p->run, p->n, check);
	(void)snprintf(out, JX_PROBE_CODE_MAX, "%lld-%s-%s", (long long)p->n, run, check);
}

static bool read_code(const char *code, uint8_t run[JX_PROBE_RUN_BYTES], int64_t *n_out)
{
	char number[24], run_text[16], check[5];
	const size_t digits = strcspn(code, "-");

	if (digits == 0 || digits >= sizeof(number) || strlen(code) != digits + 14 || code[digits + 9] != '-')
		return false;
	memcpy(number, code, digits);
	number[digits] = '\0';
	memcpy(run_text, code + digits + 1, 8);
	run_text[8] = '\0';
	if (!jx_parse_i64(number, 0, INT64_MAX / 2, n_out) || !jx_unbase32(run_text, run, JX_PROBE_RUN_BYTES))
		return false;
	check_of(run, *n_out, check);
	return strcasecmp(check, code + digits + 10) == 0;
}

/* ---- afterwards ------------------------------------------------------------------------------------ */

static void note_missing(struct jx_probe_result *r, int64_t n)
{
	if (r->missing++ == 0 || n < r->first_missing_n)
		r->first_missing_n = n;
}

static bool is_block(const struct jx_fs *fs, jx_file *file, int64_t offset,
		     const uint8_t run[JX_PROBE_RUN_BYTES], int64_t n)
{
	uint8_t wanted[BLOCK_BYTES], found[BLOCK_BYTES];
	size_t got = 0;

	fill_block(run, n, wanted);
	return fs->read_at(fs->user, file, offset, found, sizeof(found), &got, NULL) == JX_OK &&
	       got == sizeof(found) && memcmp(found, wanted, sizeof(found)) == 0;
}

static jx_rc look_at_blocks(const struct jx_fs *fs, const char *dir, const uint8_t run[JX_PROBE_RUN_BYTES],
			    int64_t last, struct jx_probe_result *r, struct jx_error *err)
{
	JX_AUTO_FREE char *path = blocks_path(dir);
	jx_file *file = NULL;
	const int64_t first = last - SLOTS + AHEAD < 1 ? 1 : last - SLOTS + AHEAD;
	const jx_rc rc = fs->open_read(fs->user, path, &file, err);

	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	for (int64_t n = first; n <= last; n++) {
		r->looked++;
		if (file == NULL || !is_block(fs, file, n % SLOTS * BLOCK_BYTES, run, n))
			note_missing(r, n);
	}
	if (file != NULL)
		fs->close(fs->user, file);
	return JX_OK;
}

/* The newest name that was acknowledged with its number; the one after it may have replaced nothing. */
static jx_rc look_at_names(const struct jx_fs *fs, const char *dir, const uint8_t run[JX_PROBE_RUN_BYTES],
			   int64_t last, struct jx_probe_result *r, struct jx_error *err)
{
	const int64_t n = last / NAME_EVERY * NAME_EVERY;
	JX_AUTO_FREE char *path = name_path(dir, n);
	jx_file *file = NULL;
	jx_rc rc;

	if (n == 0)
		return JX_OK;
	rc = fs->open_read(fs->user, path, &file, err);
	if (rc != JX_OK && rc != JX_ENOTFOUND)
		return rc;
	r->looked++;
	if (file == NULL || !is_block(fs, file, 0, run, n))
		r->names_missing++;
	if (file != NULL)
		fs->close(fs->user, file);
	return JX_OK;
}

jx_rc jx_probe_check(const struct jx_fs *fs, const char *dir, const char *code, struct jx_probe_result *out,
		     struct jx_error *err)
{
	struct jx_probe_result r = {.looked = 0};
	uint8_t run[JX_PROBE_RUN_BYTES];
	jx_rc rc;

	if (!read_code(code, run, &r.last_n))
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"\"%s\" is not a code of this test: type the last line that was on the screen, as in "
			"1234-ABCD2345-EFGH",
			code);
	if (r.last_n == 0)
		return jx_fail(
			err, JX_EINVAL, 0, WHERE,
			"number 0 says nothing: let the test write for a while before you cut the power");
	rc = look_at_blocks(fs, dir, run, r.last_n, &r, err);
	if (rc == JX_OK)
		rc = look_at_names(fs, dir, run, r.last_n, &r, err);
	if (rc == JX_OK)
		*out = r;
	return rc;
}
