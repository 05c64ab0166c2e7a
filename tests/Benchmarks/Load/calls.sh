#!/usr/bin/env bash
# Calls of one second from sipp to sipp, Kamailio (stateful proxy) and Webphone (B2BUA, media anchored) in the same minutes.
#   RATE=400 SECONDS_EACH=60 tests/Benchmarks/Load/calls.sh [kamailio|webphone|both]
# LOSS=5 drops that share of all datagrams, inside a network namespace of its own (root).
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
rate=${RATE:-400} length=${SECONDS_EACH:-60} which=${1:-both} users=${USERS:-2000} loss=${LOSS:-0}
registrations "$work/users.csv" "$users"
pairs "$work/pairs.csv"
scenario=$here/scenarios/caller.xml
patience=15
if [ "$loss" != 0 ]; then
  # Nobody repeats a 180 that is lost; the call must complete without it.
  scenario=$work/caller.xml
  # A request that is lost six times in a row takes 32 s to fail, and so may the one after it.
  patience=75
  sed 's/<recv response="180"/<recv response="180" optional="true"/' "$here/scenarios/caller.xml" >"$scenario"
fi

if [ "$loss" != 0 ]; then
  need nft nftables
  space=wpload$$
  ip netns add "$space"
  trap 'cleanup; ip netns del "$space"' EXIT
  wrap=(ip netns exec "$space")
  "${wrap[@]}" ip link set lo up
fi

lose() {
  [ "$loss" = 0 ] && return
  "${wrap[@]}" nft add table inet loss
  "${wrap[@]}" nft 'add chain inet loss in { type filter hook input priority 0 ; }'
  "${wrap[@]}" nft add rule inet loss in meta l4proto udp numgen random mod 100 '<' "$loss" drop
}

measure() {
  local name=$1 port=$2 pid=$3 before after ok failed uas
  # From the callee's port, since calls go out over the flow that a phone registered by.
  run_sipp "$name-register" 127.0.0.1:"$port" -sf "$here/scenarios/register.xml" -inf "$work/users.csv" -p $callee_port -r 1000 -m "$users" -timeout 60 -timeout_error
  "${wrap[@]}" sipp -sf "$here/scenarios/callee.xml" -i 127.0.0.1 -p $callee_port -nostdin -trace_stat -stf "$work/$name-callee.csv" -fd 1 \
    -buff_size 4194304 >"$work/$name-callee.out" 2>&1 &
  uas=$!
  children+=("$uas")
  sleep 0.5
  # Three seconds to warm up.
  run_sipp "$name-warm" 127.0.0.1:"$port" -sf "$scenario" -d "${CALL_MS:-1000}" -inf "$work/pairs.csv" -p $caller_port -r $((rate / 2 + 1)) -m $((rate * 3 / 2)) -timeout 20 -timeout_error
  lose
  before=$(cpu_us "$pid")
  run_sipp "$name" 127.0.0.1:"$port" -sf "$scenario" -d "${CALL_MS:-1000}" -inf "$work/pairs.csv" -p $caller_port -r "$rate" -m $((rate * length)) \
    -trace_rtt -rtt_freq 500 -timeout $((length + patience)) -timeout_error
  after=$(cpu_us "$pid")
  peak=$(rss "$pid")
  [ "$loss" = 0 ] || "${wrap[@]}" nft delete table inet loss
  kill "$uas" 2>/dev/null || true
  wait "$uas" 2>/dev/null || true
  ok=$(stat "$name" 'SuccessfulCall(C)') failed=$(stat "$name" 'FailedCall(C)')
  rtt=$(ls -t "$PWD"/caller_*_rtt.csv 2>/dev/null | head -1)
  printf '%-10s %8s %8s %8s %10s %10s %14s %12s %12s %8s\n' "$name" "$(stat "$name" 'CallRate(C)' | cut -d. -f1)" "$ok" "$failed" \
    "$(stat "$name" 'Retransmissions(C)')" "$(stat "$name-callee" 'Retransmissions(C)')" \
    "$(awk -v c=$((after - before)) -v n="$ok" 'BEGIN { print n ? int(c / n + 0.5) : "-" }')" \
    "$(percentile "$rtt" 50)" "$(percentile "$rtt" 99)" $((peak / 1000000))
  rm -f "$rtt"
}

cd "$work"
echo "calls of 1 s, $rate/s for $length s, caller challenged, callee rings and answers at once, loss $loss %"
printf '%-10s %8s %8s %8s %10s %10s %14s %12s %12s %8s\n' server rate/s ok failed 'resent' 'callee' 'µs CPU each' 'p50 180 ms' 'p99 180 ms' 'RSS MB'
if [ "$which" != webphone ]; then
  start_kamailio
  measure kamailio $theirs "$kamailio"
fi
if [ "$which" != kamailio ]; then
  start_silo
  measure webphone $ours "$silo_pid"
fi
