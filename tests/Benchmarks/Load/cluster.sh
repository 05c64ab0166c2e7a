#!/usr/bin/env bash
# What distribution costs: the same calls on one, two and three silos beside each other on this machine. The phones of each silo call those of
# every silo in turn, as users do who are spread evenly; CROSS=1 has them call those of the next silo only, so that no call stays at home.
# What the processes use without any call is measured too and taken off; the marginal cost is the difference of two rates. Each silo compiles for itself, in the background, for
# two minutes and more: with less warming up two silos are charged twice for that. Needs the build on Microsoft Orleans, and an empty database in a PostgreSQL: what a run that was broken off
# left of its calls is looked after by the next.
#   dotnet build Silo -c Release -p:Engine=Orleans
#   POSTGRES="Host=127.0.0.1;Username=postgres;Database=postgres" SILOS="1 2 3" RATE=180 WARM=120 SEC=12 tests/Benchmarks/Load/cluster.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
rate=${RATE:-180} length=${SEC:-12} warm=${WARM:-120} idle=${IDLE:-6} silo_port=21111 all_phones=${PHONES:-90}
: "${POSTGRES:?a connection string}"
silo=${SILO:-$root/artifacts/Orleans/bin/Silo/release/Webphone.Silo}
[ -x "$silo" ] || { echo "missing: $silo" >&2; exit 2; }
cd "$work"
cat >provision.json <<JSON
{ "tenants": [ { "name": "load", "domain": "load.example", "digestAlgorithms": ["MD5"],
  "userRanges": [ { "first": 10000, "count": 400, "secretPrefix": "load-" } ] } ] }
JSON

cpu_of() { local total=0 pid; for pid in "$@"; do total=$((total + $(cpu_us "$pid"))); done; echo $total; }
segments() { ss -tinH "( sport = :$silo_port or dport = :$silo_port )" | awk '{ for (i = 1; i <= NF; i++) if (sub(/^data_segs_out:/, "", $i)) total += $i } END { print total + 0 }'; }
users_of() { seq "$1" $(($1 + phones - 1)) | awk -v more="$2" '{ print $1 ";[authentication username=" $1 " password=load-" $1 "];" more }'; }

# callees_of SILO: whom each of its phones calls.
callees_of() {
  local i m
  for i in $(seq 0 $((phones - 1))); do
    [ "${CROSS:-0}" -eq 1 ] && m=$(($1 % silos + 1)) || m=$((i % silos + 1))
    echo $((10000 + phones * m + i))
  done
}

# call RATE SECONDS: each silo's phones make their share of the calls.
call() {
  local n waits=()
  rm -f caller_*_rtt.csv
  for n in $(seq "$silos"); do
    sipp -sf "$here/scenarios/caller.xml" "127.0.1.$n:5960" -p $((6705 + 10 * n)) -inf "calls$n.csv" -i 127.0.0.1 -d 1000 -r "$1" -rp $((1000 * silos)) \
      -m $(($1 * $2 / silos)) -nostdin -timeout $(($2 + 40)) -trace_rtt -rtt_freq 1 >call.out 2>&1 &
    waits+=($!)
  done
  for n in "${waits[@]}"; do wait "$n" || echo "calls failed"; done
}

# measure RATE: processor time and segments of all calls of a run, until the last is over.
measure() {
  few_took=${took:-0}
  local started
  started=$(date +%s%6N) used=$(cpu_of "${pids[@]}") sent=$(segments)
  call "$1" "$length"
  sleep 1
  used=$(($(cpu_of "${pids[@]}") - used)) sent=$(($(segments) - sent)) took=$(($(date +%s%6N) - started))
}

for silos in ${SILOS:-1 2 3}; do
  # As many phones in all, however many silos: what a call costs its users grows with the calls that they have at once.
  pids=() callees=() phones=$((all_phones / silos))
  for n in $(seq "$silos"); do
    "$silo" --bind "127.0.1.$n" --sip-port 5960 --sips-port 5961 --web-port 8980 --webrtc-port 10900 --silo-port $silo_port --gateway-port 31000 \
      --node "cost$silos-$n" --cluster-id "cost$silos" --data "$work/data$silos-$n" --postgres "$POSTGRES" --provision "$work/provision.json" \
      --trusted-networks 127.0.0.0/8 --log-level warning --drain-time 0 >"silo$n.log" 2>&1 &
    pids+=($!)
    children+=($!)
  done
  for n in $(seq "$silos"); do
    for _ in $(seq 200); do curl -fs -m 1 "127.0.1.$n:8980/healthz" >/dev/null && break; sleep 0.3; done
  done
  for n in $(seq "$silos"); do
    to=$((n % silos + 1)) port=$((6700 + 10 * n)) callee=$((10000 + phones * (n % silos + 1))) caller=$((10200 + phones * n))
    { echo SEQUENTIAL; users_of $callee $port; } >"phones$n.csv"
    { echo SEQUENTIAL; callees_of "$n" | paste -d '' <(users_of $caller '') -; } >"calls$n.csv"
    sipp -sf "$here/scenarios/register.xml" "127.0.1.$to:5960" -p $port -inf "phones$n.csv" -i 127.0.0.1 -m $phones -r 15 -nostdin >register.out 2>&1 || echo "registration failed"
    sipp -sf "$here/scenarios/callee.xml" -p $port -i 127.0.0.1 -nostdin >callee.out 2>&1 &
    callees+=($!)
    children+=($!)
  done
  call "$rate" "$warm"
  sleep 2
  resting=$(cpu_of "${pids[@]}")
  sleep "$idle"
  resting=$((($(cpu_of "${pids[@]}") - resting) / idle))
  low=$((rate / 3 / silos * silos)) high=$((rate / silos * silos))
  measure "$low"
  few=$used
  measure "$high"
  cat caller_*_rtt.csv >rtt.csv
  calls=$((high * length))
  echo "$silos silos: $((used / calls)) us CPU a call; $(((used - resting * took / 1000000) / calls)) without the $((resting / 1000)) ms a second at rest;" \
    "$(((used - few - resting * (took - few_took) / 1000000) / ((high - low) * length))) us a call more from $low to $high a second;" \
    "$(awk -v s="$sent" -v n="$calls" 'BEGIN { printf "%.1f", s / n }') segments between silos a call;" \
    "INVITE to 180 p50 $(percentile rtt.csv 50) ms, p99 $(percentile rtt.csv 99) ms"
  kill "${callees[@]}" "${pids[@]}"
  wait "${pids[@]}" 2>/dev/null || true
done
