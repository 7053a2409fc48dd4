#!/usr/bin/env python3
"""Fills data/cases.json with what a real Camunda 7 answers.

usage: record.py http://127.0.0.1:8080/engine-rest

A case names a DMN file, a decision and variables (plain JSON, or {"type": ..., "value": ...} as in the REST API). Recorded are:
  "result"   what the REST API answers; null, when it cannot show the result as an output has no name
  "fails"    true, when the evaluation fails: the REST API does not say why
  "history"  the historic decision instances, required ones included, ordered by key, without ids that Camunda makes up
"""
import json
import pathlib
import sys
import urllib.error
import urllib.request

DATA = pathlib.Path(__file__).parent / "data"
INPUT = ("clauseId", "clauseName", "type", "value")
OUTPUT = ("clauseId", "clauseName", "ruleId", "ruleOrder", "variableName", "type", "value")


def call(method, url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        text = error.read()
        # An output without name has no form in the REST API: the server's own error page comes.
        return error.code, json.loads(text) if text.startswith(b"{") else None


def deploy(base, path):
    boundary = "boundary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="deployment-name"\r\n\r\n{path.name}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="d"; filename="{path.name}"\r\n\r\n{path.read_text()}\r\n--{boundary}--\r\n'
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    status, answer = call("POST", f"{base}/deployment/create", body.encode(), headers)
    if status != 200:
        raise SystemExit(f"{path.name}: {answer}")
    return answer["id"]


def typed(value):
    if isinstance(value, dict) and "type" in value:
        return value
    if isinstance(value, bool):
        return {"value": value, "type": "Boolean"}
    if isinstance(value, int):
        return {"value": value, "type": "Integer" if -(2**31) <= value < 2**31 else "Long"}
    if isinstance(value, float):
        return {"value": value, "type": "Double"}
    if isinstance(value, str):
        return {"value": value, "type": "String"}
    if value is None:
        return {"value": None, "type": "Null"}
    return {"value": json.dumps(value), "type": "Json"}


def pick(rows, fields):
    """The fields of the rows. What Java serialised shows as null."""
    return [{field: None if field == "value" and row["type"] == "Object" else row[field] for field in fields} for row in rows]


def history(base, root):
    query = "includeInputs=true&includeOutputs=true&disableBinaryFetching=true&disableCustomObjectDeserialization=true"
    _, rows = call("GET", f"{base}/history/decision-instance?rootDecisionInstanceId={root}&{query}")
    rows.sort(key=lambda row: row["decisionDefinitionKey"])
    return [
        {
            "key": row["decisionDefinitionKey"],
            "inputs": pick(row["inputs"], INPUT),
            "outputs": sorted(pick(row["outputs"], OUTPUT), key=lambda output: (output["ruleOrder"] or 0, output["clauseId"] or "")),
            "collectResultValue": row["collectResultValue"],
        }
        for row in rows
    ]


def main():
    base = sys.argv[1]
    cases = json.loads((DATA / "cases.json").read_text())
    for name in dict.fromkeys(case["file"] for case in cases):
        deployment = deploy(base, DATA / f"{name}.dmn")
        seen = set()
        for case in (case for case in cases if case["file"] == name):
            for field in ("result", "fails", "history"):
                case.pop(field, None)
            body = {"variables": {key: typed(value) for key, value in case["variables"].items()}}
            headers = {"Content-Type": "application/json"}
            key = case["decision"]
            status, answer = call("POST", f"{base}/decision-definition/key/{key}/evaluate", json.dumps(body).encode(), headers)
            if status != 200 and answer is not None:
                case["fails"] = True
                continue
            case["result"] = answer
            _, roots = call("GET", f"{base}/history/decision-instance?decisionDefinitionKey={key}&rootDecisionInstancesOnly=true")
            new = [row["id"] for row in roots if row["id"] not in seen]
            if new:
                case["history"] = history(base, new[0])
            seen.update(new)
        call("DELETE", f"{base}/deployment/{deployment}?cascade=true")
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    (DATA / "cases.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
