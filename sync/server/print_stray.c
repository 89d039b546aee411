/* `check` and `sweep` for people. */
#include <inttypes.h>
#include <stdio.h>

#include "program.h"

static int64_t number_of(const jx_json *doc, const char *name)
{
	int64_t n = 0;

	(void)jx_json_i64(doc, jx_json_get(doc, 0, name), &n);
	return n;
}

void print_check(const jx_json *doc, const struct options *o)
{
	const int64_t unlisted = number_of(doc, "unlisted"), copies = number_of(doc, "lone_copies");

	(void)o;
	printf("%s\n", _("The vault is whole: files, chains, signatures and counts fit."));
	if (unlisted > 0) {
		printf(_("%" PRId64
			 " photos lie there that no entry lists: was the database restored from a backup? Let devices sync "
			 "first; jiexund sweep --dry-run shows them."),
		       unlisted);
		putchar('\n');
	}
	if (copies > 0) {
		printf(_("%" PRId64 " small copies have no photo; they are removed in time."), copies);
		putchar('\n');
	}
}

void print_sweep(const jx_json *doc, const struct options *o)
{
	const int list = jx_json_get(doc, 0, "strays");
	const int64_t files = number_of(doc, "unlisted") + number_of(doc, "lone_copies");
	char what[32], sha256[2 * JX_HASH_BYTES + 1];

	for (int at = jx_json_first(doc, list); at >= 0; at = jx_json_next(doc, list, at)) {
		if (jx_json_need_str(doc, at, "what", what, sizeof(what), NULL) == JX_OK &&
		    jx_json_need_str(doc, at, "sha256", sha256, sizeof(sha256), NULL) == JX_OK)
			printf("%s  %s\n", sha256, what);
	}
	printf(o->is_dry ? _("%" PRId64 " files would be removed, %" PRId64 " bytes.")
			 : _("%" PRId64 " files removed, %" PRId64 " bytes."),
	       files + number_of(doc, "parts"), number_of(doc, "bytes"));
	putchar('\n');
}
