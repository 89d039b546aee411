/* How the photos of an entry stand: from the database, never from the last call. */
#ifndef CLI_PHOTO_STATE_H
#define CLI_PHOTO_STATE_H

#include "cli.h"

#define CLI_PHOTO_STATE_MAX 240
/* For people, one line. */
void cli_photo_state(struct cli *c, const struct jx_entry *e, const struct jx_photo_ref *photo,
		     char out[CLI_PHOTO_STATE_MAX]);
/* "photo_states": one object a photo, in the entry's order. */
void cli_photo_states_json(struct cli *c, const struct jx_entry *e, struct cli_json *j);

#endif
