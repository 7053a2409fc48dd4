#!/usr/bin/env python3
"""Ratios of a sitting of compare.sh, and what blocking callers reach of the machine's grouped flushes.

usage: compare.py FOLDER, with what compare.sh or run.sh left there
"""

import json
import pathlib
import statistics
import sys

# what the harness calls otherwise; its `cyc` goes round three to ten times, the load program's ten times
NAMES = {"call": "call1", "timer": "timers"}


def lines(folder, pattern):
    for file in sorted(folder.glob(pattern)):
        for line in file.read_text().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                pass  # what a program says to people


def medians(rows, key, *fields):
    """Median of each field over the rows of a key."""
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return {
        name: {field: statistics.median(row.get(field, 0) for row in group) for field in fields}
        for name, group in groups.items()
    }


def table(title, head, rows):
    if not rows:
        return
    print(f"## {title}\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(f"{cell:,.0f}" if isinstance(cell, (int, float)) else cell for cell in row) + " |")
    print()


def embedded(folder):
    def name(row):
        return NAMES.get(row["workload"], row["workload"]), str(row["clients"])

    camunda = medians(lines(folder, "camunda7.jsonl"), name, "rate", "cpu_per_k", "peer_cpu_per_k")
    ours = medians(lines(folder, "load.jsonl"), lambda row: (row["workload"], row["callers"]), "rate", "cpu_us")
    # batches are run by as many callers as each does best with
    batches = {workload: row for (workload, callers), row in ours.items() if not callers.isdigit()}
    for (workload, clients), theirs in camunda.items():
        mine = ours.get((workload, clients)) or batches.get(workload)
        if mine and theirs["rate"]:
            spent = (theirs["cpu_per_k"] + theirs["peer_cpu_per_k"]) * 1000
            times = f"{mine['rate'] / theirs['rate']:.1f}"
            less = f"{spent / mine['cpu_us']:.1f}" if mine["cpu_us"] else "-"
            yield workload, clients, theirs["rate"], mine["rate"], times, spent, mine["cpu_us"], less


def rest(folder):
    rows = [row for row in lines(folder, "rest.jsonl") if "clients" in row]
    found = medians(rows, lambda row: (row["workload"], row["clients"], row["tag"] == "tollgate"), "rate", "p99_us")
    for (workload, clients, ours), mine in found.items():
        theirs = found.get((workload, clients, False))
        if ours and theirs and theirs["rate"]:
            times = f"{mine['rate'] / theirs['rate']:.1f}"
            p99 = [f"{row['p99_us'] / 1000:.1f}" for row in (theirs, mine)]
            yield workload, str(clients), theirs["rate"], mine["rate"], times, *p99


def flushes(folder):
    prefix = "flush_grouped_"
    limits = [row for row in lines(folder, "limits-*.jsonl") if row.get("limit", "").startswith(prefix)]
    grouped = medians(limits, lambda row: row["limit"].removeprefix(prefix), "rate")
    for row in lines(folder, "*.jsonl"):
        if row.get("workload") == "seq" and row.get("callers") in grouped and row.get("store") == "fjall":
            limit = grouped[row["callers"]]["rate"]
            yield row["callers"], limit, row["rate"], f"{100 * row['rate'] / limit:.0f} %"


folder = pathlib.Path(sys.argv[1])
table(
    "Embedded: Camunda 7 on PostgreSQL, Tollgate on its own store; both durable, history full",
    ["workload", "callers", "Camunda 7, /s", "Tollgate, /s", "times", "Camunda 7, µs", "Tollgate, µs", "times less"],
    list(embedded(folder)),
)
table(
    "Over HTTP, the same loader",
    ["workload", "connections", "Camunda 7, /s", "Tollgate, /s", "times", "Camunda 7, p99 ms", "Tollgate, p99 ms"],
    list(rest(folder)),
)
table(
    "Blocking callers beside as many writers that share a flush",
    ["callers", "grouped flushes, /s", "`seq`, /s", "part"],
    list(flushes(folder)),
)
