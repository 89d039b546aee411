/* One request from its first line to its end, and the table of routes. */
#ifndef JX_SERVER_REQUEST_H
#define JX_SERVER_REQUEST_H

#include <microhttpd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "conns.h"
#include "gate.h"
#include "jiexun/server.h"
#include "jiexun/wire.h"
#include "rate.h"
#include "tus.h"

struct jx_server {
	struct jx_server_config config;
	struct MHD_Daemon *mhd;
	jx_server__conns *conns;
	jx_server__rate *enrol_rate;
	sem_t batches;
	pthread_mutex_t tls_lock;
	jx_server_tls *tls;
	atomic_bool is_stopping;
};

enum jx_server__method {
	JX_SERVER__GET = 1,
	JX_SERVER__HEAD = 2,
	JX_SERVER__POST = 4,
	JX_SERVER__PATCH = 8,
	JX_SERVER__OPTIONS = 16,
	JX_SERVER__DELETE = 32
};

typedef struct jx_server__request jx_server__request;

/* All may answer (jx_server__reply and kin); what comes of the body after an answer is thrown away. */
struct jx_server__route {
	const char *path;
	const char *tail; /* behind the hash; NULL: nothing */
	bool has_hash;    /* path, '/', 64 hex digits */
	bool is_tus;
	unsigned methods;                      /* of enum jx_server__method */
	int64_t body_max;                      /* ceiling of the body; begin may lower or raise it */
	void (*begin)(jx_server__request *rq); /* headers are here; NULL: nothing to do */
	void (*data)(jx_server__request *rq, const void *data, size_t len); /* NULL: collect into rq->body */
	void (*end)(jx_server__request *rq);                                /* body is here */
	void (*broken)(jx_server__request *rq); /* connection ended before; NULL ok */
};
extern const struct jx_server__route jx_server__routes[];
extern const size_t jx_server__routes_count;

struct jx_server__request {
	jx_server *server;
	jx_server__conn *conn;
	struct MHD_Connection *mhd;
	char *target; /* as it came, with query: it is signed, and nothing is ever decoded */
	const struct jx_server__route *route;
	unsigned method; /* one of enum jx_server__method, after X-HTTP-Method-Override */
	uint8_t hash[JX_HASH_BYTES];
	struct jx_server__gate gate;
	int64_t began_mono_ms;
	bool has_begun;
	int64_t body_max, body_bytes;
	jx_buf body;
	/* the answer, once there is one */
	int status;
	struct MHD_Response *response;
	bool must_close;
	/* photos and blobs */
	bool is_known; /* who is set */
	struct jx_writer who;
	jx_upload *upload;
	int64_t size_bytes;   /* of the photo */
	int64_t offset_bytes; /* where the body begins */
	bool has_checksum;    /* the body is collected, and written once it has been compared */
	struct jx_server__checksum checksum;
	bool is_pack;  /* the blob is a form pack */
	bool is_sound; /* blob: an Ogg file */
};

/* ---- asking ---- */
const char *jx_server__get(const jx_server__request *rq, const char *header); /* or NULL */
int64_t jx_server__now(const jx_server *server);
/* Between these the client is not blamed for slowness. */
void jx_server__work(jx_server__request *rq);
void jx_server__receive(jx_server__request *rq);

/* ---- answering: the last call before the end counts; headers belong to it ---- */
/* Takes data (from malloc; may be NULL). */
void jx_server__reply(jx_server__request *rq, int status, void *data, size_t len, const char *type);
/* size bytes, asked for piece by piece; done(cls) at the end. */
void jx_server__reply_pieces(jx_server__request *rq, int status, int64_t size, MHD_ContentReaderCallback read,
			     void *cls, MHD_ContentReaderFreeCallback done);
/* size bytes of fd from offset; takes fd. */
void jx_server__reply_file(jx_server__request *rq, int status, int fd, int64_t offset, int64_t size);
void jx_server__header(jx_server__request *rq, const char *name, const char *value);
void jx_server__header_i64(jx_server__request *rq, const char *name, int64_t value);
/* Body is a struct jx_wire_error. detail: English, as all of the wire is. */
void jx_server__error(jx_server__request *rq, int status, const char *name, const char *detail);
/* Status and name by result code; what went wrong inside the server is logged, not told. */
void jx_server__error_rc(jx_server__request *rq, jx_rc rc, const struct jx_error *err);
/* Takes over rs->body. */
void jx_server__reply_wire(jx_server__request *rq, struct jx_wire_response *rs);
enum MHD_Result jx_server__queue(jx_server__request *rq);

/* Who the bearer token speaks for, into rq->who. False: answered. */
bool jx_server__token(jx_server__request *rq);

void jx_server__log(const jx_server *server, enum jx_server_level level, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- called by the library ---- */
void *jx_server__on_line(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result jx_server__on_request(void *cls, struct MHD_Connection *mhd, const char *url,
				      const char *method, const char *version, const char *data, size_t *len,
				      void **state);
void jx_server__on_completed(void *cls, struct MHD_Connection *mhd, void **state,
			     enum MHD_RequestTerminationCode how);

/* ---- photos.c, blobs.c ---- */
void jx_server__photos_begin(jx_server__request *rq);
void jx_server__photo_begin(jx_server__request *rq);
void jx_server__photo_data(jx_server__request *rq, const void *data, size_t len);
void jx_server__photo_end(jx_server__request *rq);
void jx_server__photo_broken(jx_server__request *rq);
void jx_server__blob_begin(jx_server__request *rq);
void jx_server__blob_end(jx_server__request *rq);
/* GET /v1/photos/<sha256>/small */
void jx_server__copy_begin(jx_server__request *rq);
void jx_server__copy_end(jx_server__request *rq);

#endif
