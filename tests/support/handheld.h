/* handheld.h - a device under test with all that makes entries: photos, built-in pack, recorder. */
#ifndef HANDHELD_H
#define HANDHELD_H

#include "device.h"
#include "jiexun/capture.h"

struct handheld {
	struct device d;
	char *photos;
	jx_media *media;
	jx_pack *pack;
	struct jx_recorder rec;
};

/** Enrolled as H07, nobody signed in. */
void handheld_init(struct handheld *h);
void handheld_done(struct handheld *h);
/** After a re-enrolment or a reopened store: the recorder follows. */
void handheld_follow(struct handheld *h);
/** Sign "p1" in and start a shift. */
void handheld_begin_day(struct handheld *h);
/** A capture with answers: `code` found, or "nothing-found" for NULL. Not committed. */
jx_capture *handheld_capture(struct handheld *h, const char *code);
/** ... committed; its number. id_out may be NULL. */
int64_t handheld_log(struct handheld *h, const char *code, uint8_t id_out[JX_ID_BYTES]);
/** The entry of that number of the current writer, decoded. `answers` of it is not set. */
struct jx_entry handheld_entry(struct handheld *h, int64_t n);

#endif
