#include "goes_on.h"

#include "jiexun/capture.h"
#include "jiexun/cli.h"
#include "jiexun/device.h"
#include "jiexun/ingest.h"
#include "jiexun/store.h"
#include "jiexun/vault.h"
#include "memory_face.h"
#include "upgrade.h"

#include <stdlib.h>
#include <string.h>

#define SYNCS_MAX 4 /* a photo's part that has to begin again, a receipt that comes late */

static bool read_secret(const char *root, const char *name, uint8_t out[32])
{
	JX_AUTO_FREE char *path = jx_xasprintf("%s/" PC_DATA_FOLDER "/%s", root, name);
	JX_AUTO_BUF text;

	jx_buf_init(&text, 4096);
	return jx_fs_read_all(jx_os_fs(), path, &text, NULL) == JX_OK && text.len >= 64 &&
	       jx_unhex(text.data, 64, out, 32);
}

void pc_keys_read(const char *device_root, const char *server_root, struct pc_keys *out)
{
	uint8_t seed[32], public_key[JX_PUB_BYTES];

	*out = (struct pc_keys){.has_device = false};
	if (device_root != NULL) {
		JX_AUTO_FREE char *dir = jx_xasprintf("%s/" PC_DATA_FOLDER, device_root);
		const struct jx_device_keys keys = {.dir = dir, .store = JX_DEVICE_KEY_FILE};

		out->has_device = jx_device_load_key(&keys, public_key, out->device_secret, NULL) == JX_OK;
	}
	if (server_root != NULL && read_secret(server_root, "identity.key", seed) &&
	    read_secret(server_root, "mac.key", out->server_mac)) {
		jx_key_from_seed(seed, public_key, out->server_secret);
		out->has_server = true;
	}
}

struct day {
	struct pc_host *host;
	const struct pc_keys *keys;
	struct jx_identity id;
	jx_store *store;
	jx_media *media;
	jx_pack *pack;
	jx_vault *vault;
	jx_ingest *ingest;
};

static void close_day(struct day *d)
{
	jx_ingest_free(d->ingest);
	jx_vault_close(d->vault);
	jx_pack_free(d->pack);
	jx_media_close(d->media);
	jx_store_close(d->store);
}

static jx_rc open_device(struct day *d, const char *root, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/" PC_DATA_FOLDER, root);
	JX_AUTO_FREE char *photos = jx_xasprintf("%s/photos", dir);
	const struct jx_store_config store = {
		.dir = dir, .vfs = PC_HOST_VFS, .fs = &d->host->fs, .clock = &d->host->clock};
	const struct jx_media_config media = {.dir = photos, .fs = &d->host->fs, .rand = &d->host->rand};
	const char *text;
	size_t len;
	jx_rc rc = pc_store_open(&store, d->host->is_trial, &d->store, err);

	jx_pack_builtin(&text, &len);
	if (rc == JX_OK)
		rc = jx_media_open(&media, &d->media, err);
	return rc == JX_OK ? jx_pack_load(text, len, &d->pack, err) : rc;
}

static jx_rc open_server(struct day *d, const char *root, struct jx_error *err)
{
	JX_AUTO_FREE char *dir = jx_xasprintf("%s/" PC_DATA_FOLDER, root);
	const struct jx_vault_sqlite_config vault = {
		.dir = dir, .vfs = PC_HOST_VFS, .fs = &d->host->fs, .rand = &d->host->rand};
	struct jx_ingest_config ingest = {
		.clock = &d->host->clock,
		.rand = &d->host->rand,
		.identity_secret = d->keys->server_secret,
		.mac_key = d->keys->server_mac,
		.pack = d->pack,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])d->id.tls_spki_sha256,
		.pin_count = d->id.pin_count,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
	};
	jx_rc rc = pc_vault_open(&vault, d->host->is_trial, &d->vault, err);

	ingest.vault = d->vault;
	if (rc == JX_OK)
		rc = jx_ingest_new(&ingest, &d->ingest, err);
	return rc == JX_OK ? jx_ingest_setup(d->ingest, err) : rc;
}

static jx_rc save(struct day *d, struct jx_error *err)
{
	struct jx_recorder rec = {.store = d->store,
				  .media = d->media,
				  .clock = &d->host->clock,
				  .rand = &d->host->rand,
				  .source_fs = &d->host->fs,
				  .pack = d->pack,
				  .secret_key = d->keys->device_secret,
				  .utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT};
	int64_t n;

	return jx_record_person_in(&rec, "p-017", "none", &n, err);
}

static jx_rc no_wait(void *user, int64_t ms)
{
	(void)user;
	(void)ms;
	return JX_OK;
}

static jx_rc sync_once(struct day *d, struct jx_error *err)
{
	JX_AUTO_FREE struct jx_client_result *result = jx_xcalloc(1, sizeof(*result));
	struct jx_cli_binding binding;
	struct memory_transport line = {
		.ingest = d->ingest, .vault = d->vault, .fs = &d->host->fs, .pin_count = d->id.pin_count};
	struct jx_client_config cc = {.program = "powercut",
				      .secret_key = d->keys->device_secret,
				      .identities = (const uint8_t(*)[JX_PUB_BYTES]) & d->id.server_identity,
				      .identity_count = 1,
				      .rand = &d->host->rand,
				      .wait = no_wait,
				      .attempts_max = 3};
	jx_rc rc;

	memcpy(line.key, d->id.tls_spki_sha256[0], sizeof(line.key));
	memcpy(line.pins, d->id.tls_spki_sha256, sizeof(line.pins));
	memory_transport_init(&line);
	jx_cli_bind(&binding, d->store, d->media, &d->host->fs);
	cc.transport = &line.face;
	cc.outbox = &binding.outbox;
	cc.sink = &binding.sink;
	memcpy(cc.writer, d->id.writer, sizeof(cc.writer));
	rc = jx_client_sync(&cc, result, err);
	if (rc == JX_OK)
		rc = jx_cli_unbind(&binding, err);
	else
		(void)jx_cli_unbind(&binding, NULL);
	if (rc == JX_OK)
		rc = jx_store_checkpoint(d->store, err);
	return rc;
}

static jx_rc sync_all(struct day *d, struct jx_store_counts *left, struct jx_error *err)
{
	jx_rc rc = JX_OK;

	for (int i = 0; i < SYNCS_MAX && rc == JX_OK; i++) {
		rc = sync_once(d, err);
		if (rc == JX_OK)
			rc = jx_store_count(d->store, left, err);
		if (rc == JX_OK && left->waiting == 0 && left->photos_waiting == 0)
			break;
	}
	return rc;
}

/* False: this device has nothing to go on with (not enrolled, or revoked). */
static bool live(struct day *d, const struct pc_found *device, const struct pc_found *server,
		 struct pc_verdict *v)
{
	struct jx_store_counts left = {.waiting = 0};
	struct jx_writer wr;
	struct jx_error err = {0};
	jx_rc rc = open_device(d, device->disk->root, &err);

	if (rc == JX_OK && jx_store_identity(d->store, &d->id, NULL) == JX_ENOTFOUND)
		return false;
	if (rc == JX_OK)
		rc = save(d, &err);
	if (rc == JX_OK && server != NULL) {
		rc = open_server(d, server->disk->root, &err);
		if (rc == JX_OK && d->vault->ops->writer(d->vault, d->id.writer, &wr, NULL) == JX_OK &&
		    wr.state == JX_WRITER_REVOKED)
			return false;
		if (rc == JX_OK)
			rc = sync_all(d, &left, &err);
	}
	if (rc != JX_OK)
		pc_verdict_add(v, &v->failed, "%s cannot go on: %s", device->device, err.text);
	else if (left.waiting > 0 || left.photos_waiting > 0)
		pc_verdict_add(v, &v->failed, "%s: %lld entries and %lld photos wait for ever",
			       device->device, (long long)left.waiting, (long long)left.photos_waiting);
	return true;
}

/* What was there before is there in the same place, and one entry more. */
static void compare(const struct pc_found *device, const struct pc_seen *now, struct pc_verdict *v)
{
	const struct pc_seen *before = device->seen;

	if (now->damage[0] != '\0')
		pc_verdict_add(v, &v->failed, "%s after going on: %s", device->device, now->damage);
	else if (now->entry_count != before->entry_count + 1)
		pc_verdict_add(v, &v->failed, "%s had %d entries, and after one more has %d", device->device,
			       before->entry_count, now->entry_count);
	for (int32_t i = 0; i < before->entry_count && i < now->entry_count; i++)
		if (memcmp(before->entry[i].digest, now->entry[i].digest, JX_HASH_BYTES) != 0)
			pc_verdict_add(v, &v->lost, "%s lost entry %d by going on", device->device, i + 1);
}

void pc_go_on(struct pc_host *h, const struct pc_found *device, const struct pc_found *server,
	      const struct pc_keys *keys, struct pc_verdict *v)
{
	struct day d = {.host = h, .keys = keys};
	struct pc_seen now_device, now_server = {.is_there = 0};
	const bool has_lived = live(&d, device, server, v);

	close_day(&d);
	if (!has_lived || v->failed > 0)
		return;
	pc_look_device(h, device->disk->root, &now_device);
	compare(device, &now_device, v);
	if (server != NULL) {
		struct pc_found both[] = {*device, *server};

		both[0].seen = &now_device;
		both[1].seen = &now_server;
		pc_look_server(h, server->disk->root, &now_server);
		if (now_server.damage[0] != '\0')
			pc_verdict_add(v, &v->failed, "the server after going on: %s", now_server.damage);
		pc_check_both(&both[0], &both[1], v);
	}
	pc_seen_done(&now_device);
	pc_seen_done(&now_server);
}
