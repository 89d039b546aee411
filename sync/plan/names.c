#include "plan_private.h"

static const char *const states[JX_PLAN_STATES] = {
	[JX_PLAN_READY] = "ready",       [JX_PLAN_SYNCING] = "syncing",   [JX_PLAN_CHOOSING] = "choosing",
	[JX_PLAN_CREATING] = "creating", [JX_PLAN_ASKING] = "asking",     [JX_PLAN_SENDING] = "sending",
	[JX_PLAN_WAITING] = "waiting",   [JX_PLAN_BUNDLING] = "bundling", [JX_PLAN_DONE] = "done"};

static const char *const events[JX_PLAN_EVENTS] = {[JX_PLAN_START] = "start",
						   [JX_PLAN_OK] = "ok",
						   [JX_PLAN_GAP] = "gap",
						   [JX_PLAN_FORK] = "fork",
						   [JX_PLAN_BEHIND] = "behind",
						   [JX_PLAN_BAD_RECEIPT] = "bad-receipt",
						   [JX_PLAN_CHALLENGE] = "challenge",
						   [JX_PLAN_FORBIDDEN] = "forbidden",
						   [JX_PLAN_BAD_REQUEST] = "bad-request",
						   [JX_PLAN_TOO_LARGE] = "too-large",
						   [JX_PLAN_VERSION] = "version",
						   [JX_PLAN_BUSY] = "busy",
						   [JX_PLAN_SERVER_ERROR] = "server-error",
						   [JX_PLAN_NO_SPACE] = "no-space",
						   [JX_PLAN_BAD_ANSWER] = "bad-answer",
						   [JX_PLAN_NO_CONNECTION] = "no-connection",
						   [JX_PLAN_TLS_REFUSED] = "tls-refused",
						   [JX_PLAN_PORTAL] = "portal",
						   [JX_PLAN_PHOTO] = "photo",
						   [JX_PLAN_NO_PHOTO] = "no-photo",
						   [JX_PLAN_PHOTO_DONE] = "photo-done",
						   [JX_PLAN_PHOTO_AT] = "photo-at",
						   [JX_PLAN_PHOTO_HASH] = "photo-hash",
						   [JX_PLAN_PHOTO_UNKNOWN] = "photo-unknown",
						   [JX_PLAN_PHOTO_UNREADABLE] = "photo-unreadable",
						   [JX_PLAN_SMALL_SENT] = "small-sent",
						   [JX_PLAN_NO_SMALL] = "no-small",
						   [JX_PLAN_WAITED] = "waited",
						   [JX_PLAN_STOP] = "stop",
						   [JX_PLAN_LOCAL] = "local"};

const char *jx_plan_state_name(enum jx_plan_state state)
{
	return (unsigned)state < JX_PLAN_STATES ? states[state] : "unknown";
}

const char *jx_plan_event_name(enum jx_plan_event_kind kind)
{
	return (unsigned)kind < JX_PLAN_EVENTS ? events[kind] : "unknown";
}
