#!/usr/bin/env python3
"""Fills the cases in data/*.json with what a real Camunda 7 answers.

usage: record.py http://127.0.0.1:8080/engine-rest [FILE...]

A case is {"expression": text} or {"test": text, "input": value}, with optional "variables". Values are plain JSON (numbers without
a point become Integer or Long, with a point Double) or {"type": ..., "value": ...} as in the REST API. Recorded are:
  "text"     string([expression]), so that texts keep their quotes
  "passes"   whether the unary test passes
  "fails"    true, when the evaluation fails: the REST API does not say why
Each file becomes one deployment of small decisions, which is removed again.
"""
import json
import pathlib
import sys
import urllib.error
import urllib.request
from xml.sax.saxutils import escape

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="feel" name="feel" namespace="feel">'


def literal(key, text):
    return f'<decision id="{key}" name="{key}"><variable id="{key}v" name="r"/><literalExpression id="{key}l"><text>{escape(text)}</text></literalExpression></decision>'


def table(key, text):
    return (
        f'<decision id="{key}" name="{key}"><decisionTable id="{key}t"><input id="{key}i"><inputExpression id="{key}e"><text>x</text>'
        f'</inputExpression></input><output id="{key}o" name="r"/><rule id="{key}r"><inputEntry id="{key}n"><text>{escape(text)}</text>'
        f'</inputEntry><outputEntry id="{key}u"><text>true</text></outputEntry></rule></decisionTable></decision>'
    )


def call(method, url, body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")


def deploy(base, name, xml):
    boundary = "boundary"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n{{}}\r\n'
    body = part.format("deployment-name", "", name) + part.format("d", '; filename="r.dmn"', xml) + f"--{boundary}--\r\n"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    status, answer = call("POST", f"{base}/deployment/create", body.encode(), headers)
    if status != 200:
        raise SystemExit(f"{name}: {answer}")
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


def evaluate(base, key, variables):
    body = json.dumps({"variables": {name: typed(value) for name, value in variables.items()}}).encode()
    return call("POST", f"{base}/decision-definition/key/{key}/evaluate", body, {"Content-Type": "application/json"})


def record(base, path):
    cases = json.loads(path.read_text())
    decisions = []
    for at, case in enumerate(cases):
        if "test" in case:
            decisions.append(table(f"t{at}", case["test"]))
        else:
            decisions.append(literal(f"e{at}", case["expression"]))
            decisions.append(literal(f"s{at}", f"string([{case['expression']}])"))
    deployment = deploy(base, path.name, HEAD + "".join(decisions) + "</definitions>")
    for at, case in enumerate(cases):
        for field in ("text", "passes", "fails"):
            case.pop(field, None)
        variables = dict(case.get("variables", {}))
        if "test" in case:
            variables["x"] = case["input"]
            status, answer = evaluate(base, f"t{at}", variables)
            if status == 200:
                case["passes"] = bool(answer)
        else:
            status, _ = evaluate(base, f"e{at}", variables)
            if status == 200:
                status, answer = evaluate(base, f"s{at}", variables)
                if status == 200:
                    case["text"] = answer[0]["r"]["value"]
        if status != 200:
            case["fails"] = True
    call("DELETE", f"{base}/deployment/{deployment}?cascade=true")
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n")


def main():
    base, files = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    for path in files or sorted((pathlib.Path(__file__).parent / "data").glob("*.json")):
        record(base, path)


if __name__ == "__main__":
    main()
