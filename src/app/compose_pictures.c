/* The pictures of a composition: shown, and their keys. */
#include <string.h>

#include "chips.h"
#include "compose_page.h"

void compose_page__forget_texture(AppComposePage *page, size_t i)
{
	g_clear_object(&page->textures[i]);
	memmove(&page->textures[i], &page->textures[i + 1],
		(JX_PHOTOS_MAX - 1 - i) * sizeof(page->textures[0]));
	page->textures[JX_PHOTOS_MAX - 1] = NULL;
}

static size_t index_of(GtkWidget *button)
{
	return (size_t)GPOINTER_TO_INT(g_object_get_data(G_OBJECT(button), "index"));
}

static void on_retake(GtkWidget *button, AppComposePage *page)
{
	compose_page__retake(page, index_of(button));
}

static void on_remove(GtkWidget *button, AppComposePage *page)
{
	compose_page__drop_picture(page, index_of(button));
}

static void add_button(AppComposePage *page, GtkWidget *row, size_t i, const char *icon, const char *what,
		       void (*pressed)(GtkWidget *, AppComposePage *))
{
	GtkWidget *button = gtk_button_new_from_icon_name(icon);
	g_autofree char *name = g_strdup_printf("%s: %s %zu", what, jx_word(page->c.photos[i].role), i + 1);

	app_name(button, name);
	gtk_widget_set_tooltip_text(button, name);
	gtk_widget_add_css_class(button, "osd");
	gtk_widget_add_css_class(button, "step");
	g_object_set_data(G_OBJECT(button), "index", GINT_TO_POINTER((int)i));
	g_signal_connect(button, "clicked", G_CALLBACK(pressed), page);
	gtk_box_append(GTK_BOX(row), button);
}

static GtkWidget *picture_widget(AppComposePage *page, size_t i)
{
	GtkWidget *overlay = gtk_overlay_new();
	GtkWidget *picture = gtk_picture_new_for_paintable(GDK_PAINTABLE(page->textures[i]));
	GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 4);
	GtkWidget *role = gtk_label_new(words_head(jx_word(page->c.photos[i].role)));

	gtk_picture_set_content_fit(GTK_PICTURE(picture), GTK_CONTENT_FIT_COVER);
	gtk_picture_set_alternative_text(GTK_PICTURE(picture), jx_word(page->c.photos[i].role));
	gtk_widget_set_size_request(picture, -1, 180);
	gtk_overlay_set_child(GTK_OVERLAY(overlay), picture);
	gtk_widget_set_valign(row, GTK_ALIGN_END);
	gtk_widget_set_halign(row, GTK_ALIGN_END);
	gtk_widget_add_css_class(role, "osd");
	gtk_widget_add_css_class(role, "role");
	gtk_widget_set_halign(role, GTK_ALIGN_START);
	gtk_widget_set_valign(role, GTK_ALIGN_START);
	gtk_overlay_add_overlay(GTK_OVERLAY(overlay), role);
	add_button(page, row, i, "view-refresh-symbolic", _("Take again"), on_retake);
	add_button(page, row, i, "user-trash-symbolic", _("Remove"), on_remove);
	gtk_overlay_add_overlay(GTK_OVERLAY(overlay), row);
	return overlay;
}

static bool has_role(const AppComposePage *page, const char *role)
{
	for (size_t i = 0; i < page->c.photo_count; i++)
		if (strcmp(page->c.photos[i].role, role) == 0)
			return true;
	return false;
}

void compose_page__show_pictures(AppComposePage *page)
{
	const bool is_after = page->c.before[0] != '\0';

	chips_clear(page->pictures);
	for (size_t i = 0; i < page->c.photo_count; i++) {
		GtkWidget *widget = picture_widget(page, i);

		gtk_flow_box_insert(page->pictures, widget, -1);
		gtk_widget_set_focusable(gtk_widget_get_parent(widget), FALSE);
	}
	gtk_widget_set_visible(GTK_WIDGET(page->pictures), page->c.photo_count > 0);
	gtk_flow_box_set_max_children_per_line(page->pictures, page->c.photo_count > 1 ? 2 : 1);
	gtk_flow_box_set_min_children_per_line(page->pictures, page->c.photo_count > 1 ? 2 : 1);
	gtk_widget_set_visible(page->shoot_wide, !has_role(page, "wide"));
	gtk_widget_set_visible(page->shoot_close, !has_role(page, "close"));
	gtk_widget_set_visible(page->shoot_after, is_after && !has_role(page, "after"));
}
