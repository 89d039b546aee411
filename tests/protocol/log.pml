/*
 * Entries, batches and receipts of one handheld (sync/PROTOCOL.md, sections 3 and 7).
 *
 * One process takes any enabled step in any order: the handheld saves, asks, hears an answer, crashes, is set back to an
 * old copy of its disk; the server takes a request, commits, answers, crashes, is set back to an old backup with a new
 * epoch; the network loses, doubles and reorders. At any moment the faults may end: then plain runs of `jx sync` must
 * bring everything to the server. README.md says which line of the code is which line here.
 */
#ifndef N
#define N 3		/* entries */
#endif
#define BATCH 2		/* entries of one request */
#ifndef RESTORES
#define RESTORES 1	/* of the server, 0 or 1; it makes a new epoch */
#endif
#ifndef ROLLBACKS
#define ROLLBACKS 1	/* of the handheld's disk */
#endif
#ifndef DROPS
#define DROPS 2		/* messages lost; a server that crashes before or after its commit loses one */
#endif
#ifndef DUPS
#define DUPS 1
#endif
#ifndef CRASHES
#define CRASHES 2	/* of the handheld */
#endif
#define RUNS 2		/* of `jx sync` once the faults have ended */
#define EXCHANGES 6	/* that one such run may take */

/* results of an answer */
#define OK 0
#define GAP 1
#define FORK 2
#define BEHIND 3
#define BAD 4

/* A chain is told by the branch of its last entry: entries behind `split` are the second branch's once a handheld was set back. */
byte split = N;
bool rolled;
#define HEAD(n, b) ((b) && (n) > split)
#define OWN_HEAD(n) (rolled && (n) > split)

/* ---- the handheld's disk ---- */
byte own;			/* entries saved */
byte r_ep, r_n;			/* newest receipt, by arrival */
bool has_r;
byte sent[2];	/* what the good receipts of each epoch cover */
bool wrong_head;		/* a receipt of another chain was believed */
byte hint;			/* what the server said last: settings server_n */
bool stop;			/* fork or behind: enrol again */
byte quarantined;		/* entries up to here lie in quarantine, by a fork's receipt */
/* ... and of an earlier day */
bool has_copy;
byte c_own, c_r_ep, c_r_n, c_hint, c_sent[2];
bool c_has_r;
/* memory of the process */
byte plan_n;			/* plan.c: server_n */
byte marked;			/* planted bug: marked sent when sent */

#define SENT_N (has_r -> sent[r_ep] : 0)

/* ---- the server's disk ---- */
byte ep;
byte s_n;
bool s_b;			/* branch of its last entry */
byte k_ep, k_n;			/* newest receipt kept */
bool has_k;
byte q_n;			/* the quarantined branch ends here */
bool q_b;
bool twice;
/* ... of an earlier day */
bool has_backup;
byte b_n, b_k_ep, b_k_n, b_q_n;
bool b_b, b_has_k, b_q_b;
/* a transaction in hand */
bool busy;

byte drops = DROPS, dups = DUPS, crashes = CRASHES, restores = RESTORES, rollbacks = ROLLBACKS;

/*           from  to    head  last_n last_b wants_receipt; nobody waits for the answer any more */
chan up = [2] of { byte, byte, bool, byte, bool, bool, bool };
/*             ep    result n    head  has_r r_ep  r_n  r_head fork */
chan down = [2] of { byte, byte, byte, bool, bool, byte, byte, bool, bool };

/* the message in hand */
byte m_from, m_to, m_last;
bool m_b, m_last_b, m_wants, m_dead;
byte a_ep, a_res, a_n, a_r_ep, a_r_n;
bool a_b, a_has_r, a_r_b, a_fork, answer_dead;
byte old_from, old_to, old_last;
bool old_b, old_last_b, old_wants;
byte until, runs, exchanges;
bool done;

inline forget() {
	m_from = 0; m_to = 0; m_b = 0; m_last = 0; m_last_b = 0; m_wants = 0; m_dead = 0; until = 0
}

inline forget_answer() {
	a_ep = 0; a_res = 0; a_n = 0; a_b = 0; a_has_r = 0; a_r_ep = 0; a_r_n = 0; a_r_b = 0; a_fork = 0
}

/* ---- sync/client, sync/plan ---- */

/* jx_plan__on_start */
inline begin_run() {
	plan_n = (hint < own -> hint : own)
}

/* jx_plan__sync, write_body */
inline ask() {
	if
	:: plan_n < own ->
		m_from = plan_n + 1;
		m_to = (own < plan_n + BATCH -> own : plan_n + BATCH);
		m_b = OWN_HEAD(m_to)
#ifdef BUG_EARLY_MARK
		; marked = (m_to > marked -> m_to : marked)
#endif
	:: else -> skip
	fi;
	m_last = own;
	m_last_b = OWN_HEAD(own);
	m_wants = ((has_r -> r_n : 0) < hint)
}

/* check_head */
#ifdef BUG_NO_HEAD
#define FITS(n, b) ((n) <= own)
#else
#define FITS(n, b) ((n) <= own && (b) == OWN_HEAD(n))
#endif

inline keep_receipt() {
	if
	:: a_fork && a_r_n <= own && a_r_b == OWN_HEAD(a_r_n) ->
		quarantined = (a_r_n > quarantined -> a_r_n : quarantined);
		stop = 1
	:: !a_fork && FITS(a_r_n, a_r_b) ->
		wrong_head = wrong_head || a_r_b != OWN_HEAD(a_r_n);
		has_r = 1;
		r_ep = a_r_ep;
		r_n = a_r_n;
		sent[r_ep] = (a_r_n > sent[r_ep] -> a_r_n : sent[r_ep])
	:: else -> stop = 1
	fi
}

/* jx_client__take_answer; done: the run ended well */
inline hear() {
	done = 0;
	if
	:: stop -> skip
	:: else ->
		if
		:: a_res != BAD && a_n <= own && a_has_r -> keep_receipt()
		:: else -> skip
		fi;
		if
		:: a_res == FORK || a_n > own || !FITS(a_n, a_b) -> stop = 1
		:: else -> skip
		fi;
		if
		:: stop || a_res == BAD -> skip
		:: else ->
			hint = a_n;
#ifdef BUG_EPOCH_IGNORED
			/* old receipts are trusted after a restore */
			plan_n = (a_n > r_n || !has_r -> a_n : r_n);
#else
			plan_n = (!has_r -> 0 : (a_n < r_n -> a_n : r_n))
#ifndef BUG_EPOCH_UNASKED
			/* a restored server holds all, but nothing that counts says so: the last entry again, for its receipt */
			; plan_n = (plan_n > 0 && r_ep != a_ep -> plan_n - 1 : plan_n)
#endif
			;
#endif
			done = (plan_n >= own)
		fi
	fi;
	forget_answer()
}

/* ---- sync/ingest, sync/vault ---- */

inline new_receipt(n, b, fork) {
	a_has_r = 1; a_r_ep = ep; a_r_n = n; a_r_b = b; a_fork = fork
}

/* give_kept_receipt: one from before a restore is signed again */
inline kept_receipt() {
	a_has_r = has_k;
	a_r_ep = ep;
	a_r_n = (k_ep == ep -> k_n : s_n);
	a_r_b = HEAD(a_r_n, s_b)
}

inline take_new() {
#ifdef BUG_NO_DEDUPE
	twice = twice || m_from <= s_n;
#else
	twice = twice || until + 1 <= s_n;
#endif
	s_n = (m_to > s_n -> m_to : s_n);
	s_b = HEAD(s_n, m_b);
	has_k = 1; k_ep = ep; k_n = s_n;
	new_receipt(s_n, s_b, 0)
}

inline take_branch() {
	q_n = m_to; q_b = m_b;
	a_res = FORK;
	new_receipt(m_to, m_b, 1)
}

/* place.c */
inline place() {
	until = (m_to < s_n -> m_to : s_n);
	if
#ifdef BUG_NO_DEDUPE
	:: true -> until = m_from - 1; take_new()
#else
	:: m_from - 1 <= s_n && HEAD(m_from - 1, m_b) == HEAD(m_from - 1, s_b) ->
		if
		:: until < m_from -> until = m_from - 1; take_new()
		:: until >= m_from && HEAD(until, m_b) != HEAD(until, s_b) -> take_branch()
		:: until >= m_from && HEAD(until, m_b) == HEAD(until, s_b) && until < m_to -> take_new()
		:: else -> kept_receipt()
		fi
	:: m_from - 1 <= s_n && HEAD(m_from - 1, m_b) != HEAD(m_from - 1, s_b) ->
		if
		:: q_n == m_from - 1 && q_n > 0 && q_b == HEAD(m_from - 1, m_b) -> take_branch()
		:: else -> a_res = FORK	/* unrooted */
		fi
	:: else -> a_res = GAP
#endif
	fi
}

/* compare_end */
inline compare_end() {
	if
	#ifndef BUG_NO_HEAD
	:: a_res == OK && m_last <= s_n && m_last_b != HEAD(m_last, s_b) -> a_res = FORK; a_has_r = 0
#endif
	:: a_res == OK && m_last < s_n && m_last_b == HEAD(m_last, s_b) -> a_res = BEHIND; a_has_r = 0
	:: else -> skip
	fi
}

/* The whole of a request, and its transaction. */
inline serve() {
	if
	:: m_from > 0 -> place()
	:: else -> skip
	fi;
	compare_end();
	if
	:: m_wants && !a_has_r && (a_res == OK || a_res == GAP) -> kept_receipt()
	:: else -> skip
	fi;
	a_ep = ep; a_n = s_n; a_b = HEAD(s_n, s_b); answer_dead = m_dead;
	forget()
}

#ifdef BUG_EARLY_RECEIPT
/* The same answer, from a transaction that is rolled back. */
byte o_n, o_k_ep, o_k_n, o_q_n;
bool o_b, o_has_k, o_q_b, o_twice;
inline serve_without_commit() {
	o_n = s_n; o_b = s_b; o_has_k = has_k; o_k_ep = k_ep; o_k_n = k_n; o_q_n = q_n; o_q_b = q_b; o_twice = twice;
	serve();
	s_n = o_n; s_b = o_b; has_k = o_has_k; k_ep = o_k_ep; k_n = o_k_n; q_n = o_q_n; q_b = o_q_b; twice = o_twice;
	o_n = 0; o_b = 0; o_has_k = 0; o_k_ep = 0; o_k_n = 0; o_q_n = 0; o_q_b = 0; o_twice = 0
}
#endif

inline send_answer() {
	if
	:: nfull(down) && !answer_dead -> down!a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork
	:: else -> skip
	fi;
	answer_dead = 0;
	forget_answer()
}

/* The process ends, and with it its connections: what is under way may still reach the server, its answer nobody. */
inline die() {
	do
	:: nempty(down) -> down?a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork
	:: empty(down) -> break
	od;
	forget_answer();
	m_dead = busy;
	if
	:: len(up) > 0 -> up?old_from, old_to, old_b, old_last, old_last_b, old_wants, _;
		up!old_from, old_to, old_b, old_last, old_last_b, old_wants, 1
	:: len(up) == 0 -> skip
	fi;
	if
	:: len(up) > 1 -> up?old_from, old_to, old_b, old_last, old_last_b, old_wants, _;
		up!old_from, old_to, old_b, old_last, old_last_b, old_wants, 1
	:: len(up) <= 1 -> skip
	fi;
	old_from = 0; old_to = 0; old_b = 0; old_last = 0; old_last_b = 0; old_wants = 0;
	begin_run()
}

inline restore_server() {
	s_n = b_n; s_b = b_b; has_k = b_has_k; k_ep = b_k_ep; k_n = b_k_n; q_n = b_q_n; q_b = b_q_b;
	ep++
}

/* ---- properties ---- */

/* What is shown as sent is stored, with the bytes that this handheld holds - on the server that signed it. */
#define SHOWN (marked > SENT_N -> marked : SENT_N)
#define STORED(n) ((n) <= s_n && HEAD(n, s_b) == OWN_HEAD(n))
#define QUARANTINED(n) ((n) <= q_n && HEAD(n, q_b) == OWN_HEAD(n))
inline check() {
	assert(!twice);					/* never twice */
	assert(!wrong_head);				/* (epoch, n, head): no other chain's receipt is believed */
	assert(SHOWN == 0 || (has_r && r_ep != ep) || STORED(SHOWN));	/* never shown sent without stored */
	assert(quarantined == 0 || ep > 0 || QUARANTINED(quarantined));	/* a fork's receipt is as good as any */
	assert(!stop || rolled)				/* no alarm without a cause */
}

/* ---- the world ---- */

init {
	do
	/* the handheld */
	:: d_step { own < N && !stop -> own++ }
	:: d_step { !stop && nfull(up) -> ask(); up!m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead; forget(); check() }
	:: d_step { !stop && plan_n != (hint < own -> hint : own) -> begin_run() }
	:: d_step { nempty(down) -> down?a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork; hear(); done = 0; check() }
	:: d_step { crashes > 0 -> crashes--; die() }
	/* the hint was still in memory when the power went */
	:: d_step { crashes > 0 && hint > 0 -> crashes--; hint = 0; die() }
	:: d_step { !has_copy && rollbacks > 0 && own > 0 ->
		has_copy = 1; c_own = own; c_has_r = has_r; c_r_ep = r_ep; c_r_n = r_n; c_hint = hint;
		c_sent[0] = sent[0]; c_sent[1] = sent[1] }
	:: d_step { has_copy && rollbacks > 0 && !rolled && own > c_own ->
		rollbacks--; rolled = 1; split = c_own; has_copy = 0;
		own = c_own; has_r = c_has_r; r_ep = c_r_ep; r_n = c_r_n; hint = c_hint;
		sent[0] = c_sent[0]; sent[1] = c_sent[1]; marked = 0; stop = 0; quarantined = 0;
		c_own = 0; c_has_r = 0; c_r_ep = 0; c_r_n = 0; c_hint = 0; c_sent[0] = 0; c_sent[1] = 0;
		die() }
	/* the server */
#ifdef BUG_EARLY_RECEIPT
	:: d_step { nempty(up) && !busy && drops > 0 -> up?m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead;
		drops--; serve_without_commit(); send_answer(); check() }
#endif
	:: d_step { nempty(up) && !busy -> up?m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead; busy = 1 }
	:: d_step { busy -> serve(); busy = 0; send_answer(); check() }
	/* lost before the server has it, or crash before the commit; crash between commit and answer */
	:: d_step { busy && drops > 0 -> drops--; busy = 0; forget() }
	:: d_step { busy && drops > 0 -> drops--; busy = 0; serve(); answer_dead = 0; forget_answer(); check() }
	:: d_step { !has_backup && restores > 0 && !busy && s_n > 0 ->
		has_backup = 1; b_n = s_n; b_b = s_b; b_has_k = has_k; b_k_ep = k_ep; b_k_n = k_n; b_q_n = q_n; b_q_b = q_b }
	:: d_step { restores > 0 && !busy && (s_n > b_n || q_n > b_q_n) -> restores--; restore_server(); check() }
	/* the network */
	:: d_step { nempty(down) && drops > 0 -> drops--;
		down?a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork; forget_answer() }
	:: d_step { len(up) == 1 && dups > 0 -> dups--; up?<m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead>;
		up!m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead; forget() }
	:: d_step { len(up) == 2 && dups > 0 -> dups--; up?m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead;
		up!m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead; forget() }
	:: d_step { len(down) == 1 && dups > 0 -> dups--;
		down?<a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork>;
		down!a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork; forget_answer() }
	:: d_step { len(down) == 2 && dups > 0 -> dups--;
		down?a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork;
		down!a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork; forget_answer() }
	/* the faults end */
	:: !busy && (own == N || stop) -> break
	od;
	skip;	/* a jump may not end inside a d_step */

	d_step {
		do
		:: nempty(up) -> up?m_from, m_to, m_b, m_last, m_last_b, m_wants, m_dead; forget()
		:: nempty(down) -> down?a_ep, a_res, a_n, a_b, a_has_r, a_r_ep, a_r_n, a_r_b, a_fork; forget_answer()
		:: empty(up) && empty(down) -> break
		od;
		do
		:: runs < RUNS && !stop ->
			runs++;
			begin_run();
			exchanges = 0;
			done = 0;
			do
			:: !done && !stop && exchanges < EXCHANGES ->
				exchanges++;
				ask();
				serve();
				hear();
				check()
			:: else -> break
			od;
			assert(done || stop)			/* a run ends */
		:: else -> break
		od;
		/* nothing that the handheld holds is lost in the end, and it is shown as sent */
		assert(stop || (STORED(own) && SENT_N == own && r_ep == ep));
	}
}
