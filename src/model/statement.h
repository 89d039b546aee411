/* The facts of a statement as they are kept until rows are asked for. */
#ifndef JX_MODEL_STATEMENT_H
#define JX_MODEL_STATEMENT_H

#include "jiexun/model.h"

/* What one entry contributes. Sorting later makes order of arrival and repeats harmless. */
struct jx_model__fact {
	uint8_t writer[JX_ID_BYTES];
	uint8_t id[JX_ID_BYTES];
	int64_t n;
	enum jx_kind kind;
	char day[11];
	int64_t observations_total;
	int64_t photos_total;
	uint8_t (*photos)[JX_HASH_BYTES]; /* own memory; NULL if none */
	size_t photo_count;
};

/* What is known of a writer; each field but the chain is a maximum of what came, so order does not matter. */
struct jx_model__writer {
	uint8_t id[JX_ID_BYTES];
	char short_code[16];
	int64_t receipt_n; /* highest n of a receipt that is no fork's; -1 none */
	int64_t last_heard_utc_ms;
	struct jx_chain_extent chain; /* last_n 0: that of the entries given */
};

struct jx_model__photo {
	uint8_t writer[JX_ID_BYTES];
	uint8_t sha256[JX_HASH_BYTES];
};

struct jx_statement {
	struct jx_model__fact *facts;
	size_t fact_count, fact_cap;
	struct jx_model__writer *writers;
	size_t writer_count, writer_cap;
	size_t *slots;     /* open addressing over writers: index + 1, 0 free */
	size_t slot_count; /* power of two */
	struct jx_model__photo *photos;
	size_t photo_count, photo_cap;
	struct jx_day_row *rows;
	size_t row_count, row_cap;
	bool is_stale; /* facts came since rows were made */
};

/* The writer's record, made if new. Pointer is good until the next call. */
struct jx_model__writer *jx_model__writer_of(struct jx_statement *s, const uint8_t id[JX_ID_BYTES]);
/* Space for one more element of an array that doubles. */
void *jx_model__grow(void *array, size_t count, size_t *cap, size_t size);
/* Fold facts into s->rows, sorted. */
void jx_model__make_rows(struct jx_statement *s);

#endif
