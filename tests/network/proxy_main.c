/*
 * jx-proxy: between devices and a server, on ports of its own; told what to do by lines on standard input, each answered by one line.
 *
 *   listen                             {"port":N}           a new port
 *   target PORT                        {"ok":true}          where everything goes to
 *   plan PORT FAULT AFTER QUIET_MS     {"ok":true}          what happens to each connection from now on (PORT 0: on every port)
 *   once PORT FAULT AFTER QUIET_MS     {"ok":true}          the same, but only the first connection that it strikes
 *   seed PORT SEED                     {"ok":true}          each connection its own fault, drawn from the seed
 *   cut                                {"ok":true}          every connection ends now, also one in a hole
 *   stat PORT                          {"connections":...}  counted so far (PORT 0: all together)
 *
 * It ends when standard input does.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "jiexun/base.h"
#include "proxy.h"

#define PORTS_MAX       128
#define CONNECTIONS_MAX 1024
#define LINE_BYTES      256
#define WORDS_MAX       5

struct proxy {
	int poll_fd;
	uint16_t target;
	struct port port[PORTS_MAX];
	size_t port_count;
	struct connection *connection[CONNECTIONS_MAX];
	size_t connection_count;
	char line[LINE_BYTES];
	size_t line_len;
};

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool read_int(const char *text, int64_t *out)
{
	return text != NULL && jx_parse_i64(text, 0, INT64_MAX, out);
}

/* ---- commands ---- */

static bool do_listen(struct proxy *p, char *const *word)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	struct port *port = &p->port[p->port_count];
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = port};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)word;
	if (p->port_count == PORTS_MAX || fd < 0 || bind(fd, (const struct sockaddr *)&address, len) != 0 ||
	    listen(fd, 256) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
	    epoll_ctl(p->poll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		return false;
	p->port_count++;
	port->fd = fd;
	port->number = ntohs(address.sin_port);
	printf("{\"port\":%u}\n", port->number);
	return true;
}

static bool do_target(struct proxy *p, char *const *word)
{
	int64_t number;

	if (!read_int(word[1], &number) || number > UINT16_MAX)
		return false;
	p->target = (uint16_t)number;
	puts("{\"ok\":true}");
	return true;
}

/* Every port that a command is about; true if there was one. */
static bool set_each(struct proxy *p, int64_t number, bool is_seeded, uint64_t seed, bool is_once,
		     const struct plan *plan)
{
	bool found = false;

	for (size_t i = 0; i < p->port_count; i++) {
		if (number != 0 && p->port[i].number != number)
			continue;
		found = true;
		p->port[i].is_seeded = is_seeded;
		/* each port its own stream, also where one seed is set for all: ports are numbered as they were made */
		p->port[i].seed = seed + i * UINT64_C(0xd1b54a32d192ed03);
		p->port[i].plan = *plan;
		p->port[i].is_once = is_once;
		p->port[i].is_spent = false;
	}
	if (found)
		puts("{\"ok\":true}");
	return found;
}

static bool set_plan(struct proxy *p, char *const *word, bool is_once)
{
	struct plan plan = {0};
	int64_t number;

	return read_int(word[1], &number) && word[2] != NULL && fault_of(word[2], &plan.fault) &&
	       read_int(word[3], &plan.after_bytes) && read_int(word[4], &plan.quiet_ms) &&
	       set_each(p, number, false, 0, is_once, &plan);
}

static bool do_plan(struct proxy *p, char *const *word)
{
	return set_plan(p, word, false);
}

static bool do_once(struct proxy *p, char *const *word)
{
	return set_plan(p, word, true);
}

static bool do_seed(struct proxy *p, char *const *word)
{
	int64_t number, seed;

	return read_int(word[1], &number) && read_int(word[2], &seed) &&
	       set_each(p, number, true, (uint64_t)seed, false, &(struct plan){0});
}

static bool do_cut(struct proxy *p, char *const *word)
{
	(void)word;
	for (size_t i = 0; i < p->connection_count; i++)
		connection_cut(p->connection[i]);
	puts("{\"ok\":true}");
	return true;
}

static void print_faults(const char *name, const int64_t *count)
{
	printf(",\"%s\":{", name);
	for (unsigned f = 0; f < FAULTS; f++)
		printf("%s\"%s\":%" PRId64, f > 0 ? "," : "", fault_name((enum fault)f), count[f]);
	printf("}");
}

static bool do_stat(struct proxy *p, char *const *word)
{
	struct port sum = {0};
	int64_t number;

	if (!read_int(word[1], &number))
		return false;
	for (size_t i = 0; i < p->port_count; i++) {
		const struct port *port = &p->port[i];

		if (number != 0 && port->number != number)
			continue;
		sum.connections += port->connections;
		sum.up_bytes += port->up_bytes;
		sum.down_bytes += port->down_bytes;
		for (unsigned f = 0; f < FAULTS; f++) {
			sum.drawn[f] += port->drawn[f];
			sum.struck[f] += port->struck[f];
		}
	}
	printf("{\"connections\":%" PRId64 ",\"alive\":%zu,\"up\":%" PRId64 ",\"down\":%" PRId64,
	       sum.connections, p->connection_count, sum.up_bytes, sum.down_bytes);
	print_faults("drawn", sum.drawn);
	print_faults("struck", sum.struck);
	puts("}");
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct proxy *p, char *const *word);
} commands[] = {{"listen", do_listen}, {"target", do_target}, {"plan", do_plan}, {"once", do_once},
		{"seed", do_seed},     {"cut", do_cut},       {"stat", do_stat}};

static void obey(struct proxy *p, char *line)
{
	char *word[WORDS_MAX + 1] = {0};
	size_t count = 0;
	bool ok = false;

	while (line != NULL && count < WORDS_MAX) {
		char *space = strchr(line, ' ');

		word[count++] = line;
		if (space != NULL)
			*space++ = '\0';
		line = space;
	}
	for (size_t i = 0; count > 0 && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, word[0]) == 0)
			ok = commands[i].run(p, word);
	}
	if (!ok)
		puts("{\"ok\":false}");
	(void)fflush(stdout);
}

/* False at the end of standard input, or when a line is no command. */
static bool read_commands(struct proxy *p)
{
	const ssize_t got = read(STDIN_FILENO, p->line + p->line_len, sizeof(p->line) - p->line_len);
	char *end;

	if (got <= 0)
		return false;
	p->line_len += (size_t)got;
	while ((end = memchr(p->line, '\n', p->line_len)) != NULL) {
		const size_t len = (size_t)(end - p->line) + 1;

		*end = '\0';
		obey(p, p->line);
		memmove(p->line, p->line + len, p->line_len - len);
		p->line_len -= len;
	}
	return p->line_len < sizeof(p->line);
}

/* ---- connections ---- */

static void accept_one(struct proxy *p, struct port *port)
{
	const int fd = accept4(port->fd, NULL, NULL, SOCK_CLOEXEC);
	struct connection *c;
	struct plan plan;

	if (fd < 0)
		return;
	if (p->connection_count == CONNECTIONS_MAX) {
		(void)close(fd);
		return;
	}
	plan = port->is_seeded ? seeded_plan(port->seed, port->connections) : port->plan;
	port->connections++;
	port->drawn[plan.fault]++;
	c = connection_new(p->poll_fd, port, &plan, fd, p->target, now_ms());
	if (c != NULL)
		p->connection[p->connection_count++] = c;
}

static bool is_port(const struct proxy *p, const void *what)
{
	const uintptr_t at = (uintptr_t)what;

	return at >= (uintptr_t)p->port && at < (uintptr_t)(p->port + PORTS_MAX);
}

static int until_next_deadline_ms(const struct proxy *p)
{
	const int64_t now = now_ms();
	int64_t wait = 1000;

	for (size_t i = 0; i < p->connection_count; i++) {
		const int64_t left = connection_deadline_ms(p->connection[i]) - now;

		wait = left < wait ? left : wait;
	}
	return wait > 0 ? (int)wait : 0;
}

static void run_connections(struct proxy *p)
{
	const int64_t now = now_ms();
	size_t kept = 0;

	for (size_t i = 0; i < p->connection_count; i++) {
		if (connection_run(p->connection[i], now))
			p->connection[kept++] = p->connection[i];
	}
	p->connection_count = kept;
}

static bool step(struct proxy *p)
{
	struct epoll_event event[64];
	const int count = epoll_wait(p->poll_fd, event, 64, until_next_deadline_ms(p));
	bool goes_on = true;

	for (int i = 0; i < count; i++) {
		if (event[i].data.ptr == NULL)
			goes_on = read_commands(p) && goes_on;
		else if (is_port(p, event[i].data.ptr))
			accept_one(p, event[i].data.ptr);
		else
			connection_wake(event[i].data.ptr, (event[i].events & EPOLLERR) != 0);
	}
	run_connections(p);
	return goes_on;
}

int main(void)
{
	struct proxy *p = jx_xcalloc(1, sizeof(*p));
	struct epoll_event commands_come = {.events = EPOLLIN, .data.ptr = NULL};

	p->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (p->poll_fd < 0 || epoll_ctl(p->poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &commands_come) != 0) {
		fprintf(stderr, "jx-proxy: standard input must be a pipe\n");
		return 1;
	}
	while (step(p))
		;
	for (size_t i = 0; i < p->connection_count; i++)
		connection_free(p->connection[i]);
	for (size_t i = 0; i < p->port_count; i++)
		(void)close(p->port[i].fd);
	(void)close(p->poll_fd);
	free(p);
	return 0;
}
