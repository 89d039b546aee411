#include "photo_state.h"

#include <stdio.h>
#include <string.h>

/* Why a photo was given up: names of the protocol's table and the client's own. */
static const struct {
	const char *name, *text;
} reasons[] = {
	{"not-listed", N_("no accepted entry lists it; ask the administrator")},
	{"hash", N_("its file on this device is damaged")},
	{"unreadable", N_("its file on this device is gone or damaged")},
	{"quota",
	 N_("this device's photos have used up their share of the server's disk; tell the administrator")},
	{"no-space", N_("the server has no room left; tell the administrator")},
	{"too-large", N_("it is larger than the server takes; tell the administrator")},
};

static const char *reason_text(const char *name)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reasons[i].name, name) == 0)
			return _(reasons[i].text);
	return name;
}

/* Whole per cent; 100 only for all of it. */
static int percent_of(const struct jx_photo_standing *s, const struct jx_photo_ref *photo)
{
	if (s->sent_bytes >= photo->size_bytes)
		return 100;
	return photo->size_bytes > 0 ? (int)(s->sent_bytes * 100 / photo->size_bytes) : 0;
}

static const char *state_name(const struct jx_photo_standing *s, const struct jx_photo_ref *photo)
{
	if (s->is_stored)
		return "stored";
	if (s->refused[0] != '\0')
		return "refused";
	if (s->sent_bytes <= 0)
		return "waiting";
	return s->sent_bytes < photo->size_bytes ? "partly-sent" : "sent";
}

static jx_rc ask(struct cli *c, const struct jx_entry *e, const struct jx_photo_ref *photo,
		 struct jx_photo_standing *out)
{
	struct jx_error ignored = {.code = JX_OK};

	return jx_store_photo_standing(c->h.store, e->writer, photo->sha256, out, &ignored);
}

void cli_photo_state(struct cli *c, const struct jx_entry *e, const struct jx_photo_ref *photo,
		     char out[CLI_PHOTO_STATE_MAX])
{
	struct jx_photo_standing s = {.sent_bytes = 0};
	const char *name;

	if (ask(c, e, photo, &s) != JX_OK) {
		jx_strcpy(out, CLI_PHOTO_STATE_MAX,
			  _("how far it is sent cannot be read; run \"jx verify\""));
		return;
	}
	name = state_name(&s, photo);
	if (s.is_stored)
		jx_strcpy(out, CLI_PHOTO_STATE_MAX, _("stored: the server has signed for it"));
	else if (strcmp(name, "refused") == 0)
		(void)snprintf(out, CLI_PHOTO_STATE_MAX, _("not taken: %s"), reason_text(s.refused));
	else if (strcmp(name, "sent") == 0)
		jx_strcpy(out, CLI_PHOTO_STATE_MAX, _("sent; the server's receipt is still to come"));
	else if (strcmp(name, "partly-sent") == 0)
		(void)snprintf(out, CLI_PHOTO_STATE_MAX,
			       _("up to %d %% sent; the next sync asks the server and goes on from there"),
			       percent_of(&s, photo));
	else
		jx_strcpy(out, CLI_PHOTO_STATE_MAX,
			  s.has_small ? _("waits; the office has a small copy") : _("waits on this device"));
}

void cli_photo_states_json(struct cli *c, const struct jx_entry *e, struct cli_json *j)
{
	JX_AUTO_BUF list;

	jx_buf_init(&list, 65536);
	jx_buf_addc(&list, '[');
	for (size_t i = 0; i < e->photo_count; i++) {
		const struct jx_photo_ref *photo = &e->photos[i];
		struct jx_photo_standing s = {.sent_bytes = 0};
		char hex[2 * JX_HASH_BYTES + 1];
		const bool is_known = ask(c, e, photo, &s) == JX_OK;

		jx_hex(photo->sha256, JX_HASH_BYTES, hex);
		jx_buf_addf(&list,
			    "%s{\"sha256\":\"%s\",\"state\":\"%s\",\"size_bytes\":%lld,\"sent_bytes\":%lld,",
			    i > 0 ? "," : "", hex, is_known ? state_name(&s, photo) : "unknown",
			    (long long)photo->size_bytes,
			    (long long)(s.is_stored ? photo->size_bytes : s.sent_bytes));
		jx_buf_addf(&list, "\"percent\":%d,\"small_sent\":%s,\"refused\":",
			    s.is_stored ? 100 : percent_of(&s, photo), s.has_small ? "true" : "false");
		jx_buf_add_json(&list, s.refused, strlen(s.refused));
		jx_buf_addc(&list, '}');
	}
	jx_buf_addc(&list, ']');
	cli_json_buf(j, "photo_states", &list);
}
