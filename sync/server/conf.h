/* jiexund.conf: `key = value` lines, '#' comments. Pure: text in, struct out. */
#ifndef JX_SERVER_CONF_H
#define JX_SERVER_CONF_H

#include "jiexun/server.h"

struct jx_server__conf {
	char listen[272];
	char names[1024];          /* host names and addresses in the certificate, separated by ", " */
	char url[256];             /* what enrolment codes name; "" = made from the first name and the port */
	char area[24];             /* default area of new codes */
	char tls_certificate[256]; /* relative to the data folder */
	char tls_key[256];
	char tls_next_key[256]; /* "" = none is announced */
	char pack[512];         /* form pack for review marks; "" = none besides those built in */
	char log_level[16];
	int64_t utc_offset_min;
	int64_t stop_wait_ms;
	int64_t photo_quota_bytes;  /* a writer's; 0 = no limit */
	int64_t disk_reserve_bytes; /* photos leave so much to entries */
	int64_t picture_children;   /* jx-picture at once; 0 = the server makes no small copies */
	int64_t stray_keep_ms;
	struct jx_server_limits limits;
};

void jx_server__conf_default(struct jx_server__conf *out);
/*
 * Read over the values already in conf. JX_EINVAL names file, line, key and cure; conf is untouched then.
 */
jx_rc jx_server__conf_read(const char *text, size_t len, const char *file, struct jx_server__conf *conf,
			   struct jx_error *err);
/*
 * All keys with their meaning; those that differ from the default are set, the others stand there as
 * comments.
 */
void jx_server__conf_write(const struct jx_server__conf *conf, jx_buf *out);

bool jx_server__level_parse(const char *name, enum jx_server_level *out);

#define JX_SERVER__NAMES_MAX 32
/* Split `names`; each is an address or a host name. Pointers go into scratch. JX_EINVAL names the bad one. */
jx_rc jx_server__conf_names(const struct jx_server__conf *conf, char scratch[1024],
			    const char *names_out[JX_SERVER__NAMES_MAX], size_t *count_out,
			    struct jx_error *err);

#endif
