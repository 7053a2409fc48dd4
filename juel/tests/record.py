#!/usr/bin/env python3
"""Records what a real Camunda 7 answers to JUEL expressions, into data/*.json.

Usage: record.py [--base http://127.0.0.1:8091/engine-rest]

Each case is an expression of a service task whose result goes into a variable. The server needs the REST API and
`POST /test/clock`; its clock is set to NOW. Replayed by tests/recorded.rs.
"""

import argparse
import json
import pathlib
import urllib.error
import urllib.request
import uuid
from xml.sax.saxutils import quoteattr

NOW = "2030-01-15T10:20:30.123Z"
HERE = pathlib.Path(__file__).parent


def request(method, url, body=None, headers=None):
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    headers = headers or ({"Content-Type": "application/json"} if data else {})
    call = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(call) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        text = error.read()
        try:
            return error.code, json.loads(text)
        except ValueError:
            return error.code, {"message": text.decode()}


MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="t"><process id="p" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="s"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><serviceTask id="t" camunda:expression={} camunda:resultVariable="r"/>
<sequenceFlow id="f2" sourceRef="t" targetRef="u"/><userTask id="u"/></process></definitions>"""


def deploy(base, xml):
    mark = "XX" + uuid.uuid4().hex
    parts = [('deployment-name"', "d"), ('data"; filename="p.bpmn"', xml)]
    body = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{n}\r\n\r\n{v}\r\n' for n, v in parts)
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return request("POST", base + "/deployment/create", (body + f"--{mark}--\r\n").encode(), headers)


def record(base, expression, variables):
    case = {"expression": expression}
    if variables:
        case["variables"] = variables
    status, answer = deploy(base, MODEL.format(quoteattr(expression)))
    if status != 200:
        message = answer["message"]
        prefix = "ENGINE-01009 Error while parsing process. "
        assert message.startswith(prefix), message
        case["parseError"] = message[len(prefix):].split(" | p.bpmn")[0].removesuffix(".")
        return case
    deployment = answer["id"]
    status, answer = request("POST", base + "/process-definition/key/p/start", {"variables": variables})
    if status != 200:
        message = answer["message"].split(": ", 1)[1]
        # Where Java loaded the classes from differs from server to server.
        case["error"] = message.split(" (")[0] if "cannot be cast to" in message else message
    else:
        url = f"{base}/process-instance/{answer['id']}/variables/r"
        status, found = request("GET", url + "?deserializeValue=false")
        assert status == 200, found
        result = {"type": found["type"], "value": found["value"]}
        if found["type"] == "Object":
            result["class"] = found["valueInfo"]["objectTypeName"]
            status, plain = request("GET", url)
            result["value"] = plain["value"] if status == 200 else None
        case["result"] = result
    request("DELETE", f"{base}/deployment/{deployment}?cascade=true")
    return case


def typed(variables):
    """Plain values become typed variables."""
    return {n: v if isinstance(v, dict) and "value" in v else {"value": v} for n, v in variables.items()}


def cases():
    """Yields (file, [(expression, variables)])."""
    for path in sorted((HERE / "cases").glob("*.txt")):
        found = []
        for line in path.read_text().splitlines():
            if line and not line.startswith("//"):
                expression, _, variables = line.partition("   <- ")
                found.append((expression, typed(json.loads(variables) if variables else {})))
        yield path.stem, found


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--base", default="http://127.0.0.1:8091/engine-rest")
    base = options.parse_args().base
    root = base.rsplit("/", 1)[0]
    request("POST", root + "/test/clock", {"time": NOW})
    (HERE / "data").mkdir(exist_ok=True)
    for name, found in cases():
        answers = [record(base, expression, variables) for expression, variables in found]
        text = "[\n" + ",\n".join(json.dumps(answer) for answer in answers) + "\n]\n"
        (HERE / "data" / f"{name}.json").write_text(text)
        print(name, len(answers))
    request("DELETE", root + "/test/clock")


if __name__ == "__main__":
    main()
