/* What devices have: keys, logs, photos. All of it follows from the seed, the device's number and who the server says it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "fleet.h"
#include "jiexun/form.h"

#define WHERE "fleet.make"
/* An afternoon: from one entry to the next, and how long after the touch it was saved. */
#define BETWEEN_MS  90000
#define SAVED_MS    20000
#define DAY_MS      86400000
#define SEGMENT_MAX ((size_t)65000) /* of the 65,533 bytes that a JPEG segment can hold */

/* splitmix64: the bytes need to differ, not to surprise anybody. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void fill(uint64_t *state, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(uint64_t)) {
		const uint64_t word = next(state);

		memcpy(out + i, &word, len - i < sizeof(word) ? len - i : sizeof(word));
	}
}

static uint64_t state_of(const struct fleet *f, size_t k)
{
	return (uint64_t)f->o.seed * UINT64_C(1000003) + k + 1;
}

void fleet_make_keys(struct fleet *f, size_t k)
{
	uint64_t state = state_of(f, k);
	uint8_t seed[32];

	f->devices[k].fleet = f;
	fill(&state, seed, sizeof(seed));
	jx_key_from_seed(seed, f->devices[k].public_key, f->devices[k].secret_key);
}

/* ---- photos ---- */

/* A small grey picture; NULL: no memory. */
static unsigned char *small_picture(unsigned long *len_out)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr e;
	unsigned char *out = NULL;
	JSAMPLE line[16] = {0};
	JSAMPROW rows[1] = {line};

	memset(&c, 0, sizeof(c));
	*len_out = 0;
	c.err = jpeg_std_error(&e);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &out, len_out);
	c.image_width = c.image_height = 16;
	c.input_components = 1;
	c.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&c);
	jpeg_start_compress(&c, TRUE);
	for (int k = 0; k < 16; k++)
		(void)jpeg_write_scanlines(&c, rows, 1);
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	return out;
}

/* Between SOI and the picture, comment segments fill it up to its size; the first has the mark. */
static void fill_up(struct fleet *f, const unsigned char *picture, size_t len)
{
	const size_t size = (size_t)f->o.photo_bytes;
	uint64_t state = state_of(f, SIZE_MAX / 2);
	size_t at = 2, left = size - len;

	memcpy(f->photo, picture, 2);
	f->mark_at = 6;
	while (left > 0) {
		size_t n = left - 4 < SEGMENT_MAX ? left - 4 : SEGMENT_MAX;

		if (left - 4 - n > 0 && left - 4 - n < 8)
			n -= 8; /* what is left must hold a segment's own head */
		f->photo[at] = 0xff;
		f->photo[at + 1] = 0xfe; /* COM; its length counts itself */
		f->photo[at + 2] = (uint8_t)((n + 2) >> 8);
		f->photo[at + 3] = (uint8_t)(n + 2);
		fill(&state, f->photo + at + 4, n);
		at += 4 + n;
		left -= 4 + n;
	}
	memcpy(f->photo + at, picture + 2, len - 2);
}

jx_rc fleet_make_photo(struct fleet *f, struct jx_error *err)
{
	unsigned long len = 0;
	unsigned char *picture = small_picture(&len);
	jx_rc rc = JX_OK;

	if (picture == NULL)
		rc = jx_fail(err, JX_ENOMEM, 0, WHERE, "no memory for a picture; close other programs");
	else if ((uint64_t)f->o.photo_bytes < len + 64)
		rc = jx_fail(err, JX_EINVAL, 0, WHERE,
			     "--photo-bytes: a photo has at least %lu bytes; give more", len + 64);
	if (rc == JX_OK) {
		f->photo = jx_xmalloc((size_t)f->o.photo_bytes);
		fill_up(f, picture, (size_t)len);
	}
	free(picture);
	return rc;
}

void fleet_mark(uint64_t number, uint8_t out[FLEET_MARK_BYTES])
{
	uint64_t state = number;

	fill(&state, out, FLEET_MARK_BYTES);
}

static void hash_photo(const struct fleet *f, struct fleet_photo *p)
{
	JX_AUTO(jx_sha256_state) hash = jx_sha256_new();
	uint8_t mark[FLEET_MARK_BYTES];
	const size_t behind = f->mark_at + sizeof(mark);

	fleet_mark(p->number, mark);
	jx_sha256_add(hash, f->photo, f->mark_at);
	jx_sha256_add(hash, mark, sizeof(mark));
	jx_sha256_add(hash, f->photo + behind, (size_t)f->o.photo_bytes - behind);
	jx_sha256_end(hash, p->sha256);
}

/* ---- the log ---- */

struct making {
	struct fleet *f;
	struct fleet_device *d;
	size_t k;
	const jx_pack *pack;
	uint64_t state;
	uint8_t shift[JX_ID_BYTES], boot[JX_ID_BYTES];
	struct jx_entry e;
	jx_buf answers;
};

/* UUIDv7: time first. */
static void make_id(struct making *m, int64_t utc_ms, uint8_t out[JX_ID_BYTES])
{
	fill(&m->state, out, JX_ID_BYTES);
	for (int i = 0; i < 6; i++)
		out[i] = (uint8_t)((uint64_t)utc_ms >> (8 * (5 - i)));
	out[6] = (uint8_t)(0x70 | (out[6] & 0x0f));
	out[8] = (uint8_t)(0x80 | (out[8] & 0x3f));
}

static jx_rc set_answers(struct making *m, struct jx_error *err)
{
	static const char *const notes[] = {"墙面小广告",   "店外经营占道",   "垃圾桶满溢", "非机动车乱停放",
					    "工地围挡破损", "绿化带内有垃圾", "飞线充电"};
	const uint64_t word = next(&m->state);
	const struct jx_code *code = jx_pack_code_at(m->pack, (size_t)(word % jx_pack_code_count(m->pack)));
	char note[160], quantity[8];
	const struct jx_observation o = {.result = "found",
					 .code = code->code,
					 .quantity = quantity,
					 .unit = code->unit_count > 0 ? code->units[0] : NULL,
					 .note = note,
					 .is_self_handled = word >> 20 & 1};

	(void)snprintf(quantity, sizeof(quantity), "%d", (int)(1 + (word >> 8) % 9));
	(void)snprintf(note, sizeof(note), "%s,门牌%d号,已告知当事人,限期%d日",
		       notes[(word >> 24) % (sizeof(notes) / sizeof(notes[0]))], (int)((word >> 32) % 900),
		       (int)(1 + (word >> 12) % 7));
	jx_buf_reset(&m->answers);
	return jx_form_observation(m->pack, &o, m->e.day, &m->answers, err);
}

static void set_place(struct making *m)
{
	struct jx_entry *e = &m->e;
	const uint64_t word = next(&m->state);

	e->has_place = true;
	e->fix = (struct jx_fix){.source = JX_FIX_GNSS,
				 .lat_wgs84_e7 = 302300000 + (int32_t)(word % 200000),
				 .lon_wgs84_e7 = 1197200000 + (int32_t)((word >> 20) % 200000),
				 .accuracy_mm = 4000 + (int64_t)((word >> 40) % 9000),
				 .satellites_used = 9,
				 .mode = 3,
				 .age_ms = (int64_t)((word >> 54) % 900)};
	e->gnss_utc_ms = e->fix.gnss_utc_ms = e->taken_utc_ms - e->taken_utc_ms % 1000;
	e->gnss_utc_ms += e->fix.age_ms;
}

static void set_photos(struct making *m)
{
	const size_t entries = (size_t)m->f->o.entries;
	const uint64_t base = state_of(m->f, m->k) * UINT64_C(1000000);

	m->e.photo_count = 0;
	/* as evenly as it goes over the entries */
	for (size_t i = 0; i < m->d->photo_count; i++) {
		struct fleet_photo *p = &m->d->photos[i];
		struct jx_photo_ref *ref = &m->e.photos[m->e.photo_count];

		if ((int64_t)(i * entries / m->d->photo_count) + 1 != m->e.n)
			continue;
		p->number = base + i;
		p->n = m->e.n;
		hash_photo(m->f, p);
		memset(ref, 0, sizeof(*ref));
		memcpy(ref->sha256, p->sha256, sizeof(ref->sha256));
		ref->size_bytes = m->f->o.photo_bytes;
		jx_strcpy(ref->type, sizeof(ref->type), "image/jpeg");
		jx_strcpy(ref->role, sizeof(ref->role), "close");
		jx_strcpy(ref->how, sizeof(ref->how), "camera");
		m->e.photo_count++;
	}
}

/* What all entries of the device have in common. */
static void begin_entries(struct making *m)
{
	struct jx_entry *e = &m->e;

	memcpy(e->writer, m->d->as.writer, sizeof(e->writer));
	e->kind = JX_KIND_OBSERVATION;
	jx_strcpy(e->kind_name, sizeof(e->kind_name), jx_kind_name(e->kind));
	jx_strcpy(e->area, sizeof(e->area), m->d->as.area);
	(void)snprintf(e->person, sizeof(e->person), "p-%03d", (int)(m->k % 1000));
	jx_strcpy(e->person_verified, sizeof(e->person_verified), "none");
	jx_strcpy(e->source, sizeof(e->source), "patrol");
	e->has_shift = true;
	make_id(m, m->f->began_utc_ms, m->shift);
	make_id(m, m->f->began_utc_ms, m->boot);
	memcpy(e->shift, m->shift, sizeof(e->shift));
	memcpy(e->boot, m->boot, sizeof(e->boot));
	jx_strcpy(e->form, sizeof(e->form), jx_pack_form(m->pack));
	jx_strcpy(e->pack, sizeof(e->pack), jx_pack_id(m->pack));
	e->pack_version = jx_pack_version(m->pack);
}

static jx_rc make_entry(struct making *m, int64_t n, struct jx_error *err)
{
	struct fleet_device *d = m->d;
	struct jx_entry *e = &m->e;
	uint8_t root[JX_HASH_BYTES], digest[JX_HASH_BYTES];
	const size_t at = d->bytes.len;
	JX_AUTO_BUF one = {0};
	jx_rc rc;

	e->n = n;
	/* all of it lies in the past, the last a moment ago */
	e->taken_utc_ms = m->f->began_utc_ms - (m->f->o.entries - n) * BETWEEN_MS % DAY_MS - SAVED_MS;
	e->saved_utc_ms = e->taken_utc_ms + SAVED_MS / 2;
	e->mono_ms = 3600000 + n * BETWEEN_MS;
	make_id(m, e->taken_utc_ms, e->id);
	fill(&m->state, e->salt, sizeof(e->salt));
	if (!jx_day_of(e->taken_utc_ms, JX_UTC_OFFSET_MIN_DEFAULT, e->day))
		return jx_fail(err, JX_ESTATE, 0, WHERE,
			       "this machine's clock shows no date that exists: set it");
	set_place(m);
	set_photos(m);
	rc = set_answers(m, err);
	if (rc != JX_OK)
		return rc;
	e->answers = (struct jx_bytes){m->answers.data, m->answers.len};
	jx_buf_init(&one, JX_ENTRY_BYTES_MAX);
	rc = jx_entry_encode(e, &one, err);
	if (rc != JX_OK)
		return rc;
	jx_buf_add(&d->bytes, one.data, one.len);
	jx_sha256(one.data, one.len, digest);
	jx_chain_root(d->as.writer, d->public_key, root);
	jx_chain_next(d->as.writer, n, n == 1 ? root : d->head[n - 2], digest, d->head[n - 1]);
	/* a device signs each head when it saves */
	jx_chain_sign(d->secret_key, d->head[n - 1], d->sig[n - 1]);
	d->start[n - 1] = at;
	d->start[n] = d->bytes.len;
	return JX_OK;
}

jx_rc fleet_make_log(struct fleet *f, size_t k, struct jx_error *err)
{
	struct fleet_device *d = &f->devices[k];
	struct making *m = jx_xcalloc(1, sizeof(*m));
	const char *text;
	size_t len, count = (size_t)f->o.entries;
	JX_AUTO(jx_pack) pack = NULL;
	jx_rc rc;

	m->f = f;
	m->d = d;
	m->k = k;
	m->state = state_of(f, k) ^ UINT64_C(0x6c6f67);
	jx_buf_init(&m->answers, JX_ENTRY_BYTES_MAX);
	jx_buf_init(&d->bytes, (count + 1) * JX_ENTRY_BYTES_MAX);
	d->start = jx_xcalloc(count + 1, sizeof(*d->start));
	d->head = jx_xcalloc(count + 1, sizeof(*d->head));
	d->sig = jx_xcalloc(count + 1, sizeof(*d->sig));
	d->photo_count = (size_t)f->o.photos;
	d->photos = jx_xcalloc(d->photo_count + 1, sizeof(*d->photos));
	jx_pack_builtin(&text, &len);
	rc = jx_pack_load(text, len, &pack, err);
	m->pack = pack;
	if (rc == JX_OK)
		begin_entries(m);
	for (int64_t n = 1; n <= f->o.entries && rc == JX_OK; n++)
		rc = make_entry(m, n, err);
	d->made = rc == JX_OK ? f->o.entries : 0;
	jx_buf_done(&m->answers);
	free(m);
	return rc == JX_OK ? jx_buf_check(&d->bytes, "log", err) : rc;
}
