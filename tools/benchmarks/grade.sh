#!/usr/bin/env bash
# bench: 10,000 pest checks, from their answers to every grade
# targets: bench_grade
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

times=()
for _ in 1 2 3 4 5; do
	read -r t _ < <(bench_grade 10000)
	times+=("$t")
done
figure grade.checks "$(median "${times[@]}")" s "" "" 1
