#!/usr/bin/env bash
# Embedded files come out byte for byte, and a gap in the numbers of migrations stops the configuration.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir sql

# every byte, list separators, brackets and line ends that CMake's own strings would trip over
# shellcheck disable=SC2016
python3 -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 3 + "a;b;[c]${d}\\\r\n街巡".encode())' >blob
printf 'CREATE TABLE a (x TEXT) STRICT; -- 街巡;\n' >sql/0001_init.sql
printf 'CREATE TABLE b (x TEXT) STRICT;\n' >sql/0002_more.sql
cat >main.c <<'C'
#include <stdio.h>
#include "blob_bytes.h"
#include "steps.h"
int main(void)
{
	fwrite(blob_bytes, 1, blob_bytes_len, stdout);
	for (size_t i = 0; i < steps_count; i++)
		fprintf(stderr, "%d %s %s", steps[i].version, steps[i].name, steps[i].sql);
	return blob_bytes[blob_bytes_len];
}
C
cat >CMakeLists.txt <<C
cmake_minimum_required(VERSION 3.25)
project(t LANGUAGES C)
include($top/tools/cmake/JxEmbed.cmake)
add_executable(t main.c)
jx_embed(t blob_bytes FILE blob)
jx_embed_sql(t sql steps)
C
if ! { cmake -G Ninja -B b . && cmake --build b; } >log 2>&1; then
	cat log
	exit 1
fi
b/t >out 2>steps
cmp blob out
{
	printf '1 0001_init ' && cat sql/0001_init.sql
	printf '2 0002_more ' && cat sql/0002_more.sql
} >wanted
cmp wanted steps

# a migration that changes is embedded anew
printf 'CREATE TABLE c (x TEXT) STRICT;\n' >sql/0002_more.sql
cmake --build b >log 2>&1
b/t 2>&1 >/dev/null | grep -q 'TABLE c'

for name in 0004_gap.sql 0003-dash.sql 3_short.sql 0003_Upper.sql; do
	: >"sql/$name"
	if cmake -B b . >log 2>&1; then
		echo "not refused: $name"
		exit 1
	fi
	grep -q 'expected 0003_<name>.sql' log || {
		cat log
		exit 1
	}
	rm "sql/$name"
done
