/* scan.h - a page that looks for a QR code through the camera. */
#ifndef APP_SCAN_H
#define APP_SCAN_H

#include <gtk/gtk.h>

#define APP_TYPE_SCAN_PAGE (app_scan_page_get_type())
/** Signal "found" with the text, once: a code that begins with the given word. */
G_DECLARE_FINAL_TYPE(AppScanPage, app_scan_page, APP, SCAN_PAGE, GtkBox)
GtkWidget *app_scan_page_new(const char *begins);

#endif
