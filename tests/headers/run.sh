#!/usr/bin/env bash
# tests/headers/run.sh [--self-test]
# Each public header compiles alone and twice, as C11, gnu17 and C++17, with every warning an error.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include=$top/include
if [ "${1:-}" = --self-test ]; then
	include=$work/include
	mkdir -p "$include/jiexun"
fi

# try HEADER LANGUAGE STANDARD
try() {
	# a struct and a function of one name are good C; only C++ calls that shadowing
	local more=-Wshadow
	[ "$2" = c ] || more=-Wno-shadow
	printf '#include "jiexun/%s"\n#include "jiexun/%s"\nextern int jx_not_empty;\n' "$1" "$1" |
		"$([ "$2" = c++ ] && echo c++ || echo cc)" -x "$2" -std="$3" -I"$include" -fsyntax-only \
			-Wall -Wextra -Wpedantic "$more" -Wundef -Wconversion -Wredundant-decls -Werror - ||
		{
			echo "include/jiexun/$1 does not compile alone as $3"
			return 1
		}
}
all() {
	local rc=0 header
	for header in "$include"/jiexun/*.h; do
		header=${header##*/}
		try "$header" c c11 || rc=1
		try "$header" c gnu17 || rc=1
		try "$header" c++ c++17 || rc=1
	done
	return "$rc"
}

if [ -z "${1:-}" ]; then
	all
	exit
fi
missed=0
# planted TEXT: a header with it must be refused
planted() {
	printf '%s\n' "$1" >"$include/jiexun/planted.h"
	if all >/dev/null 2>&1; then
		echo "not found: $1"
		missed=1
	fi
}
printf '#ifndef A\n#define A\nint jx_a(int x);\n#endif\n' >"$include/jiexun/planted.h"
all || exit 1
planted 'uint8_t jx_a(void);'
planted 'struct jx_twice { int a; };'
planted $'#ifndef A\n#define A\nint jx_a(int class);\n#endif'
planted $'#ifndef A\n#define A\nstruct jx_empty {};\n#endif'
exit "$missed"
