#!/usr/bin/env bash
# What a scrape of /metrics costs: processor time of a server that runs nothing else, for each of 1,000 scrapes, with 100 processes and
# so many open tasks (20,000 unless told). The first scrape of each ten seconds also counts what is open; that is told apart.
#
#   cargo build --release -p tollgate-cli -p tollgate-benches --bin tollgate --bin large
#   benches/scrape.sh [OPEN] [PROCESSES]
set -euo pipefail
cd "$(dirname "$0")/.."
open=${1:-20000} processes=${2:-100}
programs=${CARGO_TARGET_DIR:-target}/release
listen=${LISTEN:-127.0.0.1:18099}
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server"; wait "$server" || true; fi; rm -rf "$folder"' EXIT

"$programs/large" --folder "$folder/data" fill --waiting "$open"
TOLLGATE_LOG=error "$programs/tollgate" serve --listen "$listen" --data "$folder/data" >"$folder/log" &
server=$!
until curl -sf "http://$listen/health/ready" >/dev/null; do sleep 0.2; done

for number in $(seq "$processes"); do
  cat >"$folder/p.bpmn" <<MODEL
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
  <process id="p$number" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>
MODEL
  curl -sSf -o /dev/null -F deployment-name=p -F "p.bpmn=@$folder/p.bpmn" "http://$listen/engine-rest/deployment/create"
  curl -sSf -o /dev/null -H 'content-type: application/json' -d '{}' "http://$listen/engine-rest/process-definition/key/p$number/start"
done

# Microseconds of processor time that the threads have had.
spent() { cat /proc/"$server"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d", sum / 1000 }'; }
scrape() { curl -sSf -o /dev/null -H 'accept-encoding: gzip' "http://$listen/metrics?[1-$1]"; }

curl -sSf "http://$listen/metrics" | awk '{ bytes += length + 1 } END { printf "a scrape has %d lines, %d bytes\n", NR, bytes }'
before=$(spent); sleep 1; idle=$(($(spent) - before))
before=$(spent); scrape 1000; all=$(($(spent) - before))
echo "a scrape takes $((all / 1000)) µs of processor time (the server at rest: $idle µs a second)"
sleep 11
before=$(spent); scrape 1; counted=$(($(spent) - before))
echo "one that counts $open open tasks takes $counted µs"
