/*
 * floor_server: the least work a durable collector can do, as a yardstick; no product. TLS by GnuTLS as jiexund uses it, one thread a
 * connection, HTTP/1.1 kept alive.
 *   PUT /b/<name>  body: zstd NDJSON -> one SQLite transaction (WAL, synchronous=FULL), idempotent by id
 *   PUT /p/<name>  body: photo -> temporary file, fdatasync, rename, fsync of the folder
 * No identity, no chain, no signature, no check of what it is given.
 *   floor_server CERT KEY DIR      prints "port N"
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define PRIORITY                                                                                                               \
	"NONE:+VERS-TLS1.3:+VERS-TLS1.2:+ECDHE-ECDSA:+ECDHE-RSA:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+SIGN-ALL:" \
	"+GROUP-X25519:+GROUP-SECP256R1:+COMP-NULL:%SERVER_PRECEDENCE"
#define HEAD_MAX  8192
#define BODY_MAX  (64u << 20)
#define PLAIN_MAX (16u << 20)

struct floor {
	gnutls_certificate_credentials_t cred;
	gnutls_priority_t priority;
	const char *dir;
	int dir_fd;
	sqlite3 *db;
	sqlite3_stmt *insert;
	pthread_mutex_t mutex;
	unsigned temp;
};

struct conn {
	struct floor *floor;
	gnutls_session_t tls;
	char head[HEAD_MAX];
	size_t len, used;
};

static bool fill(struct conn *c)
{
	ssize_t n;

	do
		n = gnutls_record_recv(c->tls, c->head + c->len, sizeof(c->head) - 1 - c->len);
	while (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED);
	if (n <= 0)
		return false;
	c->len += (size_t)n;
	c->head[c->len] = '\0';
	return true;
}

/* A request's head in c->head[0 .. used), what follows it already read up to len. */
static bool read_head(struct conn *c)
{
	memmove(c->head, c->head + c->used, c->len - c->used);
	c->len -= c->used;
	c->head[c->len] = '\0';
	c->used = 0;
	for (;;) {
		char *end = strstr(c->head, "\r\n\r\n");

		if (end != NULL) {
			c->used = (size_t)(end + 4 - c->head);
			return true;
		}
		if (c->len + 1 >= sizeof(c->head) || !fill(c))
			return false;
	}
}

static char *read_body(struct conn *c, size_t len)
{
	char *body = malloc(len + 1);
	size_t have = c->len - c->used < len ? c->len - c->used : len;

	if (body == NULL)
		return NULL;
	memcpy(body, c->head + c->used, have);
	c->used += have;
	while (have < len) {
		ssize_t n = gnutls_record_recv(c->tls, body + have, len - have);

		if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
			continue;
		if (n <= 0) {
			free(body);
			return NULL;
		}
		have += (size_t)n;
	}
	return body;
}

static bool run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* "id":"..." is all a floor needs to be idempotent. */
static bool insert_line(struct floor *f, const char *line, size_t len)
{
	const char *id = memmem(line, len, "\"id\":\"", 6);
	bool done;

	if (id == NULL || (size_t)(id - line) + 42 > len)
		return false;
	(void)sqlite3_bind_text(f->insert, 1, id + 6, 36, SQLITE_STATIC);
	(void)sqlite3_bind_blob(f->insert, 2, line, (int)len, SQLITE_STATIC);
	done = sqlite3_step(f->insert) == SQLITE_DONE;
	(void)sqlite3_reset(f->insert);
	return done;
}

static bool store_batch(struct floor *f, const char *packed, size_t len)
{
	char *plain = malloc(PLAIN_MAX);
	size_t n = plain != NULL ? ZSTD_decompress(plain, PLAIN_MAX, packed, len) : 0;
	bool ok = plain != NULL && !ZSTD_isError(n);

	(void)pthread_mutex_lock(&f->mutex);
	ok = ok && run(f->db, "BEGIN IMMEDIATE");
	for (char *line = plain, *end; ok && line < plain + n; line = end + 1) {
		end = memchr(line, '\n', n - (size_t)(line - plain));
		if (end == NULL)
			break;
		ok = insert_line(f, line, (size_t)(end - line));
	}
	ok = ok && run(f->db, "COMMIT");
	(void)pthread_mutex_unlock(&f->mutex);
	free(plain);
	return ok;
}

static bool store_photo(struct floor *f, const char *name, size_t name_len, const char *body, size_t len)
{
	char temp[600], path[600];
	unsigned k = __sync_fetch_and_add(&f->temp, 1);
	int fd;
	bool ok;

	(void)snprintf(temp, sizeof(temp), "%s/p/.tmp%u", f->dir, k);
	(void)snprintf(path, sizeof(path), "%s/p/%.*s", f->dir, (int)name_len, name);
	fd = open(temp, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = write(fd, body, len) == (ssize_t)len && fdatasync(fd) == 0;
	(void)close(fd);
	return ok && rename(temp, path) == 0 && fsync(f->dir_fd) == 0;
}

static void answer(struct conn *c, int status)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n", status);

	(void)gnutls_record_send(c->tls, text, (size_t)n);
}

static bool serve_one(struct conn *c)
{
	char *target, *space, *length;
	size_t len;
	char *body;
	bool ok = false;

	if (!read_head(c) || strncmp(c->head, "PUT /", 5) != 0)
		return false;
	target = c->head + 5;
	space = strchr(target, ' ');
	length = strcasestr(c->head, "\r\nContent-Length:");
	len = length != NULL ? strtoul(length + 17, NULL, 10) : 0;
	if (space == NULL || len > BODY_MAX)
		return false;
	{
		char name[128];
		size_t name_len = (size_t)(space - target) < sizeof(name) ? (size_t)(space - target)
									  : sizeof(name) - 1;

		memcpy(name, target, name_len); /* the head moves when more is read */
		body = read_body(c, len);
		if (body == NULL)
			return false;
		if (name[0] == 'b')
			ok = store_batch(c->floor, body, len);
		else if (name_len > 2)
			ok = store_photo(c->floor, name + 2, name_len - 2, body, len);
	}
	free(body);
	answer(c, ok ? 201 : 500);
	return true;
}

struct start {
	struct floor *floor;
	int fd;
};

static void *serve(void *arg)
{
	struct start *s = arg;
	struct conn *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL)
		abort();
	c->floor = s->floor;
	(void)gnutls_init(&c->tls, GNUTLS_SERVER | GNUTLS_NO_TICKETS);
	(void)gnutls_priority_set(c->tls, s->floor->priority);
	(void)gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, s->floor->cred);
	gnutls_transport_set_int(c->tls, s->fd);
	do
		rc = gnutls_handshake(c->tls);
	while (rc < 0 && gnutls_error_is_fatal(rc) == 0);
	while (rc == GNUTLS_E_SUCCESS && serve_one(c))
		;
	gnutls_deinit(c->tls);
	(void)close(s->fd);
	free(c);
	free(s);
	return NULL;
}

static bool open_store(struct floor *f)
{
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/p", f->dir);
	(void)mkdir(f->dir, 0700);
	(void)mkdir(path, 0700);
	f->dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(path, sizeof(path), "%s/floor.db", f->dir);
	return f->dir_fd >= 0 && sqlite3_open(path, &f->db) == SQLITE_OK &&
	       run(f->db, "PRAGMA journal_mode=WAL") && run(f->db, "PRAGMA synchronous=FULL") &&
	       run(f->db,
		   "CREATE TABLE IF NOT EXISTS rec(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL)") &&
	       sqlite3_prepare_v2(f->db, "INSERT OR IGNORE INTO rec(id, body) VALUES (?1, ?2)", -1,
				  &f->insert, NULL) == SQLITE_OK;
}

int main(int argc, char **argv)
{
	struct floor f = {.mutex = PTHREAD_MUTEX_INITIALIZER};
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t a_len = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (argc != 4) {
		fputs("usage: floor_server CERT KEY DIR\n", stderr);
		return 64;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	f.dir = argv[3];
	if (gnutls_certificate_allocate_credentials(&f.cred) != 0 ||
	    gnutls_certificate_set_x509_key_file(f.cred, argv[1], argv[2], GNUTLS_X509_FMT_PEM) < 0 ||
	    gnutls_priority_init(&f.priority, PRIORITY, NULL) != 0 || !open_store(&f) || listener < 0 ||
	    bind(listener, (struct sockaddr *)(void *)&a, sizeof(a)) != 0 || listen(listener, 128) != 0 ||
	    getsockname(listener, (struct sockaddr *)(void *)&a, &a_len) != 0) {
		fputs("floor_server: cannot start\n", stderr);
		return 1;
	}
	printf("port %u\n", ntohs(a.sin_port));
	(void)fflush(stdout);
	for (;;) {
		struct start *s = malloc(sizeof(*s));
		pthread_t t;

		if (s == NULL)
			return 1;
		s->floor = &f;
		s->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (s->fd < 0 || pthread_create(&t, NULL, serve, s) != 0)
			free(s);
		else
			(void)pthread_detach(t);
	}
}
