#!/usr/bin/env bash
# bench: lists and searches on a device with 100,000 entries (JX_BENCH_MILLION=1: with 1,000,000, too)
# targets: bench_fill bench_list
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The stores are kept from run to run, beside the bench folder: the same entries each time, for this revision of the schema.
kept=${JX_BENCH_STORES:-$top/build/bench-stores}
store_of() { # store_of COUNT: sets $store
	local schema
	schema=$(cat src/store/sql/migrations/*.sql tools/benchmarks/bench_fill.c tools/benchmarks/workload*.c | sha256sum | cut -c1-12)
	store=$kept/$1-$schema
	[ ! -e "$store" ] || return 0
	rm -rf "$kept/$1-"*
	mkdir -p "$kept/making-$1"
	note "filling a store with $1 entries"
	bench_fill "$kept/making-$1" "$1" >&2
	mv "$kept/making-$1" "$store"
}
first() { # first NAME AIM
	local cold=() floors=() o r w f
	for _ in $(seq 9); do
		f=$(calc "$(bench_list floor "$store") * 1000")
		read -r o r w < <(bench_list first "$store" cold)
		cold+=("$(calc "($o + $r + $w) * 1000")")
		floors+=("$f")
	done
	figure "list.first_$1" "$(median "${cold[@]}")" ms "$(median "${floors[@]}")" "" "$2"
}
search() { # search NAME AIM WORD...: the slowest word counts
	local name=$1 aim=$2 worst=0 t n
	shift 2
	for word in "$@"; do
		read -r t n < <(bench_list search "$store" "$word")
		note "$word: $(calc "$t * 1000") ms, $n entries"
		worst=$(calc "($t * 1000 > $worst) ? $t * 1000 : $worst")
	done
	figure "search.$name" "$worst" ms "" "" "$aim"
}
# One character, two, three, a phrase, one that is nowhere, a disorder's name, the beginning of words.
words=(的 人 路 垃圾 小广告 店外经营 龘 龘靐 乱停 p-0 0 '路 垃圾')

store_of 100000
first 100k 20
read -r page day < <(bench_list page "$store")
figure list.page "$(calc "$page * 1000")" ms "" "" 2
figure list.filter "$(calc "$day * 1000")" ms "" "" 2
search 100k 100 "${words[@]}"
[ -n "${JX_BENCH_MILLION:-}" ] || exit 0
store_of 1000000
first 1m 40
read -r page day < <(bench_list page "$store")
figure list.page_1m "$(calc "$page * 1000")" ms "" "" 2
search 1m 1000 "${words[@]}"
