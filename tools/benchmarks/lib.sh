# shellcheck shell=bash
# Sourced first by every group of figures (tools/benchmarks/<group>.sh); tools/bench says by environment how it is to measure.
#   BENCH_DIR     where the group's files go: a folder of its own on the disk that is measured, empty
#   BENCH_ROUNDS  rounds of what is measured in turns with a floor
# A group prints one JSON object a figure on standard output, and what people may like to see meanwhile on standard error.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
top=$(jx_source)
cd "$top"
exec </dev/null
dir=${BENCH_DIR:?run by tools/bench}
# shellcheck disable=SC2034 # for the groups
rounds=${BENCH_ROUNDS:-5}

pids=()
stop_all() {
	local p
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
	for p in "${pids[@]}"; do wait "$p" 2>/dev/null || true; done
}
trap stop_all EXIT

# wait_for WHAT COMMAND...: until it succeeds, at most 20 s
wait_for() {
	local what=$1 tries=0
	shift
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || fail "等不到:$what" "gave up waiting for $what"
		sleep 0.05
	done
}

# figure NAME VALUE UNIT FLOOR RATIO AIM; FLOOR, RATIO and AIM may be empty. The aim holds for the ratio where there is one.
figure() {
	jq -cn --arg n "$1" --argjson v "$2" --arg u "$3" --argjson f "${4:-null}" --argjson r "${5:-null}" --argjson a "${6:-null}" \
		'{name: $n, value: $v, unit: $u, floor: $f, ratio: $r, aim: $a}'
}
note() { printf '  %s\n' "$*" >&2; }
calc() { awk "BEGIN { printf \"%.4f\", $1 }"; }
median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { printf "%.4f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# server_start NAME: a new jiexund on its own data; sets $url, $data and $server_pid
server_start() {
	data=$dir/$1
	jiexund init --data "$data" --listen 127.0.0.1:0 --name localhost >"$dir/$1.log"
	server_serve "$1"
}
# server_serve NAME [ADDRESS:PORT]: serve the folder $data that is there
server_serve() {
	jiexund serve --data "$data" --listen "${2:-127.0.0.1:0}" --port-file "$data/port" >>"$dir/$1.log" 2>&1 &
	server_pid=$!
	pids+=("$server_pid")
	wait_for jiexund test -s "$data/port"
	# shellcheck disable=SC2034 # for the groups
	url=https://127.0.0.1:$(cat "$data/port")
}
server_stop() {
	kill "$server_pid"
	wait "$server_pid" || true
}

# server_open NAME: as server_start, but for a fleet from one address: enrolments and connections of an address are not limited
server_open() {
	data=$dir/$1
	jiexund init --data "$data" --listen 127.0.0.1:0 --name localhost >"$dir/$1.log"
	sed -i 's/^#*enrol_per_minute.*/enrol_per_minute = 0/; s/^#*max_connections_per_address.*/max_connections_per_address = 0/' "$data/jiexund.conf"
	server_serve "$1"
}
