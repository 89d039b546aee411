/*
 * A town for the tests of this folder: a server and writers with keys, and the feed they make, line by line, as a real
 * server gives it. Every line is a string of its own, so that a test can leave one out, double, swap or bend it.
 */
#ifndef TOWN_H
#define TOWN_H

#include "office_private.h"

#define TOWN_WRITERS 4
#define TOWN_LINES   256
#define TOWN_DAY     "2026-09-01"
#define TOWN_NEXT    "2026-09-02"
#define TOWN_NOW     INT64_C(1788260000000)

struct town_writer {
	uint8_t id[JX_ID_BYTES], pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	char short_code[16];
	int64_t n;
	uint8_t head[JX_HASH_BYTES];
};

struct town {
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES]; /* the server's identity */
	struct town_writer server, writer[TOWN_WRITERS];
	char *line[TOWN_LINES]; /* without line feed */
	size_t len[TOWN_LINES];
	size_t count;
	uint64_t ids;
};

/* A server that has introduced itself by a keys item. */
void town_init(struct town *t);
void town_done(struct town *t);
/* The server introduces writer i. */
void town_enrol(struct town *t, int i, const char *short_code, const char *role);
/* Entry of writer i: id, writer and number are filled in. The batch ends with a signature and a receipt. */
void town_add(struct town *t, int i, struct jx_entry *e, bool ends_batch);
/* The least entry of a kind, on a day; returns its line. */
size_t town_add_kind(struct town *t, int i, enum jx_kind kind, const char *day, bool ends_batch);
/* The same entry in quarantine, hanging on the writer's chain before it. */
void town_fork(struct town *t, int i, struct jx_entry *e, int64_t n);
void town_photo_receipt(struct town *t, int i, const uint8_t sha256[JX_HASH_BYTES]);
/* Any other line. */
void town_line(struct town *t, const char *line, size_t len);
/* The receipt of entry n with this head. */
void town_receipt(struct town *t, const struct town_writer *w, int64_t n, const uint8_t head[JX_HASH_BYTES],
		  bool is_fork);
/* Two field writers with a day each, a correction, photos, and a day-close: 20 lines or so. */
void town_usual(struct town *t);

/* identity.json of an office in this town. */
void town_account(const struct town *t, const char *dir);
/* A pulled folder with these lines, written past the program. */
void town_write(const struct town *t, const char *dir);
/* Only the journal, of the same length as before. */
void town_write_journal(const struct town *t, const char *dir);
/* Lines from..until-1 as one answer. */
void town_feed(const struct town *t, struct jx_office__desk *desk, size_t from, size_t until,
	       const char *cursor, bool is_snapshot);

#endif
