#!/usr/bin/env bash
# bench: instructions of a save, of packing and of reading ten entries: steady where seconds are not
# targets: bench_entries bench_wire
# asked for: yes
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

command -v valgrind >/dev/null || fail "需要 valgrind" "valgrind is needed"
# What they were when somebody last looked, in counts.json: a change of more than a twentieth is either meant, and written there, or a mistake.
expected() { jq ".[\"$1\"]" tools/benchmarks/counts.json; }
count() { # count NAME INSTRUCTIONS
	local floor
	floor=$(expected "$1")
	figure "$1" "$2" instructions "$floor" "$(calc "$2 / $floor")" 1.05
}
instructions() { # instructions [--toggle-collect=FUNCTION] PROGRAM...: of the whole program, or of that function
	valgrind --tool=callgrind --callgrind-out-file="$dir/out" "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : //p'
}
# 60 saves less 10, so that opening and closing do not count
few=$(instructions bench_entries measured 1 1 10 "$dir/few")
many=$(instructions bench_entries measured 1 1 60 "$dir/many")
count count.save $(((many - few) / 50))
bench_entries measured 1 1 500 "$dir/log" >"$dir/entries.ndjson"
count count.pack_10 $(($(instructions --toggle-collect=jx_wire_compress_with bench_wire 10 6 "$dir/entries.ndjson") / 50))
count count.read_10 $(($(instructions --toggle-collect=jx_wire_expand bench_wire 10 6 "$dir/entries.ndjson") / 50))
count count.pack_500 "$(instructions --toggle-collect=jx_wire_compress_with bench_wire 500 3 "$dir/entries.ndjson")"
