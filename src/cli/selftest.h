/* selftest.h - what jx selftest-storage asks of a disk. Each question is one row of a table. */
#ifndef JX_CLI_SELFTEST_H
#define JX_CLI_SELFTEST_H

#include "cli.h"

enum cli_state {
	CLI_OK,
	CLI_WARN, /**< cannot be relied on without the test with a power cut */
	CLI_FAIL  /**< what was saved here can be lost */
};

struct cli_finding {
	enum cli_state state;
	char text[384]; /**< translated, one line */
};

struct cli_selftest {
	const struct cli *c;
	const struct jx_fs *fs;
	const char *dir;     /**< whose disk */
	const char *scratch; /**< folder of ours in it */
	struct jx_device_storage disk;
};

struct cli_question {
	const char *name; /**< in JSON */
	void (*ask)(const struct cli_selftest *t, struct cli_finding *f);
};
extern const struct cli_question cli_questions[];
extern const size_t cli_question_count;

/** Set state and text. */
void cli_find(struct cli_finding *f, enum cli_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* the questions that need time or another process */
void cli_ask_latency(const struct cli_selftest *t, struct cli_finding *f);
void cli_ask_lock(const struct cli_selftest *t, struct cli_finding *f);
void cli_ask_database(const struct cli_selftest *t, struct cli_finding *f);

#endif
