/*
 * Put before each source by tools/check/tidy. The analyser sees one source at a time and does not know that jx_fail()
 * returns the code it was given: it would follow "failed, but JX_OK" through every caller.
 */
#include "jiexun/base.h"

#define jx_fail(err, code, ...) ((void)jx_fail(err, code, __VA_ARGS__), (jx_rc)(code))
