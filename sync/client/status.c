/* What a status means, as an event for the plan and as a line for people. */
#include <string.h>
#include <strings.h>

#include "client_private.h"

#define WHERE   "client.answer"
#define ANY     NULL
#define FOR_ALL (-1)

/*
 * The table of PROTOCOL.md, section 11. First row that fits wins: status, then error name (ANY), then what was asked (FOR_ALL).
 * The server's own words follow in brackets.
 */
struct row {
	int status;
	int about;
	const char *name;
	enum jx_plan_event_kind kind;
	jx_rc rc;
	const char *text;
};
static const struct row rows[] = {
	{400, FOR_ALL, ANY, JX_PLAN_BAD_REQUEST, JX_EINVAL,
	 N_("the server does not understand the request; update this program or the server")},
	{401, JX_CLIENT__SYNC, "challenge", JX_PLAN_CHALLENGE, JX_EAUTH,
	 N_("the server goes on asking for a new sign-in; check the clocks of server and device")},
	{401, JX_CLIENT__SYNC, ANY, JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the server refuses this device's signature; enrol the device again")},
	{401, JX_CLIENT__BLOB, ANY, JX_PLAN_CHALLENGE, JX_EAUTH,
	 N_("the download token has expired; sync again")},
	{401, FOR_ALL, ANY, JX_PLAN_CHALLENGE, JX_EAUTH,
	 N_("the server goes on refusing its own upload token; check the server's clock")},
	{403, FOR_ALL, "revoked", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("this device was revoked; its entries stay on it: ask the administrator")},
	{403, FOR_ALL, "code-wrong", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the enrolment code is wrong; compare it, five wrong tries burn it")},
	{403, FOR_ALL, "code-burnt", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the enrolment code was tried too often; ask the office for a new one")},
	{403, FOR_ALL, "code-used", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the enrolment code was used by another device; ask the office for a new one")},
	{403, FOR_ALL, "code-expired", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the enrolment code has expired; codes are good for 15 minutes: ask the office for a new one")},
	{403, FOR_ALL, "unknown-writer", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the server does not know this device, it may have been restored from an old backup; enrol the device again")},
	{403, FOR_ALL, "tls-key", JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("this device saw another certificate than the server's: somebody may be in between; use another network and tell the "
	    "administrator")},
	{403, FOR_ALL, ANY, JX_PLAN_FORBIDDEN, JX_EAUTH,
	 N_("the server does not allow this; ask the administrator")},
	{404, JX_CLIENT__PHOTO, ANY, JX_PLAN_PHOTO_UNKNOWN, JX_ENOTFOUND,
	 N_("no accepted entry lists this photo; ask the administrator")},
	{404, JX_CLIENT__PHOTO_HEAD, ANY, JX_PLAN_PHOTO_UNKNOWN, JX_ENOTFOUND,
	 N_("the server does not know this photo")},
	{404, JX_CLIENT__BLOB, ANY, JX_PLAN_BAD_REQUEST, JX_ENOTFOUND,
	 N_("the server does not have this file, or not for this account; pull again later")},
	{404, FOR_ALL, ANY, JX_PLAN_BAD_REQUEST, JX_EINVAL,
	 N_("the server does not know this address; check the server's address")},
	{409, FOR_ALL, ANY, JX_PLAN_BAD_ANSWER, JX_ENET, N_("the server holds another part of the photo")},
	{410, FOR_ALL, ANY, JX_PLAN_BAD_REQUEST, JX_ENOTFOUND, N_("the server erased this")},
	{412, FOR_ALL, ANY, JX_PLAN_VERSION, JX_EVERSION,
	 N_("the server speaks another version of the upload protocol; update this program")},
	{413, FOR_ALL, ANY, JX_PLAN_TOO_LARGE, JX_ELIMIT,
	 N_("the server does not take so much at once; ask the administrator to raise the limit")},
	{422, JX_CLIENT__PHOTO, ANY, JX_PLAN_PHOTO_HASH, JX_ECORRUPT,
	 N_("the photo's bytes do not have the hash its entry lists; the file on this device is damaged")},
	{422, FOR_ALL, ANY, JX_PLAN_BAD_REQUEST, JX_ECORRUPT,
	 N_("the chain of entries does not fit; run \"jx verify\" and tell the administrator")},
	{423, FOR_ALL, ANY, JX_PLAN_BUSY, JX_ENET,
	 N_("another upload of this photo is running; try again later")},
	{426, FOR_ALL, ANY, JX_PLAN_VERSION, JX_EVERSION,
	 N_("the server does not serve this program's version; update this program")},
	{429, FOR_ALL, ANY, JX_PLAN_BUSY, JX_ENET, N_("the server asks for a pause; try again later")},
	{503, FOR_ALL, ANY, JX_PLAN_BUSY, JX_ENET, N_("the server is busy or stopping; try again later")},
	{507, FOR_ALL, "quota", JX_PLAN_NO_SPACE, JX_ENOSPC,
	 N_("this device's photos have used up their share of the server's disk; tell the administrator (photo_quota_mb), they stay on "
	    "this device")},
	{507, FOR_ALL, ANY, JX_PLAN_NO_SPACE, JX_ENOSPC,
	 N_("the server has no room left; tell the administrator, entries stay on this device")},
};
static const struct row other_4xx = {
	.kind = JX_PLAN_BAD_REQUEST,
	.rc = JX_EINVAL,
	.text = N_("the server refuses the request; update this program or the server")};
static const struct row other_5xx = {
	.kind = JX_PLAN_SERVER_ERROR,
	.rc = JX_ENET,
	.text = N_("the server has a fault; try again later, tell the administrator")};

static const struct row *find_row(enum jx_client__about about, int status, const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].status == status && (rows[i].name == ANY || strcmp(rows[i].name, name) == 0) &&
		    (rows[i].about == FOR_ALL || rows[i].about == (int)about))
			return &rows[i];
	}
	return status >= 500 ? &other_5xx : &other_4xx;
}

bool jx_client__is_type(const char *content_type, const char *wanted)
{
	const size_t len = strlen(wanted);

	return strncasecmp(content_type, wanted, len) == 0 &&
	       (content_type[len] == '\0' || content_type[len] == ';' || content_type[len] == ' ');
}

jx_rc jx_client__fail_portal(int status, const char *content_type, struct jx_error *err)
{
	if (status >= 300 && status < 400)
		return jx_fail(
			err, JX_ENET, status, WHERE,
			"the address leads somewhere else (redirect, HTTP %d): this network may want you to sign "
			"in first, or the server's address has changed",
			status);
	return jx_fail(
		err, JX_ENET, status, WHERE,
		"another server answered (HTTP %d, %s): this network may want you to sign in first; open a "
		"browser, or use another network",
		status, content_type[0] != '\0' ? content_type : "-");
}

/*
 * Whose words are these? A front server (nginx) sends its own pages for these statuses, and they mean the same; any other
 * answer without our error body is not from our server.
 */
static bool is_plain_status(int status)
{
	return status == 413 || status == 429 || (status >= 500 && status != 511);
}

void jx_client__refused(enum jx_client__about about, int status, const char *content_type, const jx_buf *body,
			int64_t retry_after_s, struct jx_client__refusal *out, struct jx_error *err)
{
	struct jx_wire_error e = {0};
	const struct jx_bytes text = {body->data != NULL ? body->data : "", body->len};
	const bool has_body = about != JX_CLIENT__PHOTO_HEAD;
	const bool is_ours = jx_client__is_type(content_type, "application/json") &&
			     jx_wire_error_read(text, &e, NULL) == JX_OK;
	const struct row *row;

	memset(out, 0, sizeof(*out));
	out->retry_after_ms = retry_after_s >= 0 ? retry_after_s * 1000 : -1;
	if (status < 400 || (!is_plain_status(status) && !is_ours &&
			     (has_body || jx_client__is_type(content_type, "text/html")))) {
		out->kind = JX_PLAN_PORTAL;
		(void)jx_client__fail_portal(status, content_type, err);
		return;
	}
	row = find_row(about, status, e.error);
	out->kind = row->kind;
	jx_strcpy(out->name, sizeof(out->name), e.error);
	out->has_challenge = e.has_challenge;
	memcpy(out->challenge, e.challenge, JX_CHALLENGE_BYTES);
	if (e.detail[0] == '\0')
		jx_strcpy(e.detail, sizeof(e.detail), e.error[0] != '\0' ? e.error : "-");
	/* The detail is English, for whoever reads logs: people get it only where our own words say too little. */
	if (row == &other_4xx || row == &other_5xx || status == 400)
		(void)jx_fail(err, row->rc, status, WHERE, "%s (server: %s)", jx_tr(row->text), e.detail);
	else
		(void)jx_fail(err, row->rc, status, WHERE, "%s", jx_tr(row->text));
}

enum jx_plan_event_kind jx_client__no_answer(jx_rc rc)
{
	if (rc == JX_ENET)
		return JX_PLAN_NO_CONNECTION;
	if (rc == JX_ETLS)
		return JX_PLAN_TLS_REFUSED;
	if (rc == JX_EINTR)
		return JX_PLAN_STOP;
	if (rc == JX_ELIMIT || rc == JX_EINVAL || rc == JX_EVERSION)
		return JX_PLAN_BAD_ANSWER;
	return JX_PLAN_LOCAL;
}
