# shellcheck shell=bash
# Sourced by the scripts under tools/.
#
# say ZH EN: one line for the person who runs the script. A Chinese or English locale (JX_LANG first, then LC_ALL,
# LC_MESSAGES, LANG) gets its own language; no locale at all (C, POSIX, C.UTF-8) gets Chinese, then English.
# The arguments are printed as they are, never as a format.
say() {
	case ${JX_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
	zh*) printf '%s\n' "$1" ;;
	en*) printf '%s\n' "$2" ;;
	*) printf '%s | %s\n' "$1" "$2" ;;
	esac
}

# fail ZH EN: the same on standard error, then exit 1.
fail() {
	say "$@" >&2
	exit 1
}

# Root of the source tree, wherever the script was called from.
jx_source() {
	cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd
}
