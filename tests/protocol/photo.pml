/*
 * One photo: parts, publishing and photo-receipts (sync/PROTOCOL.md, sections 7 and 9), with the receipts of the entries
 * that decide which photo-receipts count. Entry 1 lists the photo; entry 2 is plain.
 *
 * Requests wait for their answers here (log.pml has them doubled and out of order); each step of the server may be its
 * last one before a crash, and any answer may be lost. Database and photo folder of the server come from two backups.
 */
#ifndef N
#define N 2
#endif
#define PARTS 2		/* of the photo */
#ifndef RESTORES
#define RESTORES 2
#endif
#ifndef FAULTS
#define FAULTS 4	/* lost messages, crashes, cut uploads */
#endif
#define RUNS 3
#define STEPS 12

/* the handheld's disk */
byte own, r_ep, r_n, sent[RESTORES + 1];
bool has_r;
byte done_ep;			/* photo_done: epoch of the newest photo-receipt */
bool has_done;
byte hint;
/* a run */
byte plan_n;
bool finished;
#define SENT_N (has_r -> sent[r_ep] : 0)
#define COMPLETE (has_done && done_ep == r_ep && SENT_N >= 1)	/* what the list shows */
#ifdef BUG_PHOTO_EPOCH_IGNORED
#undef COMPLETE
#define COMPLETE (has_done && SENT_N >= 1)
#endif
#define WAITS (SENT_N >= 1 && !COMPLETE)

/* the server's disk */
byte ep, s_n;
bool has_k;
byte k_ep;
byte parts;			/* bytes that arrived */
bool file;			/* published: named by its hash, synced, folder synced */
bool row;			/* kept photo-receipt */
byte row_ep;
/* backups */
bool b_has;
byte b_n, b_k_ep, b_row_ep;
bool b_has_k, b_row;

/* where a request is */
mtype = { idle, sync_asked, sync_done, photo_asked, photo_taken, photo_published, photo_signed, lost };
mtype at = idle;
byte m_from, a_ep, a_n, a_r_ep, a_r_n, a_p_ep, send_parts;
bool a_has_r, a_has_p;
byte faults = FAULTS, restores = RESTORES, runs, steps;

inline forget() {
	m_from = 0; a_ep = 0; a_n = 0; a_has_r = 0; a_r_ep = 0; a_r_n = 0; a_has_p = 0; a_p_ep = 0; send_parts = 0; at = idle
}

inline ask() {
	m_from = (plan_n < own -> plan_n + 1 : 0);
	at = sync_asked
}

inline serve() {
	if
	:: m_from > 0 && own > s_n && m_from - 1 <= s_n -> s_n = own; has_k = 1; k_ep = ep; a_has_r = 1; a_r_ep = ep; a_r_n = s_n
	:: m_from > 0 && m_from - 1 <= s_n && own <= s_n -> a_has_r = has_k; a_r_n = s_n
#ifdef BUG_RECEIPT_NOT_RENEWED
		; a_r_ep = k_ep
#else
		; a_r_ep = ep
#endif
	:: else -> skip
	fi;
	a_ep = ep; a_n = s_n;
	at = sync_done
}

inline hear() {
	if
	:: a_has_r -> has_r = 1; r_ep = a_r_ep; r_n = a_r_n; sent[r_ep] = (a_r_n > sent[r_ep] -> a_r_n : sent[r_ep])
	:: else -> skip
	fi;
	hint = a_n;
	plan_n = (!has_r -> 0 : (a_n < r_n -> a_n : r_n));
#ifndef BUG_EPOCH_UNASKED
	plan_n = (plan_n > 0 && r_ep != a_ep -> plan_n - 1 : plan_n);
#endif
	finished = (plan_n >= own);
	forget()
}

/* photo_listed, photo_state: what is kept and there is given again, signed for this epoch */
inline open_photo() {
	if
	:: s_n < 1 -> at = lost				/* not listed */
	:: s_n >= 1 && row && file -> a_has_p = 1; a_p_ep = ep; at = photo_signed
	:: s_n >= 1 && !(row && file) -> parts = (file -> 0 : parts); at = photo_taken
	fi
}

inline sign_photo() {
	row = 1; row_ep = ep;
	a_has_p = 1; a_p_ep = ep;
	at = photo_signed
}

inline hear_photo() {
	if
	:: a_has_p -> has_done = 1; done_ep = a_p_ep
	:: else -> skip
	fi;
	forget()
}

inline check() {
	/* complete only when published, on the server that said so */
	assert(!COMPLETE || r_ep != ep || (file && s_n >= 1));
	assert(SENT_N == 0 || r_ep != ep || SENT_N <= s_n)
}

init {
	do
	:: d_step { own < N -> own++ }
	/* the handheld: a request at a time; a new run starts from the hint */
	:: d_step { at == idle -> ask() }
	:: d_step { at == idle && plan_n != (hint < own -> hint : own) -> plan_n = (hint < own -> hint : own) }
	:: d_step { at == sync_done -> hear(); finished = 0; check() }
	:: d_step { at == idle && WAITS -> at = photo_asked }
	:: d_step { at == photo_signed -> hear_photo(); check() }
	:: d_step { at == lost -> forget() }
	/* the server */
	:: d_step { at == sync_asked -> serve(); check() }
	:: d_step { at == photo_asked -> open_photo(); check() }
	:: d_step { at == photo_taken && parts < PARTS -> parts++ }
	:: d_step { at == photo_taken && parts == PARTS && !file ->
#ifdef BUG_RECEIPT_BEFORE_PUBLISH
		sign_photo()
#else
		file = 1; parts = 0; at = photo_published
#endif
		; check() }
	:: d_step { at == photo_taken && file -> at = photo_published }
	:: d_step { at == photo_published -> sign_photo(); check() }
	/* faults: the line breaks; the server crashes, and parts that were not synced are gone */
	:: d_step { faults > 0 && at != idle -> faults--; forget() }
	:: d_step { faults > 0 && parts > 0 -> faults--; parts--; forget(); check() }
	/* the handheld crashes: the hint was in memory, photo-receipts are kept some at a time */
	:: d_step { faults > 0 -> faults--; plan_n = 0; hint = 0; forget() }
	/* backup of the database; the photo folder's is another one and may lack the file */
	:: d_step { restores > 0 && !b_has && s_n > 0 -> b_has = 1; b_n = s_n; b_has_k = has_k; b_k_ep = k_ep; b_row = row; b_row_ep = row_ep }
	:: d_step { restores > 0 -> restores--; ep++; s_n = b_n; has_k = b_has_k; k_ep = b_k_ep; row = b_row; row_ep = b_row_ep;
		parts = 0; forget(); check() }
	:: d_step { restores > 0 -> restores--; ep++; s_n = b_n; has_k = b_has_k; k_ep = b_k_ep; row = b_row; row_ep = b_row_ep;
		parts = 0; file = 0; forget(); check() }
	:: own == N -> break
	od;
	skip;	/* a jump may not end inside a d_step */

	d_step {
		forget();
		do
		:: runs < RUNS ->
			runs++;
			plan_n = (hint < own -> hint : own);
			finished = 0;
			steps = 0;
			do
			:: !finished && steps < STEPS -> steps++; ask(); serve(); hear(); check()
			:: else -> break
			od;
			assert(finished);
			if
			:: WAITS ->
				open_photo();
				if
				:: at == photo_taken -> file = 1; parts = 0; sign_photo()
				:: else -> skip
				fi;
				hear_photo();
				check()
			:: else -> skip
			fi
		:: else -> break
		od;
		/* in the end everything is there and shown so */
		assert(s_n == own && SENT_N == own && r_ep == ep);
		assert(file && COMPLETE)
	}
}
