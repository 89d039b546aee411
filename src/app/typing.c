/* Letters in the making: GTK tells of them by the field they are shown in. */
#include "typing.h"

#define KEY "typing"

struct typing {
	GtkWidget *field; /* weak: GtkText or GtkTextView */
	bool is_begun;
};

static struct typing *typing_of(AppWindow *window)
{
	return g_object_get_data(G_OBJECT(window), KEY);
}

static void on_preedit(GtkWidget *field, const char *letters, AppWindow *window)
{
	struct typing *t = typing_of(window);

	if (t != NULL && t->field == field)
		t->is_begun = letters[0] != '\0';
}

static void on_focus(AppWindow *window)
{
	struct typing *t = typing_of(window);
	GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(window));

	if (t == NULL || focus == t->field)
		return;
	if (t->field != NULL)
		(void)g_signal_handlers_disconnect_by_func(t->field, (gpointer)(uintptr_t)on_preedit, window);
	if (!GTK_IS_TEXT(focus) && !GTK_IS_TEXT_VIEW(focus))
		focus = NULL;
	g_set_weak_pointer(&t->field, focus);
	t->is_begun = false;
	if (focus != NULL)
		g_signal_connect_object(focus, "preedit-changed", G_CALLBACK(on_preedit), window, 0);
}

static void free_typing(gpointer user)
{
	struct typing *t = user;

	g_clear_weak_pointer(&t->field);
	g_free(t);
}

void typing_serve(AppWindow *window)
{
	g_object_set_data_full(G_OBJECT(window), KEY, g_new0(struct typing, 1), free_typing);
	g_signal_connect(window, "notify::focus-widget", G_CALLBACK(on_focus), NULL);
}

bool typing_is_begun(AppWindow *window)
{
	const struct typing *t = typing_of(window);

	return t != NULL && t->field != NULL && t->is_begun;
}

void typing_end(AppWindow *window)
{
	if (!typing_is_begun(window))
		return;
	/* GtkText has no call for it; a cursor that is moved by nothing ends what was begun at it */
	if (GTK_IS_TEXT(typing_of(window)->field))
		g_signal_emit_by_name(typing_of(window)->field, "move-cursor", GTK_MOVEMENT_LOGICAL_POSITIONS,
				      0, FALSE);
	else
		gtk_text_view_reset_im_context(GTK_TEXT_VIEW(typing_of(window)->field));
}
