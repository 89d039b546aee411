#include "workload.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

#define MORNING_MS INT64_C(1788220800000) /* 08:00 in Shanghai */
#define PEOPLE     40

static void check(jx_rc rc, const char *what, const struct jx_error *err)
{
	if (rc != JX_OK)
		bench_die(what, err->text);
}

/* ---- the world ---- */

/* splitmix64 */
static uint64_t draw(struct workload *w)
{
	uint64_t z = w->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint32_t workload_below(struct workload *w, uint32_t n)
{
	return n > 0 ? (uint32_t)(draw(w) % n) : 0;
}

static int64_t utc_ms(void *user)
{
	const struct workload *w = user;

	return w->utc_ms;
}

static int64_t mono_ms(void *user)
{
	const struct workload *w = user;

	return w->mono_ms;
}

static void boot_id(void *user, uint8_t id[JX_ID_BYTES])
{
	const struct workload *w = user;

	memcpy(id, w->boot, JX_ID_BYTES);
}

static void fill(void *user, void *out, size_t len)
{
	uint8_t *to = out;

	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)draw(user);
}

void workload_init(struct workload *w, const struct workload_city *city, uint64_t seed, int device)
{
	struct jx_error err = {0};

	memset(w, 0, sizeof(*w));
	w->city = city;
	w->state = seed * 1000003 + (uint64_t)device;
	w->utc_ms = MORNING_MS + device * 1000;
	w->mono_ms = 60000 + workload_below(w, 9000000);
	fill(w, w->boot, sizeof(w->boot));
	w->boot[6] = (uint8_t)(0x40 | (w->boot[6] & 15));
	w->boot[8] = (uint8_t)(0x80 | (w->boot[8] & 63));
	w->clock = (struct jx_clock){.user = w, .utc_ms = utc_ms, .mono_ms = mono_ms, .boot_id = boot_id};
	w->rand = (struct jx_rand){.user = w, .fill = fill};
	check(jx_packs_new(&w->packs, &err), "packs", &err);
	w->disorders = jx_packs_active(w->packs, "ten-disorders", WORKLOAD_DAY);
	if (w->disorders == NULL)
		bench_die("packs", "no disorders");
	(void)snprintf(w->campaign, sizeof(w->campaign), "%s-2026-%u", city->name, 1 + workload_below(w, 9));
}

void workload_done(struct workload *w)
{
	jx_packs_free(w->packs);
}

/* ---- words ---- */

const char *workload_pick(struct workload *w, const char *const *list)
{
	uint32_t n = 0;

	while (list[n] != NULL)
		n++;
	return list[workload_below(w, n)];
}

/* One of the people of this city: the same few come again. */
static void add_person(struct workload *w, jx_buf *out)
{
	struct workload one = {.city = w->city, .state = 77 + workload_below(w, PEOPLE)};

	jx_buf_adds(out, workload_pick(&one, w->city->surnames));
	jx_buf_adds(out, workload_pick(&one, w->city->given));
	if (workload_below(&one, 3) > 0)
		jx_buf_adds(out, workload_pick(&one, w->city->given));
}

void workload_fill(struct workload *w, const char *sentence, jx_buf *out)
{
	static const char *const small[] = {"1", "2", "3", "4", "5", "6", "7", "1.5", "2.5", NULL};

	for (const char *at = sentence; *at != '\0'; at++) {
		if (*at != '{') {
			jx_buf_addc(out, *at);
			continue;
		}
		switch (at[1]) {
		case 'n':
			jx_buf_addf(out, "%u", 2 + workload_below(w, 178));
			break;
		case 'm':
			jx_buf_adds(out, workload_pick(w, small));
			break;
		case 'o':
			jx_buf_adds(out, workload_pick(w, w->city->things));
			break;
		case 's':
			jx_buf_adds(out, workload_pick(w, w->city->streets));
			break;
		case 'h':
			jx_buf_adds(out, workload_pick(w, w->city->shops));
			break;
		default:
			add_person(w, out);
		}
		at += 2;
	}
}

/* The k-th most frequent character is drawn about as often as 1 / (k + 8), as in running text. */
static void add_unforeseen(struct workload *w, jx_buf *out)
{
	const uint32_t count = (uint32_t)strlen(w->city->common) / 3;

	for (uint32_t n = 8 + workload_below(w, 19); n > 0; n--) {
		uint32_t at;

		do
			at = workload_below(w, count);
		while (workload_below(w, at + 8) >= 8);
		jx_buf_add(out, w->city->common + 3 * (size_t)at, 3);
	}
}

void workload_note(struct workload *w, jx_buf *out)
{
	for (uint32_t n = 1 + workload_below(w, 2); n > 0; n--) {
		workload_fill(w, workload_pick(w, w->city->sentences), out);
		jx_buf_adds(out, "；");
	}
	workload_fill(w, workload_pick(w, w->city->follow), out);
	if (workload_below(w, 10) < 7) {
		jx_buf_adds(out, "；");
		add_unforeseen(w, out);
	}
	jx_buf_adds(out, "。");
}
