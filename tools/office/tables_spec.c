/* Which tables a pack has, and their columns. A column added here is read, written, checked and translated by its kind. */
#include <string.h>

#include "tables.h"

/* As the loader has it (src/form/pack_private.h): names fit where entries and briefs keep them. */
#define NAME_BYTES 127
#define TEXT_BYTES 1000
#define CARD_BYTES 65536

#define UP(key, zh, table)                                                   \
	{                                                                    \
		key, zh, NULL, NULL, JX_OFFICE__WORD, true, false, 63, table \
	}
#define ID(key, zh, bytes)                                                    \
	{                                                                     \
		key, zh, key, NULL, JX_OFFICE__WORD, true, false, bytes, NULL \
	}
#define TEXT(key, zh, is_needed)                                                        \
	{                                                                               \
		key, zh, key, NULL, JX_OFFICE__TEXT, is_needed, false, TEXT_BYTES, NULL \
	}
#define TEXTS(key, zh)                                                               \
	{                                                                            \
		key, zh, key, NULL, JX_OFFICE__TEXTS, false, false, TEXT_BYTES, NULL \
	}
#define WORDS(key, zh, needed, refs)                                          \
	{                                                                     \
		key, zh, key, NULL, JX_OFFICE__WORDS, needed, false, 63, refs \
	}
#define DAY(key, zh)                                                       \
	{                                                                  \
		key, zh, key, NULL, JX_OFFICE__DAY, false, false, 10, NULL \
	}
#define NUMBER(key, zh, max)                                                   \
	{                                                                      \
		key, zh, key, NULL, JX_OFFICE__NUMBER, false, false, max, NULL \
	}
#define YES(key, zh)                                                      \
	{                                                                 \
		key, zh, key, NULL, JX_OFFICE__YES, false, false, 0, NULL \
	}
#define BOTH(member, zh, kind, is_needed, bytes)                                               \
	{member "_zh", zh "（中文）", member, "zh", kind, is_needed, false, bytes, NULL},      \
	{                                                                                      \
		member "_en", zh "（英文）", member, "en", kind, is_needed, false, bytes, NULL \
	}
#define NAME       BOTH("name", "名称", JX_OFFICE__TEXT, true, NAME_BYTES)
#define HINT       BOTH("hint", "提示", JX_OFFICE__TEXT, false, TEXT_BYTES)
#define CONFIDENCE TEXT("confidence", "可信度", false)
#define VALID      DAY("valid_from", "启用日"), DAY("valid_until", "停用日")
#define MORE                                                                      \
	{                                                                         \
		"more", "其他", NULL, NULL, JX_OFFICE__MORE, false, true, 0, NULL \
	}
#define LIMIT(c)                                                                           \
	{                                                                                  \
		"at_" c, c "级限值", "at", NULL, JX_OFFICE__DECIMAL, true, false, 16, NULL \
	}
#define PAIR(n)                                                                                         \
	{"units_" n, "单位数" n, "cells", NULL, JX_OFFICE__PAIRS, false, true, 1000000000, NULL},       \
	{                                                                                               \
		"effort_" n, "工作量" n, "cells", NULL, JX_OFFICE__PAIRS, false, true, 1000000000, NULL \
	}

static const struct jx_office__tcolumn units[] = {ID("unit", "单位", 23), NAME, TEXTS("aliases", "别名"),
						  MORE};

static const struct jx_office__tcolumn codes[] = {
	ID("code", "代码", 15),
	{"parent", "上级", "parent", NULL, JX_OFFICE__WORD, false, false, 15, "codes"},
	NAME,
	TEXTS("aliases", "别名"),
	WORDS("units", "计量单位", false, "units"),
	WORDS("event_codes", "事件代码", false, NULL),
	TEXT("event_confidence", "事件代码可信度", false),
	TEXT("legal", "法律依据", false),
	HINT,
	CONFIDENCE,
	VALID,
	MORE,
};

static const struct jx_office__tcolumn lists[] = {ID("id", "代码表", 63), NAME, MORE};

static const struct jx_office__tcolumn list_codes[] = {
	UP("list", "代码表", "lists"),
	ID("code", "代码", 31),
	{"parent", "上级", "parent", NULL, JX_OFFICE__WORD, false, false, 31, "list_codes"},
	NAME,
	TEXTS("aliases", "别名"),
	YES("key", "重点单位"),
	WORDS("units", "计量单位", false, "units"),
	HINT,
	CONFIDENCE,
	VALID,
	{"data", "附加数据", "data", NULL, JX_OFFICE__OBJECT, false, false, TEXT_BYTES, NULL},
	MORE,
};

static const struct jx_office__tcolumn limit_editions[] = {
	TEXT("edition", "标准版本", true), VALID, BOTH("note", "说明", JX_OFFICE__TEXT, false, TEXT_BYTES),
	CONFIDENCE, MORE};

static const struct jx_office__tcolumn limits[] = {
	{"edition", "标准版本", NULL, NULL, JX_OFFICE__TEXT, true, false, TEXT_BYTES, "limit_editions"},
	{"index", "指标", "index", NULL, JX_OFFICE__WORD, true, false, 63, "indices"},
	{"op", "比较", "op", NULL, JX_OFFICE__OP, true, false, 2, NULL},
	LIMIT("A"),
	LIMIT("B"),
	LIMIT("C"),
	CONFIDENCE,
	MORE,
};

static const struct jx_office__tcolumn limit_groups[] = {
	{"edition", "标准版本", NULL, NULL, JX_OFFICE__TEXT, true, false, TEXT_BYTES, "limit_editions"},
	ID("id", "分组", 63),
	TEXT("topic", "主题", true),
	NAME,
	WORDS("rows", "指标", true, "indices"),
	YES("precondition", "前提"),
	MORE,
};

static const struct jx_office__tcolumn quotas[] = {
	ID("id", "样本量表", 63),
	TEXT("topic", "主题", false),
	NAME,
	VALID,
	BOTH("effort_unit", "工作量单位", JX_OFFICE__TEXT, false, NAME_BYTES),
	{"population_max", "人口上限", "population_max", NULL, JX_OFFICE__BOUNDS, true, false, 0, NULL},
	CONFIDENCE,
	MORE,
};

static const struct jx_office__tcolumn quota_rows[] = {
	UP("quota", "样本量表", "quotas"),
	{"class", "单位类别", "class", NULL, JX_OFFICE__CLASSES, false, false, 31, NULL},
	BOTH("name", "名称", JX_OFFICE__TEXT, false, NAME_BYTES),
	PAIR("1"),
	PAIR("2"),
	PAIR("3"),
	PAIR("4"),
	PAIR("5"),
	PAIR("6"),
	PAIR("7"),
	PAIR("8"),
	PAIR("9"),
	PAIR("10"),
	PAIR("11"),
	PAIR("12"),
	PAIR("13"),
	PAIR("14"),
	PAIR("15"),
	PAIR("16"),
	PAIR("17"),
	PAIR("18"),
	PAIR("19"),
	PAIR("20"),
	CONFIDENCE,
	MORE,
};

static const struct jx_office__tcolumn variants[] = {
	ID("id", "口径", 63),           NAME,       WORDS("codes", "代码", true, "codes"),
	TEXTS("campaigns", "行动标签"), CONFIDENCE, MORE};

static const struct jx_office__tcolumn variant_names[] = {
	UP("variant", "口径", "variants"),
	{"code", "代码", NULL, NULL, JX_OFFICE__WORD, true, false, 15, "codes"},
	NAME,
};

static const struct jx_office__tcolumn phrases[] = {
	{"form", "表单", "form", NULL, JX_OFFICE__TEXT, true, false, 47, "forms"},
	{"field", "字段", "field", NULL, JX_OFFICE__TEXT, true, false, NAME_BYTES, NULL},
	BOTH("text", "短语", JX_OFFICE__TEXT, true, 300),
};

static const struct jx_office__tcolumn cards[] = {
	ID("id", "卡片", 47),
	BOTH("title", "标题", JX_OFFICE__TEXT, true, NAME_BYTES),
	BOTH("text", "正文", JX_OFFICE__LINES, true, CARD_BYTES),
	MORE,
};

static const struct jx_office__tcolumn time_limits[] = {
	ID("id", "时限", 47),
	NAME,
	NUMBER("hours", "小时", 100000),
	NUMBER("days", "天", 10000),
	{"measure", "措施", "measure", NULL, JX_OFFICE__WORD, false, false, 31, NULL},
	WORDS("codes", "代码", false, "codes"),
	DAY("valid_from", "启用日"),
	TEXT("source", "来源", false),
	CONFIDENCE,
	MORE,
};

#define COLUMNS(list) list, sizeof(list) / sizeof((list)[0])

const struct jx_office__table jx_office__tables[JX_OFFICE__TABLE_COUNT] = {
	{"units", "计量单位", NULL, "units", JX_OFFICE__ELEMENTS, 0, COLUMNS(units)},
	{"codes", "代码", NULL, "codes", JX_OFFICE__ELEMENTS, 0, COLUMNS(codes)},
	{"lists", "代码表", NULL, "lists", JX_OFFICE__ELEMENTS, 0, COLUMNS(lists)},
	{"list_codes", "代码表内容", "lists", "codes", JX_OFFICE__ELEMENTS, 1, COLUMNS(list_codes)},
	{"limit_editions", "限值版本", NULL, "limits", JX_OFFICE__ELEMENTS, 0, COLUMNS(limit_editions)},
	{"limits", "限值", "limit_editions", "rows", JX_OFFICE__ELEMENTS, 1, COLUMNS(limits)},
	{"limit_groups", "限值分组", "limit_editions", "groups", JX_OFFICE__ELEMENTS, 1,
	 COLUMNS(limit_groups)},
	{"quotas", "样本量", NULL, "quotas", JX_OFFICE__ELEMENTS, 0, COLUMNS(quotas)},
	{"quota_rows", "样本量明细", "quotas", "rows", JX_OFFICE__ELEMENTS, 1, COLUMNS(quota_rows)},
	{"variants", "口径", NULL, "variants", JX_OFFICE__ELEMENTS, 0, COLUMNS(variants)},
	{"variant_names", "口径名称", "variants", "names", JX_OFFICE__NAMES, 1, COLUMNS(variant_names)},
	{"phrases", "短语", NULL, "phrases", JX_OFFICE__PHRASES, 0, COLUMNS(phrases)},
	{"cards", "标准卡片", NULL, "cards", JX_OFFICE__ELEMENTS, 0, COLUMNS(cards)},
	{"time_limits", "时限", NULL, "time_limits", JX_OFFICE__ELEMENTS, 0, COLUMNS(time_limits)},
};

const char *const jx_office__parts[JX_OFFICE__PART_COUNT] = {"shared_sections", "indices", "verdicts"};

/* "codes", "代码", "代码 codes": a heading's last word is its key, or the whole of it is the Chinese part. */
static bool is_called(const char *name, const char *key, const char *zh)
{
	const char *last = strrchr(name, ' ');

	return strcmp(name, key) == 0 || strcmp(name, zh) == 0 ||
	       (last != NULL && strcmp(last + 1, key) == 0);
}

size_t jx_office__table_find(const char *name)
{
	size_t i = 0;

	while (i < JX_OFFICE__TABLE_COUNT &&
	       !is_called(name, jx_office__tables[i].key, jx_office__tables[i].zh))
		i++;
	return i;
}

size_t jx_office__tcolumn_find(const struct jx_office__table *t, const char *key)
{
	size_t i = 0;

	while (i < t->column_count && !is_called(key, t->columns[i].key, t->columns[i].zh))
		i++;
	return i;
}

bool jx_office__is_head(const char *member)
{
	for (size_t i = 0; i < JX_OFFICE__TABLE_COUNT; i++)
		if (jx_office__tables[i].up == NULL && strcmp(jx_office__tables[i].member, member) == 0)
			return false;
	for (size_t i = 0; i < JX_OFFICE__PART_COUNT; i++)
		if (strcmp(jx_office__parts[i], member) == 0)
			return false;
	return strcmp(member, "forms") != 0;
}
