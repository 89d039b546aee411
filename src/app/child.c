/* jx as a child that outlives us. */
#include "child.h"

#include <string.h>
#include <unistd.h>

struct run {
	char *out;
	child_ended ended;
	gpointer user;
	GDestroyNotify free_user;
	GSubprocess *process;
};

static void free_run(struct run *r)
{
	if (r->free_user != NULL)
		r->free_user(r->user);
	g_clear_object(&r->process);
	g_free(r->out);
	g_free(r);
}

/* Between fork and exec: a session of its own, so that no terminal and no group ends it along with us. */
static void leave_session(gpointer user)
{
	(void)user;
	(void)setsid();
}

static char *find_program(void)
{
	static const char *const places[] = {"jx", "../bin/jx"};
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : g_strdup(".");

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		char *path = g_build_filename(folder, places[i], NULL);

		if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
			return path;
		g_free(path);
	}
	return NULL;
}

/* The last line that is an object; without one, the last line. */
static char *last_line(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	const char *found = NULL, *last = "";

	for (char **line = lines; *line != NULL; line++) {
		if (**line != '\0')
			last = *line;
		if (**line == '{')
			found = *line;
	}
	found = found != NULL ? found : last;
	return g_utf8_make_valid(g_str_has_prefix(found, "jx: ") ? found + strlen("jx: ") : found, -1);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer user)
{
	struct run *r = user;
	g_autofree char *text = NULL, *said = NULL;

	if (!g_file_load_contents_finish(G_FILE(source), result, &text, NULL, NULL, NULL))
		text = g_strdup("");
	said = last_line(text);
	r->ended(g_subprocess_get_successful(r->process), said, r->user);
	free_run(r);
}

static void on_exit_of(GObject *source, GAsyncResult *result, gpointer user)
{
	struct run *r = user;
	g_autoptr(GFile) file = g_file_new_for_path(r->out);

	(void)g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
	g_file_load_contents_async(file, NULL, on_read, r);
}

static GPtrArray *line_of(const char *program, const char *dir, const char *profile,
			  const char *const *arguments)
{
	GPtrArray *line = g_ptr_array_new();

	g_ptr_array_add(line, (gpointer)(intptr_t)program);
	g_ptr_array_add(line, (gpointer)(intptr_t) "--json");
	g_ptr_array_add(line, (gpointer)(intptr_t) "--home");
	g_ptr_array_add(line, (gpointer)(intptr_t)dir);
	if (profile[0] != '\0') {
		g_ptr_array_add(line, (gpointer)(intptr_t) "--profile");
		g_ptr_array_add(line, (gpointer)(intptr_t)profile);
	}
	for (; *arguments != NULL; arguments++)
		g_ptr_array_add(line, (gpointer)(intptr_t)*arguments);
	g_ptr_array_add(line, NULL);
	return line;
}

jx_rc child_start(const char *dir, const char *profile, const char *name, const char *const *arguments,
		  child_ended ended, gpointer user, GDestroyNotify free_user, struct jx_error *err)
{
	g_autofree char *program = find_program();
	g_autofree char *out = g_strdup_printf("%s/%s.out", dir, name);
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_MERGE);
	g_autoptr(GPtrArray) line = NULL;
	g_autoptr(GError) why = NULL;
	GSubprocess *process;
	struct run *r;

	if (program == NULL)
		return jx_fail(err, JX_ESTATE, 0, "app.child",
			       "the program jx is missing beside this one: install Jiexun again");
	(void)g_mkdir_with_parents(dir, 0700);
	line = line_of(program, dir, profile, arguments);
	g_subprocess_launcher_set_stdout_file_path(launcher, out);
	g_subprocess_launcher_set_child_setup(launcher, leave_session, NULL, NULL);
	process = g_subprocess_launcher_spawnv(launcher, (const char *const *)line->pdata, &why);
	if (process == NULL)
		return jx_fail(err, JX_ESTATE, 0, "app.child", "the program jx cannot be started: %s",
			       why->message);
	r = g_new0(struct run, 1);
	*r = (struct run){g_steal_pointer(&out), ended, user, free_user, process};
	g_subprocess_wait_async(process, NULL, on_exit_of, r);
	return JX_OK;
}

char *child_said(const char *json, const char *field)
{
	JX_AUTO_JSON doc = {0};
	char text[512];

	if (jx_json_parse(json, strlen(json), &jx_json_message_limits, &doc, NULL) != JX_OK ||
	    !jx_json_str(&doc, jx_json_get(&doc, 0, field), text, sizeof(text)) || text[0] == '\0')
		return NULL;
	return g_strdup(text);
}
