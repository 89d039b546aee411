/* The pair sheet: one HTML file for a browser and for a printer, four pairs on an A4 page. */
#include "pairs.h"

#include "program.h"

#include <string.h>

/* No script, nothing from elsewhere: the page is opened from a folder, years later, without a network. */
static const char style[] =
	"body{font-family:\"Noto Sans CJK SC\",\"WenQuanYi Micro Hei\",\"Microsoft YaHei\",sans-serif;margin:1.5em;color:#111}"
	"h1{font-size:1.3em}section{break-inside:avoid;border:1px solid #888;padding:.6em;margin:0 0 1em}"
	"h2{font-size:1em;margin:0 0 .4em}.pair{display:flex;gap:.6em}.pair figure{flex:1;margin:0;min-width:0}"
	"img{width:100%;aspect-ratio:4/3;object-fit:contain;background:#eee}"
	".none{aspect-ratio:4/3;display:flex;align-items:center;justify-content:center;background:#eee;text-align:center}"
	"figcaption{font-size:.85em;line-height:1.45}b{font-size:1.05em}code{font-size:.9em}"
	"@page{size:A4;margin:12mm}@media print{body{margin:0}section{padding:.3em;margin-bottom:2mm}figcaption{font-size:8pt}h1{font-size:12pt}p{font-size:8pt}h2{font-size:10pt}"
	"img,.none{height:38mm;aspect-ratio:auto}}";

static void add_text(jx_buf *b, const char *text)
{
	for (const char *s = text; *s != '\0'; s++) {
		switch (*s) {
		case '<':
			jx_buf_adds(b, "&lt;");
			break;
		case '>':
			jx_buf_adds(b, "&gt;");
			break;
		case '&':
			jx_buf_adds(b, "&amp;");
			break;
		case '"':
			jx_buf_adds(b, "&quot;");
			break;
		default:
			jx_buf_addc(b, *s);
		}
	}
}

/* One line holds them: four pairs fit on a printed page. */
static void add_part(jx_buf *b, const char *value)
{
	if (value[0] == '\0')
		return;
	jx_buf_adds(b, " · ");
	add_text(b, value);
}

static void add_picture(jx_buf *b, const struct office_picture *p, const char *title, enum office_there there)
{
	char hex[2 * JX_HASH_BYTES + 1], time[32];

	jx_hex(p->sha256, JX_HASH_BYTES, hex);
	jx_buf_adds(b, "<figure>");
	if (there != OFFICE_ABSENT) {
		jx_buf_addf(b, "<img src=\"pictures/%s%s.jpg\" alt=\"", hex,
			    there == OFFICE_SMALL ? "-small" : "");
		add_text(b, title);
		jx_buf_addf(b, " %.12s\">", hex);
	} else {
		jx_buf_adds(b, "<div class=\"none\">");
		add_text(b, _("this picture was not fetched yet: run jx-office pull"));
		jx_buf_adds(b, "</div>");
	}
	jx_buf_adds(b, "<figcaption><b>");
	add_text(b, title);
	jx_buf_adds(b, "</b>");
	if (there == OFFICE_SMALL)
		add_part(b, _("small copy, original not yet here"));
	if (p->day[0] != '\0') {
		office_time(p->taken_utc_ms, NULL, time, sizeof(time));
		add_part(b, time);
		add_part(b, p->number);
		add_part(b, p->person);
		add_part(b, jx_word(p->how));
	} else {
		add_part(b, _("its entry is not among what was pulled"));
	}
	jx_buf_addf(b, "<br>SHA-256 <code>%.16s…</code></figcaption></figure>", hex);
}

void office_pair_page(const struct office_pairs *pairs, const struct office_pair_there *there,
		      const char *now, jx_buf *out)
{
	jx_buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
		    jx_text_pick(&(struct jx_text){"zh-CN", "en"}));
	add_text(out, _("Before and after"));
	jx_buf_adds(out, "</title><style>");
	jx_buf_adds(out, style);
	jx_buf_adds(out, "</style></head><body><h1>");
	add_text(out, _("Before and after"));
	jx_buf_addf(out, " (%zu)</h1><p>", pairs->count);
	add_text(
		out,
		_("Copies for looking at, upright and smaller. The evidence are the originals, which jx-office verify checks by these hashes."));
	jx_buf_adds(out, " ");
	add_text(out, now);
	jx_buf_adds(out, "</p>\n");
	for (size_t i = 0; i < pairs->count; i++) {
		const struct office_pair *pair = &pairs->pair[i];
		const struct office_picture *said = pair->before.what[0] != '\0' ? &pair->before
										 : &pair->after;

		jx_buf_addf(out, "<section><h2>%zu. ", i + 1);
		add_text(out, said->what);
		jx_buf_adds(out, "  ");
		add_text(out, pair->after.place[0] != '\0' ? pair->after.place : said->place);
		jx_buf_adds(out, "</h2><div class=\"pair\">");
		add_picture(out, &pair->before, _("before"), there[i].before);
		add_picture(out, &pair->after, _("after"), there[i].after);
		jx_buf_adds(out, "</div></section>\n");
	}
	jx_buf_adds(out, "</body></html>\n");
}
