#!/usr/bin/env bash
# bench: a sync of 20 devices, all of it, entries alone and a few new ones, ours and the floor in turns
# targets: bench_floor_server bench_floor_client bench_sync
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The devices are recorded once and enrolled at one server; each round syncs a copy of them to a copy of that server's folder.
server_open seed
for k in $(seq -w 1 20); do jiexund code --data "$data" --short "D$k" --trusted --json | jq -r .code; done >"$dir/codes"
bench_sync prepare "$url" "$dir/codes" "$dir/devices"
port=${url##*:}
server_stop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$dir/floor.key" -out "$dir/floor.crt" \
	-subj /CN=localhost 2>/dev/null

# round_open WHAT: both servers, on folders of this round; sets $floor_pid and $floor_url besides what server_serve sets
round_open() {
	: >"$dir/floor-$1.log" # nothing of a round before
	bench_floor_server "$dir/floor.crt" "$dir/floor.key" "$dir/floor-$1" >"$dir/floor-$1.log" &
	floor_pid=$!
	pids+=("$floor_pid")
	wait_for floor grep -q '^port ' "$dir/floor-$1.log"
	floor_url=https://127.0.0.1:$(sed -n 's/^port //p' "$dir/floor-$1.log")
	cp -r "$dir/seed" "$dir/server-$1"
	data=$dir/server-$1
	rm -f "$data/port"
	server_serve "server-$1" "127.0.0.1:$port"
	sync
}
round_close() {
	kill "$floor_pid" "$server_pid"
	wait "$floor_pid" "$server_pid" 2>/dev/null || true
	# not removed before the end: for 35 s ext4 without a journal looks at each number of a removed file before it gives it to a new
	# one, which then took a third of the server's time, and less of a floor's that makes fewer files
	mkdir "$dir/old-$1-$round"
	mv "$dir/floor-$1" "$dir/devices-$1" "$dir/server-$1" "$dir/old-$1-$round/"
}
# turn NAME FOLDER ENTRIES PHOTOS [entries]: floor, then ours; the server must hold so many then
declare -A ours=() floors=() ratios=() requests=()
turn() {
	local f o q n
	f=$(bench_floor_client "$floor_url" "$2")
	read -r o q _ < <(bench_sync run "$2" ${5:+"$5"})
	n=$(jiexund counts --data "$data" --json | jq '[.observations, .photos_stored] | join(" ")' -r)
	[ "$n" = "$3 $4" ] || fail "服务器应有 $3 条和 $4 张照片,实际 $n" "the server should hold $3 entries and $4 photos, it holds $n"
	ours[$1]+="$o "
	floors[$1]+="$f "
	ratios[$1]+="$(calc "$o / $f") "
	requests[$1]=$q
	note "$1: ours $o s ($q requests), floor $f s"
}

for round in $(seq "$rounds"); do
	cp -r "$dir/devices" "$dir/devices-full"
	round_open full
	turn full "$dir/devices-full" 10000 300
	bench_sync record "$dir/devices-full" 10
	sync
	turn incr "$dir/devices-full" 10200 300
	round_close full

	cp -r "$dir/devices" "$dir/devices-entries"
	for d in "$dir"/devices-entries/dev-*; do : >"$d/photos.txt"; done
	round_open entries
	turn entries "$dir/devices-entries" 10000 0 entries
	round_close entries
done
# shellcheck disable=SC2086 # lists of numbers
for name in full entries incr; do
	case $name in full) aim=1.3 ;; *) aim=1.5 ;; esac
	figure sync.$name "$(median ${ours[$name]})" s "$(median ${floors[$name]})" "$(median ${ratios[$name]})" $aim
done
figure sync.incr_requests "$(calc "${requests[incr]} / 20")" request "" "" 2
