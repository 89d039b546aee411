/*
 * Requests that came before, bit for bit. The network may deliver one a second time, minutes later; what it says of the
 * writer's log was true then. No alarm is raised on the word of such a one: its sender is asked to sign anew, which a device that
 * was restored or cloned does at once, and a copy on the way cannot.
 *
 * In memory and of fixed size: what a restart or many newer requests push out may raise a false alarm, which people can look at;
 * it never hides a true one.
 */
#include <string.h>

#include "ingest_private.h"

bool jx_ingest__seen_before(jx_ingest *in, const uint8_t sig[JX_SIG_BYTES])
{
	JX_INGEST__HOLD(&in->seen_mutex);
	uint64_t mark, *slot;
	bool is_there;

	/* the bytes of a signature are as good as random, and nobody but the writer can choose them */
	memcpy(&mark, sig, sizeof(mark));
	slot = &in->seen[mark % JX_INGEST__SEEN];
	is_there = *slot == mark;
	*slot = mark;
	return is_there;
}
