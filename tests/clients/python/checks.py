"""What the programs of this folder share: named checks and plain REST calls."""

import json
import pathlib
import sys
import time

import requests

BASE = sys.argv[1]
MODELS = pathlib.Path(sys.argv[2])
GIVEN = json.loads((MODELS / "variables.json").read_text(encoding="utf-8"))

_failed = []


def check(name):
    """Runs the decorated function at once and prints `ok NAME` or `failed NAME: why`."""

    def run(body):
        try:
            body()
            print(f"ok {name}", flush=True)
        except Exception as e:  # a client raises whatever it likes; every failure is told
            _failed.append(name)
            print(f"failed {name}: {type(e).__name__} {' '.join(str(e).split())}", flush=True)

    return run


def done():
    sys.exit(1 if _failed else 0)


def same(expected, found):
    if expected != found:
        raise AssertionError(f"expected {expected!r}, found {found!r}")


def rest(method, path, **options):
    answer = requests.request(method, BASE + path, timeout=30, **options)
    if not answer.ok:
        raise AssertionError(f"{method} {path} answers {answer.status_code}: {answer.text}")
    return answer.json() if answer.content else None


def error_details(task):
    return requests.get(f"{BASE}/external-task/{task}/errorDetails", timeout=30).text


def start(topic, mode):
    text = lambda value: {"type": "String", "value": value}
    body = {"businessKey": mode, "variables": {**GIVEN, "topic": text(topic), "mode": text(mode)}}
    return rest("POST", "/process-definition/key/clients/start", json=body)["id"]


def variables(instance):
    return rest("GET", f"/process-instance/{instance}/variables?deserializeValues=false")


def waits_at(instance):
    return [task["taskDefinitionKey"] for task in rest("GET", f"/task?processInstanceId={instance}")]


def incidents(instance):
    return rest("GET", f"/incident?processInstanceId={instance}")


def milliseconds():
    return time.time() * 1000
