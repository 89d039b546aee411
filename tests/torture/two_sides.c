/*
 * A handheld's sync and the server's ingest in one process, over the folders that real programs made: what `jx sync` and
 * `jiexund` do, less HTTPS. Calls count on one side only, so the other one is always well.
 *
 *   two_sides device|server HOME DATA
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jiexun/cli.h"
#include "jiexun/client.h"
#include "jiexun/device.h"
#include "jiexun/form.h"
#include "jiexun/ingest.h"
#include "memory_face.h"

#define EXIT_USAGE 64
#define TRIES      2

typedef void (*arm_fn)(bool is_armed);

struct world {
	arm_fn arm; /* of the preloaded library; NULL: nothing counts */
	bool is_server_armed;
	/* server */
	const char *data;
	uint8_t identity_pub[JX_PUB_BYTES], identity[JX_SEC_BYTES], mac_key[32];
	jx_pack *pack;
	jx_vault *vault;
	jx_ingest *ingest;
	struct memory_transport memory;
	struct jx_transport transport;
	const struct jx_client_source *source;
	/* device */
	const char *home;
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	char photos[4096];
	jx_store *store;
	jx_media *media;
	struct jx_identity id;
};

static void on_side(const struct world *w, bool is_server)
{
	if (w->arm != NULL)
		w->arm(is_server == w->is_server_armed);
}

/* ---- the server ---- */

static jx_rc read_secret(const struct world *w, const char *name, uint8_t out[32], struct jx_error *err)
{
	JX_AUTO_BUF text;
	char path[4096];
	jx_rc rc;

	jx_buf_init(&text, 128);
	(void)snprintf(path, sizeof(path), "%s/%s", w->data, name);
	rc = jx_fs_read_all(jx_os_fs(), path, &text, err);
	if (rc == JX_OK && !jx_unhex(text.data, 64, out, 32))
		return jx_fail(err, JX_ECORRUPT, 0, "two_sides", "%s is no key", path);
	return rc;
}

static jx_rc open_keys(struct world *w, struct jx_error *err)
{
	const char *text = NULL;
	size_t len = 0;
	uint8_t seed[32];
	jx_rc rc = read_secret(w, "identity.key", seed, err);

	if (rc == JX_OK)
		rc = read_secret(w, "mac.key", w->mac_key, err);
	if (rc != JX_OK)
		return rc;
	jx_key_from_seed(seed, w->identity_pub, w->identity);
	jx_pack_builtin(&text, &len);
	return jx_pack_load(text, len, &w->pack, err);
}

static jx_rc open_server(struct world *w, struct jx_error *err)
{
	const struct jx_vault_sqlite_config vault = {.dir = w->data, .fs = jx_os_fs(), .rand = jx_os_rand()};
	struct jx_ingest_config config = {
		.clock = jx_os_clock(),
		.rand = jx_os_rand(),
		.identity_secret = w->identity,
		.mac_key = w->mac_key,
		.pins = (const uint8_t(*)[JX_HASH_BYTES])w->id.tls_spki_sha256,
		.pin_count = w->id.pin_count,
		.utc_offset_min = JX_UTC_OFFSET_MIN_DEFAULT,
	};
	jx_rc rc = open_keys(w, err);

	if (rc == JX_OK)
		rc = jx_vault_sqlite_open(&vault, &w->vault, err);
	if (rc != JX_OK)
		return rc;
	config.vault = w->vault;
	config.pack = w->pack;
	rc = jx_ingest_new(&config, &w->ingest, err);
	return rc == JX_OK ? jx_ingest_setup(w->ingest, err) : rc;
}

static void close_server(struct world *w)
{
	jx_ingest_free(w->ingest);
	jx_vault_close(w->vault);
	jx_pack_free(w->pack);
}

/* ---- between them ---- */

static jx_rc exchange(void *user, const struct jx_wire_request *rq, struct jx_wire_response *rs,
		      struct jx_error *err)
{
	struct world *w = user;
	jx_rc rc;

	on_side(w, true);
	rc = w->memory.face.exchange(w->memory.face.user, rq, rs, err);
	on_side(w, false);
	return rc;
}

/* The server asks for bytes, and the device reads them. */
static jx_rc read_source(void *user, int64_t offset_bytes, void *data, size_t len, size_t *got_out,
			 struct jx_error *err)
{
	struct world *w = user;
	jx_rc rc;

	on_side(w, false);
	rc = w->source->read(w->source->user, offset_bytes, data, len, got_out, err);
	on_side(w, true);
	return rc;
}

static jx_rc photo(void *user, const struct jx_photo_request *rq, struct jx_photo_response *rs,
		   struct jx_error *err)
{
	struct world *w = user;
	const struct jx_client_source source = {.user = w, .read = read_source};
	struct jx_photo_request passed = *rq;
	jx_rc rc;

	w->source = rq->source;
	if (rq->source != NULL)
		passed.source = &source;
	on_side(w, true);
	rc = w->memory.face.photo(w->memory.face.user, &passed, rs, err);
	on_side(w, false);
	return rc;
}

static void open_transport(struct world *w)
{
	w->memory.ingest = w->ingest;
	w->memory.vault = w->vault;
	w->memory.fs = jx_os_fs();
	memcpy(w->memory.key, w->id.tls_spki_sha256[0], JX_HASH_BYTES);
	memory_transport_init(&w->memory);
	w->memory.face.user = &w->memory;
	w->transport = (struct jx_transport){.user = w, .exchange = exchange, .photo = photo};
}

/* ---- the device ---- */

static jx_rc open_device(struct world *w, struct jx_error *err)
{
	const struct jx_device_keys keys = {.dir = w->home, .store = JX_DEVICE_KEY_FILE};
	const struct jx_store_config store = {.dir = w->home, .fs = jx_os_fs(), .clock = jx_os_clock()};
	const struct jx_media_config media = {.dir = w->photos, .fs = jx_os_fs(), .rand = jx_os_rand()};
	jx_rc rc = jx_device_load_key(&keys, w->pub, w->sec, err);

	if (rc == JX_OK)
		rc = jx_store_open(&store, &w->store, err);
	if (rc == JX_OK)
		rc = jx_store_identity(w->store, &w->id, err);
	return rc == JX_OK ? jx_media_open(&media, &w->media, err) : rc;
}

static void close_device(struct world *w)
{
	jx_media_close(w->media);
	jx_store_close(w->store);
	w->media = NULL;
	w->store = NULL;
}

static jx_rc no_wait(void *user, int64_t ms)
{
	(void)user;
	(void)ms;
	return JX_OK;
}

/* As `jx sync` has it. */
static jx_rc sync_device(struct world *w, struct jx_client_result *result, struct jx_error *err)
{
	const struct jx_identity *id = &w->id;
	struct jx_cli_binding binding;
	struct jx_client_config config = {
		.transport = &w->transport,
		.outbox = &binding.outbox,
		.sink = &binding.sink,
		.program = "two-sides/1",
		.secret_key = w->sec,
		.identities = &id->server_identity,
		.identity_count = 1,
		.rand = jx_os_rand(),
		.wait = no_wait,
		.attempts_max = TRIES,
	};
	jx_rc rc;

	jx_cli_bind(&binding, w->store, w->media, jx_os_fs());
	memcpy(config.writer, w->id.writer, JX_ID_BYTES);
	rc = jx_client_sync(&config, result, err);
	if (rc == JX_OK)
		rc = jx_cli_unbind(&binding, err);
	else
		(void)jx_cli_unbind(&binding, NULL);
	(void)jx_store_checkpoint(w->store, NULL);
	return rc;
}

/* ---- */

static jx_rc run(struct world *w, struct jx_client_result *result, struct jx_error *err)
{
	jx_rc rc;

	on_side(w, false);
	rc = open_device(w, err);
	if (rc == JX_OK) {
		on_side(w, true);
		rc = open_server(w, err);
		on_side(w, false);
	}
	if (rc == JX_OK) {
		open_transport(w);
		rc = sync_device(w, result, err);
	}
	close_device(w);
	on_side(w, true);
	close_server(w);
	if (w->arm != NULL)
		w->arm(false);
	return rc;
}

static arm_fn find_arm(void)
{
	union {
		void *object;
		arm_fn function;
	} found = {.object = dlsym(RTLD_DEFAULT, "torture_arm")};

	return found.function;
}

int main(int argc, char **argv)
{
	static struct world w;
	static struct jx_client_result result;
	struct jx_error err = {0};
	jx_rc rc;

	if (argc != 4) {
		fprintf(stderr, "two_sides device|server HOME DATA\n");
		return EXIT_USAGE;
	}
	w.is_server_armed = strcmp(argv[1], "server") == 0;
	w.home = argv[2];
	w.data = argv[3];
	(void)snprintf(w.photos, sizeof(w.photos), "%s/photos", w.home);
	w.arm = find_arm();
	rc = jx_os_start("two_sides", &err);
	if (rc == JX_OK)
		rc = run(&w, &result, &err);
	if (rc != JX_OK)
		fprintf(stderr, "two_sides: %s: %s\n", err.where, err.text);
	printf("{\"photos_left_out\":%lld}\n", (long long)result.photos_left_out);
	return jx_rc_exit_status(rc);
}
