/* The page "today". */
#include "app.h"

#define APP_TYPE_TODAY_PAGE (app_today_page_get_type())
G_DECLARE_FINAL_TYPE(AppTodayPage, app_today_page, APP, TODAY_PAGE, AdwBin)

struct _AppTodayPage {
	AdwBin parent_instance;
};

G_DEFINE_TYPE(AppTodayPage, app_today_page, ADW_TYPE_BIN)

static void app_today_page_dispose(GObject *object)
{
	gtk_widget_dispose_template(GTK_WIDGET(object), APP_TYPE_TODAY_PAGE);
	G_OBJECT_CLASS(app_today_page_parent_class)->dispose(object);
}

static void app_today_page_class_init(AppTodayPageClass *class)
{
	G_OBJECT_CLASS(class)->dispose = app_today_page_dispose;
	gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class), "/cn/jiexun/ui/page_today.ui");
}

static void app_today_page_init(AppTodayPage *page)
{
	gtk_widget_init_template(GTK_WIDGET(page));
}

GtkWidget *app_today_page_new(void)
{
	return g_object_new(APP_TYPE_TODAY_PAGE, NULL);
}
