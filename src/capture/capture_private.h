/* What the files of the room share: how any entry comes into being. */
#ifndef JX_CAPTURE_PRIVATE_H
#define JX_CAPTURE_PRIVATE_H

#include "jiexun/capture.h"

/* The role of every sound: what is said about the rest. */
#define JX_CAPTURE__NOTE "note"

/* What must hold at the moment of saving. Asked inside the transaction: two processes cannot both start a shift. */
enum jx_capture__need {
	JX_CAPTURE__PERSON = 1,       /* somebody signed in */
	JX_CAPTURE__SHIFT = 2,        /* a shift open */
	JX_CAPTURE__NO_SHIFT = 4,     /* none open */
	JX_CAPTURE__TARGET = 8,       /* names another entry of this device that still stands */
	JX_CAPTURE__TOTALS = 16,      /* states the day's totals */
	JX_CAPTURE__FIRST = 32,       /* nothing before it in the log */
	JX_CAPTURE__ANSWERS = 64,     /* answers that the pack takes on that day */
	JX_CAPTURE__SAME_PERSON = 128 /* with a shift open, only the one who is signed in */
};

/* One entry on its way to the store. */
struct jx_capture__job {
	struct jx_recorder *rec;
	struct jx_entry *e;
	const jx_pack *pack; /* JX_CAPTURE__ANSWERS: the pack that the entry names */
	unsigned needs;
	uint8_t of_id[JX_ID_BYTES]; /* JX_CAPTURE__TARGET: as the user named it */
	struct jx_append append;    /* values to set along with it */
	bool must_continue; /* set inside the transaction: first of a log whose device was another writer before */
};

/* An observation being made. */
struct jx_capture {
	struct jx_capture__job job;
	struct jx_entry entry;
	jx_buf answers;
};

/* Kind, id and times of a new entry. */
void jx_capture__begin_entry(const struct jx_recorder *rec, enum jx_kind kind, struct jx_entry *e);
/* Business day that something at this time counts for: the open shift's, else the calendar's. */
jx_rc jx_capture__day(struct jx_recorder *rec, int64_t utc_ms, char out[11], struct jx_error *err);
/* Complete the entry inside the store's transaction, and save. */
jx_rc jx_capture__save(struct jx_capture__job *job, int64_t *n_out, struct jx_error *err);
/*
 * Say whose log this one continues: the enrolment's own entry, if the power went before it was written.
 * @retval JX_ESTATE  the log has entries already: somebody else was first
 */
jx_rc jx_capture__continue(struct jx_recorder *rec, struct jx_error *err);
void jx_capture__set_value(struct jx_capture__job *job, const char *name, const char *value);
/* Copy a text into a field of an entry. NULL is "". @retval JX_EINVAL names the field */
jx_rc jx_capture__set_text(char *dst, size_t cap, const char *text, const char *field, struct jx_error *err);
/*
 * The newest version of the entry that the user named: a correction of a correction names that, so that the versions are one
 * line. @retval JX_EINVAL it is no observation  @retval JX_ESTATE it was withdrawn
 */
jx_rc jx_capture__target(jx_store *store, const uint8_t of_id[JX_ID_BYTES], struct jx_entry_ref *out,
			 struct jx_error *err);

#endif
