/* people_read.h - who works with this device: what the desk reads and does for the pages that show it. */
#ifndef APP_PEOPLE_READ_H
#define APP_PEOPLE_READ_H

#include "desk.h"

struct people_job {
	struct desk_job base;
	GArray *people; /**< out: of struct jx_person */
};
struct people_job *people_job_new(void);

enum people_act {
	PEOPLE_SIGN_IN,
	PEOPLE_SIGN_OUT,
	PEOPLE_SHIFT_START,
	PEOPLE_SHIFT_END,
	PEOPLE_SET_PIN
};
struct people_act_job {
	struct desk_job base;
	enum people_act act;
	char id[64], name[64];
	char pin[JX_PIN_DIGITS_MAX + 2], old_pin[JX_PIN_DIGITS_MAX + 2]; /**< "" none */
	int64_t n, observations, photos;                                 /**< out */
};
struct people_act_job *people_act_job_new(enum people_act what, const char *id);

#endif
