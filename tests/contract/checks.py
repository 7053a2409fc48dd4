"""What schemathesis is told about this API: which ids there are, how long a poll may last, and which errors are Camunda's.

CAMUNDA=http://…/engine-rest compares each server error with a real Camunda 7: only what Camunda answers otherwise counts."""

import json
import os
import re
import zlib

import requests
import schemathesis

CAMUNDA = os.environ.get("CAMUNDA")
# the ids of one server mean nothing to another
KNOWN = {} if CAMUNDA else json.loads(os.environ.get("CONTRACT_IDS", "{}"))
PREFIX = "/engine-rest"
# Camunda's exceptions and those of Java that its server lets through; a panic of ours is none of them
CLASSES = re.compile(r"^[A-Z]\w*(Exception|Error)$")


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Half of the ids are of things that are there."""
    if not path_parameters:
        return path_parameters
    path = ctx.operation.path
    for name, value in path_parameters.items():
        choices = next((ids for prefix, ids in KNOWN.items() if path.startswith(prefix)), []) if name == "id" else KNOWN.get(name, [])
        draw = zlib.crc32(repr(value).encode())
        if choices and draw % 2:
            path_parameters[name] = choices[draw // 2 % len(choices)]
    return path_parameters


@schemathesis.hook
def map_body(ctx, body):
    """A long poll that nothing ends is no hang."""
    if isinstance(body, dict) and isinstance(body.get("asyncResponseTimeout"), (int, float)):
        body["asyncResponseTimeout"] = min(body["asyncResponseTimeout"], 100)
    return body


@schemathesis.check
def server_errors_are_camundas(ctx, response, case):
    """A status from 500 on has the body of Camunda's errors, and Camunda gives it, too."""
    if response.status_code < 500:
        return
    try:
        body = json.loads(response.content)
    except ValueError as error:
        raise AssertionError(f"{response.status_code} without JSON: {response.content[:200]!r}") from error
    assert set(body) >= {"type", "message", "code"}, f"not an error of Camunda's form: {body}"
    assert CLASSES.match(str(body["type"])), f"no Java class: {body}"
    assert "panic" not in str(body["message"]) and not str(body["message"]).startswith("internal error"), f"a panic: {body}"
    if not CAMUNDA:
        return
    request = response.request
    path = request.path_url.split(PREFIX, 1)[1]
    content = {"Content-Type": request.headers["Content-Type"]} if "Content-Type" in request.headers else {}
    theirs = requests.request(request.method, CAMUNDA + path, data=request.body, headers=content, timeout=20)
    assert theirs.status_code >= 500, f"Camunda answers {theirs.status_code} {theirs.text[:200]}, not {body}"
