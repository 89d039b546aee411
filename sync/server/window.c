#include "conns.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/*
 * When a line is reset, what lies unread in the socket is thrown away, and the sender sends it again. On a short line, which is faster than
 * we read, the kernel's own choice lets hundreds of kilobytes pile up there: a tenth of a photo. So a connection gets the room that 100
 * Mbit/s need in its round trip, and this beside it: the pieces that are read at a time, and a pause in which the disk is busy.
 */
#define ROOM_BYTES        32768
#define BYTES_PER_US      13
#define ROUND_TRIP_MAX_US 8000

/*
 * A longer line is left to the kernel, which finds out what it carries: a program may ask for 208 KiB at most (net.core.rmem_max), too
 * little for it, and having asked ends the finding out. There bytes come slower than we read them, and none pile up.
 */
void jx_server__bound_window(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int room;

	memset(&info, 0, sizeof(info));
	/* of the handshake: nothing else has passed yet */
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 || info.tcpi_rtt == 0 ||
	    info.tcpi_rtt > ROUND_TRIP_MAX_US)
		return;
	room = ROOM_BYTES + BYTES_PER_US * (int)info.tcpi_rtt;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
}
