/*
 * evidence.h - change everything that can be changed in the evidence of a device and of an office, one change at a time, and
 * ask the products' own verification each time. It must find every one, and nothing in the untouched copy.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include "device.h"
#include "jiexun/model.h"

/** How it stands. The seed decides what is in the entries, and which pairs are swapped. */
struct evidence {
	int64_t entries;         /**< of each part */
	int64_t changes;         /**< made and looked for */
	int64_t missed;          /**< not found */
	int64_t misplaced;       /**< found, but said to be at another entry */
	int64_t disturbed;       /**< an untouched copy was called damaged */
	int64_t bytes_seen;      /**< of entries, as a proof that something was there */
	bool has_photo_receipts; /**< logs made from now on have them */
	int64_t only;            /**< replay: number of the one change to make; 0 all */
	struct jx_fake_rand rand;
	bool is_quiet;
};

/** Is the next change to be made? Counts it. */
bool evidence_next(struct evidence *e);
/** Which bit of a byte is turned: by the number of the change, so that --only turns the same. */
unsigned evidence_bit(const struct evidence *e);
/** The change was not found (or at the wrong place): say which. */
void evidence_missed(struct evidence *e, const char *part, const char *what);
void evidence_misplaced(struct evidence *e, const char *part, const char *what, const char *said);
void evidence_disturbed(struct evidence *e, const char *part, const char *said);

/** An entry with all that observations have; which photos is the caller's. Id, writer and n are not set. */
void evidence_entry(struct evidence *e, struct jx_entry *out);
/** A device with count entries, a photo in every second one, receipts at every second one and at the last. */
void evidence_device(struct evidence *e, struct device *d, int64_t count);

/** Every byte of every column that is evidence. */
void evidence_device_bytes(struct evidence *e);
/** Deletions, swaps, insertions, forgeries, truncations. */
void evidence_device_shape(struct evidence *e);
void evidence_office_bytes(struct evidence *e);
void evidence_office_shape(struct evidence *e);
/** Photo files, of device and office. */
void evidence_photos(struct evidence *e);

#endif
