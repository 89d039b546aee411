/* jiexund.h - the program jiexund as a test starts, asks and ends it. */
#ifndef JIEXUND_H
#define JIEXUND_H

#include <sys/types.h>

struct jiexund {
	char *data; /* its data folder */
	char *log;  /* file of what it says */
	char *port_file;
	pid_t pid; /* while serving, else 0 */
	int port;
};
/* Folders below `folder`. */
void jiexund_init(struct jiexund *j, const char *folder);
void jiexund_done(struct jiexund *j);
/* Serve on a free port of the loopback address; back when it listens. */
void jiexund_start(struct jiexund *j);
/* End it as a service manager does; it must end well (a sanitizer's report is no good end). */
void jiexund_stop(struct jiexund *j);
/*
 * `jiexund <args> --data <folder> --json`: what it says on standard output, to be freed. args end with NULL;
 * it must succeed.
 */
char *jiexund_ask(const struct jiexund *j, const char *const *args);

#endif
