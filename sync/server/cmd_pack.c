/* `jiexund pack add FILE` and `jiexund pack list`. */
#include <stdio.h>
#include <string.h>

#include "program.h"

/* As whoever gave the command: the data folder's owner may not be able to read the file. */
static int add(struct options *o)
{
	JX_AUTO_BUF file;
	JX_AUTO_BUF request;
	struct jx_error err = {0};
	jx_rc rc;

	jx_buf_init(&file, (size_t)JX_PACK_BYTES_MAX);
	request_begin(&request, "pack-add");
	rc = jx_fs_read_all(jx_os_fs(), o->positional[1], &file, &err);
	if (rc == JX_ELIMIT)
		rc = jx_fail(&err, rc, 0, "server.pack", "%s is longer than the %lld bytes of a pack",
			     o->positional[1], (long long)JX_PACK_BYTES_MAX);
	if (rc != JX_OK)
		return program_fail(&err);
	request_add(&request, "from", o->from);
	jx_buf_adds(&request, ",\"file\":\"");
	jx_buf_add_base64(&request, file.data, file.len);
	jx_buf_addc(&request, '"');
	return request_run(o, "pack-add", &request);
}

int cmd_pack(struct options *o)
{
	const char *what = o->positional_count > 0 ? o->positional[0] : "";

	if (strcmp(what, "add") == 0 && o->positional_count == 2)
		return add(o);
	if (strcmp(what, "list") == 0 && o->positional_count == 1 && o->from == NULL)
		return cmd_plain(o, "pack-list");
	fprintf(stderr, "jiexund: %s\n",
		_("pack needs a word: jiexund pack add FILE [--from DAY], or jiexund pack list"));
	return EXIT_USAGE;
}
