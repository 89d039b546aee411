/* meddler.h - a transport around another one: loses answers, puts another token into photo requests. */
#ifndef MEDDLER_H
#define MEDDLER_H

#include "jiexun/client.h"

struct meddler {
	jx_transport face;
	const jx_transport *inner;
	/* the next so many answers are lost: the server has done its work */
	int lose_answers, lose_photo_answers;
	const char *token;
	int tokens; /* of the next so many photo requests */
	/* counted */
	int exchanges, photo_requests[3];
};
void meddler_init(struct meddler *m, const jx_transport *inner);

#endif
