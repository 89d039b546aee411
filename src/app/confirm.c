/*
 * Sound through whatever player the system has, as a child that gets the samples in memory; vibration through feedbackd. Where there is
 * neither, there is still the toast.
 */
#include "confirm.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app.h"

#define RATE     22050
#define SAMPLES  ((size_t)1543) /* of 70 ms */
#define HEADER   44
#define LOUDNESS 12000.0 /* of 32767 */

/* The sound takes 0.14 s. Whoever is not done by then waits for a device that does not answer. */
#define PLAY_MAX_US G_GINT64_CONSTANT(2000000)
#define LOOK_US     10000
#define SOUND_FD    3 /* a player's */

/* Little-endian, as WAV files are. */
static void put(uint8_t *at, uint32_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void write_header(uint8_t *wav, size_t data_bytes)
{
	static const uint8_t riff[] = {'R', 'I', 'F', 'F'}, data[] = {'d', 'a', 't', 'a'},
			     wave[] = {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '};

	memcpy(wav, riff, sizeof(riff));
	put(wav + 4, (uint32_t)(HEADER - 8 + data_bytes), 4);
	memcpy(wav + 8, wave, sizeof(wave));
	put(wav + 16, 16, 4);
	put(wav + 20, 1, 2); /* PCM */
	put(wav + 22, 1, 2); /* one channel */
	put(wav + 24, RATE, 4);
	put(wav + 28, RATE * 2, 4);
	put(wav + 32, 2, 2);
	put(wav + 34, 16, 2);
	memcpy(wav + 36, data, sizeof(data));
	put(wav + 40, (uint32_t)data_bytes, 4);
}

/* Each tone swells and fades: a tone that is cut off clicks. */
static void write_tone(uint8_t *at, double hertz)
{
	for (size_t i = 0; i < SAMPLES; i++) {
		const double t = (double)i / RATE, part = (double)i / (double)SAMPLES;
		const double v = LOUDNESS * sin(G_PI * part) * sin(2 * G_PI * hertz * t);

		put(at + 2 * i, (uint32_t)(uint16_t)(int16_t)v, 2);
	}
}

/* A file without a name: players read it by its number. -1: none. */
static int make_sound(double first_hertz, double second_hertz)
{
	const size_t data_bytes = 2 * 2 * SAMPLES, all = HEADER + data_bytes;
	g_autofree uint8_t *wav = g_malloc0(all);
	const int fd = memfd_create("confirm.wav", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	write_header(wav, data_bytes);
	write_tone(wav + HEADER, first_hertz);
	write_tone(wav + HEADER + 2 * SAMPLES, second_hertz);
	if (write(fd, wav, all) != (ssize_t)all || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

struct sound {
	double first_hertz, second_hertz;
};

/* Its status, or -1: it was still there after its time and is ended. */
static int wait_player(GPid pid)
{
	const gint64 until = g_get_monotonic_time() + PLAY_MAX_US;
	int status = -1;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (g_get_monotonic_time() > until) {
			(void)kill(pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return -1;
		}
		g_usleep(LOOK_US);
	}
	return status;
}

/* The sound as its file 3, and nothing else of this process's files. */
static bool describe_files(posix_spawn_file_actions_t *files, int wav)
{
	return posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
	       posix_spawn_file_actions_addopen(files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
	       posix_spawn_file_actions_adddup2(files, wav, SOUND_FD) == 0 &&
	       posix_spawn_file_actions_addclosefrom_np(files, SOUND_FD + 1) == 0;
}

/*
 * One that is installed may have no device to play on: it says so by its status. Not through GLib, which copies this process for a child
 * that is given files: while its memory is copied the main loop stands, for longer than a frame.
 */
static bool play_by(const char *player, int wav)
{
	char file[] = "/dev/fd/3", name[16];
	char *const argv[] = {name, file, NULL};
	posix_spawn_file_actions_t files;
	GPid pid;
	bool is_begun;

	jx_strcpy(name, sizeof(name), player);
	if (posix_spawn_file_actions_init(&files) != 0)
		return false;
	is_begun = describe_files(&files, wav) && posix_spawnp(&pid, name, &files, NULL, argv, environ) == 0;
	(void)posix_spawn_file_actions_destroy(&files);
	return is_begun && wait_player(pid) == 0;
}

/* In a thread of its own: to start a program may take longer than a frame, and a sound device may be stuck. */
static gpointer play(gpointer user)
{
	static const char *const players[] = {"pw-play", "paplay", "aplay"};
	g_autofree struct sound *s = user;
	const int wav = make_sound(s->first_hertz, s->second_hertz);
	bool is_heard = false;

	for (size_t i = 0; wav >= 0 && i < G_N_ELEMENTS(players) && !is_heard; i++)
		is_heard = play_by(players[i], wav);
	if (wav >= 0)
		close(wav);
	return NULL;
}

static void sound(double first_hertz, double second_hertz)
{
	struct sound *s = g_new(struct sound, 1);
	GThread *thread;

	*s = (struct sound){first_hertz, second_hertz};
	thread = g_thread_try_new("confirm", play, s, NULL);
	if (thread == NULL)
		g_free(s);
	else
		g_thread_unref(thread);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer user)
{
	g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, NULL);
	g_autofree char *event = user;
	g_auto(GVariantBuilder) hints = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	(void)source;
	if (bus == NULL)
		return;
	/* "quiet" shakes only, also where the system's feedback is set to sounds: those are ours */
	g_variant_builder_add(&hints, "{sv}", "profile", g_variant_new_string("quiet"));
	/* no answer is waited for: where there is no feedbackd there is no vibration */
	g_dbus_connection_call(bus, "org.sigxcpu.Feedback", "/org/sigxcpu/Feedback", "org.sigxcpu.Feedback",
			       "TriggerFeedback", g_variant_new("(ssa{sv}i)", APP_ID, event, &hints, -1),
			       NULL, G_DBUS_CALL_FLAGS_NONE, 1000, NULL, NULL, NULL);
}

static void shake(const char *event)
{
	g_bus_get(G_BUS_TYPE_SESSION, NULL, on_bus, g_strdup(event));
}

/* Events that shake in the theme that every phone has: one short pulse, two long ones. */
void confirm_saved(GtkWidget *inside)
{
	const struct prefs *prefs = app_prefs(inside);

	if (prefs->has_sound)
		sound(880, 1320);
	if (prefs->has_vibration)
		shake("message-sent-instant");
}

void confirm_refused(GtkWidget *inside)
{
	const struct prefs *prefs = app_prefs(inside);

	if (prefs->has_sound)
		sound(330, 220);
	if (prefs->has_vibration)
		shake("message-new-sms");
}
