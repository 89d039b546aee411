#!/usr/bin/env bash
# bench: on the device: a save with a photo, a whole `jx log`, memory of `jx sync` with photos
# targets: bench_photo_save bench_fill
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mkdir "$dir/photo"
read -r ours floor ratio < <(bench_photo_save "$dir/photo" 100 200000)
figure save.photo "$(calc "$ours * 1000")" ms "$(calc "$floor * 1000")" "$ratio" 1.5

# ---- a whole `jx log`, less the save itself --------------------------------------------------------------
server_start server
home=$dir/home
jx --home "$home" --quiet enrol "$url" "$(jiexund code --data "$data" --short H01 --trusted --json | jq -r .code)"
jx --home "$home" --quiet person sign-in p-001
log_ms() {
	local began=$EPOCHREALTIME ended
	jx --home "$home" --quiet log 01.01 --no-gps
	ended=$EPOCHREALTIME
	calc "(${ended/./} - ${began/./}) / 1000"
	echo
}
for _ in 1 2 3; do log_ms >/dev/null; done
times=()
for _ in $(seq 40); do times+=("$(log_ms)"); done
# what the save is without a program around it: its synced writes, by dd (append + fdatasync, and the folder's fsync)
floors=()
for _ in $(seq 20); do
	f=$(dd if=/dev/zero of="$dir/floor" bs=15000 count=1 oflag=append,dsync conv=notrunc 2>&1 | sed -n 's/.*, \([0-9.e-]*\) s,.*/\1/p')
	floors+=("$(calc "$f * 2000")")
done
figure log.start "$(calc "$(median "${times[@]}") - $(median "${floors[@]}")")" ms "" "" 60

# 300 saves more: closing has emptied the WAL, so starting costs what it did before
for _ in $(seq 300); do log_ms >/dev/null; done
late=()
for _ in $(seq 40); do late+=("$(log_ms)"); done
figure log.start_later "$(calc "$(median "${late[@]}") - $(median "${floors[@]}")")" ms "" "" 60

# ---- memory of a sync with photos ------------------------------------------------------------------------
for k in $(seq 40); do
	head -c 250000 /dev/urandom >"$dir/random"
	tools/benchmarks/jpeg.py "$dir/random" "$dir/photo-$k.jpg"
	jx --home "$home" --quiet log 01.01 --no-gps --photo "$dir/photo-$k.jpg"
done
figure sync.memory "$(calc "$(tools/benchmarks/peak.py jx --home "$home" --quiet sync) / 1000")" MB "" "" 24
[ "$(jiexund counts --data "$data" --json | jq .photos_stored)" = 40 ] || fail "照片没有全部送达" "not all photos arrived"
server_stop
