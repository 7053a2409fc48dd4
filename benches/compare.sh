#!/usr/bin/env bash
# Camunda 7 and Tollgate in one sitting, with the machine's limits first and last, and the ratios.
# usage: benches/compare.sh HARNESS [folder for the results] [seconds for each figure]
#
# HARNESS is a folder that can put Camunda 7 under load, with these programs:
#   jvm.sh camunda7 CamundaAdapter db=pg history=full workloads=seq,… clients=1,… secs=… warm=… runs=…
#                           the engine embedded, on PostgreSQL; a JSON object a line to $PERF/results/camunda7.jsonl
#   rest.sh pg              its REST server, likewise to $PERF/results/rest.jsonl
#   rest.sh url HOST:PORT /engine-rest NAME PID            another server with the same loader
#   pg.sh start|stop        the database
# It is built already: $PERF (default /tmp/perf) has what it needs.
set -euo pipefail
harness=$(cd "${1:?the folder of the harness; see the head of this file}" && pwd)
cd "$(dirname "$0")/.."
results=${2:-target/compare}
seconds=${3:-2}
export PERF=${PERF:-/tmp/perf}
clients=${CLIENTS:-1,8,64}
mkdir -p "$results" "$PERF/results" "$PERF/logs"
rm -f "$PERF/results/camunda7.jsonl" "$PERF/results/rest.jsonl" "$results"/*.jsonl

cargo build --release -p tollgate-benches --bin load
cargo build --release -p tollgate-store --example limits
cargo build --release -p tollgate-cli
target=${CARGO_TARGET_DIR:-target}/release

"$target/examples/limits" "$results/limits" "$seconds" fjall | tee "$results/limits-first.jsonl"

"$harness/pg.sh" start
"$harness/jvm.sh" camunda7 CamundaAdapter db=pg history=full workloads=seq,exc,par,cyc,call,user,msg \
    clients="$clients" secs="$seconds" warm="${WARM:-8}" runs=3
"$harness/jvm.sh" camunda7 CamundaAdapter db=pg history=full workloads=mi1000,mi5000,exttask,async3,timer clients=4 \
    secs="$((seconds * 4))" warm="${WARM:-8}" runs=1
"$target/load" --folder "$results/load" --seconds "$seconds" --callers "$clients" seq exc par cyc call1 user msg |
    tee "$results/load.jsonl"
"$target/load" --folder "$results/load" exttask async3 timers mi1000 mi5000 | tee -a "$results/load.jsonl"

# it ends with the end of the server that it has ended
SECS=$seconds "$harness/rest.sh" pg || [ $? = 143 ]
"$harness/pg.sh" stop
rm -rf "$results/server"
"$target/tollgate" serve --data "$results/server" --listen 127.0.0.1:18181 > "$results/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
until curl -sf http://127.0.0.1:18181/engine-rest/engine > /dev/null; do sleep 0.05; done
SECS=$seconds "$harness/rest.sh" url 127.0.0.1:18181 /engine-rest tollgate "$server"

"$target/examples/limits" "$results/limits" "$seconds" fjall | tee "$results/limits-last.jsonl"
cp "$PERF/results/camunda7.jsonl" "$PERF/results/rest.jsonl" "$results/"
benches/compare.py "$results" | tee "$results/compare.txt"
