/*
 * Names of the room's enums, for JSON and for people.
 */
#include "device_private.h"

const char *jx_device_charge_name(enum jx_device_charge c)
{
	switch (c) {
	case JX_DEVICE_CHARGING:
		return "charging";
	case JX_DEVICE_DISCHARGING:
		return "discharging";
	case JX_DEVICE_CHARGE_FULL:
		return "full";
	case JX_DEVICE_CHARGE_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *jx_device_space_name(enum jx_device_space_level l)
{
	switch (l) {
	case JX_DEVICE_SPACE_WARN:
		return "warn";
	case JX_DEVICE_SPACE_RESERVE:
		return "reserve";
	case JX_DEVICE_SPACE_OK:
		break;
	}
	return "ok";
}

const char *jx_device_disk_name(enum jx_device_disk d)
{
	switch (d) {
	case JX_DEVICE_DISK_PLAIN:
		return "plain";
	case JX_DEVICE_DISK_LUKS:
		return "luks";
	case JX_DEVICE_DISK_FSCRYPT:
		return "fscrypt";
	case JX_DEVICE_DISK_UNKNOWN:
		break;
	}
	return "unknown";
}

const char *jx_device_disk_text(enum jx_device_disk d)
{
	switch (d) {
	case JX_DEVICE_DISK_LUKS:
	case JX_DEVICE_DISK_FSCRYPT:
		return _("encrypted");
	case JX_DEVICE_DISK_PLAIN:
		return _(
			"NOT ENCRYPTED: whoever finds this device can read what is on it; ask for an image with an encrypted data partition");
	case JX_DEVICE_DISK_UNKNOWN:
		break;
	}
	return _("encryption cannot be told here; ask the administrator");
}
