/* An observation in the making: what is kept, pictures, what a power cut leaves, saving once, letting go, corrections. */
#include <stdio.h>
#include <stdlib.h>

#include "jiexun/compose.h"
#include "jx_test.h"
#include "picture.h"
#include "private.h"

struct world {
	char *folder, *profile, *home;
	struct jx_handheld h;
	struct jx_error err;
};

static void write_profile(struct world *w, const char *more)
{
	JX_AUTO_FREE char *text = jx_xasprintf("[device]\nname = H07\n%s", more);

	jx_assert_ok(jx_fs_write_all(jx_os_fs(), w->profile, text, strlen(text), &w->err), &w->err);
}

static void enrol(struct world *w)
{
	struct jx_identity id = {
		.role = "field", .area = "330185", .url = "https://server.invalid", .pin_count = 1};
	uint8_t secret[JX_SEC_BYTES];
	struct jx_device_keys keys;

	jx_handheld_keys(&w->h, &keys);
	jx_assert_ok(jx_device_create_key(&keys, jx_os_fs(), jx_os_rand(), id.public_key, secret, &w->err),
		     &w->err);
	jx_uuid7(jx_os_clock(), jx_os_rand(), id.writer);
	jx_strcpy(id.short_code, sizeof(id.short_code), "H07");
	jx_assert_ok(jx_handheld_open_store(&w->h, false, &w->err), &w->err);
	jx_assert_ok(jx_store_set_identity(w->h.store, &id, &w->err), &w->err);
}

static int open_world(void **state)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));
	int64_t n = 0;

	if (jx_crypto_init(NULL) != JX_OK)
		return -1;
	w->folder = jx_test_folder();
	w->profile = jx_test_path(w->folder, "profile.ini");
	w->home = jx_test_path(w->folder, "data");
	write_profile(w, "");
	jx_assert_ok(jx_handheld_set_up(&w->h, w->profile, w->home, &w->err), &w->err);
	enrol(w);
	jx_assert_ok(jx_handheld_sign_in(&w->h, "p-017", NULL, NULL, &n, &w->err), &w->err);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	jx_handheld_close(&w->h);
	jx_test_folder_remove(w->folder);
	free(w->profile);
	free(w->home);
	free(w);
	return 0;
}

/* As after the program was killed; more: of the profile. */
static void start_again(struct world *w, const char *more)
{
	jx_handheld_close(&w->h);
	write_profile(w, more);
	memset(&w->h, 0, sizeof(w->h));
	jx_assert_ok(jx_handheld_set_up(&w->h, w->profile, w->home, &w->err), &w->err);
}

static struct jx_compose *begin(struct world *w)
{
	struct jx_compose *c = jx_xcalloc(1, sizeof(*c));

	jx_compose_new(&w->h.profile, c);
	jx_strcpy(c->code, sizeof(c->code), "01.01");
	return c;
}

static void keep(struct world *w, struct jx_compose *c)
{
	jx_assert_ok(jx_compose_keep(&w->h, c, &w->err), &w->err);
}

static void add(struct world *w, struct jx_compose *c, unsigned seed, const char *role)
{
	size_t len = 0;
	JX_AUTO_FREE uint8_t *jpeg = picture_make(seed, false, NULL, NULL, &len);

	jx_assert_ok(jx_compose_add_photo(&w->h, c, jpeg, len, role, "camera", &w->err), &w->err);
}

static int64_t save(struct world *w, const struct jx_compose *c)
{
	int64_t n = 0;

	jx_assert_ok(jx_compose_save(&w->h, c, &n, &w->err), &w->err);
	return n;
}

static jx_rc count_name(void *user, const char *name)
{
	(void)name;
	++*(int *)user;
	return JX_OK;
}

static int files(struct world *w)
{
	JX_AUTO_FREE char *dir = jx_compose__path(&w->h, ".");
	int count = 0;
	const jx_rc rc = jx_os_fs()->list(jx_os_fs()->user, dir, count_name, &count, NULL);

	assert_true(rc == JX_OK || rc == JX_ENOTFOUND);
	return count;
}

static int64_t waiting(struct world *w, uint8_t newest[JX_ID_BYTES])
{
	int64_t count = -1;

	jx_assert_ok(jx_compose_count(&w->h, &count, newest, &w->err), &w->err);
	return count;
}

static int64_t last_number(struct world *w)
{
	uint8_t head[JX_HASH_BYTES];
	int64_t n = 0;

	jx_assert_ok(jx_handheld_open_recorder(&w->h, &w->err), &w->err);
	jx_assert_ok(jx_store_head(w->h.store, &n, head, &w->err), &w->err);
	return n;
}

/* Each text says which one it is, in characters of three bytes, as long as it may be. */
static void fill_texts(struct jx_compose *c)
{
	for (size_t i = 0; i < jx_compose__text_count; i++) {
		const struct compose_text *t = &jx_compose__texts[i];
		char *out = (char *)c + t->at;
		size_t len = 0;

		while (len + 3 < t->cap && len < 300) {
			memcpy(out + len, len % 2 == 0 ? "街" : "巡", 3);
			len += 3;
		}
		out[len - 1] = out[len - 2] = out[len - 3] = (char)('a' + (int)i);
		out[len] = '\0';
	}
	c->fix = (struct jx_fix){.source = JX_FIX_GNSS,
				 .lat_wgs84_e7 = -342674510,
				 .lon_wgs84_e7 = 1090584190,
				 .accuracy_mm = 6299,
				 .satellites_used = 8,
				 .mode = 3,
				 .is_stale = true,
				 .age_ms = 167,
				 .gnss_utc_ms = INT64_C(1795315323803)};
}

static void assert_same(const struct jx_compose *a, const struct jx_compose *b)
{
	for (size_t i = 0; i < jx_compose__text_count; i++)
		assert_string_equal((const char *)a + jx_compose__texts[i].at,
				    (const char *)b + jx_compose__texts[i].at);
	assert_int_equal(a->fix.source, b->fix.source);
	assert_int_equal(a->fix.lat_wgs84_e7, b->fix.lat_wgs84_e7);
	assert_int_equal(a->fix.lon_wgs84_e7, b->fix.lon_wgs84_e7);
	assert_int_equal(a->fix.accuracy_mm, b->fix.accuracy_mm);
	assert_int_equal(a->fix.satellites_used, b->fix.satellites_used);
	assert_int_equal(a->fix.mode, b->fix.mode);
	assert_int_equal(a->fix.is_stale, b->fix.is_stale);
	assert_int_equal(a->fix.age_ms, b->fix.age_ms);
	assert_int_equal(a->fix.gnss_utc_ms, b->fix.gnss_utc_ms);
	assert_int_equal(a->photo_count, b->photo_count);
	for (size_t i = 0; i < a->photo_count; i++) {
		assert_string_equal(a->photos[i].file, b->photos[i].file);
		assert_string_equal(a->photos[i].role, b->photos[i].role);
		assert_string_equal(a->photos[i].how, b->photos[i].how);
	}
	assert_memory_equal(a->draft.id, b->draft.id, JX_ID_BYTES);
	assert_string_equal(a->draft.pack, b->draft.pack);
	assert_int_equal(a->draft.pack_version, b->draft.pack_version);
	assert_string_equal(a->draft.day, b->draft.day);
}

static void load(struct world *w, const struct jx_compose *of, struct jx_compose *out)
{
	jx_assert_ok(jx_compose_load(&w->h, of->draft.id, out, &w->err), &w->err);
}

/* ---- keeping ---------------------------------------------------------------------------------------- */

static void test_a_new_one_writes_nothing(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	uint8_t newest[JX_ID_BYTES];

	assert_string_equal(c->result, "found");
	assert_string_equal(c->source, "patrol");
	assert_int_equal(c->fix.source, JX_FIX_NONE);
	assert_true(jx_day_ok(c->draft.day));
	assert_int_equal(waiting(w, newest), 0);
	jx_assert_rc(jx_compose_load(&w->h, c->draft.id, got, &w->err), JX_ENOTFOUND, &w->err);
}

static void test_all_of_it_is_there_after_a_kill(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	uint8_t newest[JX_ID_BYTES];

	fill_texts(c);
	add(w, c, 1, "wide");
	add(w, c, 2, "close");
	keep(w, c);
	assert_true(c->draft.pack[0] != '\0' && c->draft.pack_version > 0);
	start_again(w, "");
	assert_int_equal(waiting(w, newest), 1);
	assert_memory_equal(newest, c->draft.id, JX_ID_BYTES);
	load(w, c, got);
	assert_same(c, got);
	/* and what was taken back is gone as well */
	c->note[0] = c->quantity[0] = c->party[0] = '\0';
	jx_assert_ok(jx_compose_drop_photo(&w->h, c, 0, &w->err), &w->err);
	start_again(w, "");
	load(w, c, got);
	assert_same(c, got);
	assert_int_equal(got->photo_count, 1);
	assert_string_equal(got->photos[0].role, "close");
	assert_int_equal(files(w), 1);
	/* there is no such picture */
	jx_assert_ok(jx_compose_drop_photo(&w->h, c, 1, &w->err), &w->err);
	assert_int_equal(c->photo_count, 1);
}

static void test_the_newest_is_gone_on_with(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *a = begin(w);
	JX_AUTO_FREE struct jx_compose *b = begin(w);
	uint8_t newest[JX_ID_BYTES];

	keep(w, a);
	b->draft.taken_utc_ms = a->draft.taken_utc_ms + 1;
	keep(w, b);
	assert_int_equal(waiting(w, newest), 2);
	assert_memory_equal(newest, b->draft.id, JX_ID_BYTES);
}

/* ---- pictures --------------------------------------------------------------------------------------- */

static void test_what_no_entry_would_take_is_refused_at_once(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	size_t len = 0;
	JX_AUTO_FREE uint8_t *jpeg = picture_make(1, false, NULL, NULL, &len);

	jx_assert_rc(jx_compose_add_photo(&w->h, c, jpeg, len, "selfie", "camera", &w->err), JX_EINVAL,
		     &w->err);
	jx_assert_says(&w->err, "photo role \"selfie\" is not known");
	jx_assert_rc(jx_compose_add_photo(&w->h, c, "no picture", 10, "wide", "imported", &w->err), JX_EINVAL,
		     &w->err);
	jx_assert_rc(jx_compose_add_photo(&w->h, c, jpeg, len / 2, "wide", "camera", &w->err), JX_EINVAL,
		     &w->err);
	assert_int_equal(c->photo_count, 0);
	assert_int_equal(files(w), 0);
	for (unsigned i = 0; i < JX_PHOTOS_MAX; i++)
		add(w, c, i, "object");
	jx_assert_rc(jx_compose_add_photo(&w->h, c, jpeg, len, "wide", "camera", &w->err), JX_ELIMIT,
		     &w->err);
	assert_int_equal(c->photo_count, JX_PHOTOS_MAX);
	assert_int_equal(files(w), JX_PHOTOS_MAX);
}

static void test_the_reserve_is_for_records(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	size_t len = 0;
	JX_AUTO_FREE uint8_t *jpeg = picture_make(1, false, NULL, NULL, &len);

	add(w, c, 1, "wide");
	start_again(w, "[storage]\nreserve_mb = 1000000\nwarn_mb = 1000000\n");
	jx_assert_rc(jx_compose_add_photo(&w->h, c, jpeg, len, "close", "camera", &w->err), JX_ENOSPC,
		     &w->err);
	jx_strcpy(c->note, sizeof(c->note), "灯坏了");
	keep(w, c);
	load(w, c, got);
	assert_string_equal(got->note, "灯坏了");
	assert_int_equal(got->photo_count, 1);
}

/* The power goes between the file and its listing, or between the file's end and that of its listing. */
static void test_files_and_lists_that_do_not_agree(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *unlisted = jx_xcalloc(1, sizeof(*unlisted));
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	JX_AUTO_FREE char *path = NULL, *odd = NULL;
	char id[37];

	add(w, c, 1, "wide");
	*unlisted = *c;
	add(w, c, 2, "plate");
	/* as if the second had never been listed */
	keep(w, unlisted);
	jx_uuid_format(c->draft.id, id);
	odd = jx_xasprintf("%s/drafts/%s.0000000000001.nonsense.camera.jpg", w->h.dir, id);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), odd, "x", 1, &w->err), &w->err);
	load(w, c, got);
	assert_int_equal(got->photo_count, 2);
	assert_string_equal(got->photos[1].file, c->photos[1].file);
	assert_string_equal(got->photos[1].role, "plate");
	assert_string_equal(got->photos[1].how, "camera");
	/* and the other way round */
	path = jx_compose__path(&w->h, c->photos[0].file);
	jx_assert_ok(jx_os_fs()->remove(jx_os_fs()->user, path, &w->err), &w->err);
	load(w, c, got);
	assert_int_equal(got->photo_count, 1);
	assert_string_equal(got->photos[0].role, "plate");
}

/* ---- saving ----------------------------------------------------------------------------------------- */

static void test_saving_twice_is_saving_once(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	uint8_t newest[JX_ID_BYTES];
	int64_t n;

	add(w, c, 1, "close");
	n = save(w, c);
	assert_int_equal(n, last_number(w));
	assert_int_equal(files(w), 0);
	assert_int_equal(waiting(w, newest), 0);
	jx_assert_rc(jx_compose_load(&w->h, c->draft.id, got, &w->err), JX_ENOTFOUND, &w->err);
	jx_assert_rc(jx_compose_keep(&w->h, c, &w->err), JX_EEXISTS, &w->err);
	c->photo_count = 0; /* its files went with the first */
	(void)save(w, c);
	assert_int_equal(last_number(w), n);
}

static void test_a_wrong_answer_costs_nothing(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	const int64_t before = last_number(w);
	uint8_t newest[JX_ID_BYTES];
	int64_t n = 0;

	add(w, c, 1, "close");
	jx_strcpy(c->limit_days, sizeof(c->limit_days), "soon");
	keep(w, c);
	jx_assert_rc(jx_compose_save(&w->h, c, &n, &w->err), JX_EINVAL, &w->err);
	jx_assert_says(&w->err, "days to put it right: \"soon\"");
	c->limit_days[0] = '\0';
	jx_strcpy(c->code, sizeof(c->code), "99.99");
	jx_assert_rc(jx_compose_save(&w->h, c, &n, &w->err), JX_EINVAL, &w->err);
	assert_int_equal(last_number(w), before);
	assert_int_equal(waiting(w, newest), 1);
	assert_int_equal(files(w), 1);
	jx_strcpy(c->code, sizeof(c->code), "01.01");
	assert_int_equal(save(w, c), before + 1);
}

/* A quantity that was typed before "nothing found" was chosen is not said. */
static void test_nothing_found_has_no_quantity(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *again = jx_xcalloc(1, sizeof(*again));

	jx_strcpy(c->quantity, sizeof(c->quantity), "3");
	jx_strcpy(c->result, sizeof(c->result), "nothing-found");
	(void)save(w, c);
	jx_assert_ok(jx_compose_correct(&w->h, c->draft.id, again, &w->err), &w->err);
	assert_string_equal(again->result, "nothing-found");
	assert_string_equal(again->quantity, "");
}

/* ---- letting go ------------------------------------------------------------------------------------- */

static void test_set_aside_can_be_taken_back_for_a_while(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *got = jx_xcalloc(1, sizeof(*got));
	const struct jx_draft_value long_ago = {"@aside", "1"};
	uint8_t newest[JX_ID_BYTES];

	jx_assert_rc(jx_compose_set_aside(&w->h, c->draft.id, true, &w->err), JX_ENOTFOUND, &w->err);
	add(w, c, 1, "wide");
	jx_assert_ok(jx_compose_set_aside(&w->h, c->draft.id, true, &w->err), &w->err);
	assert_int_equal(waiting(w, newest), 0);
	jx_assert_ok(jx_compose_sweep(&w->h, &w->err), &w->err);
	assert_int_equal(files(w), 1);
	jx_assert_ok(jx_compose_set_aside(&w->h, c->draft.id, false, &w->err), &w->err);
	assert_int_equal(waiting(w, newest), 1);
	load(w, c, got);
	assert_int_equal(got->photo_count, 1);
	/* a minute and more later */
	jx_assert_ok(jx_store_set_draft(w->h.store, c->draft.id, &long_ago, 1, &w->err), &w->err);
	jx_assert_ok(jx_compose_sweep(&w->h, &w->err), &w->err);
	assert_int_equal(files(w), 0);
	jx_assert_rc(jx_compose_load(&w->h, c->draft.id, got, &w->err), JX_ENOTFOUND, &w->err);
}

static void test_sweeping_takes_strays_alone(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE char *stray = NULL, *other = NULL;

	add(w, c, 1, "wide");
	stray = jx_xasprintf("%s/drafts/01990000-0000-7000-8000-000000000001.0000000000001.wide.camera.jpg",
			     w->h.dir);
	other = jx_xasprintf("%s/drafts/README", w->h.dir);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), stray, "x", 1, &w->err), &w->err);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), other, "x", 1, &w->err), &w->err);
	jx_assert_ok(jx_compose_sweep(&w->h, &w->err), &w->err);
	assert_int_equal(files(w), 2);
}

/* ---- from entries ----------------------------------------------------------------------------------- */

static void test_a_correction_begins_with_what_is_said_now(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *again = jx_xcalloc(1, sizeof(*again));
	JX_AUTO_BUF bytes = {0};
	uint8_t of[JX_ID_BYTES];
	int64_t n = 0;

	jx_strcpy(c->quantity, sizeof(c->quantity), "2");
	jx_strcpy(c->note, sizeof(c->note), "墙上");
	jx_strcpy(c->street, sizeof(c->street), "龙首路");
	jx_strcpy(c->unit, sizeof(c->unit), "sheet");
	add(w, c, 1, "close");
	n = save(w, c);
	memcpy(of, c->draft.id, sizeof(of));
	jx_assert_ok(jx_compose_correct(&w->h, of, again, &w->err), &w->err);
	assert_memory_not_equal(again->draft.id, of, JX_ID_BYTES);
	assert_string_equal(again->code, "01.01");
	assert_string_equal(again->quantity, "2");
	assert_string_equal(again->note, "墙上");
	assert_string_equal(again->street, "龙首路");
	assert_string_equal(again->unit, "sheet");
	assert_int_equal(again->photo_count, 1);
	/* the picture is the entry's: it can be looked at, and is no file of the drafts */
	jx_buf_init(&bytes, 1000000);
	jx_assert_ok(jx_compose_read_photo(&w->h, again, 0, &bytes, &w->err), &w->err);
	assert_true(bytes.len > 100);
	assert_int_equal(files(w), 0);
	/* no reason, no correction */
	jx_assert_rc(jx_compose_save(&w->h, again, &n, &w->err), JX_EINVAL, &w->err);
	jx_strcpy(again->reason, sizeof(again->reason), "数错了");
	jx_strcpy(again->quantity, sizeof(again->quantity), "5");
	keep(w, again);
	n = save(w, again);
	/* from the newest version on */
	jx_assert_ok(jx_compose_correct(&w->h, of, again, &w->err), &w->err);
	assert_string_equal(again->quantity, "5");
	assert_string_equal(again->reason, "");
	/* and from the newest of several, whichever of them is named */
	jx_strcpy(again->reason, sizeof(again->reason), "又数错了");
	jx_strcpy(again->quantity, sizeof(again->quantity), "7");
	again->note[0] = '\0';
	keep(w, again);
	n = save(w, again);
	jx_assert_ok(jx_compose_correct(&w->h, of, again, &w->err), &w->err);
	assert_string_equal(again->quantity, "7");
	assert_string_equal(again->note, "");
	jx_assert_ok(jx_record_withdrawal(&w->h.recorder, of, "记错了", &n, &w->err), &w->err);
	jx_assert_rc(jx_compose_correct(&w->h, of, again, &w->err), JX_ESTATE, &w->err);
	of[0] ^= 1;
	jx_assert_rc(jx_compose_correct(&w->h, of, again, &w->err), JX_ENOTFOUND, &w->err);
}

static void test_the_spot_again(void **state)
{
	struct world *w = *state;
	JX_AUTO_FREE struct jx_compose *c = begin(w);
	JX_AUTO_FREE struct jx_compose *bare = begin(w);
	JX_AUTO_FREE struct jx_compose *after = jx_xcalloc(1, sizeof(*after));

	(void)save(w, bare);
	jx_assert_rc(jx_compose_after(&w->h, bare->draft.id, after, &w->err), JX_EINVAL, &w->err);
	jx_strcpy(c->street, sizeof(c->street), "龙首路");
	jx_strcpy(c->grid, sizeof(c->grid), "G0013");
	jx_strcpy(c->note, sizeof(c->note), "墙上");
	add(w, c, 1, "wide");
	add(w, c, 2, "close");
	(void)save(w, c);
	jx_assert_ok(jx_compose_after(&w->h, c->draft.id, after, &w->err), &w->err);
	assert_string_equal(after->code, "01.01");
	assert_string_equal(after->street, "龙首路");
	assert_string_equal(after->grid, "G0013");
	assert_string_equal(after->note, "");
	assert_string_equal(after->result, "nothing-found");
	assert_string_equal(after->source, "look-back");
	assert_int_equal(strlen(after->before), 2 * JX_HASH_BYTES);
	add(w, after, 3, "after");
	(void)save(w, after);
}

static void test_which_picture_is_the_one_before(void **state)
{
	static const struct {
		const char *roles[4];
		const char *asked;
		int chosen; /* -1: a person decides */
	} rows[] = {
		{{"wide", "before", "close"}, NULL, 1},
		{{"wide", "close"}, NULL, 1},
		{{"wide"}, NULL, 0},
		{{"wide", "plate"}, NULL, -1},
		{{"close", "close"}, NULL, -1},
		{{"before", "before", "close"}, NULL, -1},
		{{NULL}, NULL, -1},
		{{"wide", "close"}, "wide", 0},
		{{"wide", "wide"}, "wide", -1},
		{{"close"}, "plate", -1},
	};
	JX_AUTO_FREE struct jx_entry *e = jx_xcalloc(1, sizeof(*e));

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e->photo_count = 0;
		while (e->photo_count < 4 && rows[i].roles[e->photo_count] != NULL) {
			jx_strcpy(e->photos[e->photo_count].role, sizeof(e->photos[0].role),
				  rows[i].roles[e->photo_count]);
			e->photo_count++;
		}
		assert_ptr_equal(jx_compose_before(e, rows[i].asked),
				 rows[i].chosen < 0 ? NULL : &e->photos[rows[i].chosen]);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)
	const struct CMUnitTest tests[] = {
		T(test_a_new_one_writes_nothing),
		T(test_all_of_it_is_there_after_a_kill),
		T(test_the_newest_is_gone_on_with),
		T(test_what_no_entry_would_take_is_refused_at_once),
		T(test_the_reserve_is_for_records),
		T(test_files_and_lists_that_do_not_agree),
		T(test_saving_twice_is_saving_once),
		T(test_a_wrong_answer_costs_nothing),
		T(test_nothing_found_has_no_quantity),
		T(test_set_aside_can_be_taken_back_for_a_while),
		T(test_sweeping_takes_strays_alone),
		T(test_a_correction_begins_with_what_is_said_now),
		T(test_the_spot_again),
		T(test_which_picture_is_the_one_before),
	};

	return cmocka_run_group_tests_name("compose.compose", tests, NULL, NULL);
}
