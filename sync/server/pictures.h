/*
 * Small copies of what devices sent: made in the background by children that decode (jx-picture), so many at once. The queue is the
 * vault's own order of stored photos and a place in it, so it takes no memory and outlives a restart.
 */
#ifndef JX_SERVER_PICTURES_H
#define JX_SERVER_PICTURES_H

#include "site.h"

typedef struct pictures pictures;
/* Begins with the oldest photo, for what an earlier run did not get to. picture_children 0: *out is NULL. */
jx_rc pictures_start(site *d, jx_server_log_fn log, void *log_user, pictures **out, struct jx_error *err);
void pictures_quit(pictures *p); /* begin no more; NULL ok */
void pictures_stop(pictures *p); /* waits for the children that are at work; NULL ok */
/* There is a new photo. Any thread; p may be NULL. */
void pictures_wake(void *p);
/* Look at all again, from the oldest: copies may have gone bad. NULL ok */
void pictures_again(pictures *p);

#endif
