/* The standards card of a form: what is asked and how it is counted, what is valid, the limits. */
#include "sheet.h"

void sheet_card_show(struct sheet *s)
{
	GtkWidget *scroll = gtk_scrolled_window_new();
	GtkWidget *label = gtk_label_new(NULL);
	struct jx_error err = {0};
	JX_AUTO_BUF text = {0};

	jx_buf_init(&text, 1 << 20);
	if (jx_pack_card(jx_sheet_pack(s->fill.sheet), s->fill.draft.form, s->fill.draft.day, &text, &err) !=
	    JX_OK) {
		app_toast_error(s->page, &err);
		return;
	}
	gtk_label_set_text(GTK_LABEL(label), text.data != NULL ? text.data : "");
	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_yalign(GTK_LABEL(label), 0);
	gtk_widget_add_css_class(label, "page");
	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(scroll), label);
	app_push(s->page, scroll, _("Standards card"));
}
