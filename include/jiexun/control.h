/*
 * jiexun/control.h - defects that can be switched on, to show that our tests see them. Never in a shipped program.
 *
 * A harness that reports nothing proves nothing until it was seen to report. The build JX_CONTROLS=ON (preset `controls`)
 * has one switch for the whole process: JX_CONTROL=<name> in the environment, or jx_control_set(). It turns on one
 * defect, of the kind that loses or doubles what people recorded. WARNING: programs of that build destroy data on
 * purpose; they cannot be installed, their version ends in "+controls", and tools/test starts them on throw-away
 * folders only. In every other build jx_control_is() is the constant `false`: no symbol, no text and no branch of this
 * header is left in a program, which the test prove.no_control_left holds.
 *
 * A point is one line where the defect would be made by a slip of the pen. tests/controls says which command must report which.
 *
 * Threads:   set before a second thread is started; asked by any thread.
 * Ownership: names are constants of the program.
 * Errors:    a name in the environment that is none ends the process: a control that is not on would pass for one unseen.
 */
#ifndef JX_CONTROL_H
#define JX_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef JX_CONTROLS

enum jx_control {
	JX_CONTROL_NONE,
	JX_CONTROL_WAL_NORMAL,            /**< SQLite does not sync its WAL at a commit */
	JX_CONTROL_NO_PHOTO_FSYNC,        /**< a photo is published without a sync of its bytes */
	JX_CONTROL_NO_FOLDER_FSYNC,       /**< ... of the folder that names it */
	JX_CONTROL_NO_UNIQUE_ID,          /**< a retry is stored again, on the device and at the server */
	JX_CONTROL_RECEIPT_BEFORE_COMMIT, /**< the server commits a batch after its answer, or never */
	JX_CONTROL_SENT_BEFORE_RECEIPT,   /**< the device shows as sent what it has only sent off */
	JX_CONTROL_UNCHECKED_SHORT_WRITE, /**< a write that the kernel cut short is taken for whole */
	JX_CONTROL_VERIFY_OFF,            /**< verification finds damage and does not say so */
	JX_CONTROL_LOCK_OFF,              /**< file locks are given to everybody */
	JX_CONTROL_COUNT
};

/** Is this the defect that is on? The first question reads the environment. */
bool jx_control_is(enum jx_control control);

/** Switch to the defect of this name, "none" for no defect. @retval false there is none of that name */
bool jx_control_set(const char *name);

/** "wal-normal" ...; NULL from JX_CONTROL_COUNT on. */
const char *jx_control_name(size_t control);

/** If this defect is on, a copy of text in which the first `from` is written over by `to`, of the same length; free() it. */
char *jx_control_edit(enum jx_control control, const char *text, const char *from, const char *to);

#else

#define jx_control_is(control)                   false
#define jx_control_set(name)                     false
#define jx_control_name(control)                 ((const char *)NULL)
#define jx_control_edit(control, text, from, to) ((char *)NULL)

#endif

#ifdef __cplusplus
}
#endif

#endif
