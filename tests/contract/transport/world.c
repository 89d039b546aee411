#include "world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

int world_open(void **state, const struct world_kind *kind)
{
	struct world *w = jx_xcalloc(1, sizeof(*w));

	w->kind = kind;
	w->folder = jx_test_folder();
	jx_fake_rand_init(&w->rand, 4711);
	*state = w;
	kind->open(w);
	w->transport = kind->connect(w, NULL, 0);
	return 0;
}

int world_close(void **state)
{
	struct world *w = *state;

	w->kind->disconnect(w->transport);
	w->kind->close(w);
	jx_test_folder_remove(w->folder);
	free(w);
	return 0;
}

void world_short_code(struct world *w, char out[16])
{
	(void)snprintf(out, 16, "T%u", ++w->next);
}

jx_rc world_no_wait(void *user, int64_t ms)
{
	(void)user;
	(void)ms;
	return JX_OK;
}

struct patience patience_begin(void)
{
	const struct jx_clock *clock = jx_os_clock();

	return (struct patience){clock->mono_ms(clock->user) + PATIENCE_MS};
}

void patience_go_on(const struct patience *p, const char *what)
{
	const struct jx_clock *clock = jx_os_clock();

	if (clock->mono_ms(clock->user) > p->until_mono_ms)
		fail_msg("waited %d s for %s", PATIENCE_MS / 1000, what);
	(void)poll(NULL, 0, 10);
}
