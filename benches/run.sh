#!/usr/bin/env bash
# Measures everything that docs/performance.md tells of, in one sitting, the machine's limits first and last.
# Camunda 7 beside it: benches/compare.sh. A long run at a constant rate: load --seconds 3600 soak.
# usage: benches/run.sh [folder for the results] [seconds for each figure]
set -euo pipefail
cd "$(dirname "$0")/.."
results=${1:-target/bench-results}
seconds=${2:-3}
mkdir -p "$results"
# as the packages have it
export MIMALLOC_PURGE_DELAY=100
cargo build --release -p tollgate-benches --bins
cargo build --release -p tollgate-store --example limits
target=${CARGO_TARGET_DIR:-target}/release
"$target/examples/limits" "$results/limits" "$seconds" fjall memory | tee "$results/limits-first.jsonl"
"$target/load" --folder "$results/load" --seconds "$seconds" --threads | tee "$results/fjall.jsonl"
"$target/load" --folder "$results/load" --seconds "$seconds" --store memory --callers f1024 | tee "$results/memory.jsonl"
"$target/examples/limits" "$results/limits" "$seconds" fjall memory | tee "$results/limits-last.jsonl"
cargo build --release -p tollgate-cli
for store in fjall memory; do "$target/polls" --tollgate "$target/tollgate" --store "$store"; done | tee "$results/polls.jsonl"
benches/compare.py "$results"
