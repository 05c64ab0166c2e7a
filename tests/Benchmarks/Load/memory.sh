#!/usr/bin/env bash
# What a registered phone and a call in progress cost Webphone in memory.
#   USERS=10000 CALLS=2000 tests/Benchmarks/Load/memory.sh
# Resident memory holds garbage too, so the heap after the last full collection is shown where /metrics has it.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
calls=${CALLS:-2000} rate=${RATE:-200}

# heap: bytes of the managed heap as the runtime last counted it, or nothing.
heap() { curl -s http://127.0.0.1:8180/metrics | awk '/^dotnet_gc_last_collection_heap_size/ { sum += $2 } END { if (sum) printf "%d", sum }'; }

row() { printf '%-28s %12s %14s %12s %14s\n' "$@"; }
each() { awk -v a="${1:-}" -v b="${2:-}" -v n="$3" 'BEGIN { print a == "" || b == "" ? "-" : int((b - a) / n) }'; }

registrations "$work/users.csv" "$users"
pairs "$work/pairs.csv"
export DOTNET_GCConserveMemory=9
start_silo --log-level warning
sipp_register() { run_sipp "$1" 127.0.0.1:$ours -sf "$here/scenarios/register.xml" -inf "$work/users.csv" -p $callee_port -r 1500 -m "$users" -timeout 90 -timeout_error; }

row state 'RSS bytes' 'RSS each' heap 'heap each'
rss0=$(rss "$silo_pid") heap0=$(heap)
row empty "$rss0" '' "$heap0" ''
sipp_register register
# A second round settles pools and tiers, so that what is compared is phones and not start-up.
sipp_register refresh
sleep 5
rss1=$(rss "$silo_pid") heap1=$(heap)
row "$users phones" "$rss1" "$(each "$rss0" "$rss1" "$users")" "$heap1" "$(each "$heap0" "$heap1" "$users")"

sipp -sf "$here/scenarios/callee.xml" -i 127.0.0.1 -p $callee_port -nostdin -buff_size 4194304 >/dev/null 2>&1 &
children+=($!)
run_sipp calls 127.0.0.1:$ours -sf "$here/scenarios/caller.xml" -d 30000 -inf "$work/pairs.csv" -p $caller_port -r "$rate" -l "$calls" -m "$calls" -timeout 120 -timeout_error &
load=$!
sleep $((calls / rate + 12))
rss2=$(rss "$silo_pid") heap2=$(heap)
row "$calls calls" "$rss2" "$(each "$rss1" "$rss2" "$calls")" "$heap2" "$(each "$heap1" "$heap2" "$calls")"
wait "$load" || true
sleep 10
row 'after the calls' "$(rss "$silo_pid")" '' "$(heap)" ''
echo "calls: $(stat calls 'SuccessfulCall(C)') ok, $(stat calls 'FailedCall(C)') failed"
