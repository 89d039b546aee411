/*
 * GET /v1/blobs/<sha256>: photos for the office and form packs for all, with ranges. Streamed; never decoded.
 * GET /v1/photos/<sha256>/small: a small copy, for the office: the server's own, or what a device sent ahead of the original.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jiexun/media.h"
#include "range.h"
#include "request.h"

static bool may_download(enum jx_role role)
{
	switch (role) {
	case JX_ROLE_DISPATCHER:
	case JX_ROLE_LEADER:
	case JX_ROLE_AUDITOR:
	case JX_ROLE_ADMIN:
		return true;
	case JX_ROLE_SERVER:
	case JX_ROLE_FIELD:
	case JX_ROLE_UNIT:
		break;
	}
	return false;
}

/* Form packs are for everybody who has a token. */
static jx_rc find(jx_server__request *rq, struct jx_error *err)
{
	jx_vault *vault = rq->server->config.vault;
	jx_rc rc = may_download(rq->who.role) ? vault->ops->photo_known(vault, rq->hash, err) : JX_ENOTFOUND;

	if (rc != JX_ENOTFOUND)
		return rc;
	rc = vault->ops->pack_size(vault, rq->hash, &rq->size_bytes, err);
	rq->is_pack = rc == JX_OK;
	return rc;
}

void jx_server__blob_begin(jx_server__request *rq)
{
	struct jx_error err = {0};
	jx_rc rc;

	if (!jx_server__token(rq))
		return;
	rc = find(rq, &err);
	if (rc == JX_ENOTFOUND && !may_download(rq->who.role))
		jx_server__error(rq, MHD_HTTP_FORBIDDEN, "role",
				 "photos go to dispatchers, leaders, auditors and administrators");
	else if (rc == JX_ENOTFOUND)
		jx_server__error(rq, MHD_HTTP_NOT_FOUND, "not-found", "no such photo or pack");
	else if (rc != JX_OK)
		jx_server__error_rc(rq, rc, &err);
}

/* A player goes by the ending; what the client once said it was does not matter. Ogg begins with these bytes. */
static bool is_sound(int fd)
{
	char begins[4];

	return pread(fd, begins, sizeof(begins), 0) == (ssize_t)sizeof(begins) &&
	       memcmp(begins, "OggS", sizeof(begins)) == 0;
}

/* The vault knows it, so a file that is not there is damage and not a wrong address. */
static int open_blob(jx_server__request *rq, int64_t *size_out)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	rq->server->config.vault->ops->photo_path(rq->server->config.vault, rq->hash, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		int e = errno;

		jx_server__log(rq->server, JX_SERVER_ERROR, _("a stored photo cannot be opened: %s"),
			       strerror(e));
		if (fd >= 0)
			(void)close(fd);
		jx_server__error(rq, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
				 "the stored photo cannot be read");
		return -1;
	}
	*size_out = (int64_t)st.st_size;
	rq->is_sound = is_sound(fd);
	return fd;
}

/* If-Range with another mark than ours: the client has part of something else and gets everything. */
static const char *range_wanted(const jx_server__request *rq, const char *etag)
{
	const char *if_range = jx_server__get(rq, MHD_HTTP_HEADER_IF_RANGE);

	return if_range != NULL && strcmp(if_range, etag) != 0 ? NULL
							       : jx_server__get(rq, MHD_HTTP_HEADER_RANGE);
}

/* What others sent is for keeping, never for a browser to show. */
static void describe_attachment(jx_server__request *rq, const char *hex)
{
	char disposition[128];

	(void)snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s%s\"", hex,
		       rq->is_sound ? ".ogg" : "");
	jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
	jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_DISPOSITION, disposition);
	jx_server__header(rq, "X-Content-Type-Options", "nosniff");
	jx_server__header(rq, "Content-Security-Policy", "default-src 'none'; sandbox");
	jx_server__header(rq, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-store");
}

static void describe(jx_server__request *rq, const char *hex, const char *etag)
{
	describe_attachment(rq, hex);
	jx_server__header(rq, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	jx_server__header(rq, MHD_HTTP_HEADER_ETAG, etag);
}

/* ---- a pack, from the vault piece by piece ---- */

struct pack_part {
	jx_vault *vault;
	uint8_t sha256[JX_HASH_BYTES];
	int64_t offset;
};

static ssize_t read_pack(void *cls, uint64_t pos, char *out, size_t max)
{
	const struct pack_part *part = cls;
	size_t got = 0;

	/* unreadable: broken off, so that nobody takes it for whole */
	return part->vault->ops->pack_read(part->vault, part->sha256, part->offset + (int64_t)pos, out, max,
					   &got, NULL) != JX_OK ||
			       got == 0
		       ? MHD_CONTENT_READER_END_WITH_ERROR
		       : (ssize_t)got;
}

static void reply_pack(jx_server__request *rq, int status, int64_t offset, int64_t size)
{
	struct pack_part *part = jx_xcalloc(1, sizeof(*part));

	part->vault = rq->server->config.vault;
	memcpy(part->sha256, rq->hash, sizeof(part->sha256));
	part->offset = offset;
	jx_server__reply_pieces(rq, status, size, read_pack, part, free);
}

/* Takes fd, unless it is a pack. */
static void reply_part(jx_server__request *rq, int status, int fd, int64_t offset, int64_t size)
{
	if (rq->is_pack)
		reply_pack(rq, status, offset, size);
	else
		jx_server__reply_file(rq, status, fd, offset, size);
}

void jx_server__blob_end(jx_server__request *rq)
{
	char hex[2 * JX_HASH_BYTES + 1], etag[2 * JX_HASH_BYTES + 3], part[80];
	int64_t size = rq->size_bytes, first = 0, last = 0;
	int fd = rq->is_pack ? -1 : open_blob(rq, &size);

	if (fd < 0 && !rq->is_pack)
		return;
	jx_hex(rq->hash, JX_HASH_BYTES, hex);
	(void)snprintf(etag, sizeof(etag), "\"%s\"", hex);
	switch (jx_server__range_parse(range_wanted(rq, etag), size, &first, &last)) {
	case JX_SERVER__RANGE_ALL:
		reply_part(rq, MHD_HTTP_OK, fd, 0, size);
		break;
	case JX_SERVER__RANGE_PART:
		reply_part(rq, MHD_HTTP_PARTIAL_CONTENT, fd, first, last - first + 1);
		(void)snprintf(part, sizeof(part), "bytes %" PRId64 "-%" PRId64 "/%" PRId64, first, last,
			       size);
		jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_RANGE, part);
		break;
	case JX_SERVER__RANGE_BEYOND:
		if (fd >= 0)
			(void)close(fd);
		jx_server__error(rq, MHD_HTTP_RANGE_NOT_SATISFIABLE, "bad-request",
				 "the range lies beyond the end");
		(void)snprintf(part, sizeof(part), "bytes */%" PRId64, size);
		jx_server__header(rq, MHD_HTTP_HEADER_CONTENT_RANGE, part);
		return;
	}
	describe(rq, hex, etag);
}

/* ---- small copies ---- */

void jx_server__copy_begin(jx_server__request *rq)
{
	if (jx_server__token(rq) && !may_download(rq->who.role))
		jx_server__error(rq, MHD_HTTP_FORBIDDEN, "role",
				 "photos go to dispatchers, leaders, auditors and administrators");
}

void jx_server__copy_end(jx_server__request *rq)
{
	jx_vault *vault = rq->server->config.vault;
	char hex[2 * JX_HASH_BYTES + 1];
	struct jx_error err = {0};
	JX_AUTO_BUF copy;
	jx_rc rc;

	jx_buf_init(&copy, JX_COPY_BYTES_MAX);
	rc = vault->ops->copy(vault, rq->hash, &copy, &err);
	if (rc == JX_ENOTFOUND) {
		jx_server__error(rq, MHD_HTTP_NOT_FOUND, "not-found", "no small copy of this photo");
		return;
	}
	if (rc != JX_OK) {
		jx_server__error_rc(rq, rc, &err);
		return;
	}
	jx_hex(rq->hash, JX_HASH_BYTES, hex);
	jx_server__reply(rq, MHD_HTTP_OK, JX_STEAL(copy.data), copy.len, NULL);
	describe_attachment(rq, hex);
}
