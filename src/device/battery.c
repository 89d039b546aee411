/*
 * Batteries and mains from /sys/class/power_supply (kernel document ABI/testing/sysfs-class-power).
 */
#include <dirent.h>
#include <string.h>

#include "device_private.h"

#define SUPPLIES "/sys/class/power_supply"

static bool read_property(const char *root, const char *supply, const char *property, char out[32])
{
	JX_AUTO_FREE char *path = jx_xasprintf(SUPPLIES "/%s/%s", supply, property);

	return jx_device__read_line(root, path, out, 32);
}

static enum jx_device_charge parse_status(const char *status)
{
	if (strcmp(status, "Charging") == 0)
		return JX_DEVICE_CHARGING;
	/* "Not charging" is on mains but held below full; for people that is as good as full. */
	if (strcmp(status, "Full") == 0 || strcmp(status, "Not charging") == 0)
		return JX_DEVICE_CHARGE_FULL;
	return strcmp(status, "Discharging") == 0 ? JX_DEVICE_DISCHARGING : JX_DEVICE_CHARGE_UNKNOWN;
}

static void take_battery(const char *root, const char *supply, struct jx_device_battery *b)
{
	char text[32];
	int64_t level = -1;

	/* A mouse or headset says scope Device. */
	if (read_property(root, supply, "scope", text) && strcmp(text, "Device") == 0)
		return;
	if (read_property(root, supply, "present", text) && strcmp(text, "0") == 0)
		return;
	b->is_present = true;
	if (read_property(root, supply, "capacity", text))
		(void)jx_parse_i64(text, 0, 100, &level);
	if (b->level_pct < 0 || (level >= 0 && level < b->level_pct)) {
		b->level_pct = (int)level;
		if (read_property(root, supply, "status", text))
			b->charge = parse_status(text);
	}
}

void jx_device_read_battery(const char *root, struct jx_device_battery *battery_out)
{
	struct jx_device_battery b = {.level_pct = -1};
	JX_AUTO_FREE char *path = jx_xasprintf("%s" SUPPLIES, root);
	DIR *dir = opendir(path);
	const struct dirent *e;
	char text[32];

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.' || !read_property(root, e->d_name, "type", text))
			continue;
		if (strcmp(text, "Battery") == 0)
			take_battery(root, e->d_name, &b);
		else if (read_property(root, e->d_name, "online", text) && strcmp(text, "0") != 0)
			b.is_on_mains = true;
	}
	if (dir != NULL)
		(void)closedir(dir);
	*battery_out = b;
}
