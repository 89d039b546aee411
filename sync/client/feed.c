#include "client_private.h"

jx_rc jx_feed_next(jx_feed *feed, struct jx_item *item_out, struct jx_error *err)
{
	jx_rc rc;

	if (feed->at == feed->count)
		return JX_ENOTFOUND;
	rc = jx_item_read_in(feed->lines[feed->at], &feed->doc, item_out, err);
	if (rc != JX_OK) {
		feed->is_broken = true;
		return rc;
	}
	feed->at++;
	return JX_OK;
}

const jx_json *jx_feed_doc(const jx_feed *feed)
{
	return &feed->doc;
}
