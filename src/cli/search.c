/* Keeping the search index up with a log that was written before there was one. */
#include "cli.h"

#include <stdio.h>
#include <unistd.h>

/* A search reads so many itself, in some 20 ms; saves leave fewer than 64. */
#define BEHIND_MAX 1000
/* Steps (of 500 entries) after which the WAL is emptied: some 20 MB. */
#define CHECKPOINT_STEPS 16

jx_rc cli_fill_search(struct cli *c, jx_store *store, bool (*should_stop)(void *user), struct jx_error *err)
{
	const bool is_shown = !c->json && !c->quiet && isatty(STDERR_FILENO);
	int64_t behind = 1;
	jx_rc rc = JX_OK;

	for (int i = 1; rc == JX_OK && behind > 0 && (should_stop == NULL || !should_stop(NULL)); i++) {
		rc = jx_store_search_index(store, &behind, err);
		if (rc == JX_OK && is_shown) {
			fputs("\r\033[K", stderr);
			fprintf(stderr, _("preparing the search: %lld entries left"), (long long)behind);
			fflush(stderr);
		}
		if (rc == JX_OK && i % CHECKPOINT_STEPS == 0)
			rc = jx_store_checkpoint(store, err);
	}
	if (is_shown)
		fputs("\r\033[K", stderr);
	return rc;
}

bool cli_is_search_behind(jx_store *store)
{
	int64_t behind = 0;

	return jx_store_search_behind(store, &behind, NULL) == JX_OK && behind > BEHIND_MAX;
}

static jx_rc open_writing(const struct cli *c, jx_store **store_out, struct jx_error *err)
{
	const struct jx_store_config config = {.dir = c->h.dir, .fs = jx_os_fs(), .clock = jx_os_clock()};

	return jx_store_open(&config, store_out, err);
}

jx_rc cli_open_search(struct cli *c, struct jx_error *err)
{
	JX_AUTO(jx_store) writing = NULL;
	struct jx_error ignored = {0};
	jx_rc rc = jx_handheld_open_store(&c->h, true, err);

	if (rc != JX_OK || !cli_is_search_behind(c->h.store))
		return rc;
	/* where it cannot be written, the search is slow and finds the same */
	if (open_writing(c, &writing, &ignored) == JX_OK)
		(void)cli_fill_search(c, writing, NULL, &ignored);
	return JX_OK;
}

jx_rc cli_reindex(struct cli *c, struct jx_error *err)
{
	JX_AUTO(jx_store) writing = NULL;
	jx_rc rc = jx_handheld_open_store(&c->h, true, err); /* there is one: nothing is made here */

	if (rc == JX_OK)
		rc = open_writing(c, &writing, err);
	if (rc == JX_OK)
		rc = jx_store_search_clear(writing, err);
	return rc == JX_OK ? cli_fill_search(c, writing, NULL, err) : rc;
}
