/* What stands in each column. A name here is read by other programs: append, never rename. */
#include "columns.h"

#include <stddef.h>
#include <string.h>

struct word {
	const char *name, *zh;
};

static void put_word(jx_buf *b, const struct word *words, size_t count, const char *name, bool chinese)
{
	for (size_t i = 0; chinese && i < count; i++)
		if (strcmp(words[i].name, name) == 0) {
			jx_buf_adds(b, words[i].zh);
			return;
		}
	jx_buf_adds(b, name);
}

#define PUT_WORD(b, table, name, chinese) \
	put_word((b), (table), sizeof(table) / sizeof((table)[0]), (name), (chinese))

static void put_kind(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	static const struct word words[] = {
		{"observation", "登记"}, {"correction", "更正"}, {"withdrawal", "撤回"}};

	PUT_WORD(b, words, jx_kind_name(row->e.kind), chinese);
}

static void put_marks(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	jx_buf_adds(b, row->marks);
}

static void put_time(jx_buf *b, int64_t utc_ms)
{
	char full[32];

	if (utc_ms <= 0)
		return;
	/* as a spreadsheet understands it: no T, no offset (the column says local) */
	jx_time_format(utc_ms, JX_UTC_OFFSET_MIN_DEFAULT, full);
	full[10] = ' ';
	full[19] = '\0';
	jx_buf_adds(b, full);
}

static void put_taken_local(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_time(b, row->e.taken_utc_ms);
}

static void put_taken(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (row->e.taken_utc_ms > 0)
		jx_buf_add_i64(b, row->e.taken_utc_ms);
}

static void put_received_local(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_time(b, row->received_utc_ms);
}

static void put_received(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (row->received_utc_ms > 0)
		jx_buf_add_i64(b, row->received_utc_ms);
}

static void put_result(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	static const struct word words[] = {
		{"found", "发现问题"}, {"nothing-found", "未发现问题"}, {"no-access", "无法进入"}};

	PUT_WORD(b, words, row->a.result, chinese);
}

static void put_unit(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	jx_buf_adds(b, chinese && row->unit != NULL && row->unit->name.zh != NULL ? row->unit->name.zh
										  : row->a.unit);
}

static void put_self_handled(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	if (row->a.is_self_handled)
		jx_buf_adds(b, chinese ? "是" : "yes");
}

static bool has_position(const struct jx_office__row *row)
{
	return row->e.has_place && row->e.fix.source != JX_FIX_NONE;
}

static void put_lat(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (has_position(row))
		jx_office__add_e7(b, row->e.fix.lat_wgs84_e7);
}

static void put_lon(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (has_position(row))
		jx_office__add_e7(b, row->e.fix.lon_wgs84_e7);
}

static void put_accuracy(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	const int64_t mm = row->e.fix.accuracy_mm;

	(void)chinese;
	if (has_position(row) && mm >= 0)
		jx_office__add_decimal(b, mm, 3);
}

static void put_fix_source(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	static const struct word words[] = {{"gnss", "卫星"}, {"manual", "手工"}, {"none", "无"}};

	if (row->e.has_place)
		PUT_WORD(b, words, jx_fix_source_name(row->e.fix.source), chinese);
}

static void put_fix_age(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (has_position(row) && row->e.fix.source == JX_FIX_GNSS)
		jx_office__add_decimal(b, row->e.fix.age_ms, 3);
}

static void put_fix_stale(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	if (has_position(row) && row->e.fix.is_stale)
		jx_buf_adds(b, chinese ? "是" : "yes");
}

/* Pictures and sounds stand apart. */
static void put_files(jx_buf *b, const struct jx_office__row *row, bool sounds)
{
	const char *between = "";

	for (size_t i = 0; i < row->e.photo_count; i++) {
		if (jx_photo_is_sound(&row->e.photos[i]) != sounds)
			continue;
		jx_buf_adds(b, between);
		jx_buf_add_hex(b, row->e.photos[i].sha256, JX_HASH_BYTES);
		between = " ";
	}
}

static void put_photos(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_files(b, row, false);
}

static void put_sounds(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_files(b, row, true);
}

static void put_photo_count(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	int64_t count = 0;

	(void)chinese;
	for (size_t i = 0; i < row->e.photo_count; i++)
		count += jx_photo_is_sound(&row->e.photos[i]) ? 0 : 1;
	jx_buf_add_i64(b, count);
}

/* Of all of them; empty where there is none. */
static void put_sound_seconds(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	int64_t ms = 0;

	(void)chinese;
	for (size_t i = 0; i < row->e.photo_count; i++)
		ms += jx_photo_is_sound(&row->e.photos[i]) ? row->e.photos[i].duration_ms : 0;
	if (ms > 0)
		jx_buf_add_i64(b, (ms + 500) / 1000);
}

static void put_writer(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	char uuid[37];

	(void)chinese;
	jx_uuid_format(row->e.writer, uuid);
	jx_buf_adds(b, uuid);
}

static void put_n(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	jx_buf_add_i64(b, row->e.n);
}

static void put_id(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	char uuid[37];

	(void)chinese;
	if (!row->has_id)
		return;
	jx_uuid_format(row->e.id, uuid);
	jx_buf_adds(b, uuid);
}

static void put_digest(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	jx_buf_add_hex(b, row->digest, JX_HASH_BYTES);
}

static void put_pack_version(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (row->e.pack_version > 0)
		jx_buf_add_i64(b, row->e.pack_version);
}

/* Names of codes separated by commas, of the list that a field of observations chooses from. */
static void put_list_names(jx_buf *b, const struct jx_office__row *row, const char *field, const char *codes,
			   bool chinese)
{
	const char *list = row->pack != NULL ? jx_pack_observation_list(row->pack, field) : NULL;
	size_t len;

	for (const char *at = codes; *at != '\0'; at += len + (at[len] == ',')) {
		const struct jx_code *code;
		char word[64];

		len = strcspn(at, ",");
		jx_strcpy(word, len + 1 < sizeof(word) ? len + 1 : sizeof(word), at);
		code = list != NULL ? jx_pack_list_find(row->pack, list, word) : NULL;
		jx_buf_adds(b, at > codes ? "; " : "");
		jx_buf_adds(b, code == NULL ? word : chinese ? code->name.zh : code->name.en);
	}
}

static void put_measures_zh(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_list_names(b, row, "measures", row->a.measures, true);
}

static void put_measures_en(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_list_names(b, row, "measures", row->a.measures, false);
}

static void put_limit_days(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	if (row->a.limit_days > 0)
		jx_buf_add_i64(b, row->a.limit_days);
}

static void put_party_kind_zh(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_list_names(b, row, "party_kind", row->a.party_kind, true);
}

static void put_party_kind_en(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_list_names(b, row, "party_kind", row->a.party_kind, false);
}

static void put_at_once(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	if (row->is_at_once)
		jx_buf_adds(b, chinese ? "是" : "yes");
}

/* What the entry's campaign counts by. */
static const struct jx_variant *variant_of(const struct jx_office__row *row)
{
	return row->pack != NULL && row->e.campaign[0] != '\0'
		       ? jx_pack_variant_find(row->pack, row->e.campaign)
		       : NULL;
}

static void put_variant(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	const struct jx_variant *v = variant_of(row);

	if (v != NULL)
		jx_buf_adds(b, chinese ? v->name.zh : v->id);
}

static void put_counted_as_in(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	const struct jx_variant *v = variant_of(row);
	const struct jx_text *name = v != NULL && row->a.code[0] != '\0'
					     ? jx_variant_name(row->pack, v, row->a.code)
					     : NULL;

	if (v == NULL)
		jx_buf_adds(b, chinese ? row->a.group_zh : row->a.group_en);
	else if (name != NULL)
		jx_buf_adds(b, chinese ? name->zh : name->en);
}

static void put_counted_as_zh(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_counted_as_in(b, row, true);
}

static void put_counted_as_en(jx_buf *b, const struct jx_office__row *row, bool chinese)
{
	(void)chinese;
	put_counted_as_in(b, row, false);
}

#define COLUMN(name, ...)                          \
	{                                          \
		name, "\"" name "\":", __VA_ARGS__ \
	}
#define TEXT(name, heading, member) \
	COLUMN(name, heading, false, false, NULL, offsetof(struct jx_office__row, member))
#define MADE(name, heading, put)   COLUMN(name, heading, false, false, put, 0)
#define WORDS(name, heading, put)  COLUMN(name, heading, false, true, put, 0)
#define NUMBER(name, heading, put) COLUMN(name, heading, true, false, put, 0)

const struct jx_office__column jx_office__columns[] = {
	TEXT("number", "编号", number),
	WORDS("kind", "类型", put_kind),
	MADE("marks", "复核标记", put_marks),
	TEXT("day", "业务日", e.day),
	MADE("taken_local", "登记时间", put_taken_local),
	NUMBER("taken_utc_ms", NULL, put_taken),
	MADE("received_local", "送达时间", put_received_local),
	NUMBER("received_utc_ms", NULL, put_received),
	TEXT("person", "人员", e.person),
	TEXT("officer2", "第二人员", e.officer2),
	TEXT("source", "来源", e.source),
	TEXT("campaign", "专项行动", e.campaign),
	WORDS("result", "结果", put_result),
	TEXT("code", "代码", a.code),
	TEXT("group_zh", "乱象", a.group_zh),
	TEXT("group_en", NULL, a.group_en),
	TEXT("name_zh", "名称", a.name_zh),
	TEXT("name_en", NULL, a.name_en),
	COLUMN("quantity", "数量", true, false, NULL, offsetof(struct jx_office__row, a.quantity)),
	WORDS("unit", "单位", put_unit),
	TEXT("note", "备注", a.note),
	WORDS("self_handled", "现场处理", put_self_handled),
	TEXT("party", "当事人", a.party),
	TEXT("unit_responsible", "责任单位", a.unit_responsible),
	NUMBER("lat_wgs84", "纬度(WGS-84)", put_lat),
	NUMBER("lon_wgs84", "经度(WGS-84)", put_lon),
	NUMBER("accuracy_m", "精度(米)", put_accuracy),
	WORDS("fix_source", "定位来源", put_fix_source),
	NUMBER("fix_age_s", "定位时效(秒)", put_fix_age),
	WORDS("fix_stale", "定位过时", put_fix_stale),
	TEXT("grid", "网格", e.grid),
	TEXT("street", "街路", e.street),
	TEXT("area", "辖区", e.area),
	NUMBER("photo_count", "照片数", put_photo_count),
	MADE("photos", "照片(SHA-256)", put_photos),
	TEXT("of_number", "针对编号", of_number),
	TEXT("replaced_by", "替代编号", replaced_by),
	TEXT("reason", "理由", e.reason),
	MADE("writer", "写入者", put_writer),
	NUMBER("n", "序号", put_n),
	MADE("id", "标识", put_id),
	MADE("digest", "摘要(SHA-256)", put_digest),
	TEXT("form", "表单", e.form),
	TEXT("pack", NULL, e.pack),
	NUMBER("pack_version", NULL, put_pack_version),
	TEXT("summary", "检查结果", a.summary),
	TEXT("measures", NULL, a.measures),
	MADE("measures_zh", "处置措施", put_measures_zh),
	MADE("measures_en", NULL, put_measures_en),
	NUMBER("limit_days", "整改期限(天)", put_limit_days),
	TEXT("party_kind", NULL, a.party_kind),
	MADE("party_kind_zh", "当事方类别", put_party_kind_zh),
	MADE("party_kind_en", NULL, put_party_kind_en),
	WORDS("at_once", "立即上报", put_at_once),
	WORDS("variant", "统计口径", put_variant),
	MADE("counted_as_zh", "计入类别", put_counted_as_zh),
	MADE("counted_as_en", NULL, put_counted_as_en),
	NUMBER("sound_s", "录音(秒)", put_sound_seconds),
	MADE("sounds", "录音(SHA-256)", put_sounds),
};
const size_t jx_office__column_count = sizeof(jx_office__columns) / sizeof(jx_office__columns[0]);

_Static_assert(sizeof(jx_office__columns) / sizeof(jx_office__columns[0]) <= JX_OFFICE__CELLS_MAX,
	       "a row has more cells than struct jx_office__cells has room for");

void jx_office__cells_init(struct jx_office__cells *c)
{
	*c = (struct jx_office__cells){.len = {0}};
	/* what an entry has stands in few of them: as many as could be filled by the longest line */
	jx_buf_init(&c->text, 8 * JX_OFFICE__LINE_MAX);
}

void jx_office__cells_done(struct jx_office__cells *c)
{
	jx_buf_done(&c->text);
}

static void fill(struct jx_office__cells *c, size_t i, const struct jx_office__row *row, bool chinese)
{
	const struct jx_office__column *column = &jx_office__columns[i];

	c->start[i] = c->text.len;
	if (column->put != NULL)
		column->put(&c->text, row, chinese);
	else
		jx_buf_adds(&c->text, (const char *)row + column->offset);
	c->len[i] = c->text.len - c->start[i];
	jx_buf_addc(&c->text, '\0');
}

void jx_office__cells_fill(struct jx_office__cells *c, const struct jx_office__row *row)
{
	jx_buf_reset(&c->text);
	for (size_t i = 0; i < jx_office__column_count; i++)
		fill(c, i, row, false);
}

void jx_office__cells_translate(struct jx_office__cells *c, const struct jx_office__row *row)
{
	for (size_t i = 0; i < jx_office__column_count; i++)
		if (jx_office__columns[i].has_words)
			fill(c, i, row, true);
}
