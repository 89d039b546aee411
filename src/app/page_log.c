/* The page "log". */
#include "app.h"

#define APP_TYPE_LOG_PAGE (app_log_page_get_type())
G_DECLARE_FINAL_TYPE(AppLogPage, app_log_page, APP, LOG_PAGE, AdwBin)

struct _AppLogPage {
	AdwBin parent_instance;
};

G_DEFINE_TYPE(AppLogPage, app_log_page, ADW_TYPE_BIN)

static void app_log_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_LOG_PAGE);
	G_OBJECT_CLASS(app_log_page_parent_class)->dispose(object);
}

static void app_log_page_class_init(AppLogPageClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_log_page_dispose;
	gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/cn/jiexun/ui/page_log.ui");
}

static void app_log_page_init(AppLogPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
}

GtkWidget *app_log_page_new(void)
{
	return g_object_new(APP_TYPE_LOG_PAGE, NULL);
}
