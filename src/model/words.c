#include "jiexun/model.h"

#include <string.h>

static const struct {
	const char *name, *text;
} words[] = {
	/* states of an entry on the handheld, of a day, of a writer */
	{"saved", N_("saved")},
	{"sent", N_("sent")},
	{"complete", N_("complete")},
	{"forked", N_("quarantined")},
	{"open", N_("not closed")},
	{"missing", N_("incomplete")},
	{"pending", N_("unconfirmed")},
	{"active", N_("active")},
	{"revoked", N_("revoked")},
	/* states of a form pack */
	{"coming", N_("coming")},
	{"past", N_("replaced")},
	/* results of a check */
	{"found", N_("found")},
	{"nothing-found", N_("nothing found")},
	{"no-access", N_("no access")},
	/* kinds of entries */
	{"observation", N_("observation")},
	{"correction", N_("correction")},
	{"withdrawal", N_("withdrawal")},
	{"person-in", N_("signed in")},
	{"person-out", N_("signed out")},
	{"shift-start", N_("shift begun")},
	{"day-close", N_("day closed")},
	{"continues", N_("continues an earlier log")},
	{"writer-enrolled", N_("writer enrolled")},
	{"writer-confirmed", N_("writer confirmed")},
	{"writer-revoked", N_("writer revoked")},
	{"writer-moved", N_("writer moved to another area")},
	/* roles of photos */
	{"wide", N_("wide view")},
	{"close", N_("close view")},
	{"before", N_("before")},
	{"after", N_("after")},
	{"plate", N_("plate")},
	{"object", N_("object")},
	{"note", N_("sound note")},
	/* where photos came from */
	{"camera", N_("from the camera")},
	{"microphone", N_("from the microphone")},
	{"imported", N_("imported file")},
	/* why somebody was there */
	{"patrol", N_("patrol")},
	{"covert", N_("covert visit")},
	{"hotline", N_("hotline")},
	{"look-back", N_("look-back")},
	/* roles of writers */
	{"field", N_("field work")},
	{"leader", N_("grid leader")},
	{"dispatcher", N_("dispatcher")},
	{"unit", N_("responsible unit")},
	{"auditor", N_("auditor")},
	{"admin", N_("administrator")},
	{"server", N_("server")},
};

const char *jx_word(const char *name)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].name, name) == 0)
			return _(words[i].text);
	return name;
}
