"""camunda-external-task-client-python3 on the process of model.bpmn."""

import asyncio
import base64
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from camunda.client.async_external_task_client import AsyncExternalTaskClient
from camunda.client.engine_client import EngineClient
from camunda.external_task.external_task import ExternalTask
from camunda.external_task.external_task_worker import ExternalTaskWorker, NoExternalTaskFound
from camunda.process_definition.process_definition_client import ProcessDefinitionClient

from checks import BASE, check, done, error_details, incidents, rest, same, start, variables, waits_at

TOPIC = "python3"
CONFIG = {"maxTasks": 1, "lockDuration": 10000, "asyncResponseTimeout": 5000, "sleepSeconds": 1}

worker = ExternalTaskWorker(worker_id=TOPIC, base_url=BASE, config=CONFIG)
engine = EngineClient(BASE)


def drive(work, worker=worker):
    """Lets a worker fetch one task and do the work; answers the task."""
    seen = []

    def handle(task: ExternalTask):
        seen.append(task)
        return work(task)

    worker.fetch_and_execute(TOPIC, handle)
    same(1, len(seen))
    return seen[0]


@check("python3: reads variables of every type")
def _():
    start(TOPIC, "read")

    def read(task):
        same("Zoë & <Co>", task.get_variable("aString"))
        same(7, task.get_variable("aShort"))
        same(42, task.get_variable("anInteger"))
        same(4294967296, task.get_variable("aLong"))
        same(2.5, task.get_variable("aDouble"))
        same(True, task.get_variable("aBoolean"))
        same("2030-01-02T03:04:05.678+0000", task.get_variable("aDate"))
        same(None, task.get_variable("nothing"))
        same("File", task.get_variable("aFile", with_meta=True)["type"])
        same("hello.txt", task.get_variable("aFile", with_meta=True)["valueInfo"]["filename"])
        same("v1", task.get_extension_property("p1"))
        same("read", task.get_business_key())
        same("work", task.get_activity_id())
        return task.complete()

    drive(read)


@check("python3: reads objects as values, and as text")
def _():
    start(TOPIC, "values")
    start(TOPIC, "text")
    modes = []

    def as_values(task):
        modes.append(task.get_variable("mode"))
        same(["a", "b"], task.get_variable("aList"))
        same("Json", task.get_variable("aJson", with_meta=True)["type"])
        return task.complete()

    def as_text(task):
        modes.append(task.get_variable("mode"))
        same('["a","b"]', task.get_variable("aList"))
        same('{"a":[1,2]}', task.get_variable("aJson"))
        return task.complete()

    drive(as_values)
    drive(as_text, ExternalTaskWorker(TOPIC, BASE, {**CONFIG, "deserializeValues": False}))
    same(["text", "values"], sorted(modes))


@check("python3: completes with variables of every type, once")
def _():
    instance = start(TOPIC, "ok")
    given = {
        "outString": "ü",
        "outInteger": -5,
        "outLong": 2**40,
        "outDouble": 0.25,
        "outBoolean": False,
        "outNull": None,
        "outDate": {"type": "Date", "value": "2031-02-03T04:05:06.789+0000"},
        "outJson": {"type": "Json", "value": '{"b":["x",null,1]}'},
        "outXml": {"type": "Xml", "value": "<out/>"},
        "outBytes": {"type": "Bytes", "value": "/wA="},
        "outFile": {
            "type": "File",
            "value": base64.b64encode(b"content").decode(),
            "valueInfo": {"filename": "out.txt", "mimeType": "text/plain"},
        },
        "outObject": {
            "type": "Object",
            "value": '["c"]',
            "valueInfo": {
                "objectTypeName": "java.util.ArrayList<java.lang.String>",
                "serializationDataFormat": "application/json",
            },
        },
    }
    task = drive(lambda task: task.complete(given, {"inTask": "local"}))
    found = variables(instance)
    plain = {name: (found[name]["type"], found[name]["value"]) for name in found}
    same(("String", "ü"), plain["outString"])
    same(("Integer", -5), plain["outInteger"])
    same(("Long", 2**40), plain["outLong"])
    same(("Double", 0.25), plain["outDouble"])
    same(("Boolean", False), plain["outBoolean"])
    same(("Null", None), plain["outNull"])
    same(("Date", "2031-02-03T04:05:06.789+0000"), plain["outDate"])
    same(("Json", '{"b":["x",null,1]}'), plain["outJson"])
    same("Xml", plain["outXml"][0])
    same(("Object", '["c"]'), plain["outObject"])
    same("out.txt", found["outFile"]["valueInfo"]["filename"])
    same(False, "inTask" in found)
    same("content", base64.b64decode(engine.get_process_instance_variable(instance, "outFile")).decode())
    same(b"\xff\x00", base64.b64decode(engine.get_process_instance_variable(instance, "outBytes")))
    same(["review"], waits_at(instance))
    try:
        worker.client.complete(task.get_task_id(), {})
    except Exception as e:
        same(True, f"External task with id {task.get_task_id()} does not exist" in str(e))
    else:
        raise AssertionError("a second completion is accepted")


@check("python3: fails until an incident, then succeeds")
def _():
    instance = start(TOPIC, "fail")
    drive(lambda task: task.failure("first", "trace one", max_retries=1, retry_timeout=0))
    drive(lambda task: task.failure("second", "trace two", max_retries=1, retry_timeout=0))
    [incident] = incidents(instance)
    same(("failedExternalTask", "second", "work"), tuple(incident[k] for k in ("incidentType", "incidentMessage", "activityId")))
    same("trace two", error_details(incident['configuration']))
    rest("PUT", f"/external-task/{incident['configuration']}/retries", json={"retries": 1})
    drive(lambda task: task.complete())
    same([], incidents(instance))
    same(["review"], waits_at(instance))


@check("python3: a BPMN error goes to the boundary event")
def _():
    instance = start(TOPIC, "bpmn")
    drive(lambda task: task.bpmn_error("ERR1", "out of stock", {"wanted": 3}))
    same(["repair"], waits_at(instance))
    found = variables(instance)
    same(["ERR1", "out of stock", 3], [found[name]["value"] for name in ("code", "message", "wanted")])


@check("python3: an empty poll ends after its time")
def _():
    try:
        ExternalTaskWorker(TOPIC, BASE, {**CONFIG, "asyncResponseTimeout": 300}).fetch_and_execute(TOPIC, lambda task: None)
    except NoExternalTaskFound:
        return
    raise AssertionError("a task is found where there is none")


@check("python3: the asynchronous client fetches and completes")
def _():
    instance = start(TOPIC, "async")

    async def work():
        client = AsyncExternalTaskClient(TOPIC, BASE, CONFIG)
        [task] = await client.fetch_and_lock(TOPIC)
        same(instance, task["processInstanceId"])
        same(True, await client.complete(task["id"], {"from": "async"}))

    asyncio.run(work())
    same("async", variables(instance)["from"]["value"])


@check("python3: the engine client starts, finds and lists")
def _():
    by_key = engine.start_process("clients", {"topic": "nobody", "colour": "red"}, business_key="engine client")
    same("engine client", by_key["businessKey"])
    found = engine.get_process_instance("clients", ["colour_eq_red"])
    same([by_key["id"]], [instance["id"] for instance in found])
    by_version = ProcessDefinitionClient(BASE).start_process_by_version("clients", "v1", {"topic": "nobody"})
    same(True, by_version["definitionId"].startswith("clients:"))
    same([], engine.get_jobs(0, 10, process_instance_id=by_key["id"]))
    try:
        engine.correlate_message("unknown")
    except Exception as e:
        same(True, "Cannot correlate message 'unknown'" in str(e))
    else:
        raise AssertionError("an unknown message is correlated")


done()
