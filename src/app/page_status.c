/* The page "status". */
#include "app.h"

#define APP_TYPE_STATUS_PAGE (app_status_page_get_type())
G_DECLARE_FINAL_TYPE(AppStatusPage, app_status_page, APP, STATUS_PAGE, AdwBin)

struct _AppStatusPage {
	AdwBin parent_instance;
};

G_DEFINE_TYPE(AppStatusPage, app_status_page, ADW_TYPE_BIN)

static void app_status_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_STATUS_PAGE);
	G_OBJECT_CLASS(app_status_page_parent_class)->dispose(object);
}

static void app_status_page_class_init(AppStatusPageClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_status_page_dispose;
	gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/cn/jiexun/ui/page_status.ui");
}

static void app_status_page_init(AppStatusPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
}

GtkWidget *app_status_page_new(void)
{
	return g_object_new(APP_TYPE_STATUS_PAGE, NULL);
}
