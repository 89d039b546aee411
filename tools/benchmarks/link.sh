#!/usr/bin/env bash
# bench: a bad line: 300 ms there and back, 2 % lost each way, 1 Mbit/s up and 4 down
# targets: bench_bad_link jx-photo
# asked for: yes
# shellcheck source=tools/benchmarks/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ "$(id -u)" != 0 ] || [ ! -c /dev/net/tun ]; then
	fail "需要 root 和 /dev/net/tun 才能造出坏线路" "making a bad line needs root and /dev/net/tun"
fi
server_ns=jxbench-$$-s
device_ns=jxbench-$$-d
drop_namespaces() {
	stop_all
	ip netns del "$server_ns" 2>/dev/null || true
	ip netns del "$device_ns" 2>/dev/null || true
}
trap drop_namespaces EXIT
for ns in "$server_ns" "$device_ns"; do
	ip netns add "$ns"
	ip -n "$ns" link set lo up
done
bench_bad_link "$server_ns" "$device_ns" 150 20 4000 1000 7 >"$dir/link.log" &
pids+=("$!")
wait_for "bench_bad_link" grep -q ready "$dir/link.log"
for ns in "$server_ns" "$device_ns"; do
	# what most telephones run; a kernel without it measures its own
	ip -n "$ns" route replace 10.77.0.0/24 dev bad0 congctl cubic 2>/dev/null || note "no CUBIC here"
done

# as a server's package sets it (firmware-config/sysctl.d)
ip netns exec "$server_ns" sysctl -qw net.ipv4.tcp_fastopen=3

url=https://10.77.0.1:8443
data=$dir/server
jiexund init --data "$data" --listen 10.77.0.1:8443 --name 10.77.0.1 >"$dir/server.log"
ip netns exec "$server_ns" jiexund serve --data "$data" --listen 10.77.0.1:8443 --port-file "$data/port" >>"$dir/server.log" 2>&1 &
pids+=("$!")
wait_for jiexund test -s "$data/port"
jxd() { ip netns exec "$device_ns" jx --home "$dir/home" --quiet "$@"; }
jxd enrol "$url" "$(jiexund code --data "$data" --short H01 --trusted --json | jq -r .code)"
jxd person sign-in p-001
jxd sync
seconds() { # seconds COMMAND...
	local began=$EPOCHREALTIME
	"$@" >/dev/null
	calc "$EPOCHREALTIME - $began"
}
# The least that anybody can do over this line: one request on a new TLS 1.3 connection. Lost packets make single runs long; medians.
floor() { ip netns exec "$device_ns" curl -sk --tlsv1.3 "$url/healthz"; }
floors=()
nothing=()
ten=()
for r in $(seq $((2 * rounds + 1))); do
	for k in 1 2 3 4 5 6 7 8 9 10; do
		jxd log 06.02 --quantity $((k + r)) --unit place --note "第 $r-$k 处,门前堆放纸箱,已口头告知" --street "钱塘路" --no-gps
	done
	floors+=("$(seconds floor)")
	ten+=("$(seconds jxd sync)")
	nothing+=("$(seconds jxd sync)")
	note "round $r: one request ${floors[-1]} s, ten entries ${ten[-1]} s, nothing new ${nothing[-1]} s"
done
# the aims are seconds, so no ratio is given; each round of the last takes a minute
full_rounds=$((rounds > 3 ? 3 : rounds))
figure link.ten_entries "$(median "${ten[@]}")" s "$(median "${floors[@]}")" "" 1.3
figure link.nothing_new "$(median "${nothing[@]}")" s "$(median "${floors[@]}")" "" 1.0

# A handheld's evening: 500 entries, 15 of them with a photo of 238 kB. Entries and small copies are there before any original.
full=()
lines=()
for r in $(seq "$full_rounds"); do
	for k in $(seq 500); do
		more=()
		if [ $((k % 33)) = 0 ]; then
			jx-photo --out "$dir/$r-$k.jpg" --seed $((r * 1000 + k)) --width 800 --height 600 --bytes 238000
			more=(--photo "$dir/$r-$k.jpg")
		fi
		jxd log 06.02 --quantity "$k" --unit place --note "第 $r-$k 处,门前堆放纸箱,已口头告知" --street "钱塘路" --no-gps "${more[@]}"
	done
	began=$EPOCHREALTIME
	told=$(ip netns exec "$device_ns" jx --home "$dir/home" --json sync)
	full+=("$(calc "$EPOCHREALTIME - $began")")
	lines+=("$(calc "$(jq -r .up_bytes <<<"$told") * 8 / 1000000")")
	note "round $r: ${full[-1]} s, of which the line needs ${lines[-1]}: $(jq -c '{entries_sent, small_sent, photos_sent, requests, up_bytes}' <<<"$told")"
	jq -e '.small_sent == 15 and .photos_sent == 15 and .entries_waiting == 0' <<<"$told" >/dev/null ||
		fail "没有全部送达" "not all of it arrived"
done
figure link.full "$(median "${full[@]}")" s "$(median "${lines[@]}")" "" 45
