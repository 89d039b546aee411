#!/usr/bin/env bash
# bench: PouchDB beside us: the same full sync of the same 20 devices in turns with ours
# targets: bench_sync
# asked for: yes
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	fail "需要 Node 18 以上和 npm" "Node 18 or later and npm are needed"
fi
# installed once, by the lock file, outside the tree
peers=${JX_PEERS:-$top/build/peers}
if ! cmp -s tests/peers/package-lock.json "$peers/package-lock.json" || [ ! -d "$peers/node_modules" ]; then
	mkdir -p "$peers"
	cp tests/peers/package.json tests/peers/package-lock.json "$peers/"
	(cd "$peers" && npm ci --no-audit --no-fund --loglevel=error >"$dir/npm.log" 2>&1) || {
		rm -f "$peers/package-lock.json"
		fail "npm ci 失败,见 $dir/npm.log" "npm ci failed, see $dir/npm.log"
	}
fi
cp tests/peers/*.js "$peers/"

server_open seed
for k in $(seq -w 1 20); do jiexund code --data "$data" --short "D$k" --trusted --json | jq -r .code; done >"$dir/codes"
bench_sync prepare "$url" "$dir/codes" "$dir/devices"
port=${url##*:}
server_stop
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$dir/peer.key" -out "$dir/peer.crt" \
	-subj /CN=localhost 2>/dev/null
# the photos' paths are those of the prepared devices, which stay where they are
node "$peers/pouch_devices.js" load "$dir/devices" "$dir/pouch" >>"$dir/pouch.log"

ours=()
theirs=()
ratios=()
for r in $(seq $(((rounds + 1) / 2))); do
	cp -r "$dir/devices" "$dir/devices-$r"
	cp -r "$dir/seed" "$dir/server-$r"
	cp -r "$dir/pouch" "$dir/pouch-$r"
	data=$dir/server-$r
	rm -f "$data/port"
	server_serve "server-$r" "127.0.0.1:$port"
	node "$peers/pouch_server.js" "$dir/peer.crt" "$dir/peer.key" "$dir/pouch-server-$r" >"$dir/pouch-$r.log" &
	pouch_pid=$!
	pids+=("$pouch_pid")
	wait_for express-pouchdb grep -q '^port ' "$dir/pouch-$r.log"
	sync
	read -r o _ < <(bench_sync run "$dir/devices-$r")
	n=$(jiexund counts --data "$data" --json | jq '[.observations, .photos_stored] | join(" ")' -r)
	[ "$n" = "10000 300" ] || fail "服务器应有 10000 条和 300 张照片,实际 $n" "the server should hold 10000 entries and 300 photos, it holds $n"
	sync
	read -r t written < <(node "$peers/pouch_devices.js" push "$dir/devices" "$dir/pouch-$r" \
		"https://127.0.0.1:$(sed -n 's/^port //p' "$dir/pouch-$r.log")")
	[ "$written" -ge 10000 ] || fail "PouchDB 只写了 $written 条" "PouchDB wrote $written documents only"
	ours+=("$o")
	theirs+=("$t")
	ratios+=("$(calc "$o / $t")")
	note "round $r: ours $o s, PouchDB $t s"
	kill "$pouch_pid" "$server_pid"
	wait "$pouch_pid" "$server_pid" 2>/dev/null || true
	rm -rf "$dir/devices-$r" "$dir/server-$r" "$dir/pouch-$r" "$dir/pouch-server-$r"
done
# at least 8 times as fast
figure peers.pouch_full "$(median "${ours[@]}")" s "$(median "${theirs[@]}")" "$(median "${ratios[@]}")" 0.125
