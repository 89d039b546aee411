/* Widths on a terminal, for tables that people read. */
#include <string.h>
#include <wchar.h>

#include "os_private.h"

int jx_os_columns(const char *text)
{
	mbstate_t state = {0};
	size_t left = strlen(text);
	int columns = 0;

	while (left > 0) {
		wchar_t wc;
		size_t n = mbrtowc(&wc, text, left, &state);
		int width = 1;

		if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
			memset(&state, 0, sizeof(state));
			n = 1;
		} else {
			width = wcwidth(wc);
		}
		columns += width > 0 ? width : 0;
		text += n;
		left -= n;
	}
	return columns;
}
