/* The page "check". */
#include "app.h"

#define APP_TYPE_CHECK_PAGE (app_check_page_get_type())
G_DECLARE_FINAL_TYPE(AppCheckPage, app_check_page, APP, CHECK_PAGE, AdwBin)

struct _AppCheckPage {
	AdwBin parent_instance;
};

G_DEFINE_TYPE(AppCheckPage, app_check_page, ADW_TYPE_BIN)

static void app_check_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_CHECK_PAGE);
	G_OBJECT_CLASS(app_check_page_parent_class)->dispose(object);
}

static void app_check_page_class_init(AppCheckPageClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_check_page_dispose;
	gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/cn/jiexun/ui/page_check.ui");
}

static void app_check_page_init(AppCheckPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
}

GtkWidget *app_check_page_new(void)
{
	return g_object_new(APP_TYPE_CHECK_PAGE, NULL);
}
