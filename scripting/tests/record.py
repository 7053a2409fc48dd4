#!/usr/bin/env python3
"""Records what a real Camunda 7 answers to scripts, into data/*.json.

Usage: record.py [--base http://127.0.0.1:8091/engine-rest]

Each case is a script task whose result goes into a variable. The server needs the REST API and `POST /test/clock`; its clock
is set to NOW. Cases are blocks in cases/*.txt, divided by lines of `---`: a line `language   <- {variables}`, then the
script. Replayed by tests/scripting/recorded.rs.
"""

import argparse
import json
import pathlib
import re
import urllib.error
import urllib.request
import uuid
from xml.sax.saxutils import escape, quoteattr

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
  targetNamespace="t"><error id="any"/><process id="p" isExecutable="true" camunda:historyTimeToLive="P1D">
<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<scriptTask id="t" scriptFormat={} camunda:resultVariable="r"><script>{}</script></scriptTask>
<sequenceFlow id="f2" sourceRef="t" targetRef="u"/><userTask id="u"/>
<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition camunda:errorCodeVariable="code"
  camunda:errorMessageVariable="message"/></boundaryEvent>
<sequenceFlow id="f3" sourceRef="b" targetRef="caught"/><userTask id="caught"/></process></definitions>"""


def deploy(base, xml):
    mark = "XX" + uuid.uuid4().hex
    parts = [('deployment-name"', "d"), ('data"; filename="p.bpmn"', xml)]
    body = "".join(f'--{mark}\r\nContent-Disposition: form-data; name="{n}\r\n\r\n{v}\r\n' for n, v in parts)
    headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    return request("POST", base + "/deployment/create", (body + f"--{mark}--\r\n").encode(), headers)


def record(base, language, variables, script):
    case = {"language": language, "script": script}
    if variables:
        case["variables"] = variables
    status, answer = deploy(base, MODEL.format(quoteattr(language), escape(script)))
    assert status == 200, answer
    deployment = answer["id"]
    status, answer = request("POST", base + "/process-definition/key/p/start", {"variables": variables})
    if status != 200:
        message = answer["message"].split(": ", 1)[1]
        case["error"] = re.sub(r"p:\d+:\d+", "DEFINITION", message)
    else:
        url = f"{base}/process-instance/{answer['id']}/variables"
        status, found = request("GET", url + "?deserializeValues=false")
        assert status == 200, found
        if "code" in found:
            case["bpmnError"] = [found["code"]["value"], found["message"]["value"]]
        elif "r" not in found:
            case["result"] = None
        else:
            result = {"type": found["r"]["type"], "value": found["r"]["value"]}
            if result["type"] == "Object":
                result["class"] = found["r"]["valueInfo"]["objectTypeName"]
                status, plain = request("GET", url + "/r")
                result["value"] = plain["value"] if status == 200 else None
            case["result"] = result
    request("DELETE", f"{base}/deployment/{deployment}?cascade=true")
    return case


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--base", default="http://127.0.0.1:8091/engine-rest")
    base = options.parse_args().base
    root = base.rsplit("/", 1)[0]
    request("POST", root + "/test/clock", {"time": NOW})
    (HERE / "data").mkdir(exist_ok=True)
    for path in sorted((HERE / "cases").glob("*.txt")):
        answers = []
        for block in path.read_text().split("\n---\n"):
            head, _, script = block.strip("\n").partition("\n")
            language, _, variables = head.partition("   <- ")
            variables = json.loads(variables) if variables else {}
            variables = {n: v if isinstance(v, dict) else {"value": v} for n, v in variables.items()}
            answers.append(record(base, language, variables, script))
        text = "[\n" + ",\n".join(json.dumps(answer) for answer in answers) + "\n]\n"
        (HERE / "data" / f"{path.stem}.json").write_text(text)
        print(path.stem, len(answers))
    request("DELETE", root + "/test/clock")


if __name__ == "__main__":
    main()
