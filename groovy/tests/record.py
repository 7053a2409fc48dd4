#!/usr/bin/env python3
"""Record what a real Camunda 7 answers for Groovy snippets.

    record.py BASE [topic ...]      BASE such as http://127.0.0.1:8092/engine-rest

Each file snippets/<topic>.groovy holds snippets separated by a line `// ---`; the answers go to data/<topic>.json. A snippet
runs as a script task whose source is the process variable `source`, beside the variables in VARIABLES. Its result is
described by a second script: class name and text of each value, lists and maps element by element.
"""
import json
import pathlib
import re
import sys
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
VARIABLES = {
    "amount": 120,
    "price": {"value": 19.99, "type": "Double"},
    "big": {"value": 5000000000, "type": "Long"},
    "name": "Ada Lovelace",
    "approved": True,
    "nothing": None,
    "when": {"value": "2030-01-15T10:20:30.000+0000", "type": "Date"},
    "order": {
        "value": '{"id": 7, "customer": {"name": "Ada", "vip": true}, "lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 1}]}',
        "type": "Json",
    },
}
DESCRIBE = r"""
def show
show = { o ->
  if (o == null) return 'null'
  if (o instanceof Map) return o.getClass().name + '{' + o.collect { k, v -> show(k) + '=' + show(v) }.join(', ') + '}'
  if (o instanceof Collection) return o.getClass().name + '[' + o.collect { show(it) }.join(', ') + ']'
  if (o.getClass().isArray()) return 'array[' + o.collect { show(it) }.join(', ') + ']'
  o.getClass().name + ':' + o
}
execution.setVariable('shown', show(execution.getVariable('result')))
execution.removeVariable('result')
"""
MODEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
<process id="snippet" isExecutable="true" camunda:historyTimeToLive="P1D"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="run"/>
<scriptTask id="run" scriptFormat="groovy" camunda:resultVariable="result"><script>${{source}}</script></scriptTask>
<sequenceFlow id="f2" sourceRef="run" targetRef="show"/>
<scriptTask id="show" scriptFormat="groovy"><script><![CDATA[{DESCRIBE}]]></script></scriptTask>
<sequenceFlow id="f3" sourceRef="show" targetRef="wait"/><userTask id="wait"/>
<boundaryEvent id="caught" attachedToRef="run"><errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="message"/></boundaryEvent>
<sequenceFlow id="f4" sourceRef="caught" targetRef="wait2"/><userTask id="wait2"/>
</process></definitions>"""


def call(method, url, body=None, content_type="application/json"):
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method, headers={"Content-Type": content_type})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            text = response.read()
            return response.status, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def deploy(base):
    boundary = "snippet"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="data"; filename="snippet.bpmn"\r\n\r\n{MODEL}\r\n--{boundary}--\r\n'
    ).encode()
    status, answer = call("POST", f"{base}/deployment/create", body, f"multipart/form-data; boundary={boundary}")
    if status != 200:
        sys.exit(f"deployment failed: {answer}")


def typed(value):
    return value if isinstance(value, dict) else {"value": value}


def run(base, source):
    variables = {name: typed(value) for name, value in VARIABLES.items()}
    variables["source"] = {"value": source, "type": "String"}
    body = {"variables": variables, "withVariablesInReturn": True}
    status, answer = call("POST", f"{base}/process-definition/key/snippet/start", body)
    if status != 200:
        message = re.sub(r"process definition with id '[^']*'", "process definition with id '<id>'", answer["message"])
        message = re.sub(r"\bScript\d+\b", "Script1", message)
        message = re.sub(r"^Unable to (evaluate|compile) script while executing activity 'run' in the process definition with id '<id>'(: )?", "", message)
        return {"error": message}
    call("DELETE", f"{base}/process-instance/{answer['id']}?skipCustomListeners=true")
    variables = answer["variables"]
    if "code" in variables and "shown" not in variables:
        return {"bpmnError": {"code": variables["code"]["value"], "message": variables["message"]["value"]}}
    stored = {
        name: {"type": variable["type"], "value": variable["value"]}
        for name, variable in sorted(variables.items())
        if name not in VARIABLES and name not in ("source", "shown", "result", "code", "message")
    }
    answer = {"result": variables["shown"]["value"]}
    if stored:
        answer["stored"] = stored
    return answer


def snippets(path):
    return [part.strip("\n") for part in re.split(r"(?m)^// ---\n", path.read_text()) if part.strip()]


def main():
    base, topics = sys.argv[1], sys.argv[2:]
    deploy(base)
    paths = [HERE / "snippets" / f"{topic}.groovy" for topic in topics] or sorted((HERE / "snippets").glob("*.groovy"))
    for path in paths:
        records = [{"script": source, **run(base, source)} for source in snippets(path)]
        target = HERE / "data" / f"{path.stem}.json"
        text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
        # What differs from run to run: numbers of scripts, definitions and objects.
        for pattern, constant in ((r"\bScript\d+\b", "Script1"), (r"snippet:\d+:\d+", "snippet:1:1"), (r"@[0-9a-f]{6,8}\b", "@0")):
            text = re.sub(pattern, constant, text)
        target.write_text(text)
        print(f"{path.stem}: {len(records)}")


if __name__ == "__main__":
    main()
