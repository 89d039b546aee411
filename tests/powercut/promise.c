#include "promise.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX (8 + PC_PHOTOS_MAX)

struct words {
	char *word[WORDS_MAX];
	size_t count;
};

static void split(char *text, struct words *w)
{
	char *at = text;

	w->count = 0;
	while (*at != '\0' && w->count < WORDS_MAX) {
		const size_t n = strcspn(at, " ");

		w->word[w->count++] = at;
		at += n;
		if (*at == ' ')
			*at++ = '\0';
	}
}

static bool read_hash(const char *hex, uint8_t out[JX_HASH_BYTES])
{
	return jx_unhex(hex, strlen(hex), out, JX_HASH_BYTES);
}

static bool read_saved(const struct words *w, struct pc_promise *p)
{
	if (w->count < 5 || !jx_parse_i64(w->word[2], 1, INT32_MAX, &p->n) ||
	    !jx_uuid_parse(w->word[3], strlen(w->word[3]), p->id) || !read_hash(w->word[4], p->digest))
		return false;
	for (size_t i = 5; i < w->count; i++)
		if (p->photo_count == PC_PHOTOS_MAX || !read_hash(w->word[i], p->photo[p->photo_count++]))
			return false;
	return true;
}

static bool read_state(const struct words *w, struct pc_promise *p)
{
	if (w->count != 5 || !jx_parse_i64(w->word[2], 1, INT32_MAX, &p->n) ||
	    !read_hash(w->word[4], p->digest))
		return false;
	p->state = strcmp(w->word[3], "complete") == 0 ? 2 : 1;
	return p->state == 2 || strcmp(w->word[3], "sent") == 0;
}

static bool read_words(const struct words *w, struct pc_promise *p)
{
	static const struct {
		const char *name;
		enum pc_promise_kind kind;
	} kinds[] = {{"saved", PC_SAVED},
		     {"state", PC_STATE},
		     {"enrolled", PC_ENROLLED},
		     {"server", PC_SERVER},
		     {"file", PC_FILE}};
	size_t k = 0;

	while (k < sizeof(kinds) / sizeof(kinds[0]) &&
	       (w->count == 0 || strcmp(w->word[0], kinds[k].name) != 0))
		k++;
	if (k == sizeof(kinds) / sizeof(kinds[0]))
		return false;
	p->kind = kinds[k].kind;
	if (w->count > 1)
		jx_strcpy(p->who, sizeof(p->who), w->word[1]);
	switch (p->kind) {
	case PC_SAVED:
		return read_saved(w, p);
	case PC_STATE:
		return read_state(w, p);
	case PC_FILE:
		return w->count == 3 && read_hash(w->word[2], p->digest);
	case PC_ENROLLED:
		return w->count == 2;
	case PC_SERVER:
		return true;
	}
	return false;
}

jx_rc pc_promise_read(const char *text, size_t len, struct pc_promise *out, struct jx_error *err)
{
	JX_AUTO_FREE char *copy = jx_xstrndup(text, len);
	struct words w;
	struct pc_promise p = {.n = 0};

	split(copy, &w);
	if (!read_words(&w, &p))
		return jx_fail(err, JX_EINVAL, 0, "powercut.promise", "not understood: %.*s", (int)len, text);
	*out = p;
	return JX_OK;
}

void pc_verdict_add(struct pc_verdict *v, int *count, const char *fmt, ...)
{
	va_list ap;

	(*count)++;
	if (v->first[0] != '\0')
		return;
	va_start(ap, fmt);
	(void)vsnprintf(v->first, sizeof(v->first), fmt, ap);
	va_end(ap);
}

static const struct pc_found *find_device(const struct pc_found *found, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (found[i].device != NULL && strcmp(found[i].device, name) == 0)
			return &found[i];
	return NULL;
}

static bool lists(const struct pc_seen *s, const struct pc_seen_entry *e, const uint8_t sha256[JX_HASH_BYTES])
{
	for (int32_t i = 0; i < e->photo_count; i++)
		if (memcmp(s->photo[e->photo_first + i], sha256, JX_HASH_BYTES) == 0)
			return true;
	return false;
}

static bool is_saved_whole(const struct pc_promise *p, const struct pc_seen *s, const struct pc_seen_entry *e,
			   int64_t n)
{
	if (n != p->n || memcmp(e->digest, p->digest, JX_HASH_BYTES) != 0)
		return false;
	for (size_t i = 0; i < p->photo_count; i++)
		if (!lists(s, e, p->photo[i]))
			return false;
	return e->bad_photo_count == 0;
}

static void check_saved(const struct pc_promise *p, const struct pc_found *d, struct pc_verdict *v)
{
	const struct pc_seen *s = d->seen;
	int times = 0;

	for (int32_t w = 0; w < s->writer_count; w++) {
		for (int32_t i = 0; i < s->writer[w].entry_count; i++) {
			const struct pc_seen_entry *e = &s->entry[s->writer[w].entry_first + i];

			if (memcmp(e->id, p->id, JX_ID_BYTES) != 0)
				continue;
			times++;
			if (!is_saved_whole(p, s, e, i + 1))
				pc_verdict_add(
					v, &v->lost,
					"%s showed %lld as saved: it is there with other bytes or photos",
					p->who, (long long)p->n);
		}
	}
	if (times == 0)
		pc_verdict_add(v, &v->lost, "%s showed %lld as saved, and it is gone", p->who,
			       (long long)p->n);
	if (times > 1)
		pc_verdict_add(v, &v->duplicated, "%s has %lld %d times", p->who, (long long)p->n, times);
}

static bool server_holds(const struct pc_seen *s, const uint8_t writer[JX_ID_BYTES], int64_t n,
			 const uint8_t digest[JX_HASH_BYTES])
{
	for (int32_t w = 0; w < s->writer_count; w++)
		if (memcmp(s->writer[w].id, writer, JX_ID_BYTES) == 0)
			return n <= s->writer[w].entry_count &&
			       memcmp(s->entry[s->writer[w].entry_first + n - 1].digest, digest,
				      JX_HASH_BYTES) == 0;
	return false;
}

static void check_state(const struct pc_promise *p, const struct pc_found *d, struct pc_verdict *v)
{
	const struct pc_seen *s = d->seen;
	const struct pc_seen_writer *w = s->writer_count > 0 ? &s->writer[s->writer_count - 1] : NULL;

	if (w == NULL || p->n > w->entry_count || s->entry[w->entry_first + p->n - 1].state < p->state)
		pc_verdict_add(v, &v->lost, "%s showed %lld as %s, and does not any more", p->who,
			       (long long)p->n, p->state == 2 ? "complete" : "sent");
}

void pc_promise_check(const struct pc_promise *p, const struct pc_found *found, size_t count,
		      struct pc_verdict *v)
{
	const struct pc_found *d = find_device(found, count, p->who);
	size_t i;

	switch (p->kind) {
	case PC_SAVED:
		if (d != NULL)
			check_saved(p, d, v);
		break;
	case PC_STATE:
		if (d != NULL)
			check_state(p, d, v);
		for (i = 0; i < count && d != NULL; i++)
			if (found[i].device == NULL && d->seen->writer_count > 0 &&
			    !server_holds(found[i].seen, d->seen->writer[d->seen->writer_count - 1].id, p->n,
					  p->digest))
				pc_verdict_add(v, &v->lost,
					       "%s showed %lld as sent, and the server does not hold it",
					       p->who, (long long)p->n);
		break;
	case PC_ENROLLED:
		if (d != NULL && d->seen->writer_count == 0)
			pc_verdict_add(v, &v->lost, "%s was enrolled, and is not any more", p->who);
		break;
	case PC_SERVER:
		for (i = 0; i < count; i++)
			if (found[i].device == NULL && !found[i].seen->is_there)
				pc_verdict_add(v, &v->lost,
					       "the server was set up, and its database is gone");
		break;
	case PC_FILE:
		for (i = 0; i < count; i++) {
			const size_t len = strlen(found[i].disk->root);

			if (strncmp(p->who, found[i].disk->root, len) == 0 && p->who[len] == '/' &&
			    !pc_look_file(&found[i].image, p->who, p->digest))
				pc_verdict_add(v, &v->lost, "%s is gone or has other bytes", p->who);
		}
		break;
	}
}

static bool server_has_photo(const struct pc_seen *s, const uint8_t sha256[JX_HASH_BYTES])
{
	for (int32_t i = 0; i < s->good_photo_count; i++)
		if (memcmp(s->good_photo[i], sha256, JX_HASH_BYTES) == 0)
			return true;
	return false;
}

static void check_sent(const struct pc_found *device, const struct pc_seen_writer *w, int32_t at,
		       const struct pc_seen *server, struct pc_verdict *v)
{
	const struct pc_seen *s = device->seen;
	const struct pc_seen_entry *e = &s->entry[w->entry_first + at];

	if (e->state != 1 && e->state != 2)
		return;
	if (!server_holds(server, w->id, at + 1, e->digest))
		pc_verdict_add(v, &v->lost, "%s has a receipt for %d, and the server does not hold it",
			       device->device, at + 1);
	for (int32_t i = 0; i < e->photo_count && e->state == 2; i++)
		if (!server_has_photo(server, s->photo[e->photo_first + i]))
			pc_verdict_add(v, &v->lost,
				       "%s shows %d as complete, and photo %d is not at the server",
				       device->device, at + 1, i + 1);
}

/* The server must not be ahead of a device: the next save would fork its log. */
static void check_ahead(const struct pc_found *device, const struct pc_seen_writer *w,
			const struct pc_seen *server, struct pc_verdict *v)
{
	const struct pc_seen *s = device->seen;

	for (int32_t k = 0; k < server->writer_count; k++) {
		const struct pc_seen_writer *at = &server->writer[k];

		if (memcmp(at->id, w->id, JX_ID_BYTES) != 0)
			continue;
		for (int32_t i = 0; i < at->entry_count; i++)
			if (i >= w->entry_count ||
			    memcmp(server->entry[at->entry_first + i].digest,
				   s->entry[w->entry_first + i].digest, JX_HASH_BYTES) != 0)
				pc_verdict_add(v, &v->failed,
					       "the server holds %d of %s, and the device has lost it", i + 1,
					       device->device);
		return;
	}
	pc_verdict_add(v, &v->lost, "%s is enrolled, and the server does not know it", device->device);
}

void pc_check_both(const struct pc_found *device, const struct pc_found *server, struct pc_verdict *v)
{
	const struct pc_seen *s = device->seen;

	for (int32_t k = 0; k < s->writer_count; k++) {
		for (int32_t i = 0; i < s->writer[k].entry_count; i++)
			check_sent(device, &s->writer[k], i, server->seen, v);
		check_ahead(device, &s->writer[k], server->seen, v);
	}
}
