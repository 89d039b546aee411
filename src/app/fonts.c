#include "fonts.h"

#include <fontconfig/fontconfig.h>
#include <stddef.h>

/*
 * Fontconfig makes bold letters of a regular font where there is no bold one (its 90-synthetic.conf). So the bold ones are left out, but
 * those of Latin letters, which are small and look better.
 */
static const FcChar8 rule[] = "<fontconfig><selectfont><rejectfont><pattern>"
			      "<patelt name=\"lang\"><string>zh-cn</string></patelt>"
			      "<patelt name=\"weight\"><const>bold</const></patelt>"
			      "</pattern></rejectfont></selectfont></fontconfig>";

static FcBool has_chinese(FcConfig *config)
{
	FcPattern *any = FcPatternBuild(NULL, FC_LANG, FcTypeString, "zh-cn", (char *)NULL);
	FcObjectSet *family = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
	FcFontSet *found = FcFontList(config, any, family);
	const FcBool has = found != NULL && found->nfont > 0;

	if (found != NULL)
		FcFontSetDestroy(found);
	FcObjectSetDestroy(family);
	FcPatternDestroy(any);
	return has;
}

void app_fonts_begin(void)
{
	FcConfig *config = FcInitLoadConfig();

	if (config == NULL)
		return;
	/* whoever has bold Chinese letters only keeps them */
	if (FcConfigParseAndLoadFromMemory(config, rule, FcTrue) && FcConfigBuildFonts(config) &&
	    has_chinese(config))
		(void)FcConfigSetCurrent(config);
	/* the current one has a reference of its own */
	FcConfigDestroy(config);
}
