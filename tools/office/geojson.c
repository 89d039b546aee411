/* GeoJSON (RFC 7946): WGS-84, longitude first; an entry without a position has a null geometry. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"

void jx_office__add_e7(jx_buf *b, int32_t value_e7)
{
	/* of the sign first: -0.5 degrees has the whole part 0 */
	const int64_t size = value_e7 < 0 ? -(int64_t)value_e7 : (int64_t)value_e7;

	jx_buf_addf(b, "%s%lld.%07lld", value_e7 < 0 ? "-" : "", (long long)(size / 10000000),
		    (long long)(size % 10000000));
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

void jx_office__geojson_feature(jx_buf *b, const struct jx_office__row *row)
{
	JX_AUTO_BUF cell;

	jx_buf_init(&cell, JX_OFFICE__LINE_MAX);
	jx_buf_adds(b, "{\"type\":\"Feature\",\"geometry\":");
	add_geometry(b, &row->e);
	jx_buf_adds(b, ",\"properties\":{");
	for (size_t i = 0; i < jx_office__column_count; i++) {
		const struct jx_office__column *c = &jx_office__columns[i];

		jx_office__cell(c, row, false, &cell);
		if (i > 0)
			jx_buf_addc(b, ',');
		jx_buf_add_json(b, c->name, strlen(c->name));
		jx_buf_addc(b, ':');
		if (cell.rc != JX_OK)
			jx_buf_add_buf(b, &cell); /* a property cut off is no property */
		else if (cell.len == 0)
			jx_buf_adds(
				b,
				"null"); /* every feature has every property: readers take the columns from the first */
		else if (c->is_number)
			jx_buf_add(b, cell.data, cell.len);
		else
			jx_buf_add_json(b, cell.data, cell.len);
	}
	jx_buf_adds(b, "}}");
}
