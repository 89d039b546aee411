/* compose_page.h - between the files of the page of a composition. */
#ifndef APP_COMPOSE_PAGE_H
#define APP_COMPOSE_PAGE_H

#include "compose.h"

#define APP_TYPE_COMPOSE_PAGE (app_compose_page_get_type())
G_DECLARE_FINAL_TYPE(AppComposePage, app_compose_page, APP, COMPOSE_PAGE, AdwBin)

struct _AppComposePage {
	AdwBin parent_instance;
	GtkWidget *reason_box, *quantity_box, *save, *shoot_wide, *shoot_close, *shoot_after;
	GtkLabel *name, *hint, *problem;
	AdwActionRow *place, *who;
	GtkFlowBox *reasons, *pictures, *disorders, *subtypes, *units, *results, *phrases, *done, *measures,
		*party_kinds;
	GtkEditable *reason, *quantity, *note, *street, *grid, *limit_days, *party, *unit_responsible;
	GtkWidget *window; /* weak */
	struct composing *by;
	struct keeper *keeper;
	struct jx_compose c;
	GdkTexture *textures[JX_PHOTOS_MAX]; /* of c.photos */
	GdkTexture *before;
	int retake; /* the picture that the next one replaces; -1 none */
	int pictures_pending;
	bool is_filling; /* fields are set by the program */
	bool is_touched; /* more was entered than one tap */
	bool is_saving, is_save_wanted;
	bool is_over;   /* saved or let go */
	guint retry;    /* the disk refused: again in a moment */
	bool is_unkept; /* what is shown is not on the disk: the problem says why */
};

/* page_compose.c */
void compose_page__keep(AppComposePage *page);
void compose_page__save(AppComposePage *page);
void compose_page__shoot(AppComposePage *page, const char *role);
void compose_page__retake(AppComposePage *page, size_t i);
void compose_page__drop_picture(AppComposePage *page, size_t i);

/* compose_fields.c */
/* Above Save, until something succeeds; NULL: none any more. */
void compose_page__show_problem(AppComposePage *page, const struct jx_error *err);
void compose_page__fill(AppComposePage *page);
void compose_page__show_place(AppComposePage *page);
void compose_page__on_text(AppComposePage *page, GtkEditable *from);
void compose_page__on_less(AppComposePage *page);
void compose_page__on_more(AppComposePage *page);

/* compose_pictures.c */
void compose_page__show_pictures(AppComposePage *page);
void compose_page__forget_texture(AppComposePage *page, size_t i);

#endif
