/* fonts.h - which fonts the app uses. */
#ifndef APP_FONTS_H
#define APP_FONTS_H

/**
 * Before the toolkit starts. Chinese letters come from one weight: bold ones are made of it. A font of all Chinese letters has 20 MB a
 * weight, of which a page of text reads some 6.
 */
void app_fonts_begin(void);

#endif
