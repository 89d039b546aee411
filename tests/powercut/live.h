/* live.h - images and real folders. */
#ifndef POWERCUT_LIVE_H
#define POWERCUT_LIVE_H

#include "promise.h"

/** Is the recorded folder as the recording says? @retval JX_ECORRUPT the recorder missed something */
jx_rc pc_compare(const struct pc_disk *d, struct jx_error *err);
/** The image of f as files below dir/<device's name, or "server">. */
jx_rc pc_write_out(const char *dir, const struct pc_found *f, struct jx_error *err);

#endif
