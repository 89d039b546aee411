/*
 * Sound through whatever player the system has, as a child that gets the samples in memory; vibration through feedbackd. Where there is
 * neither, there is still the toast.
 */
#include "confirm.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app.h"

#define RATE     22050
#define SAMPLES  ((size_t)1543) /* of 70 ms */
#define HEADER   44
#define LOUDNESS 12000.0 /* of 32767 */

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
	const int fd = memfd_create("confirm.wav", 0);

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

/* In a thread: to start a program may take longer than a frame. */
static void play(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	static const char *const players[] = {"pw-play", "paplay", "aplay"};
	const struct sound *s = data;
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
		G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
	g_autoptr(GSubprocess) child = NULL;
	g_autofree char *player = NULL;
	int fd;

	(void)source;
	(void)cancellable;
	for (size_t i = 0; i < G_N_ELEMENTS(players) && player == NULL; i++)
		player = g_find_program_in_path(players[i]);
	fd = player != NULL ? make_sound(s->first_hertz, s->second_hertz) : -1;
	if (fd >= 0) {
		g_subprocess_launcher_take_fd(launcher, fd, 3);
		child = g_subprocess_launcher_spawn(launcher, NULL, player, "/dev/fd/3", NULL);
	}
	g_task_return_boolean(task, child != NULL);
}

static void sound(double first_hertz, double second_hertz)
{
	struct sound *s = g_new(struct sound, 1);
	g_autoptr(GTask) task = g_task_new(NULL, NULL, NULL, NULL);

	*s = (struct sound){first_hertz, second_hertz};
	g_task_set_task_data(task, s, g_free);
	g_task_run_in_thread(task, play);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer user)
{
	g_autoptr(GDBusConnection) bus = g_bus_get_finish(result, NULL);
	g_autofree char *event = user;

	(void)source;
	if (bus == NULL)
		return;
	/* no answer is waited for: where there is no feedbackd there is no vibration */
	g_dbus_connection_call(bus, "org.sigxcpu.Feedback", "/org/sigxcpu/Feedback", "org.sigxcpu.Feedback",
			       "TriggerFeedback", g_variant_new("(ssa{sv}i)", APP_ID, event, NULL, -1), NULL,
			       G_DBUS_CALL_FLAGS_NONE, 1000, NULL, NULL, NULL);
}

static void shake(const char *event)
{
	g_bus_get(G_BUS_TYPE_SESSION, NULL, on_bus, g_strdup(event));
}

/* Named as the feedback themes of phones name them. */
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
		shake("dialog-error");
}
