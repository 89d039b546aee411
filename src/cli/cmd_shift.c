/* jx shift: from when to when somebody works. */
#include "cli.h"

int cli_done(struct cli *c, int64_t n)
{
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "n", n);
		cli_json_end(&j);
	}
	return 0;
}

int cli_shift_start(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	int64_t n;
	jx_rc rc = jx_handheld_open_recorder(&c->h, &err);

	(void)a;
	if (rc == JX_OK)
		rc = jx_record_shift_start(&c->h.recorder, &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	cli_say(c, "%s", _("the shift has begun"));
	return cli_done(c, n);
}

int cli_shift_end(struct cli *c, const struct cli_args *a)
{
	struct jx_error err = {0};
	int64_t n, observations, photos;
	jx_rc rc = jx_handheld_open_recorder(&c->h, &err);

	(void)a;
	if (rc == JX_OK)
		rc = jx_record_shift_end(&c->h.recorder, &observations, &photos, &n, &err);
	if (rc != JX_OK)
		return cli_fail(c, &err);
	if (c->json) {
		struct cli_json j;

		cli_json_begin(&j);
		cli_json_bool(&j, "ok", true);
		cli_json_int(&j, "n", n);
		cli_json_int(&j, "observations", observations);
		cli_json_int(&j, "photos", photos);
		cli_json_end(&j);
		return 0;
	}
	cli_say(c,
		_("the day is closed: %lld observations, %lld photos. Sync once more, so that the office can say \"complete\"."),
		(long long)observations, (long long)photos);
	return 0;
}
