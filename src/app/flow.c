/* Lines of children, as wide as they are. */
#include "flow.h"

#define SPACING_PX 6

struct _AppFlow {
	GtkLayoutManager parent_instance;
	bool is_filling;
	int columns; /* at most; 0: lines */
};

G_DEFINE_TYPE(AppFlow, app_flow, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode get_mode(GtkLayoutManager *manager, GtkWidget *widget)
{
	(void)manager;
	(void)widget;
	return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static GtkWidget *next_shown(GtkWidget *widget)
{
	while (widget != NULL && !gtk_widget_should_layout(widget))
		widget = gtk_widget_get_next_sibling(widget);
	return widget;
}

/* What expands begins as small as it can be. */
static int width_of(GtkWidget *child, int most)
{
	int least, natural;

	gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);
	return gtk_widget_get_hexpand(child) ? least : MAX(least, MIN(natural, most));
}

static int height_of(GtkWidget *child, int width)
{
	int natural;

	gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
	return natural;
}

struct line {
	GtkWidget *end; /* the first that is not on it; NULL none */
	int count, widest, used, expanding;
};

static int columns_of(const AppFlow *flow, GtkWidget *widget, int width)
{
	GtkWidget *child = next_shown(gtk_widget_get_first_child(widget));
	int widest = 0;

	for (; child != NULL; child = next_shown(gtk_widget_get_next_sibling(child))) {
		int least;

		gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
		widest = MAX(widest, least);
	}
	return CLAMP((width + SPACING_PX) / (widest + SPACING_PX), 1, flow->columns);
}

static struct line fill_row(GtkWidget *from, int columns, int width)
{
	struct line line = {.end = from, .count = columns};

	line.widest = (width - (columns - 1) * SPACING_PX) / columns;
	for (int i = 0; i < columns && line.end != NULL; i++)
		line.end = next_shown(gtk_widget_get_next_sibling(line.end));
	return line;
}

static struct line fill_line(const AppFlow *flow, GtkWidget *from, int width)
{
	struct line line = {.end = from};

	if (flow->columns > 0)
		return fill_row(from, columns_of(flow, gtk_widget_get_parent(from), width), width);

	while (line.end != NULL) {
		const int w = width_of(line.end, width);
		const int more = w + (line.count > 0 ? SPACING_PX : 0);

		if (line.count > 0 && line.used + more > width)
			break;
		line.used += more;
		line.widest = MAX(line.widest, w);
		line.count++;
		line.expanding += gtk_widget_get_hexpand(line.end);
		line.end = next_shown(gtk_widget_get_next_sibling(line.end));
	}
	return line;
}

/* How wide the n-th of its line becomes. */
static int share(const AppFlow *flow, const struct line *line, GtkWidget *child, int n, int width)
{
	const int all = width - (line->count - 1) * SPACING_PX, left = width - line->used;

	if (flow->columns > 0)
		return line->widest;
	if (!flow->is_filling)
		return width_of(child, width);
	if (line->expanding > 0)
		return width_of(child, width) + (gtk_widget_get_hexpand(child) ? left / line->expanding : 0);
	/* what does not divide goes to the last */
	if (line->widest * line->count <= all)
		return all / line->count + (n == line->count - 1 ? all % line->count : 0);
	return width_of(child, width) + left / line->count + (n == line->count - 1 ? left % line->count : 0);
}

static int line_height(const AppFlow *flow, const struct line *line, GtkWidget *from, int width)
{
	int height = 0, n = 0;

	for (GtkWidget *c = from; c != line->end; c = next_shown(gtk_widget_get_next_sibling(c))) {
		const int tall = height_of(c, share(flow, line, c, n, width));

		height = MAX(height, tall);
		n++;
	}
	return height;
}

static int all_lines(const AppFlow *flow, GtkWidget *widget, int width)
{
	GtkWidget *child = next_shown(gtk_widget_get_first_child(widget));
	int height = 0;

	while (child != NULL) {
		const struct line line = fill_line(flow, child, width);

		height += line_height(flow, &line, child, width) + (line.end != NULL ? SPACING_PX : 0);
		child = line.end;
	}
	return height;
}

static void measure_width(GtkWidget *widget, int *least, int *natural)
{
	GtkWidget *child = next_shown(gtk_widget_get_first_child(widget));

	*least = *natural = 0;
	for (; child != NULL; child = next_shown(gtk_widget_get_next_sibling(child))) {
		int child_least, child_natural;

		gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &child_least, &child_natural, NULL,
				   NULL);
		*least = MAX(*least, child_least);
		*natural += child_natural + (*natural > 0 ? SPACING_PX : 0);
	}
}

static void measure(GtkLayoutManager *manager, GtkWidget *widget, GtkOrientation orientation, int for_size,
		    int *least, int *natural, int *least_baseline, int *natural_baseline)
{
	int width, width_natural;

	*least_baseline = *natural_baseline = -1;
	measure_width(widget, &width, &width_natural);
	if (orientation == GTK_ORIENTATION_HORIZONTAL) {
		*least = width;
		*natural = width_natural;
		return;
	}
	*least = *natural = all_lines(APP_FLOW(manager), widget,
				      for_size >= 0 ? MAX(for_size, width) : width_natural);
}

static void allocate(GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
	const AppFlow *flow = APP_FLOW(manager);
	const bool is_rtl = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
	GtkWidget *child = next_shown(gtk_widget_get_first_child(widget));
	int y = 0;

	(void)height;
	(void)baseline;
	while (child != NULL) {
		const struct line line = fill_line(flow, child, width);
		const int tall = line_height(flow, &line, child, width);
		int x = 0, n = 0;

		while (child != line.end) {
			const int w = share(flow, &line, child, n++, width);
			const GtkAllocation place = {is_rtl ? width - x - w : x, y, w, tall};

			gtk_widget_size_allocate(child, &place, -1);
			x += w + SPACING_PX;
			child = next_shown(gtk_widget_get_next_sibling(child));
		}
		y += tall + SPACING_PX;
	}
}

static void app_flow_class_init(AppFlowClass *class)
{
	GtkLayoutManagerClass *manager = GTK_LAYOUT_MANAGER_CLASS(class);

	manager->get_request_mode = get_mode;
	manager->measure = measure;
	manager->allocate = allocate;
}

static void app_flow_init(AppFlow *flow)
{
	(void)flow;
}

static AppFlow *flow_of(GtkWidget *widget)
{
	GtkLayoutManager *manager = gtk_widget_get_layout_manager(widget);

	if (!APP_IS_FLOW(manager)) {
		manager = g_object_new(APP_TYPE_FLOW, NULL);
		gtk_widget_set_layout_manager(widget, manager);
	}
	return APP_FLOW(manager);
}

static void set(GtkWidget *widget, bool is_filling, int columns)
{
	AppFlow *flow = flow_of(widget);

	flow->is_filling = is_filling;
	flow->columns = columns;
	gtk_layout_manager_layout_changed(GTK_LAYOUT_MANAGER(flow));
}

void app_flow_use(GtkWidget *widget)
{
	set(widget, false, 0);
}

void app_flow_fill(GtkWidget *widget)
{
	set(widget, true, 0);
}

void app_flow_grid(GtkWidget *widget, int columns)
{
	set(widget, true, columns);
}
