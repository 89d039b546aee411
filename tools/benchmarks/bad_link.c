/*
 * bench_bad_link: a bad line in user space, where the kernel has no netem. Two tun devices, one in each of two network namespaces;
 * packets between them are held up, lost at random, and pass one behind the other at the speed of the line.
 *   bench_bad_link NETNS-A NETNS-B DELAY-MS LOSS-PERMILLE KBIT-A-TO-B KBIT-B-TO-A SEED [no-fast-open]
 * no-fast-open: as a box on the way that drops each SYN which carries data.
 * Side A gets 10.77.0.1, side B 10.77.0.2. Prints "ready"; ends on SIGTERM and prints what each direction carried and lost. Root.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define MTU         1500
#define QUEUE_BYTES 131072 /* before the line: what does not fit is dropped, as in a modem */
#define HELD_MAX    4096   /* packets on their way; more than queue and delay can hold */

struct packet {
	int64_t due_ns;
	int len;
	uint8_t data[MTU];
};

struct way {
	int from, to;
	int64_t delay_ns, free_ns; /* when the line has sent what it took so far */
	int64_t ns_per_byte;
	uint32_t loss_permille;
	bool drops_fast_open;
	struct packet *held; /* a ring, in the order in which they arrive */
	size_t first, count;
	int64_t packets, bytes, lost, dropped;
};

static uint64_t state;

/* splitmix64 */
static uint64_t draw(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int enter(const char *netns)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "/var/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) != 0)
		bench_die(netns, strerror(errno));
	(void)close(fd);
	return 0;
}

static void set_address(int sock, unsigned long what, const char *address)
{
	struct ifreq r = {.ifr_name = "bad0"};
	struct sockaddr_in a = {.sin_family = AF_INET};

	(void)inet_pton(AF_INET, address, &a.sin_addr);
	memcpy(&r.ifr_addr, &a, sizeof(a));
	if (ioctl(sock, what, &r) != 0)
		bench_die(address, strerror(errno));
}

/* A tun device "bad0" in the namespace, up. */
static int open_end(const char *netns, const char *address)
{
	struct ifreq r = {.ifr_name = "bad0", .ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd, sock;

	(void)enter(netns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || sock < 0 || ioctl(fd, TUNSETIFF, &r) != 0)
		bench_die("/dev/net/tun", strerror(errno));
	set_address(sock, SIOCSIFADDR, address);
	set_address(sock, SIOCSIFNETMASK, "255.255.255.0");
	if (ioctl(sock, SIOCGIFFLAGS, &r) != 0)
		bench_die("flags", strerror(errno));
	r.ifr_flags = (short)(r.ifr_flags | IFF_UP | IFF_RUNNING);
	if (ioctl(sock, SIOCSIFFLAGS, &r) != 0)
		bench_die("up", strerror(errno));
	(void)close(sock);
	return fd;
}

/* IPv4 with TCP: a SYN with something behind its headers. */
static bool is_fast_open(const struct packet *p, size_t len)
{
	const size_t ip = (p->data[0] & 15U) * 4U;

	return len >= ip + 20 && p->data[0] >> 4 == 4 && p->data[9] == IPPROTO_TCP &&
	       (p->data[ip + 13] & 2U) != 0 && len > ip + (size_t)(p->data[ip + 12] >> 4) * 4U;
}

/* Take what one end sends. */
static void take(struct way *w)
{
	for (;;) {
		struct packet *p = &w->held[(w->first + w->count) % HELD_MAX];
		const int64_t now = now_ns();
		const ssize_t n = read(w->from, p->data, sizeof(p->data));

		if (n <= 0)
			return;
		if (w->free_ns < now)
			w->free_ns = now;
		if (w->count == HELD_MAX - 1 || w->free_ns - now > QUEUE_BYTES * w->ns_per_byte) {
			w->dropped++;
			continue;
		}
		/* a packet that is lost has used the line all the same */
		w->free_ns += n * w->ns_per_byte;
		if (draw() % 1000 < w->loss_permille || (w->drops_fast_open && is_fast_open(p, (size_t)n))) {
			w->lost++;
			continue;
		}
		p->due_ns = w->free_ns + w->delay_ns;
		p->len = (int)n;
		w->count++;
	}
}

/* Hand over what is due; when the next one is. */
static int64_t give(struct way *w)
{
	while (w->count > 0 && w->held[w->first].due_ns <= now_ns()) {
		const struct packet *p = &w->held[w->first];

		if (write(w->to, p->data, (size_t)p->len) == p->len) {
			w->packets++;
			w->bytes += p->len;
		}
		w->first = (w->first + 1) % HELD_MAX;
		w->count--;
	}
	return w->count > 0 ? w->held[w->first].due_ns : INT64_MAX;
}

static void carry(struct way ways[2], int signals)
{
	struct pollfd fds[3] = {{.fd = ways[0].from, .events = POLLIN},
				{.fd = ways[1].from, .events = POLLIN},
				{.fd = signals, .events = POLLIN}};

	while (fds[2].revents == 0) {
		const int64_t a = give(&ways[0]), b = give(&ways[1]);
		const int64_t due = a < b ? a : b;
		const int64_t left = due == INT64_MAX ? INT64_C(1000000000) : due - now_ns();
		const struct timespec wait = {.tv_nsec = left < 0 ? 0 : left > 999999999 ? 999999999 : left};

		(void)ppoll(fds, 3, &wait, NULL);
		take(&ways[0]);
		take(&ways[1]);
	}
}

static int64_t number(const char *text, int64_t max)
{
	char *end;
	const long long v = strtoll(text, &end, 10);

	if (*end != '\0' || v < 0 || v > max)
		bench_die("not a number that fits", text);
	return v;
}

int main(int argc, char **argv)
{
	struct way ways[2];
	sigset_t set;
	int signals;

	if (argc != 8 && (argc != 9 || strcmp(argv[8], "no-fast-open") != 0)) {
		fputs("usage: bench_bad_link NETNS-A NETNS-B DELAY-MS LOSS-PERMILLE KBIT-A-TO-B KBIT-B-TO-A SEED [no-fast-open]\n",
		      stderr);
		return 64;
	}
	memset(ways, 0, sizeof(ways));
	state = (uint64_t)number(argv[7], INT32_MAX);
	ways[0].from = ways[1].to = open_end(argv[1], "10.77.0.1");
	ways[1].from = ways[0].to = open_end(argv[2], "10.77.0.2");
	for (int k = 0; k < 2; k++) {
		ways[k].delay_ns = number(argv[3], 60000) * 1000000;
		ways[k].loss_permille = (uint32_t)number(argv[4], 1000);
		ways[k].drops_fast_open = argc == 9;
		ways[k].ns_per_byte = 8000000 /
				      (number(argv[5 + k], 1000000) + (number(argv[5 + k], 1000000) == 0));
		ways[k].held = malloc(HELD_MAX * sizeof(struct packet));
		if (ways[k].held == NULL)
			bench_die("memory", "none");
	}
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	puts("ready");
	(void)fflush(stdout);
	carry(ways, signals);
	for (int k = 0; k < 2; k++)
		printf("%s: %lld packets, %lld bytes, %lld lost, %lld dropped\n",
		       k == 0 ? "a to b" : "b to a", (long long)ways[k].packets, (long long)ways[k].bytes,
		       (long long)ways[k].lost, (long long)ways[k].dropped);
	return 0;
}
