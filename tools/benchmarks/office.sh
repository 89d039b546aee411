#!/usr/bin/env bash
# bench: the office's evening: pull of 10,000 entries, their files, memory (JX_BENCH_MILLION=1: memory of 1,000,000, too)
# targets: bench_fill
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

server_start server
enrol() { # enrol PROGRAM HOME SHORT [OPTION...]
	local program=$1 home=$2 short=$3
	shift 3
	"$program" --home "$home" --quiet enrol "$url" "$(jiexund code --data "$data" --short "$short" --trusted "$@" --json | jq -r .code)"
}
record() { # record SHORT COUNT: so many entries from one device, at the server
	enrol jx "$dir/$1" "$1"
	bench_fill "$dir/$1" "$2" >&2
	jx --home "$dir/$1" --quiet sync
}
record H01 10000
enrol jx-office "$dir/fresh" O01 --role admin
seconds() {
	local began=$EPOCHREALTIME ended
	"$@" >&2
	ended=$EPOCHREALTIME
	calc "(${ended/./} - ${began/./}) / 1000000"
	echo
}
pulls=()
files=()
peaks=()
for _ in $(seq "$rounds"); do
	rm -rf "$dir/office"
	cp -r "$dir/fresh" "$dir/office"
	sync
	pulls+=("$(seconds jx-office --home "$dir/office" --quiet pull --no-photos --no-files)")
	# nothing new comes any more; the files of the days that are changed are made
	files+=("$(seconds jx-office --home "$dir/office" --quiet pull --no-photos)")
	rm -rf "$dir/office"
	cp -r "$dir/fresh" "$dir/office"
	peaks+=("$(tools/benchmarks/peak.py jx-office --home "$dir/office" --quiet pull --no-photos)")
done
[ "$(cat "$dir"/office/days/*/observations.csv | wc -l)" -ge 10000 ] || fail "CSV 行数不足" "the CSV files have too few rows"
figure office.pull "$(median "${pulls[@]}")" s "" "" 0.3
figure office.csv "$(median "${files[@]}")" s "" "" 0.4
figure office.memory "$(calc "$(median "${peaks[@]}") / 1000")" MB "" "" 32
if [ -n "${JX_BENCH_MILLION:-}" ]; then
	record H02 1000000
	figure office.memory_1m "$(calc "$(tools/benchmarks/peak.py jx-office --home "$dir/office" --quiet pull --no-photos) / 1000")" MB "" "" 32
fi
server_stop
