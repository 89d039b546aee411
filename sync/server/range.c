#include "range.h"

#include <stdbool.h>
#include <string.h>

/* Digits up to any other byte; at most 18, so that it fits. */
static bool read_number(const char **s, int64_t *out)
{
	size_t n = strspn(*s, "0123456789");
	int64_t v = 0;

	if (n == 0 || n > 18)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + ((*s)[i] - '0');
	*s += n;
	*out = v;
	return true;
}

enum jx_server__range jx_server__range_parse(const char *value, int64_t size_bytes, int64_t *first_out,
					     int64_t *last_out)
{
	int64_t first = 0, last = size_bytes - 1, number = 0;

	if (value == NULL || strncmp(value, "bytes=", 6) != 0)
		return JX_SERVER__RANGE_ALL;
	value += 6;
	if (*value == '-') {
		value++;
		if (!read_number(&value, &number) || *value != '\0')
			return JX_SERVER__RANGE_ALL;
		if (number == 0 || size_bytes == 0)
			return JX_SERVER__RANGE_BEYOND;
		first = number >= size_bytes ? 0 : size_bytes - number;
	} else {
		if (!read_number(&value, &first) || *value++ != '-')
			return JX_SERVER__RANGE_ALL;
		if (*value != '\0') {
			if (!read_number(&value, &number) || *value != '\0' || number < first)
				return JX_SERVER__RANGE_ALL;
			last = number < last ? number : last;
		}
		if (first >= size_bytes)
			return JX_SERVER__RANGE_BEYOND;
	}
	*first_out = first;
	*last_out = last;
	return JX_SERVER__RANGE_PART;
}
