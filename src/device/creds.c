/*
 * systemd-creds: the key encrypted to the TPM, or to the host's own secret, and bound to its name.
 */
#include <errno.h>
#include <unistd.h>

#include "device_private.h"

/* A TPM takes half a second; a busy machine more. */
#define LIMIT_MS 30000
#define NAME     "--name=jiexun-device-key"

/* Its place is looked up here and not in PATH, which anybody may have set. */
static const char *find_program(const char *program)
{
	if (program != NULL)
		return program;
	return access("/usr/bin/systemd-creds", X_OK) == 0 ? "/usr/bin/systemd-creds" : "/bin/systemd-creds";
}

static jx_rc run_creds(const char *program, const char *verb, const void *data, size_t len, jx_buf *out,
		       struct jx_error *err)
{
	const char *const argv[] = {find_program(program), verb, NAME, "-", "-", NULL};
	const struct jx_bytes in = {data, len};
	char words[200];
	int status;
	jx_rc rc = jx_device__run(argv, &in, LIMIT_MS, out, words, sizeof(words), &status, err);

	if (rc != JX_OK)
		return rc;
	if (status != 0 || out->len == 0)
		return jx_fail(err, JX_ESTATE, status, "device.creds",
			       "systemd-creds %s failed (%d: %s); run as root, or set store = file in [keys]",
			       verb, status, words);
	return jx_buf_check(out, "systemd-creds", err);
}

jx_rc jx_device__encrypt(const char *program, const void *clear, size_t len, jx_buf *cred_out,
			 struct jx_error *err)
{
	return run_creds(program, "encrypt", clear, len, cred_out, err);
}

jx_rc jx_device__decrypt(const char *program, const void *cred, size_t len, jx_buf *clear_out,
			 struct jx_error *err)
{
	return run_creds(program, "decrypt", cred, len, clear_out, err);
}
