/* Levels of groups and topics. */
#include <string.h>

#include "grades.h"

static enum jx_level level_of_rows(const jx_tally *tally, const struct jx_form__edition *e,
				   const struct jx_form__group *group)
{
	enum jx_level worst = JX_LEVEL_A;
	size_t i;

	/* limits never get stricter from A to C: the best level that all rows meet is the worst of their levels */
	for (i = group->first; i < group->first + group->count; i++) {
		const enum jx_level level = jx_form__level(tally, &e->rows[e->group_rows[i]]);

		if (level == JX_LEVEL_NONE)
			return JX_LEVEL_NONE;
		if (level > worst)
			worst = level;
	}
	if (!group->pub.is_precondition)
		return worst;
	return worst == JX_LEVEL_D ? JX_LEVEL_D : JX_LEVEL_A;
}

enum jx_level jx_tally_group(const jx_tally *tally, const struct jx_group *group, const char *day)
{
	const struct jx_form__grades *g = tally->pack->grades;
	const struct jx_form__edition *e = g != NULL ? jx_form__edition_on(g, group->topic, day) : NULL;
	size_t i;

	/* by its id: it may be a group of another version of the pack */
	for (i = 0; e != NULL && i < e->group_count; i++)
		if (strcmp(e->groups[i].pub.id, group->id) == 0)
			return level_of_rows(tally, e, &e->groups[i]);
	return JX_LEVEL_NONE;
}

enum jx_level jx_tally_topic(const jx_tally *tally, const char *topic, const char *day)
{
	const struct jx_form__grades *g = tally->pack->grades;
	const struct jx_form__edition *e = g != NULL ? jx_form__edition_on(g, topic, day) : NULL;
	enum jx_level worst = JX_LEVEL_NONE;
	bool is_whole = true;
	size_t i;

	for (i = 0; e != NULL && i < e->group_count; i++) {
		enum jx_level level;

		if (strcmp(e->groups[i].pub.topic, topic) != 0)
			continue;
		level = level_of_rows(tally, e, &e->groups[i]);
		if (e->groups[i].pub.is_precondition && level == JX_LEVEL_D)
			return JX_LEVEL_D;
		if (level == JX_LEVEL_NONE)
			is_whole = false;
		/* a precondition that is met says nothing about the level */
		if (!e->groups[i].pub.is_precondition && level > worst)
			worst = level;
	}
	return is_whole ? worst : JX_LEVEL_NONE;
}
