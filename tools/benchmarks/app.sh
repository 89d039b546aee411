#!/usr/bin/env bash
# bench: start and memory of the touch app beside a bare window; opening it with 100,000 entries
# targets: jiexun bench_window bench_fill
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Under a screen and a bus of their own: this script calls itself there.
if [ -z "${JX_APP_INSIDE:-}" ]; then
	JX_APP_INSIDE=1 G_DEBUG='' tests/app/support/xvfb bash "$0"
	exit
fi

# one PROGRAM ARGUMENT...: sets $frame and $ready (ms from the start of the process) and $pss (MB, one second after the first frame)
one() {
	local trace=$dir/trace began pid
	rm -f "$trace"
	began=$(date +%s%N)
	JX_APP_TRACE=$trace "$@" >>"$dir/app.log" 2>&1 &
	pid=$!
	wait_for "$1" grep -qs '^frame' "$trace"
	sleep 1
	pss=$(awk '/^Pss:/ { printf "%.3f", $2 / 1024 }' "/proc/$pid/smaps_rollup")
	frame=$(awk -v b="$began" '/^frame/ { printf "%.3f", ($2 - b) / 1e6 }' "$trace")
	case $1 in
	jiexun)
		wait_for "$1" grep -qs '^ready' "$trace"
		ready=$(awk -v b="$began" '/^ready/ { printf "%.3f", ($2 - b) / 1e6 }' "$trace")
		;;
	esac
	kill "$pid"
	wait "$pid" || true
}
# fill COUNT: a device with so many entries; sets $home. Kept from run to run, as those of the group "list".
fill() {
	local schema
	schema=$(cat src/store/sql/migrations/*.sql tools/benchmarks/bench_fill.c tools/benchmarks/workload*.c | sha256sum | cut -c1-12)
	home=${JX_BENCH_STORES:-$top/build/bench-stores}/app-$1-$schema
	[ ! -e "$home" ] || return 0
	mkdir -p "$home.making"
	note "filling a store with $1 entries"
	bench_fill "$home.making" "$1" >&2
	mv "$home.making" "$home"
}

fill 100
small=$home
fill 100000
large=$home
one bench_window # fonts and libraries into memory
one jiexun --home "$small"
bare=() app=() bare_pss=() app_pss=() ready_small=() ready_large=()
for _ in $(seq "$rounds"); do
	one bench_window
	bare+=("$frame")
	bare_pss+=("$pss")
	one jiexun --home "$small"
	app+=("$frame")
	app_pss+=("$pss")
	ready_small+=("$ready")
	one jiexun --home "$large"
	ready_large+=("$ready")
done
a=$(median "${app[@]}")
b=$(median "${bare[@]}")
figure app.start "$a" ms "$b" "$(calc "$a / $b")" 2
m=$(median "${app_pss[@]}")
n=$(median "${bare_pss[@]}")
figure app.memory_over_bare "$(calc "$m - $n")" MB "$n" "" 20
r=$(median "${ready_small[@]}")
l=$(median "${ready_large[@]}")
figure app.open_100k_over_100 "$(calc "$l - $r")" ms "$r" "" 150
