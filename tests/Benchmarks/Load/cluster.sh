#!/usr/bin/env bash
# What distribution costs: the same calls on one, two and three silos on this machine. All clusters are up; each in turn gets the calls of some seconds, in several rounds, since a machine's pace changes
# within minutes. The phones of each silo call those of every silo of its cluster in turn, as users do who are spread evenly. What the processes use without any call is measured too and taken off. Each silo compiles for itself, in the background, for two minutes and more: with less warming up more silos are
# charged more often for that. Needs the build on Microsoft Orleans, and an empty database for each cluster: % in POSTGRES stands for its place in CLUSTERS, from 1.
#   dotnet build Silo -c Release -p:Engine=Orleans
#   POSTGRES="Host=127.0.0.1;Username=postgres;Database=cost%" CLUSTERS="1 2 3" RATE=180 WARM=120 ROUNDS=4 SEC=10 tests/Benchmarks/Load/cluster.sh
# A cluster may have settings of its own, for comparison: CLUSTERS="3 3,DOTNET_HillClimbing_Disable=1 3,SILO=/another/Webphone.Silo". With 3,CALLS=next the phones call those of the next silo only, so that
# no call stays at home, with 3,CALLS=home those of their own, so that all do. 1,RATE=60 gets 60 calls a second, as many as each of three silos gets of 180.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
all_calls=${RATE:-180} length=${SEC:-10} warm=${WARM:-120} idle=${IDLE:-6} rounds=${ROUNDS:-4} silo_port=21111 all_phones=${PHONES:-90}
: "${POSTGRES:?a connection string, with % for the number of the cluster}"
read -ra clusters <<<"${CLUSTERS:-1 2 3}"
cd "$work"
# In a folder of its own: silos watch it, and sipp writes much beside it.
mkdir provision
cat >provision/provision.json <<JSON
{ "tenants": [ { "name": "load", "domain": "load.example", "digestAlgorithms": ["MD5"],
  "userRanges": [ { "first": 10000, "count": 2000, "secretPrefix": "load-" } ] } ] }
JSON
declare -A pids used sent made took resting each

cpu_of() { local total=0 pid; for pid in ${pids[$1]}; do total=$((total + $(cpu_us "$pid"))); done; echo $total; }
# Who opens a connection has the address 127.0.0.1.
segments() { ss -tinH "( src 127.0.$1.0/24 or dst 127.0.$1.0/24 ) and ( sport = :$silo_port or dport = :$silo_port )" | awk '{ for (i = 1; i <= NF; i++) if (sub(/^data_segs_out:/, "", $i)) total += $i } END { print total + 0 }'; }
users_of() { seq "$1" $(($1 + phones - 1)) | awk -v more="$2" '{ print $1 ";[authentication username=" $1 " password=load-" $1 "];" more }'; }
phones_port() { echo $((6700 + 100 * $1 + 10 * $2)); }

# size_of CLUSTER: how many silos it has, and as many phones in all, however many silos: what a call costs its users grows with the calls that they have at once.
size_of() {
  silos=${clusters[$1 - 1]%%,*}
  phones=$((all_phones / silos))
  [[ ${clusters[$1 - 1]} =~ ,CALLS=(home|next) ]] && calls=${BASH_REMATCH[1]} || calls=even
  [[ ${clusters[$1 - 1]} =~ ,RATE=([0-9]+) ]] && rate=${BASH_REMATCH[1]} || rate=$all_calls
}

# callees_of SILO: whom each of its phones calls.
callees_of() {
  local i m
  for i in $(seq 0 $((phones - 1))); do
    case $calls in
      home) m=$1 ;;
      next) m=$(($1 % silos + 1)) ;;
      even) m=$((i % silos + 1)) ;;
    esac
    echo $((10000 + phones * m + i))
  done
}

# start CLUSTER: its silos, and the phones that each of them is to ring.
start() {
  local k=$1 n to port settings=()
  size_of "$k"
  IFS=, read -ra settings <<<"${clusters[k - 1]}"
  pids[$k]=""
  for n in $(seq "$silos"); do
    (
      silo=$root/artifacts/Orleans/bin/Silo/release/Webphone.Silo
      for setting in "${settings[@]:1}"; do
        [ "${setting%%=*}" = SILO ] && silo=${setting#*=} || export "${setting?}"
      done
      exec "$silo" --bind "127.0.$k.$n" --sip-port 5960 --sips-port 5961 --web-port 8980 --webrtc-port 10900 --silo-port $silo_port --gateway-port 31000 \
        --node "cost$k-$n" --cluster-id "cost$k" --data "$work/data$k-$n" --postgres "${POSTGRES//%/$k}" --provision "$work/provision/provision.json" \
        --trusted-networks 127.0.0.0/8 --log-level warning --drain-time 0
    ) >"silo$k-$n.log" 2>&1 &
    pids[$k]+=" $!"
    children+=($!)
  done
  for n in $(seq "$silos"); do
    for _ in $(seq 200); do curl -fs -m 1 "127.0.$k.$n:8980/healthz" >/dev/null && break; sleep 0.3; done
  done
  for n in $(seq "$silos"); do
    to=$((n % silos + 1)) port=$(phones_port "$k" "$n")
    { echo SEQUENTIAL; users_of $((10000 + phones * to)) "$port"; } >"phones$k-$n.csv"
    { echo SEQUENTIAL; callees_of "$n" | paste -d '' <(users_of $((11000 + phones * n)) '') -; } >"calls$k-$n.csv"
    sipp -sf "$here/scenarios/register.xml" "127.0.$k.$to:5960" -p "$port" -inf "phones$k-$n.csv" -i 127.0.0.1 -m $phones -r 15 -nostdin >register.out 2>&1 || echo "registration failed"
    sipp -sf "$here/scenarios/callee.xml" -p "$port" -i 127.0.0.1 -nostdin >callee.out 2>&1 &
    children+=($!)
  done
}

# call CLUSTER SECONDS: each silo's phones make their share of the calls.
call() {
  local k=$1 n waits=()
  size_of "$k"
  for n in $(seq "$silos"); do
    sipp -sf "$here/scenarios/caller.xml" "127.0.$k.$n:5960" -p $(($(phones_port "$k" "$n") + 5)) -inf "calls$k-$n.csv" -i 127.0.0.1 -d 1000 -r "$rate" -rp $((1000 * silos)) \
      -m $((rate / silos * $2)) -nostdin -timeout $(($2 + 40)) -trace_rtt -rtt_freq 1 >call.out 2>&1 &
    waits+=($!)
  done
  for n in "${waits[@]}"; do wait "$n" || echo "calls of cluster $k failed"; done
}

# measure CLUSTER: processor time and segments of all calls of a round, until the last is over.
measure() {
  local k=$1 started before_used before_sent
  rm -f caller_*_rtt.csv
  started=$(date +%s%6N) before_used=$(cpu_of "$k") before_sent=$(segments "$k")
  call "$k" "$length"
  sleep 1
  local used_now=$(($(cpu_of "$k") - before_used)) made_now=$((rate / silos * silos * length))
  used[$k]=$((${used[$k]:-0} + used_now)) sent[$k]=$((${sent[$k]:-0} + $(segments "$k") - before_sent))
  took[$k]=$((${took[$k]:-0} + $(date +%s%6N) - started)) made[$k]=$((${made[$k]:-0} + made_now))
  each[$k]+=" $((used_now / made_now))"
  cat caller_*_rtt.csv >>"rtt$k.csv"
}

for k in "${!clusters[@]}"; do
  start $((k + 1))
  call $((k + 1)) "$warm"
done
sleep 2
for k in "${!clusters[@]}"; do resting[$((k + 1))]=$(cpu_of $((k + 1))); done
sleep "$idle"
for k in "${!resting[@]}"; do resting[$k]=$((($(cpu_of "$k") - resting[$k]) / idle)); done
for _ in $(seq "$rounds"); do
  for k in "${!clusters[@]}"; do measure $((k + 1)); done
done
for k in $(seq ${#clusters[@]}); do
  net=$(((used[$k] - resting[$k] * took[$k] / 1000000) / made[$k])) all=$((used[$k] / made[$k]))
  [ "$k" -gt 1 ] || { first_net=$net first_all=$all; }
  echo "${clusters[k - 1]}: $all us CPU a call ($(echo ${each[$k]})), $((100 * all / first_all)) %; $net without the $((resting[$k] / 1000)) ms a second at rest, $((100 * net / first_net)) %;" \
    "$(awk -v s="${sent[$k]}" -v n="${made[$k]}" 'BEGIN { printf "%.1f", s / n }') segments between silos a call;" \
    "INVITE to 180 p50 $(percentile "rtt$k.csv" 50) ms, p99 $(percentile "rtt$k.csv" 99) ms"
done
