/* private.h - between the files of this room. */
#ifndef HANDHELD_PRIVATE_H
#define HANDHELD_PRIVATE_H

#include "jiexun/handheld.h"

/* The first entry of a log that goes on, where an enrolment was cut off before it. Needs the recorder. */
jx_rc jx_handheld__continue_log(struct jx_handheld *h, struct jx_error *err);

#endif
