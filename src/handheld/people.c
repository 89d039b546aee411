/* Who works with this device, and their PINs. */
#include "people_file.h"

#include <stdlib.h>
#include <string.h>

#define WHERE "handheld.people"
/* Typing it wrong twice is human. From the third on the next try waits, twice as long each time, a quarter of an hour at most. */
#define FREE_FAILURES   2
#define FIRST_WAIT_MS   INT64_C(5000)
#define LONGEST_WAIT_MS INT64_C(900000)
/* Two programs of one device (jx, the app) may sign in at the same moment. */
#define LOCK_WAIT_MS 2000

struct held {
	const struct jx_handheld__world *w;
	void *lock;
	struct people *people;
};

static void let_go(struct held *h)
{
	if (h->lock != NULL)
		h->w->fs->unlock(h->w->fs->user, h->lock);
	free(h->people);
}

static jx_rc check_id(const char *id, struct jx_error *err)
{
	const size_t len = strlen(id);

	if (len == 0 || len >= sizeof(((struct known_person *)NULL)->id) || !jx_utf8_ok(id, len))
		return jx_fail(err, JX_EINVAL, 0, WHERE,
			       "field \"person\": give a person's id, 1 to 63 bytes, such as p-017");
	return JX_OK;
}

static jx_rc hold(const struct jx_handheld__world *w, struct held *h, struct jx_error *err)
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/people.lock", w->dir);
	jx_rc rc = w->fs->lock(w->fs->user, path, LOCK_WAIT_MS, &h->lock, err);

	h->w = w;
	h->people = jx_xcalloc(1, sizeof(*h->people));
	return rc == JX_OK ? people_read(w, h->people, err) : rc;
}

static int64_t wait_ms(const struct jx_handheld__world *w, const struct known_person *p)
{
	int64_t told_utc_ms, now_utc_ms, wait = FIRST_WAIT_MS;
	char number[24];

	if (!p->has_pin || p->failures <= FREE_FAILURES)
		return 0;
	for (int64_t i = FREE_FAILURES + 1; i < p->failures && wait < LONGEST_WAIT_MS; i++)
		wait *= 2;
	if (wait > LONGEST_WAIT_MS)
		wait = LONGEST_WAIT_MS;
	jx_strcpy(number, sizeof(number), p->failed);
	number[strcspn(number, " ")] = '\0';
	if (!jx_parse_i64(number, 0, INT64_MAX / 4, &told_utc_ms))
		return wait;
	/* carried on by the monotonic clock; after a restart by the wall clock, whose owner may set it: that costs a restart a try */
	(void)jx_shelf_now(w->clock, p->failed, &now_utc_ms);
	return now_utc_ms - told_utc_ms >= wait ? 0 : wait - (now_utc_ms - told_utc_ms);
}

jx_rc jx_handheld__each_person(const struct jx_handheld__world *w,
			       jx_rc (*fn)(void *user, const struct jx_person *person), void *user,
			       struct jx_error *err)
{
	JX_AUTO_FREE struct people *people = jx_xcalloc(1, sizeof(*people));
	jx_rc rc = people_read(w, people, err);

	for (size_t i = 0; i < people->count && rc == JX_OK; i++) {
		const struct known_person *p = &people->list[i];
		struct jx_person person = {.has_pin = p->has_pin, .wait_ms = wait_ms(w, p)};

		jx_strcpy(person.id, sizeof(person.id), p->id);
		jx_strcpy(person.name, sizeof(person.name), p->name);
		rc = fn(user, &person);
	}
	return rc;
}

static jx_rc too_early(int64_t ms, struct jx_error *err)
{
	return jx_fail(err, JX_EBUSY, 0, WHERE, "too many wrong PINs: wait %lld seconds, then try again",
		       (long long)((ms + 999) / 1000));
}

/* The file says that it failed before it is known whether it did: whoever pulls the plug in between gains nothing. */
static jx_rc try_pin(struct held *h, struct known_person *p, const char *pin, struct jx_error *err)
{
	const int64_t wait = wait_ms(h->w, p);
	const int64_t before = p->failures;
	uint8_t hash[JX_PIN_HASH_BYTES];
	bool is_right = false;
	jx_rc rc;

	if (wait > 0)
		return too_early(wait, err);
	p->failures = before + 1;
	jx_shelf_moment(h->w->clock, h->w->clock->utc_ms(h->w->clock->user), p->failed);
	rc = people_write(h->w, h->people, err);
	if (rc == JX_OK)
		rc = jx_pin_hash(pin, p->salt, hash, err);
	if (rc != JX_OK)
		return rc;
	is_right = jx_mem_equal(hash, p->hash, sizeof(hash));
	jx_wipe(hash, sizeof(hash));
	if (!is_right)
		return p->failures > FREE_FAILURES
			       ? jx_fail(err, JX_EAUTH, 0, WHERE,
					 "the PIN is wrong: the next try is taken in %lld seconds",
					 (long long)(wait_ms(h->w, p) + 999) / 1000)
			       : jx_fail(err, JX_EAUTH, 0, WHERE, "the PIN is wrong: try again");
	p->failures = 0;
	p->failed[0] = '\0';
	return people_write(h->w, h->people, err);
}

static jx_rc check(struct held *h, const char *id, const char *pin, struct jx_error *err)
{
	struct known_person *p = people_find(h->people, id);

	if (p == NULL || !p->has_pin)
		return pin == NULL
			       ? JX_OK
			       : jx_fail(err, JX_EINVAL, 0, WHERE,
					 "field \"pin\": %s has no PIN on this device: sign in without one, then set it",
					 id);
	if (pin == NULL)
		return jx_fail(err, JX_EAUTH, 0, WHERE, "%s has a PIN: give it", id);
	return try_pin(h, p, pin, err);
}

jx_rc jx_handheld__check_pin(const struct jx_handheld__world *w, const char *id, const char *pin,
			     struct jx_error *err)
{
	JX_CLEANUP(let_go) struct held h = {.lock = NULL};
	const jx_rc rc = hold(w, &h, err);

	return rc == JX_OK ? check(&h, id, pin, err) : rc;
}

static struct known_person *to_top(struct people *people, const char *id)
{
	const struct known_person *there = people_find(people, id);
	struct known_person p = {.has_pin = false};
	size_t at = there != NULL ? (size_t)(there - people->list) : people->count;

	jx_strcpy(p.id, sizeof(p.id), id);
	if (there != NULL)
		p = *there;
	else if (people->count == PEOPLE_MAX)
		at--; /* whoever was not here longest makes room */
	else
		people->count++;
	memmove(&people->list[1], &people->list[0], at * sizeof(people->list[0]));
	people->list[0] = p;
	return &people->list[0];
}

jx_rc jx_handheld__remember(const struct jx_handheld__world *w, const char *id, const char *name,
			    struct jx_error *err)
{
	JX_CLEANUP(let_go) struct held h = {.lock = NULL};
	struct known_person *p;
	jx_rc rc = hold(w, &h, err);

	if (rc != JX_OK)
		return rc;
	p = to_top(h.people, id);
	if (name != NULL)
		jx_strcpy(p->name, sizeof(p->name), name);
	return people_write(w, h.people, err);
}

static jx_rc check_digits(const char *pin, struct jx_error *err)
{
	const size_t len = strlen(pin);

	if (len < JX_PIN_DIGITS_MIN || len > JX_PIN_DIGITS_MAX || strspn(pin, "0123456789") != len)
		return jx_fail(err, JX_EINVAL, 0, WHERE, "field \"pin\": give %d to %d digits",
			       JX_PIN_DIGITS_MIN, JX_PIN_DIGITS_MAX);
	return JX_OK;
}

jx_rc jx_handheld__set_pin(const struct jx_handheld__world *w, const char *id, const char *old_pin,
			   const char *pin, struct jx_error *err)
{
	JX_CLEANUP(let_go) struct held h = {.lock = NULL};
	struct known_person *p;
	jx_rc rc = check_id(id, err);

	if (rc == JX_OK && pin != NULL)
		rc = check_digits(pin, err);
	if (rc == JX_OK)
		rc = hold(w, &h, err);
	if (rc == JX_OK)
		rc = check(&h, id, old_pin, err);
	if (rc != JX_OK)
		return rc;
	p = to_top(h.people, id);
	p->has_pin = pin != NULL;
	p->failures = 0;
	p->failed[0] = '\0';
	if (pin != NULL) {
		w->rand->fill(w->rand->user, p->salt, sizeof(p->salt));
		rc = jx_pin_hash(pin, p->salt, p->hash, err);
	}
	return rc == JX_OK ? people_write(w, h.people, err) : rc;
}

/* ---- on this device ---------------------------------------------------------------------------------- */

static struct jx_handheld__world world_of(const struct jx_handheld *h)
{
	return (struct jx_handheld__world){jx_os_fs(), jx_os_clock(), jx_os_rand(), h->dir};
}

jx_rc jx_handheld_each_person(struct jx_handheld *h, jx_rc (*fn)(void *user, const struct jx_person *person),
			      void *user, struct jx_error *err)
{
	const struct jx_handheld__world w = world_of(h);

	return jx_handheld__each_person(&w, fn, user, err);
}

jx_rc jx_handheld_sign_in(struct jx_handheld *h, const char *id, const char *name, const char *pin,
			  int64_t *n_out, struct jx_error *err)
{
	const struct jx_handheld__world w = world_of(h);
	jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc == JX_OK)
		rc = check_id(id, err);
	if (rc == JX_OK)
		rc = jx_handheld__check_pin(&w, id, pin, err);
	if (rc == JX_OK)
		rc = jx_record_person_in(&h->recorder, id, pin != NULL ? "pin" : "none", n_out, err);
	/* the entry is saved, and that is what counts: a list that is not up to date is put right by the next sign-in */
	if (rc == JX_OK)
		(void)jx_handheld__remember(&w, id, name, NULL);
	return rc;
}

jx_rc jx_handheld_set_pin(struct jx_handheld *h, const char *id, const char *old_pin, const char *pin,
			  struct jx_error *err)
{
	const struct jx_handheld__world w = world_of(h);

	return jx_handheld__set_pin(&w, id, old_pin, pin, err);
}
