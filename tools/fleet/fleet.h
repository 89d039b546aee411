/*
 * The program jx-fleet: many devices as protocol clients against one server, to see before a campaign what it bears. Entries are made
 * by the built-in form pack and chained and signed as devices do it; each device syncs by the client room, as `jx` does,
 * over a connection of its own. Nothing of a device is on the disk; all of it follows from a seed.
 */
#ifndef JX_FLEET_H
#define JX_FLEET_H

#include <stdatomic.h>

#include "jiexun/client.h"

#define FLEET_USAGE 64

/* ---- what is wanted ---- */

enum fleet_case {
	FLEET_FIRST, /* everything for the first time */
	FLEET_AGAIN, /* the same once more, as if no answer had arrived */
	FLEET_NOOP   /* nothing new */
};
#define FLEET_CASES_MAX 16

struct fleet_options {
	const char *codes; /* file of codes or links, a line each; "-" standard input */
	const char *data;  /* or: data folder of a server on this machine, which is asked for codes */
	const char *url;   /* NULL: the codes' own */
	int64_t devices, entries, photos, photo_bytes, parallel, seed;
	enum fleet_case cases[FLEET_CASES_MAX];
	size_t case_count;
	bool is_json, is_quiet;
};

/* ---- where it goes (line.c) ---- */

typedef struct fleet_server fleet_server;
/* url: "https://host:port". What all connections share. */
jx_rc fleet_server_new(const char *url, fleet_server **server_out, struct jx_error *err);
void fleet_server_free(fleet_server *server);
JX_DEFINE_AUTO(fleet_server, fleet_server_free);

/* A connection as the client room wants it; pins as there, 0 while enrolling. */
typedef struct fleet_line fleet_line;
fleet_line *fleet_line_new(fleet_server *server, const uint8_t (*pins)[JX_HASH_BYTES], size_t pin_count);
const struct jx_transport *fleet_line_face(const fleet_line *line);
void fleet_line_free(fleet_line *line);
JX_DEFINE_AUTO(fleet_line, fleet_line_free);

/* ---- devices (make.c, device.c) ---- */

struct fleet_photo {
	uint8_t sha256[JX_HASH_BYTES];
	uint64_t number; /* what makes it another than all others */
	int64_t n;       /* of its entry */
	bool is_receipted;
};

/* Values that a device keeps between syncs, by the names of client.h. */
#define FLEET_VALUES 8
struct fleet_value {
	char name[16];
	char text[JX_CLIENT_VALUE_MAX];
};

struct fleet_device {
	uint8_t public_key[JX_PUB_BYTES], secret_key[JX_SEC_BYTES];
	struct jx_enrol_answer as; /* who it is, and whose server it is */
	/* its log */
	jx_buf bytes;
	size_t *start; /* count + 1 */
	uint8_t (*head)[JX_HASH_BYTES], (*sig)[JX_SIG_BYTES];
	int64_t made;  /* entries that were made ... */
	int64_t count; /* ... and those that its log shows: a case with nothing new hides the others */
	struct fleet_photo *photos;
	size_t photo_count;
	/* what came back */
	struct jx_signed *receipt; /* NULL none */
	int64_t receipt_n;
	struct fleet_value values[FLEET_VALUES];
	size_t value_count;
	struct fleet *fleet;
};

struct fleet {
	struct fleet_options o;
	fleet_server *server;
	struct fleet_device *devices;
	char *const *codes; /* one a device */
	uint8_t *photo;     /* bytes that all photos have in common */
	size_t mark_at;     /* where each has its own */
	int64_t began_utc_ms;
	atomic_bool is_stopped;
};
#define FLEET_MARK_BYTES 32
/* What a photo has in its place. */
void fleet_mark(uint64_t number, uint8_t out[FLEET_MARK_BYTES]);
/* The picture all photos share: JPEG, o.photo_bytes long. */
jx_rc fleet_make_photo(struct fleet *f, struct jx_error *err);
/* Keys of device k by the seed. */
void fleet_make_keys(struct fleet *f, size_t k);
/* The log of an enrolled device. */
jx_rc fleet_make_log(struct fleet *f, size_t k, struct jx_error *err);

/* Enrol, and sign in once: a device has had its first answer long before the evening. */
jx_rc fleet_enrol(struct fleet_device *d, const char *code, struct jx_error *err);
jx_rc fleet_sync(struct fleet_device *d, struct jx_client_result *result_out, struct jx_error *err);
/* Have it show so many of its entries. */
void fleet_show(struct fleet_device *d, int64_t count);
/* As if no answer about entries and photos had ever arrived. */
void fleet_forget(struct fleet_device *d);
void fleet_device_done(struct fleet_device *d);

/* ---- codes (codes.c) ---- */

/* o->devices codes, from the file or the server; url_out: what they name, "" if they do not. */
jx_rc fleet_codes(const struct fleet_options *o, char ***codes_out, char *url_out, size_t url_cap,
		  struct jx_error *err);
void fleet_codes_free(char **codes, size_t count);

/* ---- running (run.c) ---- */

struct fleet_figures {
	double seconds, cpu_seconds; /* cpu: of the generator */
	int64_t entries, photos, requests, waits, up_bytes, down_bytes, failed;
	double p50_ms, p99_ms, max_ms; /* a whole sync of one device */
	struct jx_error first_failure;
};
/* Work on every device, o.parallel at a time. False: one failed, first_failure says how. */
typedef jx_rc (*fleet_work_fn)(struct fleet *f, size_t k, struct jx_client_result *result_out,
			       struct jx_error *err);
void fleet_run(struct fleet *f, const char *what, fleet_work_fn work, struct fleet_figures *out);

#endif
