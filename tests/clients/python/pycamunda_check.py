"""pycamunda on the process of model.bpmn, deployed by itself."""

import io
import json

import pycamunda
import pycamunda.deployment
import pycamunda.externaltask
import pycamunda.incident
import pycamunda.processdef
import pycamunda.processinst
import pycamunda.task
import pycamunda.variable
import pycamunda.version

from checks import BASE, GIVEN, MODELS, check, done, milliseconds, same, variables, waits_at

TOPIC = "pycamunda"


def start(mode):
    request = pycamunda.processdef.StartInstance(BASE, key="by_pycamunda", business_key=mode)
    for name, variable in GIVEN.items():
        request.add_variable(name, variable["value"], type_=variable["type"], value_info=variable.get("valueInfo"))
    request.add_variable("topic", TOPIC, type_="String")
    request.add_variable("mode", mode, type_="String")
    return request().id_


def fetch():
    request = pycamunda.externaltask.FetchAndLock(BASE, TOPIC, 1, async_response_timeout=5000)
    request.add_topic(TOPIC, 10000)
    [task] = request()
    return task


@check("pycamunda: deploys and reads the deployment")
def _():
    text = (MODELS / "model.bpmn").read_text(encoding="utf-8").replace('process id="clients"', 'process id="by_pycamunda"')
    model = io.BytesIO(text.encode())
    model.name = "by_pycamunda.bpmn"
    create = pycamunda.deployment.Create(BASE, "by pycamunda", enable_duplicate_filtering=True)
    create.add_resource(model)
    made = create()
    [definition] = made.deployed_process_definitions.values()
    same("by_pycamunda", definition.key)
    same("by pycamunda", pycamunda.deployment.Get(BASE, made.id_)().name)
    same([made.id_], [one.id_ for one in pycamunda.deployment.GetList(BASE, name="by pycamunda")()])
    [resource] = pycamunda.deployment.GetResources(BASE, made.id_)()
    same("by_pycamunda.bpmn", resource.name)
    same("v1", pycamunda.processdef.Get(BASE, key="by_pycamunda")().version_tag)
    same([definition.id_], [one.id_ for one in pycamunda.processdef.GetList(BASE, key="by_pycamunda")()])
    same(True, text in str(pycamunda.processdef.GetXML(BASE, id_=definition.id_)()).replace("\r\n", "\n"))
    same(True, pycamunda.version.Get(BASE)().startswith("7."))


@check("pycamunda: reads and completes with variables of every type")
def _():
    instance = start("ok")
    same("ok", pycamunda.processinst.Get(BASE, instance)().business_key)
    same([instance], [one.id_ for one in pycamunda.processinst.GetList(BASE, business_key="ok", process_definition_key="by_pycamunda")()])
    [child] = pycamunda.processinst.GetActivityInstance(BASE, instance)().child_activity_instances
    same("work", child.activity_id)
    task = fetch()
    same(instance, task.process_instance_id)
    for name in ("aString", "aShort", "anInteger", "aLong", "aDouble", "aBoolean", "nothing", "aDate", "aJson"):
        same((name, GIVEN[name]["type"], GIVEN[name]["value"]), (name, task.variables[name].type_, task.variables[name].value))
    same(["a", "b"], json.loads(task.variables["aList"].value))
    same("hello.txt", task.variables["aFile"].value_info["filename"])
    complete = pycamunda.externaltask.Complete(BASE, task.id_, TOPIC)
    for name, variable in GIVEN.items():
        complete.add_variable("out_" + name, variable["value"], type_=variable["type"], value_info=variable.get("valueInfo"))
    complete.add_local_variable("inTask", "local", type_="String")
    complete()
    found = variables(instance)
    for name, variable in GIVEN.items():
        same((name, variable["type"]), (name, found["out_" + name]["type"]))
        if name not in ("someBytes", "aFile", "anXml"):
            same((name, variable["value"]), (name, found["out_" + name]["value"]))
    same(found["aFile"]["valueInfo"], found["out_aFile"]["valueInfo"])
    same(False, "inTask" in found)
    try:
        pycamunda.externaltask.Complete(BASE, task.id_, TOPIC)()
    except pycamunda.PyCamundaException as e:
        same(True, f"External task with id {task.id_} does not exist" in str(e))
    else:
        raise AssertionError("a second completion is accepted")


@check("pycamunda: works on the user task and its variables")
def _():
    [task] = pycamunda.task.GetList(BASE, process_instance_business_key="ok", task_definition_key="review", process_definition_key="by_pycamunda")()
    pycamunda.task.Claim(BASE, task.id_, "demo")()
    same("demo", pycamunda.task.Get(BASE, task.id_)().assignee)
    instance = task.process_instance_id
    same("Date", pycamunda.processinst.VariablesGet(BASE, instance, "aDate")().type_)
    same(True, "anInteger" in pycamunda.processinst.VariablesGetList(BASE, instance)())
    modify = pycamunda.processinst.VariablesModify(BASE, instance, deletions=["aLong"])
    modify.add_variable("added", 1, type_="Integer")
    modify()
    found = variables(instance)
    same((True, False), ("added" in found, "aLong" in found))
    query = pycamunda.variable.GetList(BASE, name="anInteger", process_instance_id_in=[instance])
    same([42], [one.value for one in query()])
    complete = pycamunda.task.Complete(BASE, task.id_)
    complete.add_variable("reviewed", True, type_="Boolean")
    complete()
    same([], list(pycamunda.processinst.GetList(BASE, process_instance_ids=[instance])()))


@check("pycamunda: extends and gives up a lock")
def _():
    instance = start("lock")
    task = fetch()
    pycamunda.externaltask.ExtendLock(BASE, task.id_, 600000, TOPIC)()
    until = pycamunda.externaltask.Get(BASE, task.id_, request_error_details=False)().lock_expiration_time
    same(True, until.timestamp() * 1000 - milliseconds() > 500000)
    same(1, pycamunda.externaltask.Count(BASE, topic_name=TOPIC, locked=True)())
    pycamunda.externaltask.Unlock(BASE, task.id_)()
    same(task.id_, fetch().id_)
    pycamunda.externaltask.Complete(BASE, task.id_, TOPIC)()
    same(["review"], waits_at(instance))


@check("pycamunda: fails until an incident, then succeeds")
def _():
    instance = start("fail")
    first = fetch()
    same(None, first.retries)
    pycamunda.externaltask.HandleFailure(BASE, first.id_, TOPIC, "first", "trace one", 1, 0)()
    second = fetch()
    same((first.id_, 1, "first"), (second.id_, second.retries, second.error_message))
    pycamunda.externaltask.HandleFailure(BASE, first.id_, TOPIC, "second", "trace two", 0, 0)()
    [failed] = pycamunda.externaltask.GetList(BASE, no_retries_left=True, process_instance_id=instance)()
    same("trace two", failed.error_details)
    [incident] = pycamunda.incident.GetList(BASE, process_instance_id=instance)()
    same("second", incident.incident_message)
    pycamunda.externaltask.SetRetries(BASE, first.id_, 1)()
    pycamunda.externaltask.Complete(BASE, fetch().id_, TOPIC)()
    same((), tuple(pycamunda.incident.GetList(BASE, process_instance_id=instance)()))
    same(["review"], waits_at(instance))


@check("pycamunda: a BPMN error goes to the boundary event")
def _():
    instance = start("bpmn")
    error = pycamunda.externaltask.HandleBPMNError(BASE, fetch().id_, TOPIC, "ERR1", "out of stock")
    error.add_variable("wanted", 3, type_="Integer")
    error()
    same(["repair"], waits_at(instance))
    found = variables(instance)
    same(["ERR1", "out of stock", 3], [found[name]["value"] for name in ("code", "message", "wanted")])


done()
