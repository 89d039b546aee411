#!/usr/bin/env bash
# bench: bytes on the wire of 10 and of 500 entries, against zstd -3 of the same entries as NDJSON
# targets: bench_entries bench_wire bench_sync
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

for d in 1 2 3 4; do bench_entries measured 1 "$d" 500 "$dir/log-$d" >"$dir/$d.ndjson"; done

# Bodies alone, header line and all, every one of them read again. At level 6 below 64 KiB, at 3 above, as the client does.
body() { # body NAME COUNT LEVEL AIM
	read -r ours floor _ bodies _ < <(bench_wire "$2" "$3" "$dir"/[1-4].ndjson)
	figure "$1" "$(calc "$ours / $bodies / $2")" B/entry "$(calc "$floor / $bodies / $2")" "$(calc "$ours / $floor")" "$4"
}
body wire.body_1 1 6 ""
body wire.body_10 10 6 0.65
body wire.body_500 500 3 1.05

# Everything: what the loopback interface of a network namespace of its own carries while 20 devices sync one after another, both ways,
# link, IP, TCP and TLS headers and handshakes included, in packets of 1,500 bytes that no kernel puts together.
cat >"$dir/all.sh" <<-'SH'
	set -euo pipefail
	dir=$1
	ip link set lo up
	ip link set lo mtu 1500
	ip link set lo gso_max_segs 1
	data=$dir/server
	jiexund init --data "$data" --listen 127.0.0.1:8443 --name localhost >"$dir/server.log"
	jiexund serve --data "$data" --listen 127.0.0.1:8443 --port-file "$data/port" >>"$dir/server.log" 2>&1 &
	trap 'kill %1; wait' EXIT
	until test -s "$data/port"; do sleep 0.05; done
	for k in $(seq -w 1 20); do jiexund code --data "$data" --short "D$k" --trusted --json | jq -r .code; done >"$dir/codes"
	bench_sync prepare https://127.0.0.1:8443 "$dir/codes" "$dir/devices"
	carried() {
		local now
		now=$(cat /sys/class/net/lo/statistics/tx_bytes)
		while sleep 0.3; [ "$now" != "$(cat /sys/class/net/lo/statistics/tx_bytes)" ]; do now=$(cat /sys/class/net/lo/statistics/tx_bytes); done
		echo "$now"
	}
	measure() { # NAME: bytes of a sync of all devices, and zstd -3 of what they had to send
		local before floor=0 f
		for f in "$dir"/devices/*/entries.ndjson; do floor=$((floor + $(zstd -3 -q -c <"$f" | wc -c))); done
		before=$(carried)
		bench_sync run "$dir/devices" entries >>"$dir/run.log"
		echo "$1 $(($(carried) - before)) $floor"
	}
	measure all_500
	bench_sync record "$dir/devices" 10
	measure all_10
	# the first of the new entries may have brought a page of the feed behind it
	bench_sync run "$dir/devices" entries >>"$dir/run.log"
	for f in "$dir"/devices/*/entries.ndjson; do : >"$f"; done
	measure nothing
SH
# shellcheck disable=SC2016 # $0 and $1 are the inner shell's
unshare --net --mount --mount-proc sh -c 'mount -t sysfs sysfs /sys 2>/dev/null; exec bash "$0" "$1"' "$dir/all.sh" "$dir" >"$dir/counts" ||
	fail "需要 root 才能用独立网络命名空间计数" "counting needs root (a network namespace of its own)"
declare -A bytes=() floors=()
while read -r name b f; do
	bytes[$name]=$b
	floors[$name]=$f
done <"$dir/counts"
each() { calc "$1 / 20 / $2"; }
figure wire.all_500 "$(each "${bytes[all_500]}" 500)" B/entry "$(each "${floors[all_500]}" 500)" \
	"$(calc "${bytes[all_500]} / ${floors[all_500]}")" 1.05
figure wire.all_10 "$(each "${bytes[all_10]}" 10)" B/entry "$(each "${floors[all_10]}" 10)" \
	"$(calc "${bytes[all_10]} / ${floors[all_10]}")" ""
# what ten entries cost beside the sync with nothing new that would have been made anyway
more=$((bytes[all_10] - bytes[nothing]))
figure wire.more_10 "$(each "$more" 10)" B/entry "$(each "${floors[all_10]}" 10)" "$(calc "$more / ${floors[all_10]}")" 0.65
