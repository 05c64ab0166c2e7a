#!/usr/bin/env bash
# What a registered phone and a call in progress cost Webphone in memory.
#   USERS=10000 CALLS=2000 tests/Benchmarks/Load/memory.sh
# Live heap: what is left after two full collections, forced over the runtime's diagnostic port, without the gaps between objects.
# Resident memory is read after them too; it holds what the runtime keeps for the next garbage.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
calls=${CALLS:-2000} rate=${RATE:-200}
benchmarks="$root/artifacts/InProcess/bin/Benchmarks/release/Webphone.Benchmarks.dll"
[ -e "$benchmarks" ] || dotnet build "$root/tests/Benchmarks" -c Release -v q -nologo -clp:ErrorsOnly
need curl curl

metric() { curl -s http://127.0.0.1:8180/metrics | awk -v name="$1" 'index($0, name) == 1 { sum += $NF } END { printf "%d", sum }'; }
collections() { metric 'dotnet_gc_collections_total{gc_heap_generation="gen2"}'; }

# collect: sets heap and rss after full collections.
collect() {
  local before
  before=$(collections)
  dotnet "$benchmarks" collect "$silo_pid"
  [ "$(collections)" -gt "$before" ] || { echo "the process did not collect" >&2; exit 1; }
  heap=$(($(metric dotnet_gc_last_collection_heap_size_bytes) - $(metric dotnet_gc_last_collection_heap_fragmentation_size_bytes)))
  rss=$(rss "$silo_pid")
}

# A transaction is kept for 32 s after its answer, for requests that come again (RFC 3261 timer J).
forget_transactions() {
  local i
  for i in $(seq 100); do
    [ "$(metric webphone_sip_transactions)" -gt 0 ] || return 0
    sleep 0.5
  done
  echo "transactions stay" >&2
  exit 1
}

row() { printf '%-28s %14s %10s %14s %10s\n' "$@"; }

registrations "$work/users.csv" "$users"
pairs "$work/pairs.csv"
start_silo --log-level warning
sipp_register() { run_sipp "$1" 127.0.0.1:$ours -sf "$here/scenarios/register.xml" -inf "$work/users.csv" -p $callee_port -r 1500 -m "$users" -timeout 90 -timeout_error; }

row state 'live heap' each 'RSS' each
collect
row empty "$heap" '' "$rss" ''
heap0=$heap rss0=$rss
sipp_register register
# A second round settles pools and tiers, so that what is compared is phones and not start-up.
sipp_register refresh
forget_transactions
collect
row "$users phones" "$heap" $(((heap - heap0) / users)) "$rss" $(((rss - rss0) / users))
heap1=$heap rss1=$rss

sipp -sf "$here/scenarios/callee.xml" -i 127.0.0.1 -p $callee_port -nostdin -buff_size 4194304 >/dev/null 2>&1 &
children+=($!)
run_sipp calls 127.0.0.1:$ours -sf "$here/scenarios/caller.xml" -d $((calls * 1000 / rate + 15000)) -inf "$work/pairs.csv" -p $caller_port -r "$rate" -l "$calls" -m "$calls" -timeout 180 -timeout_error &
load=$!
until [ "$(metric webphone_calls_live)" -ge "$calls" ]; do
  kill -0 "$load" 2>/dev/null || break
  sleep 0.5
done
held=$(metric webphone_calls_live)
[ "$held" -gt 0 ] || { echo "no calls are on" >&2; exit 1; }
collect
row "$held calls" "$heap" $(((heap - heap1) / held)) "$rss" $(((rss - rss1) / held))
wait "$load" || true
until [ "$(metric webphone_calls_live)" -eq 0 ]; do sleep 0.5; done
forget_transactions
collect
row 'after the calls' "$heap" '' "$rss" ''
echo "calls: $(stat calls 'SuccessfulCall(C)') ok, $(stat calls 'FailedCall(C)') failed"
