#!/usr/bin/env bash
# bench: a full sync of 20 devices, ours and the floor in turns
# targets: bench_floor_server bench_floor_client bench_sync
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The devices are recorded once and enrolled at one server; each round syncs a copy of them to a copy of that server's folder.
server_start seed
for k in $(seq -w 1 20); do jiexund code --data "$data" --short "D$k" --trusted --json | jq -r .code; done >"$dir/codes"
bench_sync prepare "$url" "$dir/codes" "$dir/devices"
port=${url##*:}
server_stop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$dir/floor.key" -out "$dir/floor.crt" \
	-subj /CN=localhost 2>/dev/null
ours=()
floors=()
ratios=()
for r in $(seq "$rounds"); do
	bench_floor_server "$dir/floor.crt" "$dir/floor.key" "$dir/floor-$r" >"$dir/floor-$r.log" &
	floor_pid=$!
	pids+=("$floor_pid")
	wait_for floor grep -q '^port ' "$dir/floor-$r.log"
	cp -r "$dir/devices" "$dir/devices-$r"
	cp -r "$dir/seed" "$dir/server-$r"
	rm -f "$dir/server-$r/port"
	sync
	jiexund serve --data "$dir/server-$r" --listen "127.0.0.1:$port" --port-file "$dir/server-$r/port" >>"$dir/server-$r.log" 2>&1 &
	server_pid=$!
	pids+=("$server_pid")
	wait_for jiexund test -s "$dir/server-$r/port"
	f=$(bench_floor_client "https://127.0.0.1:$(sed -n 's/^port //p' "$dir/floor-$r.log")" "$dir/devices-$r")
	read -r o requests _ < <(bench_sync run "$dir/devices-$r")
	n=$(jiexund counts --data "$dir/server-$r" --json | jq '[.observations, .photos_stored] | join(" ")' -r)
	[ "$n" = "10000 300" ] || fail "服务器应有 10000 条和 300 张照片,实际 $n" "the server should hold 10000 entries and 300 photos, it holds $n"
	ours+=("$o")
	floors+=("$f")
	ratios+=("$(calc "$o / $f")")
	note "round $r: ours $o s ($requests requests), floor $f s"
	kill "$floor_pid" "$server_pid"
	wait "$floor_pid" "$server_pid" 2>/dev/null || true
	rm -rf "$dir/floor-$r" "$dir/devices-$r" "$dir/server-$r"
done
figure sync.full "$(median "${ours[@]}")" s "$(median "${floors[@]}")" "$(median "${ratios[@]}")" 1.3
