#!/usr/bin/env bash
# bench: nothing new: requests, and bytes on the wire both ways, everything counted
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# A network namespace of its own: its loopback interface counts every byte of TCP, IP and link header, and nobody else's.
cat >"$dir/noop.sh" <<-'SH'
	set -euo pipefail
	dir=$1
	ip link set lo up
	data=$dir/noop
	jiexund init --data "$data" --listen 127.0.0.1:8443 --name localhost >"$dir/noop.log"
	jiexund serve --data "$data" --listen 127.0.0.1:8443 --port-file "$data/port" >>"$dir/noop.log" 2>&1 &
	trap 'kill %1; wait' EXIT
	until test -s "$data/port"; do sleep 0.05; done
	jx --home "$dir/noop-home" --quiet enrol https://127.0.0.1:8443 "$(jiexund code --data "$data" --short H01 --trusted --json | jq -r .code)"
	jx --home "$dir/noop-home" --quiet person sign-in p-001
	for k in 1 2 3; do jx --home "$dir/noop-home" --quiet log 01.01 --no-gps; done
	jx --home "$dir/noop-home" --quiet sync
	jx --home "$dir/noop-home" --quiet sync
	# the closing packets are on their way when jx ends: counts are taken when they stand still
	carried() {
		local now
		now=$(cat /sys/class/net/lo/statistics/tx_bytes)
		while sleep 0.3; [ "$now" != "$(cat /sys/class/net/lo/statistics/tx_bytes)" ]; do now=$(cat /sys/class/net/lo/statistics/tx_bytes); done
		echo "$now"
	}
	for k in 1 2 3 4 5; do
		before=$(carried)
		requests=$(jx --home "$dir/noop-home" --json sync | jq .requests)
		echo "$requests $(($(carried) - before))"
	done
SH
# shellcheck disable=SC2016 # $0 and $1 are the inner shell's
if ! unshare --net --mount --mount-proc sh -c 'mount -t sysfs sysfs /sys 2>/dev/null; exec bash "$0" "$1"' "$dir/noop.sh" "$dir" >"$dir/counts"; then
	fail "需要 root 才能用独立网络命名空间计数" "counting needs root (a network namespace of its own)"
fi
mapfile -t requests < <(cut -d' ' -f1 "$dir/counts")
mapfile -t bytes < <(cut -d' ' -f2 "$dir/counts")
figure noop.requests "$(median "${requests[@]}")" request "" "" 1
figure noop.bytes "$(median "${bytes[@]}")" B "" "" 3000
