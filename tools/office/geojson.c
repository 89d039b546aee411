/* GeoJSON (RFC 7946): WGS-84, longitude first; an entry without a position has a null geometry. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"

void jx_office__add_decimal(jx_buf *b, int64_t value, int decimals)
{
	char text[32];
	size_t at = sizeof(text);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	for (int i = 0; i <= decimals || left > 0; i++) {
		if (i == decimals && decimals > 0)
			text[--at] = '.';
		text[--at] = (char)('0' + left % 10);
		left /= 10;
	}
	/* by the sign of the whole: -0.5 has the whole part 0 */
	if (value < 0)
		text[--at] = '-';
	jx_buf_add(b, text + at, sizeof(text) - at);
}

void jx_office__add_e7(jx_buf *b, int32_t value_e7)
{
	jx_office__add_decimal(b, value_e7, 7);
}

static void add_geometry(jx_buf *b, const struct jx_entry *e)
{
	if (!e->has_place || e->fix.source == JX_FIX_NONE) {
		jx_buf_adds(b, "null");
		return;
	}
	jx_buf_adds(b, "{\"type\":\"Point\",\"coordinates\":[");
	jx_office__add_e7(b, e->fix.lon_wgs84_e7);
	jx_buf_addc(b, ',');
	jx_office__add_e7(b, e->fix.lat_wgs84_e7);
	jx_buf_adds(b, "]}");
}

void jx_office__geojson_feature(jx_buf *b, const struct jx_entry *e, const struct jx_office__cells *cells)
{
	if (cells->text.rc != JX_OK) {
		jx_buf_add_buf(b, &cells->text); /* a property cut off is no property */
		return;
	}
	jx_buf_adds(b, "{\"type\":\"Feature\",\"geometry\":");
	add_geometry(b, e);
	jx_buf_adds(b, ",\"properties\":{");
	for (size_t i = 0; i < jx_office__column_count; i++) {
		const struct jx_office__column *c = &jx_office__columns[i];
		const char *text = cells->text.data + cells->start[i];

		if (i > 0)
			jx_buf_addc(b, ',');
		jx_buf_adds(b, c->json_name);
		if (cells->len[i] ==
		    0) /* every feature has every property: readers take the columns from the first */
			jx_buf_adds(b, "null");
		else if (c->is_number)
			jx_buf_add(b, text, cells->len[i]);
		else
			jx_buf_add_json(b, text, cells->len[i]);
	}
	jx_buf_adds(b, "}}");
}
