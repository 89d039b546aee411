/*
 * The next question while this answer is kept: to keep a page of items takes as long as the server takes to make the next. The transport is
 * the other thread's until its answer is taken or dropped, and nothing else of the run is. The answer is used only if the run, once it has
 * kept this one, would have asked just that.
 */
#include <stdlib.h>
#include <string.h>

#include "client_private.h"

struct jx_client__ahead {
	const struct jx_transport *t;
	jx_buf question;
	struct jx_client__letter letter;
	struct jx_wire_response rs;
	struct jx_error err;
	jx_rc rc;
	pthread_t thread;
};

static void free_ahead(struct jx_client__ahead **a)
{
	if (*a == NULL)
		return;
	jx_buf_done(&(*a)->question);
	jx_client__letter_done(&(*a)->letter);
	jx_buf_done(&(*a)->rs.body);
	free(*a);
}

static void *run_ahead(void *arg)
{
	struct jx_client__ahead *a = arg;

	a->rc = a->t->exchange(a->t->user, &a->letter.rq, &a->rs, &a->err);
	return NULL;
}

void jx_client__ask_ahead(struct jx_client__run *run, const struct jx_sync_answer *an)
{
	JX_CLEANUP(free_ahead) struct jx_client__ahead *a = NULL;

	/* what carries entries is told apart by what became of these */
	if (!run->c->asks_ahead || !run->asked_feed || !an->has_more || an->is_pending ||
	    run->sent_count > 0 || strcmp(an->cursor, run->kept.cursor) == 0)
		return;
	a = jx_xcalloc(1, sizeof(*a));
	a->t = run->c->transport;
	a->rs.retry_after_s = -1;
	jx_buf_init(&a->question, JX_WIRE_BATCH_BYTES_MAX);
	jx_buf_init(&a->rs.body, JX_CLIENT__ANSWER_BYTES_MAX);
	/* what fails here fails again when it is asked for */
	if (jx_client__write_question(run, an->cursor, &a->question, &a->err) != JX_OK ||
	    jx_client__letter_write(run, &a->question, &a->letter, &a->err) != JX_OK ||
	    !jx_client__start_thread(&a->thread, run_ahead, a))
		return;
	run->res->requests++;
	run->ahead = JX_STEAL(a);
}

bool jx_client__take_ahead(struct jx_client__run *run, const jx_buf *question, struct jx_wire_response *rs,
			   int *dictionary_out, jx_rc *rc_out)
{
	JX_CLEANUP(free_ahead) struct jx_client__ahead *a = JX_STEAL(run->ahead);

	if (a == NULL)
		return false;
	jx_client__let_go(run);
	(void)pthread_join(a->thread, NULL);
	jx_client__take_back(run);
	if (question == NULL || question->len != a->question.len ||
	    memcmp(question->data, a->question.data, question->len) != 0)
		return false;
	jx_buf_done(&rs->body);
	*rs = a->rs;
	a->rs.body = (jx_buf){.data = NULL};
	*dictionary_out = a->letter.rq.dictionary;
	*rc_out = a->rc;
	if (a->rc != JX_OK)
		run->err = a->err;
	return true;
}

void jx_client__drop_ahead(struct jx_client__run *run)
{
	struct jx_wire_response none;
	jx_rc rc;
	int dictionary;

	(void)jx_client__take_ahead(run, NULL, &none, &dictionary, &rc);
}
