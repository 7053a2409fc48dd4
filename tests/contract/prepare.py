"""Puts something into a server, and prints the ids of what is there then, by the path they are used in."""

import json
import sys
from pathlib import Path

import requests

base = sys.argv[1]
here = Path(__file__).parent


def call(method, path, **options):
    answer = requests.request(method, base + path, timeout=20, **options)
    answer.raise_for_status()
    return answer.json() if answer.content else None


call("POST", "/deployment/create", data={"deployment-name": "contract"},
     files={name: (name, (here / name).read_bytes()) for name in ("model.bpmn", "decision.dmn")})
for number in range(20):
    call("POST", "/process-definition/key/contract/start",
         json={"businessKey": f"key-{number}", "variables": {"n": {"value": number}, "text": {"value": "t"}}})
for number in range(5):
    call("POST", "/task/create", json={"id": f"task-{number}", "name": "alone"})
call("POST", "/user/create", json={"profile": {"id": "ann"}, "credentials": {"password": "ann"}})
call("POST", "/group/create", json={"id": "sales", "name": "Sales"})
call("POST", "/tenant/create", json={"id": "north", "name": "North"})
call("POST", "/filter/create", json={"resourceType": "Task", "name": "all", "query": {}})
call("POST", "/authorization/create", json={"type": 1, "permissions": ["READ"], "userId": "ann", "resourceType": 7, "resourceId": "*"})

lists = ["deployment", "process-definition", "decision-definition", "process-instance", "execution", "task", "external-task",
         "job", "job-definition", "incident", "variable-instance", "user", "group", "tenant", "filter", "authorization",
         "history/process-instance", "history/variable-instance", "history/detail", "history/job-log", "history/external-task-log"]
known = {f"/{name}/": [row["id"] for row in call("GET", f"/{name}")[:12]] for name in lists}
known |= {"key": ["contract", "rate"], "name": ["contract"], "varId": ["n", "text"], "varName": ["n", "text"],
          "userId": ["ann"], "groupId": ["sales"], "tenant-id": ["north"], "messageName": ["go"]}
# the longest path first
print(json.dumps(dict(sorted(known.items(), key=lambda entry: -len(entry[0])))))
