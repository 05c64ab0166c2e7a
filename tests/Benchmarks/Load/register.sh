#!/usr/bin/env bash
# Digest registrations, Kamailio and Webphone in the same minute: rate, failures, retransmissions, processor time per registration.
#   USERS=10000 RATE=3000 SECONDS_EACH=10 tests/Benchmarks/Load/register.sh [kamailio|webphone|both]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
rate=${RATE:-3000} length=${SECONDS_EACH:-10} which=${1:-both}
registrations "$work/users.csv" "$users"

measure() {
  local name=$1 port=$2 pid=$3 before after done_calls failed again
  # Everybody registers once before the clock runs: what is measured is a running system, not its start.
  run_sipp "$name-first" 127.0.0.1:"$port" -sf "$here/scenarios/register.xml" -inf "$work/users.csv" -p $caller_port -r 2000 -m "$users" -timeout 60 -timeout_error
  before=$(cpu_us "$pid")
  run_sipp "$name" 127.0.0.1:"$port" -sf "$here/scenarios/register.xml" -inf "$work/users.csv" -p $caller_port -r "$rate" -m $((rate * length)) -timeout 120 -timeout_error
  after=$(cpu_us "$pid")
  done_calls=$(stat "$name" 'SuccessfulCall(C)') failed=$(stat "$name" 'FailedCall(C)') again=$(stat "$name" 'Retransmissions(C)')
  printf '%-10s %8s %8s %8s %10s %14s %10s\n' "$name" "$(stat "$name" 'CallRate(C)' | cut -d. -f1)" "$done_calls" "$failed" "$again" \
    "$(awk -v c=$((after - before)) -v n="$done_calls" 'BEGIN { print n ? int(c / n + 0.5) : "-" }')" "$(($(rss "$pid") / 1000000))"
}

echo "digest REGISTER (two requests), $users users, $rate/s for $length s"
printf '%-10s %8s %8s %8s %10s %14s %10s\n' server rate/s ok failed resent 'µs CPU each' 'RSS MB'
if [ "$which" != webphone ]; then
  start_kamailio
  measure kamailio $theirs "$kamailio"
fi
if [ "$which" != kamailio ]; then
  start_silo
  empty=$(rss "$silo_pid")
  measure webphone $ours "$silo_pid"
  echo "memory of Webphone: $((empty / 1000000)) MB before, $(($(rss "$silo_pid") / 1000000)) MB after; $((($(rss "$silo_pid") - empty) / users)) bytes for each of $users users, garbage included"
fi
