/*
 * Range requests (RFC 9110 section 14): one range of bytes, for office downloads that go on where they broke
 * off. Pure.
 */
#ifndef JX_SERVER_RANGE_H
#define JX_SERVER_RANGE_H

#include <stdint.h>

enum jx_server__range {
	JX_SERVER__RANGE_ALL,
	JX_SERVER__RANGE_PART,
	JX_SERVER__RANGE_BEYOND
};
/*
 * ALL: no header, another unit, several ranges or nonsense: all of these may be ignored. Outputs are set for
 * PART only.
 */
enum jx_server__range jx_server__range_parse(const char *value, int64_t size_bytes, int64_t *first_out,
					     int64_t *last_out);

#endif
