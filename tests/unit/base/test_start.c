/*
 * Start of a program: language, catalogue, signals, limits. The process that is looked at is this same program, copied
 * into a folder as an installed one would lie (bin/say beside share/locale) and started with a chosen environment.
 */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jx_test.h"
#include "os/os_private.h"

#define MESSAGE    "the test message"
#define MESSAGE_ZH "测试消息"

/* ---- choosing ------------------------------------------------------------------------------------- */

struct env {
	const char *pairs[8]; /* name, value, ... */
};

static const char *get_pair(void *user, const char *name)
{
	const struct env *env = user;

	for (size_t i = 0; env->pairs[i] != NULL; i += 2) {
		if (strcmp(env->pairs[i], name) == 0)
			return env->pairs[i + 1];
	}
	return NULL;
}

struct language_row {
	struct env env;
	const char *language;
};

static const struct language_row language_rows[] = {
	{{{NULL}}, "zh_CN"},
	{{{"LANG", "C"}}, "zh_CN"},
	{{{"LANG", "C.UTF-8"}}, "zh_CN"},
	{{{"LANG", "POSIX"}}, "zh_CN"},
	{{{"LANG", ""}}, "zh_CN"},
	{{{"LANG", "zh_CN.UTF-8"}}, "zh_CN"},
	{{{"LANG", "zh_TW.UTF-8"}}, "zh_CN"},
	{{{"LANG", "de_DE.UTF-8"}}, "zh_CN"},
	{{{"LANG", "en_US.UTF-8"}}, "en"},
	{{{"LANG", "en"}}, "en"},
	{{{"LANG", "en-GB"}}, "en"},
	{{{"LANG", "EN"}}, "en"},
	{{{"LANG", "english"}}, "zh_CN"},
	{{{"LANG", "eng"}}, "zh_CN"},
	{{{"LANG", "e"}}, "zh_CN"},
	{{{"LC_MESSAGES", "en_GB"}}, "en"},
	{{{"LC_ALL", "en_GB.UTF-8"}}, "en"},
	{{{"LANGUAGE", "en"}}, "en"},
	{{{"JX_LANG", "en"}}, "en"},
	{{{"JX_LANG", "zh", "LANG", "en_US.UTF-8"}}, "zh_CN"},
	{{{"JX_LANG", "en", "LANG", "zh_CN.UTF-8"}}, "en"},
	{{{"JX_LANG", "", "LANG", "en_US.UTF-8"}}, "en"},
	{{{"LANGUAGE", "zh_CN:en", "LANG", "en_US.UTF-8"}}, "zh_CN"},
	{{{"LANGUAGE", "en:zh_CN", "LANG", "zh_CN.UTF-8"}}, "en"},
	{{{"LANGUAGE", "fr:en", "LANG", "fr_FR.UTF-8"}}, "en"},
	{{{"LANGUAGE", ":", "LANG", "en_US"}}, "en"},
	{{{"LC_ALL", "C", "LANG", "en_US.UTF-8"}}, "en"},
	{{{"LC_ALL", "zh_CN.UTF-8", "LANG", "en_US.UTF-8"}}, "zh_CN"},
	{{{"LC_MESSAGES", "zh_CN", "LANG", "en_US.UTF-8"}}, "zh_CN"},
};

static void chinese_unless_english_is_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(language_rows) / sizeof(language_rows[0]); i++) {
		struct env env = language_rows[i].env;
		const char *got = jx_base__choose_language(get_pair, &env);

		if (strcmp(got, language_rows[i].language) != 0)
			fail_msg("row %zu: %s", i, got);
	}
}

static void the_catalogue_lies_beside_the_program(void **state)
{
	static const char *const rows[][2] = {
		{"/usr/bin/jx", "/usr/share/locale"},
		{"/usr/sbin/jiexund", "/usr/share/locale"},
		{"/bin/jx", "/share/locale"},
		{"/srv/jx/build/bin/jx", "/srv/jx/build/share/locale"},
		{"/opt/bin/bin/jx", "/opt/bin/share/locale"},
	};
	static const char *const none[] = {"jx",           "/jx",   "/usr/tests/jx", "/usr/mybin/jx",
					   "/usr/bin2/jx", "bin/jx"};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(jx_base__catalogue_beside(rows[i][0], out, sizeof(out)));
		assert_string_equal(out, rows[i][1]);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (jx_base__catalogue_beside(none[i], out, sizeof(out)))
			fail_msg("%s gave %s", none[i], out);
	}
	assert_false(jx_base__catalogue_beside("/usr/bin/jx", out, 17));
	assert_true(jx_base__catalogue_beside("/usr/bin/jx", out, 18));
}

/* ---- an installed program ------------------------------------------------------------------------- */

static void put_u32(jx_buf *b, uint32_t v)
{
	jx_buf_add(b, &v, sizeof(v)); /* the byte order of this machine: gettext reads both */
}

/* A catalogue (GNU .mo, version 0) of a header and one message. */
static void write_catalogue(const char *path)
{
	static const char *const texts[] = {"", MESSAGE, "Content-Type: text/plain; charset=UTF-8\n",
					    MESSAGE_ZH};
	struct jx_error err = {0};
	uint32_t at = 28 + 4 * 8;
	JX_AUTO_BUF b;

	jx_buf_init(&b, 1000);
	put_u32(&b, 0x950412de);
	put_u32(&b, 0);
	put_u32(&b, 2);
	put_u32(&b, 28);
	put_u32(&b, 28 + 16);
	put_u32(&b, 0);
	put_u32(&b, 0);
	for (size_t i = 0; i < 4; i++) {
		put_u32(&b, (uint32_t)strlen(texts[i]));
		put_u32(&b, at);
		at += (uint32_t)strlen(texts[i]) + 1;
	}
	for (size_t i = 0; i < 4; i++)
		jx_buf_add(&b, texts[i], strlen(texts[i]) + 1);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), path, b.data, b.len, &err), &err);
}

struct installed {
	char *folder;
	char *program;
};

static int install(void **state)
{
	struct installed *in = jx_xcalloc(1, sizeof(*in));
	struct jx_error err = {0};
	JX_AUTO_FREE char *bin = NULL, *locale = NULL, *catalogue = NULL, *bytes = NULL;
	size_t len = 0;

	in->folder = jx_test_folder();
	bin = jx_test_path(in->folder, "bin");
	locale = jx_test_path(in->folder, "share/locale/zh_CN/LC_MESSAGES");
	in->program = jx_test_path(bin, "say");
	catalogue = jx_test_path(locale, JX_DOMAIN ".mo");
	jx_assert_ok(jx_os_fs()->make_dir(NULL, bin, &err), &err);
	jx_assert_ok(jx_os_fs()->make_dir(NULL, locale, &err), &err);
	bytes = jx_test_read("/proc/self/exe", &len);
	assert_non_null(bytes);
	jx_assert_ok(jx_fs_write_all(jx_os_fs(), in->program, bytes, len, &err), &err);
	assert_int_equal(chmod(in->program, 0700), 0);
	write_catalogue(catalogue);
	*state = in;
	return 0;
}

static int uninstall(void **state)
{
	struct installed *in = *state;

	jx_test_folder_remove(in->folder);
	free(in->program);
	free(in);
	return 0;
}

/* Start the copy with this argument and environment; what it printed into out, its exit status back. */
static int run(const struct installed *in, const char *argument, char *const *envp, bool close_standard,
	       char *out, size_t cap)
{
	JX_AUTO_FREE char *arg = jx_xstrdup(argument);
	char *argv[] = {in->program, arg, NULL};
	posix_spawn_file_actions_t actions;
	size_t len = 0;
	int ends[2], status = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
	assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], 9), 0);
	assert_int_equal(posix_spawn_file_actions_addclose(&actions, ends[0]), 0);
	for (int fd = 0; close_standard && fd < 3; fd++)
		assert_int_equal(posix_spawn_file_actions_addclose(&actions, fd), 0);
	if (!close_standard)
		assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], 2), 0);
	assert_int_equal(posix_spawn(&pid, in->program, &actions, NULL, argv, envp), 0);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	while (len < cap - 1 && (n = read(ends[0], out + len, cap - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void messages_follow_the_environment(void **state)
{
	static const struct {
		const char *env;
		const char *says;
	} rows[] = {
		{"X=", MESSAGE_ZH},
		{"LANG=C", MESSAGE_ZH},
		{"LC_ALL=C", MESSAGE_ZH},
		{"LC_ALL=POSIX", MESSAGE_ZH},
		{"LANG=C.UTF-8", MESSAGE_ZH},
		{"LANG=zh_CN.UTF-8", MESSAGE_ZH},
		{"LANG=xx_YY.UTF-8", MESSAGE_ZH},
		{"LANG=en_US.UTF-8", MESSAGE},
		{"LC_ALL=en_GB", MESSAGE},
		{"LANGUAGE=en", MESSAGE},
		{"JX_LANG=en", MESSAGE},
		{"JX_LANG=zh", MESSAGE_ZH},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		JX_AUTO_FREE char *pair = jx_xstrdup(rows[i].env);
		char *envp[] = {pair, NULL};
		char out[400];
		int status = run(*state, "--say", envp, false, out, sizeof(out));

		if (status != 0 || strcmp(out, rows[i].says) != 0)
			fail_msg("%s: status %d, \"%s\"", rows[i].env, status, out);
	}
}

static void errors_are_translated_too(void **state)
{
	char *envp[] = {NULL};
	char out[400];

	assert_int_equal(run(*state, "--fail", envp, false, out, sizeof(out)), 0);
	assert_string_equal(out, MESSAGE_ZH);
}

static void a_started_program_is_as_it_should_be(void **state)
{
	char *envp[] = {NULL};
	char out[400];

	assert_int_equal(run(*state, "--check", envp, false, out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

static void closed_standard_descriptors_are_filled(void **state)
{
	char *envp[] = {NULL};
	char out[400];

	assert_int_equal(run(*state, "--say", envp, true, out, sizeof(out)), 0);
	assert_string_equal(out, MESSAGE_ZH);
	assert_int_equal(run(*state, "--next-descriptor", envp, true, out, sizeof(out)), 0);
}

static void out_of_memory_ends_with_71_and_one_line(void **state)
{
	JX_AUTO_FREE char *options = jx_xstrdup("ASAN_OPTIONS=allocator_may_return_null=1:print_summary=0");
	char *envp[] = {options, NULL};
	char out[4000];

	assert_int_equal(run(*state, "--no-memory", envp, false, out, sizeof(out)), 71);
	assert_non_null(strstr(out, "jiexun: out of memory\n"));
	assert_int_equal(run(*state, "--buffer-no-memory", envp, false, out, sizeof(out)), 0);
}

/* ---- the other side of run() ---------------------------------------------------------------------- */

static void say(const char *text)
{
	if (write(9, text, strlen(text)) < 0)
		_exit(90);
}

static bool is_ignored(int signal_number)
{
	struct sigaction action;

	return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

static void check_process(void)
{
	struct rlimit core = {1, 1};
	mode_t mask = umask(0077);
	char number[16];

	if (!is_ignored(SIGPIPE))
		say("SIGPIPE is not ignored; ");
	if (!is_ignored(SIGXFSZ))
		say("SIGXFSZ is not ignored; ");
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_cur != 0 || core.rlim_max != 0)
		say("core dumps are allowed; ");
	if (mask != 0077)
		say("umask is not 0077; ");
	(void)snprintf(number, sizeof(number), "%.1f", 1.5);
	if (strcmp(number, "1.5") != 0)
		say("numbers are not written as in C; ");
	if (jx_os_columns("H07 \xe5\xb7\xb2\xe4\xbf\x9d\xe5\xad\x98") != 10 ||
	    jx_os_columns("\xe5\xb7") != 2 || jx_os_columns("") != 0)
		say("columns of text are not counted; ");
}

static int fail_to_allocate(void)
{
	volatile size_t huge = SIZE_MAX / 4;

	free(jx_xmalloc(huge));
	return 91;
}

static int fail_to_grow(void)
{
	volatile size_t huge = SIZE_MAX / 8;
	struct jx_error err = {0};
	JX_AUTO_BUF b;

	jx_buf_init(&b, SIZE_MAX);
	jx_buf_adds(&b, "kept");
	jx_buf_add_hex(&b, "x", huge); /* refused before a byte is read */
	return jx_buf_check(&b, "x", &err) == JX_ENOMEM && strcmp(b.data, "kept") == 0 ? 0 : 92;
}

static int play(const char *part)
{
	struct jx_error err = {0};

	if (jx_os_start("say", &err) != JX_OK) {
		say(err.text);
		return 93;
	}
	if (strcmp(part, "--say") == 0)
		say(_(MESSAGE));
	else if (strcmp(part, "--fail") == 0) {
		(void)jx_fail(&err, JX_EINVAL, 0, "test.say", MESSAGE);
		say(err.text);
	} else if (strcmp(part, "--check") == 0)
		check_process();
	else if (strcmp(part, "--next-descriptor") == 0)
		return open("/dev/null", O_RDONLY | O_CLOEXEC) > 2 ? 0 : 94;
	else if (strcmp(part, "--no-memory") == 0)
		return fail_to_allocate();
	else if (strcmp(part, "--buffer-no-memory") == 0)
		return fail_to_grow();
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_unless_english_is_asked_for),
		cmocka_unit_test(the_catalogue_lies_beside_the_program),
		cmocka_unit_test(messages_follow_the_environment),
		cmocka_unit_test(errors_are_translated_too),
		cmocka_unit_test(a_started_program_is_as_it_should_be),
		cmocka_unit_test(closed_standard_descriptors_are_filled),
		cmocka_unit_test(out_of_memory_ends_with_71_and_one_line),
	};

	if (argc == 2)
		return play(argv[1]);
	return cmocka_run_group_tests(tests, install, uninstall);
}
