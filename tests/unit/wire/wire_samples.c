#include "wire_samples.h"

#include <string.h>

static const char entry_1[] =
	"{\"v\":1,\"id\":\"0198f3a0-0000-7000-8000-000000000001\",\"n\":11,\"note\":\"占道经营\"}";
static const char entry_2[] =
	"{\"v\":1,\"id\":\"0198f3a0-0000-7000-8000-000000000002\",\"n\":12,\"note\":\"a\\nb\"}";

static void fill(uint8_t *out, size_t len, uint8_t first)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(first + i);
}

void sample_keys(uint8_t seed, uint8_t pub[JX_PUB_BYTES], uint8_t sec[JX_SEC_BYTES])
{
	uint8_t bytes[32];

	memset(bytes, seed, sizeof(bytes));
	jx_key_from_seed(bytes, pub, sec);
}

void sample_code(struct jx_code_text *out)
{
	memset(out, 0, sizeof(*out));
	jx_strcpy(out->id, sizeof(out->id), "K7Q2");
	fill(out->secret, JX_CODE_SECRET_BYTES, 0xa0);
}

void sample_enrol_request(struct jx_enrol_request *out)
{
	uint8_t sec[JX_SEC_BYTES];
	struct jx_code_text code;

	memset(out, 0, sizeof(*out));
	sample_code(&code);
	sample_keys(1, out->public_key, sec);
	memcpy(out->code_id, code.id, sizeof(out->code_id));
	fill(out->tls_spki_sha256, JX_HASH_BYTES, 0x10);
	jx_strcpy(out->program, sizeof(out->program), "jx/0.1.0");
	jx_strcpy(out->name, sizeof(out->name), "手持机 \"7\"");
	jx_enrol_prove(out, &code, sec);
}

void sample_enrol_answer(struct jx_enrol_answer *out)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_code_text code;

	memset(out, 0, sizeof(*out));
	sample_code(&code);
	sample_keys(9, out->identity, sec);
	sample_keys(1, pub, sec);
	fill(out->writer, JX_ID_BYTES, 0x40);
	fill(out->epoch, JX_ID_BYTES, 0x60);
	fill(out->pins[0], JX_HASH_BYTES, 0x10);
	fill(out->pins[1], JX_HASH_BYTES, 0x11);
	out->pin_count = 2;
	jx_strcpy(out->short_code, sizeof(out->short_code), "H07");
	jx_strcpy(out->role, sizeof(out->role), "field");
	jx_strcpy(out->area, sizeof(out->area), "330100-上城");
	out->is_active = true;
	out->server_utc_ms = 1788250000123;
	jx_enrol_answer_prove(out, code.secret, pub);
}

void sample_request(struct jx_sync_request *out, struct jx_bytes entries[SAMPLE_ENTRIES])
{
	memset(out, 0, sizeof(*out));
	jx_strcpy(out->program, sizeof(out->program), "jx/0.1.0");
	out->last_n = 12;
	fill(out->last_head, JX_HASH_BYTES, 1);
	out->from_n = 11;
	out->count = SAMPLE_ENTRIES;
	fill(out->sig, JX_SIG_BYTES, 2);
	out->wants_feed = true;
	jx_strcpy(out->cursor, sizeof(out->cursor), "e1:7:4711");
	out->wants_token = true;
	out->wants_receipt = true;
	entries[0] = (struct jx_bytes){entry_1, sizeof(entry_1) - 1};
	entries[1] = (struct jx_bytes){entry_2, sizeof(entry_2) - 1};
}

void sample_receipt(struct jx_signed *out)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES];
	struct jx_receipt r = {.n = 12, .server_utc_ms = 1788250000123, .safe_until_n = 3};

	sample_keys(9, pub, sec);
	fill(r.epoch, JX_ID_BYTES, 0x60);
	fill(r.writer, JX_ID_BYTES, 0x40);
	fill(r.head, JX_HASH_BYTES, 1);
	(void)jx_receipt_sign(&r, sec, out, NULL);
}

void sample_answer(struct jx_sync_answer *out)
{
	memset(out, 0, sizeof(*out));
	out->result = JX_SYNC_GAP;
	fill(out->epoch, JX_ID_BYTES, 0x60);
	out->n = 12;
	fill(out->head, JX_HASH_BYTES, 1);
	out->has_receipt = true;
	sample_receipt(&out->receipt);
	out->has_challenge = true;
	fill(out->challenge, JX_CHALLENGE_BYTES, 0x80);
	jx_strcpy(out->token, sizeof(out->token), "dG9rZW4.bWFj");
	out->server_utc_ms = 1788250000123;
	out->is_pending = true;
	jx_strcpy(out->cursor, sizeof(out->cursor), "e1:7:4712");
	out->is_snapshot = true;
	out->has_more = true;
	out->items = SAMPLE_ITEMS;
}

void sample_items(struct jx_item items[SAMPLE_ITEMS])
{
	memset(items, 0, sizeof(*items) * SAMPLE_ITEMS);
	jx_strcpy(items[0].kind, sizeof(items[0].kind), "entry");
	jx_strcpy(items[0].key, sizeof(items[0].key), "40414243-4445-4647-4849-4a4b4c4d4e4f/11");
	items[0].entry = (struct jx_bytes){entry_1, sizeof(entry_1) - 1};
	items[0].received_utc_ms = 1788250000123;
	items[0].is_fork = true;
	items[0].has_sig = true;
	fill(items[0].sig, JX_SIG_BYTES, 2);
	jx_strcpy(items[0].marks, sizeof(items[0].marks), "clock-ahead,place-far");
	jx_strcpy(items[1].kind, sizeof(items[1].kind), "entry"); /* erased by law */
	jx_strcpy(items[1].key, sizeof(items[1].key), "40414243-4445-4647-4849-4a4b4c4d4e4f/10");
	items[1].received_utc_ms = 1788250000000;
	items[1].has_digest = true;
	fill(items[1].digest, JX_HASH_BYTES, 0x33);
	for (size_t i = 2; i < 5; i++) {
		static const char *const kinds[] = {"receipt", "photo-receipt", "keys"};

		jx_strcpy(items[i].kind, sizeof(items[i].kind), kinds[i - 2]);
		jx_strcpy(items[i].key, sizeof(items[i].key), "k\"1\"");
		items[i].has_signed = true;
		sample_receipt(&items[i].text);
	}
	jx_strcpy(items[5].kind, sizeof(items[5].kind), "drop");
	jx_strcpy(items[5].key, sizeof(items[5].key), "person:p-017");
}

void sample_error(struct jx_wire_error *out)
{
	memset(out, 0, sizeof(*out));
	jx_strcpy(out->error, sizeof(out->error), "challenge");
	jx_strcpy(out->detail, sizeof(out->detail), "the challenge is older than 30 days");
	out->has_challenge = true;
	fill(out->challenge, JX_CHALLENGE_BYTES, 0x80);
}

void sample_sign_in(struct jx_sign_in *out, struct jx_wire_request *rq)
{
	uint8_t pub[JX_PUB_BYTES], sec[JX_SEC_BYTES], identity[JX_PUB_BYTES];

	memset(out, 0, sizeof(*out));
	*rq = (struct jx_wire_request){.method = "POST", .path = JX_PATH_SYNC, .body = {"body", 4}};
	sample_keys(9, identity, sec);
	sample_keys(1, pub, sec);
	fill(out->writer, JX_ID_BYTES, 0x40);
	out->has_challenge = true;
	fill(out->challenge, JX_CHALLENGE_BYTES, 0x80);
	out->has_receipt = true;
	fill(out->receipt_hash, JX_HASH_BYTES, 0x20);
	jx_sign_in_sign(out, identity, rq, sec);
}

void sample_small(struct jx_small_part parts[SAMPLE_SMALL])
{
	static const char one[] = "\xff\xd8\xff\xfe\x00\x05one\xff\xd9";
	static const char two[] = "\xff\xd8\xff\xfe\x00\x07other\xff\xd9";

	memset(parts[0].sha256, 0x11, JX_HASH_BYTES);
	parts[0].copy = (struct jx_bytes){one, sizeof(one) - 1};
	memset(parts[1].sha256, 0x22, JX_HASH_BYTES);
	parts[1].copy = (struct jx_bytes){two, sizeof(two) - 1};
}
