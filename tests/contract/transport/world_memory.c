/* Straight into the core, on an invented clock. */
#include "memory_face.h"
#include "world.h"

#include <stdlib.h>

/* 2026-09-01 17:42:03 at UTC+8 */
#define NOW_UTC_MS INT64_C(1788255723000)

struct memory {
	struct core core;
	struct jx_fake_rand rand;
	int64_t shift_ms;
};

static void open_memory(struct world *w)
{
	struct memory *m = jx_xcalloc(1, sizeof(*m));
	const uint8_t seed[32] = {42};

	w->impl = m;
	memset(w->tls_key, 0xaa, sizeof(w->tls_key));
	jx_key_from_seed(seed, w->identity, w->identity_secret);
	jx_fake_clock_init(&m->core.clock, NOW_UTC_MS);
	jx_fake_rand_init(&m->rand, 11);
	m->core.rand = &m->rand.rand;
	memcpy(m->core.identity_secret, w->identity_secret, JX_SEC_BYTES);
	memset(m->core.mac_key, 7, sizeof(m->core.mac_key));
	memcpy(m->core.pins[0], w->tls_key, JX_HASH_BYTES);
	memset(m->core.pins[1], 0xbb, JX_HASH_BYTES);
	m->core.pin_count = 2;
	core_open(&m->core, w->folder, true);
}

static void close_memory(struct world *w)
{
	struct memory *m = w->impl;

	core_close(&m->core);
	free(m);
}

static jx_transport *connect_memory(struct world *w, const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count)
{
	struct memory *m = w->impl;
	struct memory_transport *t = jx_xcalloc(1, sizeof(*t));

	t->ingest = m->core.ingest;
	t->vault = m->core.vault;
	t->fs = jx_os_fs();
	memcpy(t->key, w->tls_key, sizeof(t->key));
	memory_transport_init(t);
	if (pin_count > 0)
		t->face.set_pins(t->face.user, pins, pin_count);
	return &t->face;
}

static void disconnect_memory(jx_transport *t)
{
	if (t != NULL)
		free(t->user);
}

static void make_code(struct world *w, const char *short_code, enum jx_role role, bool is_trusted,
		      struct jx_code_text *out)
{
	struct memory *m = w->impl;

	jx_assert_ok(
		jx_ingest_make_code(m->core.ingest, short_code, role, "330185001", is_trusted, out, &w->err),
		&w->err);
}

static void revoke(struct world *w, const char *short_code)
{
	struct memory *m = w->impl;

	jx_assert_ok(jx_ingest_revoke(m->core.ingest, short_code, "lost", &w->err), &w->err);
}

static struct core *core_begin(struct world *w, int64_t shift_ms)
{
	struct memory *m = w->impl;

	m->shift_ms = shift_ms;
	m->core.clock.utc_ms += shift_ms;
	return &m->core;
}

static void core_end(struct world *w)
{
	struct memory *m = w->impl;

	m->core.clock.utc_ms -= m->shift_ms;
}

const struct world_kind world_memory = {.name = "memory",
					.open = open_memory,
					.close = close_memory,
					.connect = connect_memory,
					.disconnect = disconnect_memory,
					.make_code = make_code,
					.revoke = revoke,
					.core_begin = core_begin,
					.core_end = core_end};
