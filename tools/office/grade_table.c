/* The table of grades: as Markdown, which is plain text as well, and as CSV for a spreadsheet. */
#include <stdio.h>
#include <string.h>

#include "grades.h"

/* Chinese first; a program finds its column by the second word. */
static const char *const csv_names[GRADE_COLUMNS] = {
	[GRADE_KIND] = "类别 kind",           [GRADE_TOPIC] = "病媒 topic",
	[GRADE_NAME_ZH] = "项目 name_zh",     [GRADE_NAME_EN] = "英文名 name_en",
	[GRADE_NUMERATOR] = "分子 numerator", [GRADE_DENOMINATOR] = "分母 denominator",
	[GRADE_VALUE] = "数值 value",         [GRADE_UNIT] = "单位 unit",
	[GRADE_LEVEL] = "等级 level",         [GRADE_LOW] = "95%下限 low",
	[GRADE_HIGH] = "95%上限 high",        [GRADE_DECIDED] = "判定 decided",
	[GRADE_MORE] = "还需 more",           [GRADE_EDITION] = "标准 edition",
	[GRADE_NOTE] = "说明 note",
};

static void print_csv(const char *const cells[GRADE_COLUMNS], bool is_head)
{
	JX_AUTO_BUF b;

	jx_buf_init(&b, 65536);
	if (is_head)
		jx_buf_adds(&b, "\xef\xbb\xbf");
	for (size_t i = 0; i < GRADE_COLUMNS; i++) {
		if (i > 0)
			jx_buf_addc(&b, ',');
		jx_office__csv_text(&b, cells[i]);
	}
	jx_buf_adds(&b, "\r\n");
	if (b.rc != JX_OK)
		jx_end_without_memory(); /* a table with holes looks like one without */
	(void)fwrite(b.data, 1, b.len, stdout);
}

/* A bar would begin a new cell. */
static void print_cell(const char *text)
{
	fputs("| ", stdout);
	for (; *text != '\0'; text++) {
		if (*text == '|')
			putchar('\\');
		putchar(*text == '\n' ? ' ' : *text);
	}
	putchar(' ');
}

static void print_plain(const char *name, const struct grade_line *l)
{
	char text[1100];
	size_t at = 0;

	print_cell(name);
	if (l->cell[GRADE_DENOMINATOR][0] != '\0')
		at = (size_t)snprintf(text, sizeof(text), "%s/%s", l->cell[GRADE_NUMERATOR],
				      l->cell[GRADE_DENOMINATOR]);
	text[at] = '\0';
	print_cell(text);
	(void)snprintf(text, sizeof(text), "%s%s%s", l->cell[GRADE_VALUE],
		       l->cell[GRADE_VALUE][0] != '\0' && l->cell[GRADE_UNIT][0] != '\0' ? " " : "",
		       l->cell[GRADE_VALUE][0] != '\0' ? l->cell[GRADE_UNIT] : "");
	print_cell(text);
	print_cell(l->cell[GRADE_LEVEL]);
	(void)snprintf(text, sizeof(text), "%s%s%s", l->cell[GRADE_LOW],
		       l->cell[GRADE_LOW][0] != '\0' ? " - " : "", l->cell[GRADE_HIGH]);
	print_cell(text);
	(void)snprintf(text, sizeof(text), "%s%s%s", l->cell[GRADE_DECIDED],
		       l->cell[GRADE_MORE][0] != '\0' ? ": " : "", l->cell[GRADE_MORE]);
	print_cell(text);
	print_cell(l->cell[GRADE_EDITION]);
	print_cell(l->cell[GRADE_NOTE]);
	puts("|");
}

void grade_head(enum grade_style style)
{
	if (style == GRADE_CSV)
		print_csv(csv_names, true);
	if (style != GRADE_PLAIN)
		return;
	print_cell(_("item"));
	print_cell(_("count"));
	print_cell(_("value"));
	print_cell(_("level"));
	print_cell(_("interval (95 %)"));
	print_cell(_("decided"));
	print_cell(_("limits of"));
	print_cell(_("note"));
	puts("|");
	puts("| --- | --- | --- | --- | --- | --- | --- | --- |");
}

void grade_print(enum grade_style style, const struct grade_line *line)
{
	const char *cells[GRADE_COLUMNS];
	struct jx_text name = {line->cell[GRADE_NAME_ZH], line->cell[GRADE_NAME_EN]};

	if (style == GRADE_PLAIN) {
		print_plain(jx_text_pick(&name), line);
		return;
	}
	for (size_t i = 0; i < GRADE_COLUMNS; i++)
		cells[i] = line->cell[i];
	print_csv(cells, false);
}
