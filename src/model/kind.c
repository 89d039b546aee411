#include "jiexun/model.h"

#include <string.h>

static const struct {
	enum jx_kind kind;
	const char *name;
} kinds[] = {
	{JX_KIND_OBSERVATION, "observation"},
	{JX_KIND_CORRECTION, "correction"},
	{JX_KIND_WITHDRAWAL, "withdrawal"},
	{JX_KIND_PERSON_IN, "person-in"},
	{JX_KIND_PERSON_OUT, "person-out"},
	{JX_KIND_SHIFT_START, "shift-start"},
	{JX_KIND_DAY_CLOSE, "day-close"},
	{JX_KIND_CONTINUES, "continues"},
	{JX_KIND_WRITER_ENROLLED, "writer-enrolled"},
	{JX_KIND_WRITER_CONFIRMED, "writer-confirmed"},
	{JX_KIND_WRITER_REVOKED, "writer-revoked"},
	{JX_KIND_WRITER_MOVED, "writer-moved"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *jx_kind_name(enum jx_kind kind)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return "unknown";
}

enum jx_kind jx_kind_parse(const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return JX_KIND_UNKNOWN;
}

const char *jx_fix_source_name(enum jx_fix_source s)
{
	switch (s) {
	case JX_FIX_GNSS:
		return "gnss";
	case JX_FIX_MANUAL:
		return "manual";
	case JX_FIX_NONE:
	default:
		return "none";
	}
}
