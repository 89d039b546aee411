#!/usr/bin/env bash
# bench: 1,000 devices against one server, generator on the same machine
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Seconds of processor time that the server has used.
cpu_s() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$server_pid/stat"; }

# play NAME ARGUMENTS...: jx-fleet prints a line a case; beside each goes what the server had used by then
play() {
	local name=$1
	shift
	jx-fleet --data "$data" --parallel 32 --json --quiet "$@" | while read -r line; do
		jq -c --argjson cpu "$(cpu_s)" '. + {server_cpu_s: $cpu}' <<<"$line" >>"$dir/$name.jsonl"
	done
	note "$name: $(tail -n 1 "$dir/$name.jsonl")"
}
field() { jq -rs ".[$2].$3" "$dir/$1.jsonl"; }

server_open entries
play entries --devices 1000 --entries 50 --case noop,first,again,noop
n=$(jiexund counts --data "$data" --json | jq .observations)
[ "$n" = 50000 ] || fail "服务器应有 50000 条,实际 $n" "the server should hold 50000 entries, it holds $n"
server_stop
# the first case sends all: its noop has nothing to send only because "first" ran before; so cases are counted from 0
figure fleet.first "$(field entries 1 seconds)" s "" "" 9
figure fleet.first_cpu "$(calc "$(field entries 1 server_cpu_s) - $(field entries 0 server_cpu_s)")" ms/device "" "" 6
figure fleet.again "$(field entries 2 seconds)" s
figure fleet.noop "$(field entries 3 seconds)" s "" "" 3
figure fleet.noop_cpu "$(calc "$(field entries 3 server_cpu_s) - $(field entries 2 server_cpu_s)")" ms/device

server_open photos
play photos --devices 400 --entries 50 --photos 10 --case first
n=$(jiexund counts --data "$data" --json | jq .photos_stored)
[ "$n" = 4000 ] || fail "服务器应有 4000 张照片,实际 $n" "the server should hold 4000 photos, it holds $n"
server_stop
figure fleet.photos "$(field photos 0 seconds)" s "" "" 9
