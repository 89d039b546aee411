/* How many photos go at a time: more are tried, and kept only where the line gives more. */
#include "plan_private.h"

/* A connection more that brings less than a seventh of what the ones before it bring each only takes it from them. */
#define GAIN_PCT 15
/* One that brings more than this of it: each connection has its own share of the line, and two more may have theirs. */
#define DOUBLE_PCT 60
/* Fewer are kept where they lose less than this: a connection costs memory, and its share to whoever else is on the line. */
#define LOSS_PCT 5
/* A trial that fails costs two windows; the line is another one after a minute's walk. */
#define HOLD_WINDOWS 10
/* Fewer lanes are judged by so many windows: what one of four brings is little more than a window's chance. */
#define LOOK_WINDOWS 3
/* A mobile line sends less than this up; an office's or a community's Wi-Fi is above it, and one connection more harms nobody there. */
#define QUICK_BYTES_PER_S INT64_C(4000000)
/* A smaller photo fits into the buffers on the way, and its time says nothing about the line. */
#define QUICK_BYTES 65536
/* A new connection takes about as long as two photos there. */
#define QUICK_PHOTOS 3

void jx_plan_lanes_init(struct jx_plan_lanes *lanes, int max)
{
	*lanes = (struct jx_plan_lanes){.max = max < 1 ? 1
						       : (max > JX_PLAN_LANES_MAX ? JX_PLAN_LANES_MAX : max),
					.lanes = 1,
					.settle = 1};
}

static void go_to(struct jx_plan_lanes *l, int lanes)
{
	l->lanes = lanes;
	l->settle = 1;
	l->sum = 0;
	l->looked = 0;
}

static void begin_trial(struct jx_plan_lanes *l, int lanes, int64_t rate)
{
	l->from = l->lanes;
	l->rate_from = rate;
	go_to(l, lanes > l->max ? l->max : lanes);
}

static void stay(struct jx_plan_lanes *l, bool tries_fewer)
{
	l->from = 0;
	l->hold = HOLD_WINDOWS;
	l->tries_fewer = tries_fewer && l->lanes > 1;
}

static void judge_more(struct jx_plan_lanes *l, int64_t rate)
{
	/* what so many more would bring if each had its own share */
	const int64_t ideal = l->rate_from * (l->lanes - l->from) / l->from;
	const int64_t gain = rate - l->rate_from;

	if (gain * 100 < ideal * GAIN_PCT) {
		go_to(l, l->from);
		stay(l, true);
	} else if (l->lanes == l->max) {
		stay(l, true);
	} else {
		begin_trial(l, gain * 100 >= ideal * DOUBLE_PCT ? 2 * l->lanes : l->lanes + 1, rate);
	}
}

static void judge_fewer(struct jx_plan_lanes *l, int64_t rate)
{
	const bool is_enough = rate * 100 >= l->rate_from * (100 - LOSS_PCT);

	if (!is_enough)
		go_to(l, l->from);
	stay(l, is_enough);
	/* what was enough with one less may be with another one less */
	if (is_enough)
		l->hold = LOOK_WINDOWS;
}

/* Of the windows with as many lanes as now; the newest count most. */
static int64_t look(struct jx_plan_lanes *l, int64_t rate)
{
	if (l->looked == LOOK_WINDOWS) {
		l->sum -= l->sum / LOOK_WINDOWS;
		l->looked--;
	}
	l->sum += rate;
	l->looked++;
	return l->sum / l->looked;
}

int jx_plan_lanes_next(struct jx_plan_lanes *l, int64_t bytes, int64_t window_ms)
{
	int64_t rate = window_ms > 0 ? bytes * 1000 / window_ms : 0;

	if (l->settle > 0) {
		l->settle--;
		return l->lanes;
	}
	/* a line that stands still says nothing about lanes */
	if (rate == 0)
		return l->lanes;
	rate = look(l, rate);
	if (l->from != 0 && l->lanes > l->from)
		judge_more(l, rate);
	else if (l->from != 0 && l->looked == LOOK_WINDOWS)
		judge_fewer(l, rate);
	else if (l->from != 0)
		return l->lanes;
	else if (l->hold > 0)
		l->hold--;
	else if (l->tries_fewer)
		begin_trial(l, l->lanes - 1, rate);
	else if (l->lanes < l->max)
		begin_trial(l, l->lanes + 1, rate);
	else
		stay(l, true);
	return l->lanes;
}

int jx_plan_lanes_quick(struct jx_plan_lanes *l, int64_t bytes, int64_t ms, size_t left)
{
	const bool is_untried = l->lanes == 1 && l->from == 0 && l->hold == 0 && l->looked == 0;
	size_t wanted = left / QUICK_PHOTOS + 1;

	if (!is_untried || bytes < QUICK_BYTES || ms < 0 || bytes * 1000 < ms * QUICK_BYTES_PER_S)
		return l->lanes;
	if (wanted > (size_t)l->max)
		wanted = (size_t)l->max;
	if (wanted > 1) {
		go_to(l, (int)wanted);
		stay(l, true);
	}
	return l->lanes;
}
