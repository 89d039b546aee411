/* Pictures for the sample records: a wall, a pavement, and something on it. Drawn, so that no photo of a real place is shipped. */
#include <adwaita.h>

#include "demo.h"

#define WIDTH  720
#define HEIGHT 960
#define GROUND 720 /* where the pavement begins */

static double part(unsigned seed, unsigned which)
{
	return (double)((seed * 2654435761U + which * 40503U) % 1000U) / 1000.0;
}

static void draw_wall(cairo_t *cr, unsigned seed)
{
	const double warm = 0.55 + 0.25 * part(seed, 1);

	cairo_set_source_rgb(cr, warm, warm * 0.94, warm * 0.86);
	cairo_paint(cr);
	cairo_set_source_rgba(cr, 0.3, 0.25, 0.22, 0.35);
	cairo_set_line_width(cr, 3);
	for (int row = 0; row * 48 < GROUND; row++) {
		cairo_move_to(cr, 0, row * 48);
		cairo_rel_line_to(cr, WIDTH, 0);
		for (int x = (row % 2) * 60; x < WIDTH; x += 120) {
			cairo_move_to(cr, x, row * 48);
			cairo_rel_line_to(cr, 0, 48);
		}
	}
	cairo_stroke(cr);
	cairo_set_source_rgb(cr, 0.42, 0.43, 0.45);
	cairo_rectangle(cr, 0, GROUND, WIDTH, HEIGHT - GROUND);
	cairo_fill(cr);
}

static void draw_things(cairo_t *cr, unsigned seed)
{
	const unsigned count = 2 + seed % 4;

	for (unsigned i = 0; i < count; i++) {
		const double x = 40 + (WIDTH - 240) * part(seed, 10 + i), y = 60 + 560 * part(seed, 30 + i);

		cairo_save(cr);
		cairo_translate(cr, x, y);
		cairo_rotate(cr, 0.3 * (part(seed, 50 + i) - 0.5));
		cairo_set_source_rgb(cr, 0.85 + 0.15 * part(seed, 70 + i), 0.5 + 0.5 * part(seed, 90 + i),
				     0.4);
		cairo_rectangle(cr, 0, 0, 130 + 60 * part(seed, 110 + i), 180);
		cairo_fill_preserve(cr);
		cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
		cairo_set_line_width(cr, 4);
		cairo_stroke(cr);
		for (int line = 0; line < 5; line++) {
			cairo_rectangle(cr, 16, 24 + line * 28, 60 + 50 * part(seed, 130 + (unsigned)line),
					8);
			cairo_fill(cr);
		}
		cairo_restore(cr);
	}
}

jx_rc demo_picture(unsigned seed, char **jpeg_out, size_t *len_out, struct jx_error *err)
{
	cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
	cairo_t *cr = cairo_create(surface);
	g_autoptr(GdkPixbuf) picture = NULL;
	g_autoptr(GError) failed = NULL;
	gboolean is_made;

	draw_wall(cr, seed);
	draw_things(cr, seed);
	cairo_destroy(cr);
	picture = gdk_pixbuf_get_from_surface(surface, 0, 0, WIDTH, HEIGHT);
	cairo_surface_destroy(surface);
	is_made = picture != NULL && gdk_pixbuf_save_to_buffer(picture, jpeg_out, len_out, "jpeg", &failed,
							       "quality", "80", NULL);
	if (!is_made)
		return jx_fail(err, JX_EIO, 0, "demo.picture", "no picture for the demonstration: %s",
			       failed != NULL ? failed->message : "-");
	return JX_OK;
}
