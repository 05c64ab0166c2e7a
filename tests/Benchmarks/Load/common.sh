# Shared by the load runs: starts the two servers, drives sipp, reads what they used. Sourced, not run.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d /tmp/wpload-XXXXXX)
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
ours=5160 theirs=5260 callee_port=5370 caller_port=5380
users=${USERS:-10000}
first_user=100000
wrap=()   # a prefix for every process, such as: ip netns exec NAME
children=()

cleanup() {
  local pid
  for pid in "${children[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  sleep 0.5
  for pid in "${children[@]}"; do
    kill -9 "$pid" 2>/dev/null || true
  done
  [ -n "${KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap cleanup EXIT

need() {
  command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 2; }
}
PATH="$PATH:/usr/sbin:/sbin"
need sipp sip-tester

# A process and all its descendants.
tree() {
  local pid
  echo "$1"
  for pid in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
    tree "$pid"
  done
}

# Processor time of a process tree in microseconds.
cpu_us() {
  local pid total=0 ticks
  for pid in $(tree "$1"); do
    ticks=$(awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$pid/stat" 2>/dev/null || echo 0)
    total=$((total + ticks))
  done
  echo $((total * 1000000 / $(getconf CLK_TCK)))
}

# Resident memory of a process in bytes.
rss() { awk '/^VmRSS/ { print $2 * 1024 }' "/proc/$1/status"; }

start_kamailio() {
  need kamailio kamailio
  mkdir -p "$work/kamailio"
  sed "s/WPPORT/$theirs/" "$here/kamailio/kamailio.cfg" >"$work/kamailio/kamailio.cfg"
  "${wrap[@]}" kamailio -DD -E -m 512 -M 16 -Y "$work/kamailio" -P "$work/kamailio/pid" -f "$work/kamailio/kamailio.cfg" >"$work/kamailio/log" 2>&1 &
  kamailio=$!
  children+=("$kamailio")
  sleep 2
  kill -0 "$kamailio" || { cat "$work/kamailio/log"; exit 1; }
}

start_silo() {
  local silo="$root/artifacts/InProcess/bin/Silo/release/Webphone.Silo.dll"
  [ -e "$silo" ] || dotnet build "$root/Silo" -c Release -v q -nologo
  # In a folder of its own: whoever watches a folder hears of every file in it.
  mkdir -p "$work/provision"
  cat >"$work/provision/provision.json" <<JSON
{
  "tenants": [
    {
      "name": "load", "domain": "load.example", "digestAlgorithms": ["MD5"],
      "userRanges": [{ "first": $first_user, "count": $users, "secretPrefix": "load-" }]
    }
  ]
}
JSON
  "${wrap[@]}" dotnet "$silo" --bind 127.0.0.1 --sip-port $ours --sips-port 5161 --web-port 8180 --webrtc-port 8190 --rtp-ports "${RTP_PORTS:-20000-29999}" \
    --data "$work/data" --provision "$work/provision/provision.json" --trusted-networks 127.0.0.0/8 "$@" >"$work/silo.log" 2>&1 &
  silo_pid=$!
  children+=("$silo_pid")
  local i
  for i in $(seq 100); do
    "${wrap[@]}" bash -c 'exec 3<>/dev/tcp/127.0.0.1/8180 && printf "GET /healthz HTTP/1.0\r\n\r\n" >&3 && head -1 <&3 | grep -q 200' 2>/dev/null && return
    kill -0 "$silo_pid" 2>/dev/null || break
    sleep 0.2
  done
  cat "$work/silo.log"
  exit 1
}

# registrations FILE COUNT: lines for register.xml, in turn over all users.
registrations() {
  {
    echo SEQUENTIAL
    seq "$first_user" $((first_user + $2 - 1)) | awk -v port=$callee_port '{ print $1 ";[authentication username=" $1 " password=load-" $1 "];" port }'
  } >"$1"
}

# pairs FILE: the first half of the users calls the second half.
pairs() {
  {
    echo SEQUENTIAL
    seq "$first_user" $((first_user + users / 2 - 1)) | awk -v half=$((users / 2)) '{ print $1 ";[authentication username=" $1 " password=load-" $1 "];" $1 + half }'
  } >"$1"
}

# run_sipp NAME arguments…: keeps its statistics in $work/NAME.csv and goes on when calls failed.
run_sipp() {
  local name=$1
  shift
  "${wrap[@]}" sipp "$@" -i 127.0.0.1 -nostdin -trace_stat -stf "$work/$name.csv" -fd 1 -trace_err -error_file "$work/$name.err" \
    -buff_size 4194304 >"$work/$name.out" 2>&1 || true
}

# stat NAME COLUMN: the last value of a column of sipp's statistics.
stat() {
  awk -F';' -v column="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i } END { print $at }' "$work/$1.csv"
}

# percentile FILE P: of sipp's response times (-trace_rtt), in milliseconds.
percentile() {
  awk -F';' 'NR > 1 && NF >= 2 { print $2 }' "$1" | sort -n | awk -v p="$2" '{ v[NR] = $1 } END { if (NR) { i = int(NR * p / 100 + 0.999); print v[i < 1 ? 1 : i] } else print "-" }'
}
