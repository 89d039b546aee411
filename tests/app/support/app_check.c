/* The rules that every page keeps, asked of what is shown. */
#include <math.h>

#include "app_test.h"

#define TOUCH_PX       48
#define CHIP_AROUND_PX 64 /* its own padding, and the page's */
/*
 * Of the line that names a trouble above a page: it says by itself what is wrong, and nothing of the work hangs on pressing it; 48 px of it
 * would be taken from every form and from the camera's picture. WCAG 2.2, 2.5.8, asks for 24.
 */
#define STRIP_PX 24

struct look {
	struct app_test *t;
	const char *page;
	graphene_rect_t window;
	GHashTable *names; /* "role name" of all controls so far */
	int findings;
};

static void find_fault(struct look *l, GtkWidget *widget, const char *what)
{
	g_autofree char *name = app_test_name_of(widget);
	graphene_rect_t b;

	if (!gtk_widget_compute_bounds(widget, GTK_WIDGET(l->t->window), &b))
		b = GRAPHENE_RECT_INIT(0, 0, 0, 0);
	print_message("%s: %s \"%s\" (%.0f,%.0f %.0fx%.0f): %s\n", l->page, G_OBJECT_TYPE_NAME(widget), name,
		      (double)b.origin.x, (double)b.origin.y, (double)b.size.width, (double)b.size.height,
		      what);
	l->findings++;
}

/* Parts of a control that GTK puts together itself: the control as a whole is looked at. */
static bool is_inner(GtkWidget *widget)
{
	for (GtkWidget *p = gtk_widget_get_parent(widget); p != NULL; p = gtk_widget_get_parent(p))
		if (GTK_IS_SCROLLBAR(p) || GTK_IS_WINDOW_CONTROLS(p) || GTK_IS_MENU_BUTTON(p) ||
		    GTK_IS_DROP_DOWN(p) || GTK_IS_SPIN_BUTTON(p) || GTK_IS_ENTRY(p) || GTK_IS_TEXT(p) ||
		    GTK_IS_SEARCH_ENTRY(p) || GTK_IS_PASSWORD_ENTRY(p))
			return true;
	return false;
}

static bool is_control(GtkWidget *widget)
{
	if (is_inner(widget))
		return false;
	if (GTK_IS_LIST_BOX_ROW(widget))
		return gtk_list_box_row_get_activatable(GTK_LIST_BOX_ROW(widget));
	if (GTK_IS_SWITCH(widget) && gtk_widget_get_ancestor(widget, ADW_TYPE_ACTION_ROW) != NULL)
		return false; /* the row is what is pressed, and names it */
	return GTK_IS_BUTTON(widget) || GTK_IS_ENTRY(widget) || GTK_IS_SEARCH_ENTRY(widget) ||
	       GTK_IS_PASSWORD_ENTRY(widget) || GTK_IS_SWITCH(widget) || GTK_IS_CHECK_BUTTON(widget) ||
	       GTK_IS_MENU_BUTTON(widget) || GTK_IS_DROP_DOWN(widget) || GTK_IS_SPIN_BUTTON(widget) ||
	       GTK_IS_SCALE(widget) || GTK_IS_TEXT_VIEW(widget);
}

/* Rows of a list may be alike; a button on a page may not. */
static void check_unique(struct look *l, GtkWidget *widget, const char *name)
{
	g_autofree char *key = NULL;

	if (GTK_IS_LIST_BOX_ROW(widget) || gtk_widget_get_ancestor(widget, GTK_TYPE_LIST_BASE) != NULL)
		return;
	key = g_strdup_printf("%u %s", gtk_accessible_get_accessible_role(GTK_ACCESSIBLE(widget)), name);
	if (!g_hash_table_add(l->names, g_strdup(key)))
		find_fault(l, widget, "another of its role has the same name");
}

static void check_control(struct look *l, GtkWidget *widget, const graphene_rect_t *b)
{
	const float least = gtk_widget_has_css_class(widget, "strip") ? STRIP_PX : TOUCH_PX;
	g_autofree char *name = app_test_name_of(widget);

	if (name[0] == '\0' || g_str_has_suffix(name, "-symbolic"))
		find_fault(l, widget, "has no name for a screen reader");
	else
		check_unique(l, widget, name);
	if (b->size.height < least - 0.5F)
		find_fault(l, widget, least < TOUCH_PX ? "is lower than 24 px" : "is lower than 48 px");
}

/* In which directions may what lies inside be further than is seen? */
static void scrolls(GtkWidget *widget, bool *across, bool *down)
{
	*across = *down = false;
	for (GtkWidget *p = gtk_widget_get_parent(widget); p != NULL; p = gtk_widget_get_parent(p)) {
		GtkPolicyType h, v;

		if (GTK_IS_TEXT(p) || GTK_IS_TEXT_VIEW(p))
			*across = *down = true;
		if (!GTK_IS_SCROLLED_WINDOW(p))
			continue;
		gtk_scrolled_window_get_policy(GTK_SCROLLED_WINDOW(p), &h, &v);
		*across = *across || h != GTK_POLICY_NEVER;
		*down = *down || v != GTK_POLICY_NEVER;
	}
}

static void check_inside(struct look *l, GtkWidget *widget, const graphene_rect_t *b)
{
	const float right = l->window.size.width + 1, bottom = l->window.size.height + 1;
	bool across, down;

	scrolls(widget, &across, &down);
	if (!across && (b->origin.x < -1 || b->origin.x + b->size.width > right))
		find_fault(l, widget, "sticks out of the window at the side");
	if (!down && (b->origin.y < -1 || b->origin.y + b->size.height > bottom))
		find_fault(l, widget, "sticks out of the window above or below");
}

/* Its text, were it not wrapped. */
static float one_line_px(GtkWidget *label)
{
	g_autoptr(PangoLayout) layout = pango_layout_copy(gtk_label_get_layout(GTK_LABEL(label)));
	int width;

	pango_layout_set_width(layout, -1);
	pango_layout_get_pixel_size(layout, &width, NULL);
	return (float)width;
}

static void check_label(struct look *l, GtkWidget *widget)
{
	PangoLayout *layout = gtk_label_get_layout(GTK_LABEL(widget));
	int width, height;

	if (gtk_widget_has_css_class(widget, "may-cut") || gtk_widget_get_width(widget) == 0)
		return;
	if (pango_layout_is_ellipsized(layout)) {
		find_fault(l, widget, "its text is cut off with dots");
		return;
	}
	if (pango_layout_get_line_count(layout) > 1 &&
	    gtk_widget_get_ancestor(widget, GTK_TYPE_BUTTON) != NULL &&
	    gtk_widget_has_css_class(gtk_widget_get_ancestor(widget, GTK_TYPE_BUTTON), "chip") &&
	    one_line_px(widget) + CHIP_AROUND_PX < l->window.size.width)
		find_fault(l, widget, "a chip is broken into lines although one line has room");
	pango_layout_get_pixel_size(layout, &width, &height);
	if (width > gtk_widget_get_width(widget) + 1 || height > gtk_widget_get_height(widget) + 1)
		find_fault(l, widget, "its text is larger than its place");
}

/* A name that is wider than its button lies over what stands beside it. */
static void check_in_button(struct look *l, GtkWidget *label)
{
	GtkWidget *button = gtk_widget_get_ancestor(label, GTK_TYPE_BUTTON);
	graphene_rect_t b;

	if (button != NULL && gtk_widget_compute_bounds(label, button, &b) &&
	    (b.origin.x < -1 || b.origin.x + b.size.width > (float)gtk_widget_get_width(button) + 12))
		find_fault(l, label, "its text is wider than its button");
}

static void walk(struct look *l, GtkWidget *widget)
{
	graphene_rect_t b;

	if (!gtk_widget_get_mapped(widget) || gtk_widget_get_opacity(widget) < 0.01)
		return;
	/* a revealer that is closed has children without a place */
	if (GTK_IS_REVEALER(widget) && !gtk_revealer_get_child_revealed(GTK_REVEALER(widget)))
		return;
	if (!gtk_widget_compute_bounds(widget, GTK_WIDGET(l->t->window), &b))
		return;
	if (is_control(widget))
		check_control(l, widget, &b);
	if (is_control(widget) || GTK_IS_LABEL(widget))
		check_inside(l, widget, &b);
	if (GTK_IS_LABEL(widget)) {
		check_label(l, widget);
		check_in_button(l, widget);
	}
	for (GtkWidget *c = gtk_widget_get_first_child(widget); c != NULL; c = gtk_widget_get_next_sibling(c))
		walk(l, c);
}

int app_test_findings(struct app_test *t, const char *page)
{
	struct look l = {.t = t, .page = page};

	app_test_settle(t);
	l.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l.window = GRAPHENE_RECT_INIT(0, 0, (float)gtk_widget_get_width(GTK_WIDGET(t->window)),
				      (float)gtk_widget_get_height(GTK_WIDGET(t->window)));
	walk(&l, GTK_WIDGET(t->window));
	g_hash_table_destroy(l.names);
	return l.findings;
}

void app_test_check(struct app_test *t, const char *page)
{
	const int findings = app_test_findings(t, page);

	if (findings > 0)
		fail_msg("%s: %d findings", page, findings);
}
