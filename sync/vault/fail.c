/* SQLite's results as ours, mapped in one place: the file's name, what happened, and the cure. */
#include "vault_private.h"

static jx_rc rc_of_io(struct jx_vault__db *db, int native)
{
	const int e = db->handle == NULL ? 0 : sqlite3_system_errno(db->handle);
	jx_rc rc = JX_EIO;

	if (native == SQLITE_IOERR_SHORT_READ || native == SQLITE_IOERR_CORRUPTFS ||
	    native == SQLITE_IOERR_DATA)
		return JX_ECORRUPT;
	if (native == SQLITE_IOERR_NOMEM)
		return JX_ENOMEM;
	if (e != 0)
		rc = jx_rc_from_errno(e);
	return rc == JX_ENOSPC || rc == JX_EROFS || rc == JX_ENOMEM ? rc : JX_EIO;
}

static jx_rc rc_of(struct jx_vault__db *db, int native)
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
	/*
	 * Our own checks come first, so a broken constraint or a missing table means that the file is not
	 * what we wrote.
	 */
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_ERROR:
	case SQLITE_SCHEMA:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return JX_ECORRUPT;
	case SQLITE_NOMEM:
		return JX_ENOMEM;
	case SQLITE_TOOBIG:
		return JX_ELIMIT;
	case SQLITE_INTERRUPT:
		return JX_EINTR;
	default:
		return rc_of_io(db, native);
	}
}

jx_rc jx_vault__damaged(const struct jx_vault__db *db, const char *where, const char *what,
			struct jx_error *err)
{
	return jx_fail(
		err, JX_ECORRUPT, 0, where,
		"%s is damaged: %s; stop the server, keep a copy of the whole folder, then restore the newest backup",
		db->path, what);
}

jx_rc jx_vault__fail(struct jx_vault__db *db, int native, const char *where, struct jx_error *err)
{
	const char *what = db->handle == NULL ? sqlite3_errstr(native) : sqlite3_errmsg(db->handle);
	const jx_rc rc = rc_of(db, native);

	switch ((int)rc) {
	case JX_ENOSPC:
		return jx_fail(err, rc, native, where, "no room left on the disk of %s: free some space",
			       db->path);
	case JX_EROFS:
		return jx_fail(err, rc, native, where,
			       "%s cannot be written: check the permissions and how the disk is mounted",
			       db->path);
	case JX_EBUSY:
		return jx_fail(err, rc, native, where, "another program holds %s: stop it", db->path);
	case JX_ECORRUPT:
		(void)jx_vault__damaged(db, where, what, err);
		if (err != NULL)
			err->native = native;
		return rc;
	case JX_ENOMEM:
		return jx_fail(err, rc, native, where, "not enough memory for %s: give the server more",
			       db->path);
	case JX_ELIMIT:
		return jx_fail(err, rc, native, where, "%s: larger than a stored value may be", db->path);
	case JX_EINTR:
		return jx_fail(err, rc, native, where, "%s: stopped by request: try again", db->path);
	default:
		return jx_fail(err, rc, native, where, "the disk of %s reports an error (%s): check the disk",
			       db->path, what);
	}
}
