#include <errno.h>

#include "base_private.h"

struct errno_row {
	int e;
	jx_rc rc;
};

/* EAGAIN is EWOULDBLOCK on Linux. What is not listed is JX_EIO. */
static const struct errno_row errno_rows[] =
	{
		{ENOSPC, JX_ENOSPC},      {EDQUOT, JX_ENOSPC},
		{EFBIG, JX_ENOSPC}, /* RLIMIT_FSIZE or the file system's largest file: a quota, cured by making room */
		{EROFS, JX_EROFS},        {EACCES, JX_EROFS},
		{EPERM, JX_EROFS},        {ENOENT, JX_ENOTFOUND},
		{ENOTDIR, JX_ENOTFOUND},  {EEXIST, JX_EEXISTS},
		{ENOTEMPTY, JX_EEXISTS},  {EAGAIN, JX_EBUSY},
		{EBUSY, JX_EBUSY},        {ETXTBSY, JX_EBUSY},
		{EADDRINUSE, JX_EBUSY},   {EINTR, JX_EINTR},
		{ECANCELED, JX_EINTR},    {ENOMEM, JX_ENOMEM},
		{EINVAL, JX_EINVAL},      {ENAMETOOLONG, JX_EINVAL},
		{ELOOP, JX_EINVAL},       {EISDIR, JX_EINVAL},
		{EILSEQ, JX_EINVAL},      {EMFILE, JX_ELIMIT},
		{ENFILE, JX_ELIMIT},      {E2BIG, JX_ELIMIT},
		{EOVERFLOW, JX_ELIMIT},   {EMSGSIZE, JX_ELIMIT},
		{EUCLEAN, JX_ECORRUPT}, /* "structure needs cleaning": the file system found itself damaged */
		{EBADMSG, JX_ECORRUPT},   {ECONNREFUSED, JX_ENET},
		{ECONNRESET, JX_ENET},    {ECONNABORTED, JX_ENET},
		{EPIPE, JX_ENET},         {ETIMEDOUT, JX_ENET},
		{ENETDOWN, JX_ENET},      {ENETUNREACH, JX_ENET},
		{EHOSTDOWN, JX_ENET},     {EHOSTUNREACH, JX_ENET},
		{EADDRNOTAVAIL, JX_ENET}, {ENOTCONN, JX_ENET},
};

jx_rc jx_rc_from_errno(int e)
{
	for (size_t i = 0; i < sizeof(errno_rows) / sizeof(errno_rows[0]); i++) {
		if (errno_rows[i].e == e)
			return errno_rows[i].rc;
	}
	/* 0 too: whoever asks has seen a failure, and a stale errno must not turn it into success. */
	return JX_EIO;
}
