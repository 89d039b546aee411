/* The small readers: enrolment both ways, errors, codes and links, the Authorization header, receipts in a header. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "jiexun/plan.h"
#include "jiexun/wire.h"

static void bodies(struct jx_bytes body)
{
	struct jx_enrol_request rq;
	struct jx_enrol_answer an;
	struct jx_wire_error e;
	struct jx_error err = {0};

	if (jx_enrol_request_read(body, &rq, &err) == JX_OK) {
		JX_AUTO_BUF b = {0};

		jx_buf_init(&b, 8192);
		if (jx_enrol_request_write(&rq, &b, NULL) == JX_OK)
			JX_FUZZ_CHECK(jx_enrol_request_read((struct jx_bytes){b.data, b.len}, &rq, NULL) ==
				      JX_OK);
	} else {
		JX_FUZZ_CHECK(err.text[0] != '\0');
	}
	if (jx_enrol_answer_read(body, &an, &err) == JX_OK)
		JX_FUZZ_CHECK(an.pin_count <= JX_PINS_MAX);
	if (jx_wire_error_read(body, &e, &err) == JX_OK)
		JX_FUZZ_CHECK(strlen(e.error) < sizeof(e.error));
}

static void codes(const char *text)
{
	struct jx_code_text code, back;
	char url[64] = "", typed[32];

	if (jx_code_parse(text, &code, url, sizeof(url), NULL) != JX_OK)
		return;
	JX_FUZZ_CHECK(strlen(code.id) == 4 && (url[0] == '\0' || strncmp(url, "https://", 8) == 0));
	jx_code_format(&code, typed);
	JX_FUZZ_CHECK(jx_code_parse(typed, &back, NULL, 0, NULL) == JX_OK);
	JX_FUZZ_CHECK(memcmp(&code, &back, sizeof(code)) == 0);
}

static void headers(const char *text)
{
	struct jx_signed *s = jx_xcalloc(1, sizeof(*s));
	struct jx_sign_in in, back;
	char header[JX_AUTH_MAX];

	if (jx_sign_in_read(text, &in, NULL) == JX_OK) {
		JX_FUZZ_CHECK(jx_sign_in_write(&in, header, NULL) == JX_OK);
		JX_FUZZ_CHECK(jx_sign_in_read(header, &back, NULL) == JX_OK);
		JX_FUZZ_CHECK(memcmp(&in, &back, sizeof(in)) == 0);
	}
	if (jx_signed_header_read(text, s, NULL) == JX_OK)
		JX_FUZZ_CHECK(s->len > 0 && s->len <= JX_SIGNED_TEXT_MAX);
	free(s);
	JX_FUZZ_CHECK(jx_plan_retry_after_s(text, "Sun, 06 Nov 1994 08:49:37 GMT") >= -1);
	JX_FUZZ_CHECK(jx_plan_retry_after_s("Sun, 06 Nov 1994 08:49:37 GMT", text) >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = jx_xstrndup((const char *)data, size);

	bodies((struct jx_bytes){data, size});
	codes(text);
	headers(text);
	free(text);
	return 0;
}
