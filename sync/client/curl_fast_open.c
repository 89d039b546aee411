/* What became of a SYN with data. By the kernel's own header, as the C library's tcp_info ends before the field that says it. */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "curl_private.h"

enum jx_fast_open jx_client__fast_open_of(int fd)
{
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return JX_FAST_OPEN_NOT_TRIED;
	if ((info.tcpi_options & TCPI_OPT_SYN_DATA) != 0)
		return JX_FAST_OPEN_TAKEN;
	return info.tcpi_fastopen_client_fail >= TFO_DATA_NOT_ACKED ? JX_FAST_OPEN_LOST
								    : JX_FAST_OPEN_NOT_TRIED;
}
