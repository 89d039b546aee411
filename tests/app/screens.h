/* screens.h - how to come to every screen of the app, from a window that was just opened: for pictures of all of them. */
#ifndef APP_SCREENS_H
#define APP_SCREENS_H

#include "app_test.h"

/** What kind of device the window stands on. */
enum screens_device {
	SCREENS_DEMO, /**< the demonstration's */
	SCREENS_BAD,  /**< the same, with a camera that fails and without a receiver */
	SCREENS_NEW,  /**< not enrolled yet */
	SCREENS_DEVICES
};

struct screen {
	const char *name;
	void (*go)(struct app_test *t);
	enum screens_device device;
	bool is_short; /**< of the test run, where the full matrix would take too long */
};
extern const struct screen screens[];
extern const size_t screen_count;

/** A window on a device of that kind. */
void screens_open(struct app_test *t, enum screens_device device, int width, int height);
/** Back to the four pages, with nothing of the last screen left over them. */
void screens_leave(struct app_test *t);

/** Begin that form and answer its section (from 0); false: it has no such section. */
bool screens_form(struct app_test *t, const struct jx_form *form, size_t section);

#endif
