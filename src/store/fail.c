/* SQLite's results as ours, mapped in one place: the file's name, what happened, and the cure. */
#include "store_private.h"

static jx_rc rc_of_io(const jx_store *s, int native)
{
	const int e = s->db == NULL ? 0 : sqlite3_system_errno(s->db);

	if (native == SQLITE_IOERR_SHORT_READ || native == SQLITE_IOERR_CORRUPTFS ||
	    native == SQLITE_IOERR_DATA)
		return JX_ECORRUPT;
	if (native == SQLITE_IOERR_NOMEM)
		return JX_ENOMEM;
	/* What is not there cannot be opened for writing either: only a reader asks whether it is there, before. */
	switch (e == 0 ? JX_EIO : jx_rc_from_errno(e)) {
	case JX_ENOSPC:
		return JX_ENOSPC;
	case JX_EROFS:
		return JX_EROFS;
	case JX_ENOMEM:
		return JX_ENOMEM;
	case JX_OK:
	case JX_EINVAL:
	case JX_ENOTFOUND:
	case JX_EEXISTS:
	case JX_EIO:
	case JX_EBUSY:
	case JX_ECORRUPT:
	case JX_EVERSION:
	case JX_EAUTH:
	case JX_ENET:
	case JX_ELIMIT:
	case JX_ECONFLICT:
	case JX_ESTATE:
	case JX_ETLS:
	case JX_EINTR:
	default:
		return JX_EIO;
	}
}

static jx_rc rc_of(const jx_store *s, int native)
{
	switch (native & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return JX_EBUSY;
	case SQLITE_FULL:
		return JX_ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return JX_EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	/* Our own checks come first, so a broken constraint or a missing table means that the file is not what we wrote. */
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
		return JX_ECORRUPT;
	case SQLITE_NOMEM:
		return JX_ENOMEM;
	case SQLITE_TOOBIG:
		return JX_ELIMIT;
	case SQLITE_INTERRUPT:
		return JX_EINTR;
	default:
		return rc_of_io(s, native);
	}
}

jx_rc jx_store__corrupt(const jx_store *s, const char *where, const char *what, struct jx_error *err)
{
	return jx_fail(
		err, JX_ECORRUPT, 0, where,
		"%s is damaged: %s; change nothing, copy the whole folder for the administrator, then run jx verify",
		s->path, what);
}

jx_rc jx_store__search_damaged(const jx_store *s, const char *where, struct jx_error *err)
{
	return jx_fail(
		err, JX_ECORRUPT, SQLITE_CORRUPT_VTAB, where,
		"the search index of %s does not fit the entries, which are not touched by that: make it again "
		"with jx verify --reindex",
		s->path);
}

jx_rc jx_store__fail(const jx_store *s, int native, const char *where, struct jx_error *err)
{
	const char *what = s->db == NULL ? sqlite3_errstr(native) : sqlite3_errmsg(s->db);
	const jx_rc rc = rc_of(s, native);

	switch ((int)rc) {
	case JX_ENOSPC:
		return jx_fail(err, rc, native, where,
			       "no room left on the disk of %s: free some space and try again", s->path);
	case JX_EROFS:
		return jx_fail(err, rc, native, where,
			       "%s cannot be written: check the permissions and how the disk is mounted",
			       s->path);
	case JX_EBUSY:
		return jx_fail(err, rc, native, where, "another program holds %s: try again when it is done",
			       s->path);
	case JX_ECORRUPT:
		if (native == SQLITE_CORRUPT_VTAB)
			return jx_store__search_damaged(s, where, err);
		(void)jx_store__corrupt(s, where, what, err);
		if (err != NULL)
			err->native = native;
		return rc;
	case JX_ENOMEM:
		return jx_fail(err, rc, native, where, "not enough memory for %s: close other programs",
			       s->path);
	case JX_ELIMIT:
		return jx_fail(err, rc, native, where, "%s: larger than a stored value may be: shorten it",
			       s->path);
	case JX_EINTR:
		return jx_fail(err, rc, native, where, "%s: stopped by request: try again", s->path);
	default:
		return jx_fail(
			err, rc, native, where,
			"the disk of %s reports an error (%s): check the disk, nothing is lost that was saved before",
			s->path, what);
	}
}
