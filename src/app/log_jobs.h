/* log_jobs.h - what the Log page shows, read by the desk in one job. */
#ifndef APP_LOG_JOBS_H
#define APP_LOG_JOBS_H

#include "compose.h"

#define LOG_QUICK_MAX 4

/** What was read. */
struct log_news {
	struct composing *by; /* NULL: no packs */
	char quick[LOG_QUICK_MAX][16];
	size_t quick_count;
	char last[16]; /* the code found last; "" none */
	char person[64], person_name[128];
	bool has_shift;
	int64_t drafts;
	uint8_t draft[JX_ID_BYTES]; /* the newest */
};

struct log_job {
	struct desk_job job; /* rc: of the packs; a device that is not enrolled shows its codes */
	bool is_first;       /* sweeps what was let go */
	struct log_news news;
};
struct log_job *log_job_new(bool is_first);

#endif
