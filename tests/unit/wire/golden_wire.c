#include "golden_wire.h"

#include <stdlib.h>

#include "wire_samples.h"

static void write_code(jx_buf *out)
{
	struct jx_code_text code;
	char text[32];

	sample_code(&code);
	jx_code_format(&code, text);
	jx_buf_addf(out, "jiexun:https://sync.example:8443#%s\n", text);
}

static void write_enrol_request(jx_buf *out)
{
	struct jx_enrol_request rq;

	sample_enrol_request(&rq);
	(void)jx_enrol_request_write(&rq, out, NULL);
}

static void write_enrol_answer(jx_buf *out)
{
	struct jx_enrol_answer an;

	sample_enrol_answer(&an);
	(void)jx_enrol_answer_write(&an, out, NULL);
}

static void write_authorization(jx_buf *out)
{
	char header[JX_AUTH_MAX];
	struct jx_wire_request rq;
	struct jx_sign_in s;

	sample_sign_in(&s, &rq);
	(void)jx_sign_in_write(&s, header, NULL);
	jx_buf_addf(out, "%s\n", header);
}

static void write_request(jx_buf *out)
{
	struct jx_bytes entries[SAMPLE_ENTRIES];
	struct jx_sync_request rq;

	sample_request(&rq, entries);
	(void)jx_sync_request_write(&rq, entries, SAMPLE_ENTRIES, out, NULL);
}

static void write_nothing_new(jx_buf *out)
{
	struct jx_bytes entries[SAMPLE_ENTRIES];
	struct jx_sync_request rq;

	sample_request(&rq, entries);
	rq.from_n = rq.count = 0;
	rq.wants_token = rq.wants_receipt = false;
	(void)jx_sync_request_write(&rq, NULL, 0, out, NULL);
}

static void write_answer(jx_buf *out)
{
	struct jx_item *items = jx_xcalloc(SAMPLE_ITEMS, sizeof(*items));
	struct jx_sync_answer an;

	sample_answer(&an);
	sample_items(items);
	(void)jx_sync_answer_write(&an, out, NULL);
	for (size_t i = 0; i < SAMPLE_ITEMS; i++)
		(void)jx_item_write(&items[i], out, NULL);
	free(items);
}

static void write_error(jx_buf *out)
{
	struct jx_wire_error e;

	sample_error(&e);
	(void)jx_wire_error_write(&e, out, NULL);
}

static void write_header(jx_buf *out)
{
	struct jx_signed s;

	sample_receipt(&s);
	(void)jx_signed_header_write(&s, out, NULL);
	jx_buf_addc(out, '\n');
}

static void write_small_bundle(jx_buf *out)
{
	struct jx_small_part parts[SAMPLE_SMALL];

	sample_small(parts);
	(void)jx_small_bundle_write(parts, SAMPLE_SMALL, out, NULL);
}

static void write_small_answer(jx_buf *out)
{
	const enum jx_small_result results[] = {JX_SMALL_TAKEN, JX_SMALL_NOT_LISTED, JX_SMALL_TAKEN,
						JX_SMALL_QUOTA};

	(void)jx_small_answer_write(results, sizeof(results) / sizeof(results[0]), out, NULL);
}

const struct golden_row golden_rows[GOLDEN_ROWS] = {
	{"code.txt", write_code},
	{"enrol-request.json", write_enrol_request},
	{"enrol-answer.json", write_enrol_answer},
	{"authorization.txt", write_authorization},
	{"sync-request.ndjson", write_request},
	{"sync-request-nothing-new.ndjson", write_nothing_new},
	{"sync-answer.ndjson", write_answer},
	{"error.json", write_error},
	{"signed-header.txt", write_header},
	{"small-bundle.bin", write_small_bundle},
	{"small-answer.json", write_small_answer},
};
