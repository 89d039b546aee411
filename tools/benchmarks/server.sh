#!/usr/bin/env bash
# bench: memory of the server
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Pages of the server alone, and its share of those that it has in common with others.
pss_kb() { awk '/^Pss:/ { print $2 }' "/proc/$server_pid/smaps_rollup"; }

# 32 devices at a time, each with a batch and photos: the most it ever had, looked at all the while.
server_open serve
(
	most=0
	while now=$(pss_kb 2>/dev/null) && [ -n "$now" ]; do
		[ "$now" -le "$most" ] || { most=$now && echo "$most" >"$dir/most"; }
		sleep 0.02
	done
) &
jx-fleet --data "$data" --devices 128 --entries 500 --photos 10 --parallel 32 --case first --json >"$dir/fleet.json"
server_stop
wait
figure server.memory_32 "$(calc "$(cat "$dir/most") / 1024")" MB "" "" 48

# 300 kept-alive connections that have been answered, against 32 of them.
server_open idle
mkfifo "$dir/go"
tools/benchmarks/hold_lines.py "${url##*:}" 32 332 <"$dir/go" >"$dir/held" &
exec 9>"$dir/go"
wait_for "32 connections" grep -qx 32 "$dir/held"
few=$(pss_kb)
echo >&9
wait_for "332 connections" grep -qx 332 "$dir/held"
many=$(pss_kb)
exec 9>&-
server_stop
figure server.memory_per_connection "$(calc "($many - $few) * 1.024 / 300")" kB "" "" 150
