#!/usr/bin/env bash
# TCP Fast Open between the real programs, in a network namespace of its own, by the kernel's own counters: used where the server takes
# it, remembered where it is lost, and never in the way.
set -euo pipefail
if [ "${1:-}" != inside ]; then
	how=(--net)
	[ "$(id -u)" = 0 ] || how+=(--user --map-root-user)
	exec unshare "${how[@]}" bash "$0" inside
fi
PATH=$JX_BIN:$PATH
export JX_LANG=en
dir=$(mktemp -d)
server=
stop() {
	[ -z "$server" ] || { kill "$server" && wait "$server"; } || true
	server=
}
trap 'stop; rm -rf "$dir"' EXIT
die() {
	echo "fast_open: $*" >&2
	exit 1
}
start() {
	rm -f "$dir/port"
	jiexund serve --data "$dir/server" --listen 127.0.0.1:8443 --port-file "$dir/port" >>"$dir/log" 2>&1 &
	server=$!
	until [ -s "$dir/port" ]; do
		kill -0 "$server" || die "$(cat "$dir/log")"
		sleep 0.05
	done
}
# By its name, of the namespace that reads it.
count() {
	awk -v name="TCP$1" '/^TcpExt:/ { if (!n) { for (i = 1; i <= NF; i++) if ($i == name) n = i; next } print $n; exit }' /proc/thread-self/net/netstat
}
device() { jx --home "$dir/home" "$@"; }
# expect COUNTER DIFFERENCE COMMAND...
expect() {
	local counter=$1 difference=$2 before
	shift 2
	before=$(count "$counter")
	"$@"
	[ "$(($(count "$counter") - before))" = "$difference" ] || die "$counter grew by $(($(count "$counter") - before)), not $difference: $*"
}

ip link set lo up
sysctl -qw net.ipv4.tcp_fastopen=3
jiexund init --data "$dir/server" --listen 127.0.0.1:8443 --name localhost >"$dir/log"
start
device --quiet enrol https://127.0.0.1:8443 "$(jiexund code --data "$dir/server" --short H01 --trusted --json | jq -r .code)"
device --quiet sync # the cookie is here by now
expect FastOpenPassive 1 device --quiet sync
expect FastOpenPassive 1 device --quiet sync

# Nobody there: the first try begins with a SYN that carries data, and says what it should all the same; the next try is a plain one.
stop
for tries in 1 2; do
	status=0
	device --quiet sync --tries "$tries" 2>"$dir/said" || status=$?
	[ "$status" = 75 ] || die "status $status without a server"
	grep -q 'is the server running' "$dir/said" || die "$(cat "$dir/said")"
done
start
expect FastOpenPassive 1 device --quiet sync

# A server that takes no such SYN any more, as a box on the way would see to: it works, and after two in a row it is left alone.
sysctl -qw net.ipv4.tcp_fastopen=1
expect FastOpenPassive 0 device --quiet sync
expect FastOpenPassive 0 device --quiet sync
sysctl -qw net.ipv4.tcp_fastopen=3
expect FastOpenPassive 0 device --quiet sync
echo "fast open: used, remembered, never in the way"
