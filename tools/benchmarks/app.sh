#!/usr/bin/env bash
# bench: start and memory of the touch app beside a bare window; touches, saves and scrolling; opening it with 100,000 entries
# targets: jiexun catalogues bench_window bench_app bench_fill
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Under a screen and a bus of their own: this script calls itself there. What the bus starts writes to standard output as well.
if [ -z "${JX_APP_INSIDE:-}" ]; then
	JX_APP_INSIDE=1 G_DEBUG='' tests/app/support/xvfb bash "$0" >>"$dir/bus.log"
	cat "$dir/figures"
	exit
fi
exec >"$dir/figures"

# one PROGRAM ARGUMENT...: sets $frame and $ready (ms from the start of the process) and $pss, $rss (MB, one second after the first frame)
one() {
	local trace=$dir/trace began pid
	rm -f "$trace"
	began=$(date +%s%N)
	JX_APP_TRACE=$trace "$@" >>"$dir/app.log" 2>&1 &
	pid=$!
	wait_for "$1" grep -qs '^frame' "$trace"
	sleep 1
	pss=$(awk '/^Pss:/ { printf "%.3f", $2 / 1024 }' "/proc/$pid/smaps_rollup")
	rss=$(awk '/^Rss:/ { printf "%.3f", $2 / 1024 }' "/proc/$pid/smaps_rollup")
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
# what other programs have mapped as well is shared with them, and counts half
grep -lqs libgtk-4 /proc/[0-9]*/maps && note "another program shows windows: memory comes out too small"
one bench_window 街巡 # fonts and libraries into memory
one jiexun --home "$small"
bare=() app=() bare_pss=() plain_pss=() app_pss=() bare_rss=() app_rss=() ready_small=() ready_large=()
for _ in $(seq "$rounds"); do
	one bench_window Jiexun
	plain_pss+=("$pss")
	one bench_window 街巡
	bare+=("$frame")
	bare_pss+=("$pss")
	bare_rss+=("$rss")
	one jiexun --home "$small"
	app+=("$frame")
	app_pss+=("$pss")
	app_rss+=("$rss")
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
n=$(median "${plain_pss[@]}")
figure app.memory_over_plain "$(calc "$m - $n")" MB "$n" "" ""
m=$(median "${app_rss[@]}")
n=$(median "${bare_rss[@]}")
figure app.rss_over_bare "$(calc "$m - $n")" MB "$n" "" ""
r=$(median "${ready_small[@]}")
l=$(median "${ready_large[@]}")
figure app.open_100k_over_100 "$(calc "$l - $r")" ms "$r" "" 150

# The app's own widgets under a finger. of NAME FILE [FIELD]: what bench_app said of it
of() { awk -v n="$1" -v f="${3:-2}" '$1 == n { print $f }' "$2"; }
worst() { sort -g | tail -1; }
bench_app touch $((4 * rounds)) >"$dir/touch"
mapfile -t held < <(of save "$dir/touch")
figure app.save_hold "$(median "${held[@]}")" ms "" "" 16
figure app.save_hold_worst "$(of save "$dir/touch" | worst)" ms "" "" 16
figure app.save_hold_cpu "$(of save "$dir/touch" 3 | worst)" ms "" "" 16
mapfile -t held < <(of answer "$dir/touch")
figure app.answer_hold "$(median "${held[@]}")" ms "" "" 16
figure app.answer_hold_worst "$(of answer "$dir/touch" | worst)" ms "" "" 16
mapfile -t late < <(of press "$dir/touch")
figure app.touch_to_frame "$(median "${late[@]}")" ms "" "" 16.7
mapfile -t late < <(of release "$dir/touch")
figure app.release_to_frame "$(median "${late[@]}")" ms "" "" 16.7

bench_app scroll "$large" >"$dir/scroll"
mapfile -t frames < <(of frame "$dir/scroll")
figure app.scroll_frame "$(median "${frames[@]}")" ms "" "" 16.7
figure app.scroll_frame_p95 "$(printf '%s\n' "${frames[@]}" | sort -g | awk '{ v[NR] = $1 } END { printf "%.3f", v[int(NR * 0.95)] }')" ms "" "" ""
figure app.scroll_rows "$(of rows "$dir/scroll")" widgets "" "" 256
figure app.end_100k "$(of end "$dir/scroll")" ms "" "" ""
