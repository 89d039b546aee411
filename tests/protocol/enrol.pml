/*
 * Enrolment with a one-time code (sync/PROTOCOL.md, section 5): two handhelds were given the same code, answers are lost,
 * requests doubled and late, everybody may crash. A writer is told by its number, a key by the handheld that made it.
 */
#define DEVICES 2
#ifndef DROPS
#define DROPS 3
#endif
#ifndef DUPS
#define DUPS 2
#endif
#ifndef CRASHES
#define CRASHES 3
#endif
#define NONE 0
#define REFUSED 7

/* the handhelds' disks: key (0 none; each handheld may make several), writer */
byte key[DEVICES], writer[DEVICES];
bool refused[DEVICES];
byte keys_made;
/* the server's disk: key that used the code, writer that came of it, writers made */
byte used_by, made, last_writer;
bool expired;

byte drops = DROPS, dups = DUPS, crashes = CRASHES, d, tries;

chan up = [3] of { byte, byte };	/* handheld, public key */
chan down = [3] of { byte, byte, byte };	/* handheld, public key, writer or REFUSED */
byte m_d, m_key, a_writer;

inline forget() {
	m_d = 0; m_key = 0; a_writer = 0
}

/* cli_enrol: the key is kept before anybody is asked */
inline make_key(who) {
	keys_made++;
	key[who] = keys_made
}

/* sync/ingest/enrol.c: the code's time does not matter to who used it */
inline serve() {
	if
#ifndef BUG_NO_SAME_ANSWER
	:: used_by != NONE && used_by == m_key -> a_writer = last_writer
	:: used_by != NONE && used_by != m_key -> a_writer = REFUSED
#else
	:: used_by != NONE -> a_writer = REFUSED
#endif
	:: used_by == NONE && expired -> a_writer = REFUSED
	:: used_by == NONE && !expired -> made++; last_writer = made; a_writer = made
#ifndef BUG_CODE_NOT_BURNT
		; used_by = m_key
#endif
	fi
}

inline hear() {
	if
	:: writer[m_d] == NONE && key[m_d] == m_key && a_writer == REFUSED -> refused[m_d] = 1
	:: writer[m_d] == NONE && key[m_d] == m_key && a_writer != REFUSED -> writer[m_d] = a_writer
	:: else -> skip
	fi
}

inline check() {
	assert(made <= 1);						/* a code makes one writer */
	assert(writer[0] == NONE || writer[0] != writer[1]);		/* two handhelds are never one writer */
	assert(writer[0] == NONE || used_by == key[0]);			/* and each is who the server thinks it is */
	assert(writer[1] == NONE || used_by == key[1])
}

init {
	do
	:: d_step { key[0] == NONE -> make_key(0) }
	:: d_step { key[1] == NONE -> make_key(1) }
	:: d_step { key[0] != NONE && writer[0] == NONE && nfull(up) -> up!0, key[0] }
	:: d_step { key[1] != NONE && writer[1] == NONE && nfull(up) -> up!1, key[1] }
	:: d_step { nempty(down) -> down?m_d, m_key, a_writer; hear(); forget(); check() }
	:: d_step { nempty(up) && nfull(down) -> up?m_d, m_key; serve(); down!m_d, m_key, a_writer; forget(); check() }
	/* lost on the way, or the server crashed before its commit; and after it, before the answer */
	:: d_step { nempty(up) && drops > 0 -> drops--; up?m_d, m_key; forget() }
	:: d_step { nempty(up) && drops > 0 -> drops--; up?m_d, m_key; serve(); forget(); check() }
	:: d_step { nempty(down) && drops > 0 -> drops--; down?m_d, m_key, a_writer; forget() }
	:: d_step { nempty(up) && nfull(up) && dups > 0 -> dups--; up?<m_d, m_key>; up!m_d, m_key; forget() }
	:: d_step { len(up) > 1 && dups > 0 -> dups--; up?m_d, m_key; up!m_d, m_key; forget() }
#ifdef BUG_KEY_NOT_KEPT
	:: d_step { crashes > 0 && key[0] != NONE && writer[0] == NONE -> crashes--; key[0] = NONE }
	:: d_step { crashes > 0 && key[1] != NONE && writer[1] == NONE -> crashes--; key[1] = NONE }
#endif
	:: d_step { !expired -> expired = 1 }
	:: key[0] != NONE && key[1] != NONE -> break
	od;
	skip;	/* a jump may not end inside a d_step */

	/* the faults end: both try again, in either order */
	if
	:: d = 0
	:: d = 1
	fi;
	d_step {
		do
		:: nempty(up) -> up?m_d, m_key; forget()
		:: nempty(down) -> down?m_d, m_key, a_writer; forget()
		:: empty(up) && empty(down) -> break
		od;
		do
		:: tries < 2 ->
			if
			:: writer[d] == NONE -> m_d = d; m_key = key[d]; serve(); hear(); forget(); check()
			:: else -> skip
			fi;
			d = 1 - d;
			tries++
		:: else -> break
		od;
		/* whoever used the code is enrolled; if nobody did, its time was over */
		assert(used_by == NONE || writer[0] != NONE || writer[1] != NONE);
		assert(used_by != NONE || expired);
		assert(made == 1 || used_by == NONE)
	}
}
