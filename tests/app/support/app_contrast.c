/* Can it be read in the sun? Asked of the pixels, so that opacity, borders and themes are all in it. */
#include <math.h>

#include "app_test.h"

struct picture {
	struct app_test *t;
	const char *page;
	double least;
	GtkWidget *on; /* the window, or what lies over it */
	graphene_point_t at;
	uint32_t *pixels;
	int width, height, findings;
};

/* Relative luminance: WCAG 2.1, "relative luminance". */
static double channel(uint32_t value)
{
	const double c = (double)(value & 0xff) / 255.0;

	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t pixel)
{
	return 0.2126 * channel(pixel >> 16) + 0.7152 * channel(pixel >> 8) + 0.0722 * channel(pixel);
}

static double ratio(uint32_t a, uint32_t b)
{
	const double la = luminance(a), lb = luminance(b);

	return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

/* What most of a label's place shows is what it stands on. */
static uint32_t background(const uint32_t *pixels, int stride, const int box[4])
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	uint32_t best = 0;
	guint most = 0;

	for (int y = box[1]; y < box[3]; y++) {
		for (int x = box[0]; x < box[2]; x++) {
			const uint32_t pixel = pixels[y * stride + x];
			gpointer key = GUINT_TO_POINTER(pixel + 1);
			const guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, key)) + 1;

			(void)g_hash_table_insert(seen, key, GUINT_TO_POINTER(n));
			if (n > most) {
				most = n;
				best = pixel;
			}
		}
	}
	return best;
}

/* The strongest of its pixels: the middle of a stroke, which smoothing leaves alone. */
static double strongest(const uint32_t *pixels, int stride, const int box[4], uint32_t behind)
{
	double best = 1;

	for (int y = box[1]; y < box[3]; y++)
		for (int x = box[0]; x < box[2]; x++)
			best = fmax(best, ratio(pixels[y * stride + x], behind));
	return best;
}

static bool is_on_top(const struct picture *p, GtkWidget *label, int x, int y)
{
	GtkWidget *picked = gtk_widget_pick(p->on, x - (double)p->at.x, y - (double)p->at.y,
					    GTK_PICK_INSENSITIVE | GTK_PICK_NON_TARGETABLE);

	return picked == label;
}

static void check_label(struct picture *p, GtkWidget *label)
{
	graphene_rect_t b;
	int box[4];
	double r;

	if (gtk_label_get_text(GTK_LABEL(label))[0] == '\0' || !gtk_widget_is_sensitive(label) ||
	    !gtk_widget_compute_bounds(label, p->on, &b))
		return;
	b.origin.x += p->at.x;
	b.origin.y += p->at.y;
	box[0] = MAX((int)b.origin.x, 0);
	box[1] = MAX((int)b.origin.y, 0);
	box[2] = MIN((int)(b.origin.x + b.size.width), p->width);
	box[3] = MIN((int)(b.origin.y + b.size.height), p->height);
	/* scrolled away, or only its edge to be seen */
	if (box[2] - box[0] < 4 || box[3] - box[1] < (int)b.size.height - 1)
		return;
	/* what lies under a bar, or scrolled away behind one, is not to be read now */
	if (!is_on_top(p, label, box[0] + 1, box[1] + 1) || !is_on_top(p, label, box[2] - 2, box[3] - 2))
		return;
	r = strongest(p->pixels, p->width, box, background(p->pixels, p->width, box));
	if (r < p->least) {
		print_message("%s: \"%s\": contrast %.1f, least %.1f\n", p->page,
			      gtk_label_get_text(GTK_LABEL(label)), r, p->least);
		p->findings++;
	}
}

static void walk(struct picture *p, GtkWidget *widget)
{
	if (!gtk_widget_get_mapped(widget) ||
	    (GTK_IS_REVEALER(widget) && !gtk_revealer_get_child_revealed(GTK_REVEALER(widget))))
		return;
	if (GTK_IS_LABEL(widget))
		check_label(p, widget);
	for (GtkWidget *c = gtk_widget_get_first_child(widget); c != NULL; c = gtk_widget_get_next_sibling(c))
		walk(p, c);
}

int app_test_contrast(struct app_test *t, const char *page, double least)
{
	struct picture p = {.t = t, .page = page, .least = least};

	app_test_settle(t);
	p.on = app_test_look(t, NULL, GTK_TYPE_POPOVER, NULL, 0);
	if (p.on != NULL) {
		GdkPopup *popup = GDK_POPUP(gtk_native_get_surface(GTK_NATIVE(p.on)));

		/* it covers the page, and stands in the picture where app_test_shoot() puts it */
		p.at = GRAPHENE_POINT_INIT((float)gdk_popup_get_position_x(popup),
					   (float)gdk_popup_get_position_y(popup));
	} else {
		p.on = GTK_WIDGET(t->window);
	}
	p.pixels = app_test_pixels(t, &p.width, &p.height);
	walk(&p, p.on);
	g_free(p.pixels);
	return p.findings;
}
