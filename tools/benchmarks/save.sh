#!/usr/bin/env bash
# bench: one save, and a whole `jx log`
# targets: bench_save
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir -p "$dir/save"
read -r _ floor more < <(bench_save "$dir/save" 2000)
figure save.extra_ms "$(calc "$more * 1000")" ms "$(calc "$floor * 1000")" "" 0.2

# Synced writes of a save, counted by the kernel: 110 saves less 10 saves, so that opening does not count.
syncs() {
	mkdir -p "$dir/$1"
	strace -f -qq -e trace=fdatasync,fsync -o "$dir/$1.trace" bench_save "$dir/$1" "$2" >/dev/null
	grep -cE 'f(data)?sync\(' "$dir/$1.trace"
}
ten=$(syncs few 10)
more=$(syncs many 110)
# each turn of bench_save has one floor append beside it
figure save.syncs "$(calc "($more - $ten) / 100 - 1")" fdatasync "" "" 1

server_start oneshot
home=$dir/oneshot-home
code=$(jiexund code --data "$data" --short H01 --trusted --json | jq -r .code)
jx --home "$home" --quiet enrol "$url" "$code"
jx --home "$home" --quiet person sign-in p-001
for _ in 1 2 3; do jx --home "$home" --quiet log 01.01 --no-gps; done
strace -f -qq -e trace=fdatasync,fsync -o "$dir/oneshot.trace" jx --home "$home" --quiet log 01.01 --no-gps
figure save.oneshot_syncs "$(grep -cE 'f(data)?sync\(' "$dir/oneshot.trace")" fdatasync "" "" 2
server_stop
