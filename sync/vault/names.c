/* Names of roles and states, as entries and answers spell them. */
#include <string.h>

#include "jiexun/vault.h"

static const char *const role_names[] = {
	[JX_ROLE_SERVER] = "server",         [JX_ROLE_FIELD] = "field", [JX_ROLE_LEADER] = "leader",
	[JX_ROLE_DISPATCHER] = "dispatcher", [JX_ROLE_UNIT] = "unit",   [JX_ROLE_AUDITOR] = "auditor",
	[JX_ROLE_ADMIN] = "admin",
};
#define ROLE_COUNT (sizeof(role_names) / sizeof(role_names[0]))

const char *jx_role_name(enum jx_role r)
{
	return (size_t)r < ROLE_COUNT ? role_names[r] : "unknown";
}

bool jx_role_parse(const char *s, enum jx_role *out)
{
	size_t i;

	for (i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(s, role_names[i]) != 0)
			continue;
		*out = (enum jx_role)i;
		return true;
	}
	return false;
}

const char *jx_writer_state_name(enum jx_writer_state s)
{
	switch (s) {
	case JX_WRITER_PENDING:
		return "pending";
	case JX_WRITER_ACTIVE:
		return "active";
	case JX_WRITER_REVOKED:
		return "revoked";
	default:
		return "unknown";
	}
}
