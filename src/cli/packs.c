/* Form packs: those that are here and came down, by which time they hold, and fetching new ones. */
#include "packs.h"

#include <stdlib.h>
#include <string.h>

/* A server's clock may be so far ahead of the satellites'. */
#define GNSS_BEHIND_MAX_MS INT64_C(86400000)

/* ---- the day by which packs hold ------------------------------------------------------------------- */

static bool read_moment(jx_store *store, char out[JX_SHELF_MOMENT_MAX])
{
	return store != NULL &&
	       jx_store_get(store, JX_SET_TRUSTED_TIME, out, JX_SHELF_MOMENT_MAX, NULL) == JX_OK;
}

bool cli_trusted_now(const struct cli *c, int64_t *utc_ms_out)
{
	char moment[JX_SHELF_MOMENT_MAX];
	const bool has_moment = read_moment(c->store, moment);

	return jx_shelf_now(jx_os_clock(), has_moment ? moment : NULL, utc_ms_out);
}

void cli_pack_day(const struct cli *c, char out[11])
{
	int64_t utc_ms;

	if (c->pack_day[0] != '\0') {
		jx_strcpy(out, 11, c->pack_day);
		return;
	}
	(void)cli_trusted_now(c, &utc_ms);
	if (!jx_day_of(utc_ms, (int)c->profile.utc_offset_min, out))
		jx_strcpy(out, 11, "1970-01-01");
}

static void note(struct cli *c, int64_t utc_ms)
{
	char moment[JX_SHELF_MOMENT_MAX];

	jx_shelf_moment(jx_os_clock(), utc_ms, moment);
	/* without it the wall clock counts, as before; nothing fails for that */
	(void)jx_store_set(c->store, JX_SET_TRUSTED_TIME, moment, NULL);
}

void cli_note_server_time(struct cli *c, int64_t utc_ms)
{
	int64_t now_utc_ms;

	if (utc_ms <= 0 || (cli_trusted_now(c, &now_utc_ms) && llabs(now_utc_ms - utc_ms) < 1000))
		return; /* known to the second: a sync with nothing new writes nothing */
	note(c, utc_ms);
}

/* The newest time that anybody trustworthy told; 0 none. */
static int64_t told_utc_ms(const struct cli *c)
{
	static const char *const names[] = {JX_SET_TRUSTED_TIME, JX_SET_SERVER_UTC_MS};
	int64_t newest = 0, utc_ms;
	char text[JX_SHELF_MOMENT_MAX];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (jx_store_get(c->store, names[i], text, sizeof(text), NULL) != JX_OK)
			continue;
		text[strcspn(text, " ")] = '\0';
		if (jx_parse_i64(text, 0, INT64_MAX, &utc_ms) && utc_ms > newest)
			newest = utc_ms;
	}
	return newest;
}

/*
 * What was told since the start of the device is carried on, and no receiver knows better. A receiver that has lost count of its
 * 1024-week periods is years behind what was told before.
 */
void cli_note_fix_time(struct cli *c, const struct jx_fix *fix)
{
	const int64_t gnss_utc_ms = fix->gnss_utc_ms + fix->age_ms;
	int64_t now_utc_ms;

	if (c->profile.gps_source != JX_DEVICE_GPS_GPSD || fix->source != JX_FIX_GNSS ||
	    fix->gnss_utc_ms <= 0 || fix->is_stale || cli_trusted_now(c, &now_utc_ms) ||
	    gnss_utc_ms < told_utc_ms(c) - GNSS_BEHIND_MAX_MS)
		return;
	note(c, gnss_utc_ms);
}

/* ---- opening --------------------------------------------------------------------------------------- */

/* The first pack of street disorder that holds. */
static void find_active(struct cli *c)
{
	char day[11];
	size_t i;

	c->pack_day[0] = '\0';
	cli_pack_day(c, day);
	jx_strcpy(c->pack_day, sizeof(c->pack_day), day);
	c->pack = NULL;
	for (i = 0; i < jx_packs_count(c->packs) && c->pack == NULL; i++) {
		const jx_pack *pack = cli_pack_on(c, i, day);

		if (pack != NULL && jx_pack_form(pack) != NULL)
			c->pack = pack;
	}
}

const jx_pack *cli_pack_on(const struct cli *c, size_t i, const char *day)
{
	const jx_pack *at = jx_packs_at(c->packs, i);
	const jx_pack *before = i > 0 ? jx_packs_at(c->packs, i - 1) : NULL;
	const jx_pack *active;

	if (at == NULL || (before != NULL && strcmp(jx_pack_id(before), jx_pack_id(at)) == 0))
		return NULL;
	active = jx_packs_active(c->packs, jx_pack_id(at), day);
	return active != NULL ? active : at;
}

static jx_rc open_shelf(struct cli *c, struct jx_error *err)
{
	const jx_rc rc = c->shelf == NULL ? jx_shelf_open(jx_os_fs(), c->dir, &c->shelf, err) : JX_OK;

	if (rc != JX_OK)
		return rc;
	c->packs = jx_shelf_packs(c->shelf);
	find_active(c);
	return c->pack != NULL ? JX_OK
			       : jx_fail(err, JX_ESTATE, 0, "jx.pack",
					 "no form pack is loaded: run jx sync, or install the packs again");
}

jx_rc cli_open_pack(struct cli *c, struct jx_error *err)
{
	jx_rc rc;

	if (c->pack != NULL)
		return JX_OK;
	if (c->store != NULL)
		return open_shelf(c, err);
	/* only for its word on the time, and whoever writes opens it anew; a device that was never enrolled has none */
	(void)cli_open_store(c, true, NULL);
	rc = open_shelf(c, err);
	jx_store_close(JX_STEAL(c->store));
	return rc;
}

/* ---- what the feed brought ------------------------------------------------------------------------- */

/* All `pack` items of the inbox, and the pack keys by which they are believed. */
struct offered {
	struct jx_shelf_offer offer;
	struct jx_shelf_item *items;
	size_t cap;
	uint8_t identity[JX_PUB_BYTES]; /* of the server, in force */
	uint8_t keys[JX_IDENTITIES_MAX][JX_PUB_BYTES];
	/* fetching */
	const struct jx_client_config *sync;
	struct jx_client_result *result;
	struct cli *c;
	bool has_token;
	char token[sizeof(((struct jx_client_result *)NULL)->token)];
};

static void free_offered(struct offered **o)
{
	free((*o)->items);
	free(*o);
}

static void hear_key(struct offered *o, const uint8_t key[JX_PUB_BYTES])
{
	size_t i;

	for (i = 0; i < o->offer.key_count; i++)
		if (memcmp(o->keys[i], key, JX_PUB_BYTES) == 0)
			return;
	if (o->offer.key_count < JX_IDENTITIES_MAX)
		memcpy(o->keys[o->offer.key_count++], key, JX_PUB_BYTES);
}

/* Only what the key in force says of itself; it names those of before. */
static jx_rc hear(void *user, const struct jx_inbox_item *row)
{
	struct offered *o = user;
	JX_AUTO_FREE struct jx_item *item = jx_xmalloc(sizeof(*item));
	struct jx_keys k;
	size_t i;

	if (jx_item_read((struct jx_bytes){row->text, row->len}, item, NULL) == JX_OK && item->has_signed &&
	    jx_keys_open(&item->text, o->identity, &k, NULL) == JX_OK)
		for (i = 0; i < k.pack_key_count; i++)
			hear_key(o, k.pack_keys[i]);
	return JX_OK;
}

static jx_rc add_item(void *user, const struct jx_inbox_item *row)
{
	struct offered *o = user;
	JX_AUTO_FREE struct jx_item *item = jx_xmalloc(sizeof(*item));
	struct jx_shelf_item *to;

	if (jx_item_read((struct jx_bytes){row->text, row->len}, item, NULL) != JX_OK || !item->has_signed)
		return JX_OK;
	if (o->offer.count == o->cap) {
		o->cap += 16;
		o->items = jx_xreallocarray(o->items, o->cap, sizeof(*o->items));
	}
	to = &o->items[o->offer.count++];
	jx_strcpy(to->key, sizeof(to->key), item->key);
	to->text = item->text;
	return JX_OK;
}

/* The token comes with a request of its own, asked for only when there is something to fetch: a sync with nothing new stays small. */
static jx_rc get_token(struct offered *o, struct jx_error *err)
{
	struct jx_client_config cc = *o->sync;
	JX_AUTO_FREE struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	uint8_t server_keys[JX_CLIENT_IDENTITIES_MAX][JX_PUB_BYTES];
	jx_rc rc = jx_store_server_keys(o->c->store, server_keys, JX_CLIENT_IDENTITIES_MAX,
					&cc.identity_count, err);

	cc.identities = (const uint8_t(*)[JX_PUB_BYTES])server_keys;
	cc.wants_token = true;
	cc.no_photos = true;
	if (rc == JX_OK)
		rc = jx_client_sync(&cc, result, err);
	o->result->requests += result->requests;
	o->result->items += result->items;
	if (rc == JX_OK && result->token[0] == '\0')
		rc = jx_fail(
			err, JX_EAUTH, 0, "jx.packs",
			"the server gives no token for downloads: ask the office to confirm this device");
	if (rc == JX_OK)
		jx_strcpy(o->token, sizeof(o->token), result->token);
	o->has_token = rc == JX_OK;
	return rc;
}

static jx_rc keep_bytes(void *user, const void *data, size_t len, struct jx_error *err)
{
	jx_buf *out = user;

	jx_buf_add(out, data, len);
	return jx_buf_check(out, "pack", err);
}

static jx_rc fetch(void *user, const struct jx_pack_seal *seal, jx_buf *out, struct jx_error *err)
{
	struct offered *o = user;
	struct jx_client_blob_config blob = {
		.transport = o->sync->transport,
		.token = o->token,
		.rand = o->sync->rand,
		.wait = o->sync->wait,
		.wait_user = o->sync->wait_user,
		.attempts_max = o->sync->attempts_max,
	};
	const jx_rc rc = o->has_token ? JX_OK : get_token(o, err);

	return rc != JX_OK ? rc
			   : jx_client_get_blob(&blob, seal->sha256, seal->size_bytes, 0, NULL, keep_bytes,
						out, err);
}

jx_rc cli_take_packs(struct cli *c, const struct jx_client_config *sync, struct jx_client_result *result,
		     struct cli_packs_taken *out, struct jx_error *err)
{
	JX_CLEANUP(free_offered) struct offered *o = jx_xcalloc(1, sizeof(*o));
	struct jx_identity id;
	jx_rc rc = jx_store_identity(c->store, &id, err);

	o->c = c;
	o->sync = sync;
	o->result = result;
	memcpy(o->identity, id.server_identity, sizeof(o->identity));
	if (rc == JX_OK)
		rc = jx_store_each_inbox(c->store, "keys", hear, o, err);
	if (rc == JX_OK)
		rc = jx_store_each_inbox(c->store, "pack", add_item, o, err);
	if (rc != JX_OK)
		return rc;
	o->offer.items = o->items;
	o->offer.keys = (const uint8_t(*)[JX_PUB_BYTES])o->keys;
	o->offer.fetch = fetch;
	o->offer.user = o;
	rc = jx_shelf_take(c->shelf, &o->offer, &out->taken, err);
	out->refused = (int64_t)jx_shelf_problem_count(c->shelf);
	c->packs = jx_shelf_packs(c->shelf);
	find_active(c);
	return rc;
}
