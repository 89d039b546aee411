/* The file's own time, from its Exif block. Derived and unproven: it is shown beside the device's clocks, never instead. */
#include <stdlib.h>
#include <string.h>

#include <libexif/exif-data.h>

#include "media_private.h"

static bool take_digits(const char *s, size_t count, int min, int max, int *out)
{
	int value = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		value = value * 10 + (s[i] - '0');
	}
	*out = value;
	return value >= min && value <= max;
}

/* Days from 1970-01-01, for years from 1970 (Gregorian; March-based so that the leap day is last). */
static int64_t days_of(int year, int month, int day)
{
	const int64_t y = month <= 2 ? year - 1 : year;
	const int64_t m = month <= 2 ? month + 9 : month - 3;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* "2026:09:01 17:42:03" in ms, as if it were UTC. Cameras that do not know the time write spaces or zeros. */
static bool take_time(const char *s, size_t len, int64_t *out)
{
	int year, month, day, hour, minute, second;

	if (len < 19 || s[4] != ':' || s[7] != ':' || s[10] != ' ' || s[13] != ':' || s[16] != ':')
		return false;
	if (!take_digits(s, 4, 1970, 9999, &year) || !take_digits(s + 5, 2, 1, 12, &month) ||
	    !take_digits(s + 8, 2, 1, 31, &day) || !take_digits(s + 11, 2, 0, 23, &hour) ||
	    !take_digits(s + 14, 2, 0, 59, &minute) || !take_digits(s + 17, 2, 0, 60, &second))
		return false;
	*out = (((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000;
	return true;
}

/* "+08:00". Without it (Exif before 2.31) the clock on the camera is taken to be the city's. */
static int64_t take_offset_min(const char *s, size_t len)
{
	int hours, minutes;

	if (len < 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':' || !take_digits(s + 1, 2, 0, 14, &hours) ||
	    !take_digits(s + 4, 2, 0, 59, &minutes))
		return JX_UTC_OFFSET_MIN_DEFAULT;
	return s[0] == '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

static int64_t time_of(ExifData *data)
{
	const ExifEntry *time = exif_content_get_entry(data->ifd[EXIF_IFD_EXIF], EXIF_TAG_DATE_TIME_ORIGINAL);
	const ExifEntry *offset = exif_content_get_entry(data->ifd[EXIF_IFD_EXIF],
							 EXIF_TAG_OFFSET_TIME_ORIGINAL);
	int64_t utc_ms = 0, offset_min = JX_UTC_OFFSET_MIN_DEFAULT;

	if (time == NULL || time->data == NULL || !take_time((const char *)time->data, time->size, &utc_ms))
		return 0;
	if (offset != NULL && offset->data != NULL)
		offset_min = take_offset_min((const char *)offset->data, offset->size);
	utc_ms -= offset_min * 60000;
	return utc_ms > 0 ? utc_ms : 0;
}

int64_t jx_media__exif_time(const char *exif, size_t len)
{
	ExifData *data;
	int64_t utc_ms;

	if (exif == NULL || len == 0 || len > JX_MEDIA_EXIF_MAX)
		return 0;
	data = exif_data_new();
	if (data == NULL)
		return 0;
	/* As the file has it: nothing added, nothing mended. */
	exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
	exif_data_load_data(data, (const unsigned char *)exif, (unsigned)len);
	utc_ms = time_of(data);
	exif_data_unref(data);
	return utc_ms;
}
