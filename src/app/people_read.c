/* The desk's side of the pages of people. */
#include "people_read.h"
#include "facts.h"

static jx_rc take(void *user, const struct jx_person *person)
{
	GArray *people = user;

	g_array_append_val(people, *person);
	return JX_OK;
}

static jx_rc read_people(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct people_job *job = (struct people_job *)base;

	return jx_handheld_each_person(h, take, job->people, err);
}

static void free_people(struct desk_job *base)
{
	struct people_job *job = (struct people_job *)base;

	g_array_unref(job->people);
	g_free(job);
}

struct people_job *people_job_new(void)
{
	struct people_job *job = g_new0(struct people_job, 1);

	job->base.work = read_people;
	job->base.free_job = free_people;
	job->people = g_array_new(FALSE, FALSE, sizeof(struct jx_person));
	return job;
}

static const char *given(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static jx_rc act(struct jx_handheld *h, struct desk_job *base, struct jx_error *err)
{
	struct people_act_job *job = (struct people_act_job *)base;
	const jx_rc rc = jx_handheld_open_recorder(h, err);

	if (rc != JX_OK)
		return rc;
	switch (job->act) {
	case PEOPLE_SIGN_IN:
		return jx_handheld_sign_in(h, job->id, given(job->name), given(job->pin), &job->n, err);
	case PEOPLE_SIGN_OUT:
		return jx_record_person_out(&h->recorder, &job->n, err);
	case PEOPLE_SHIFT_START:
		return jx_record_shift_start(&h->recorder, &job->n, err);
	case PEOPLE_SHIFT_END:
		return jx_record_shift_end(&h->recorder, &job->observations, &job->photos, &job->n, err);
	case PEOPLE_SET_PIN:
	default:
		return jx_handheld_set_pin(h, job->id, given(job->old_pin), given(job->pin), err);
	}
}

static void free_act(struct desk_job *base)
{
	struct people_act_job *job = (struct people_act_job *)base;

	jx_wipe(job->pin, sizeof(job->pin));
	jx_wipe(job->old_pin, sizeof(job->old_pin));
	g_free(job);
}

struct people_act_job *people_act_job_new(enum people_act what, const char *id)
{
	struct people_act_job *job = g_new0(struct people_act_job, 1);

	job->base.work = act;
	job->base.free_job = free_act;
	job->act = what;
	jx_strcpy(job->id, sizeof(job->id), id != NULL ? id : "");
	return job;
}
