// camunda-external-task-client-js on the process of model.bpmn.
import assert from "node:assert/strict";
import fs from "node:fs";
import { Client, File, Variables } from "camunda-external-task-client-js";
import { base, check, done, models, rest } from "./checks.mjs";

const TOPIC = "javascript";
const given = JSON.parse(fs.readFileSync(`${models}/variables.json`));
const day = new Date("2031-02-03T04:05:06.789Z");

async function start(mode) {
  const text = (value) => ({ type: "String", value });
  const variables = { ...given, topic: text(TOPIC), mode: text(mode) };
  const { id } = await rest("POST", "/process-definition/key/clients/start", { businessKey: mode, variables });
  return id;
}

const client = new Client({
  baseUrl: base,
  workerId: TOPIC,
  maxTasks: 5,
  asyncResponseTimeout: 1000,
  lockDuration: 10000,
  autoPoll: false,
});
const trouble = [];
client.on("poll:error", (e) => trouble.push(`poll: ${e.message}`));
client.on("handler:error", (e) => trouble.push(`handler: ${e.message}`));

const handlers = {};
/** What the next task with this mode does; resolves with the handler's result. */
function next(mode) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no task within 30 s; ${trouble.join("; ")}`)), 30000);
    handlers[mode] = async (task, work) => {
      clearTimeout(late);
      delete handlers[mode];
      try {
        resolve(await work(task));
      } catch (e) {
        reject(e);
      }
    };
  });
}

const works = {};
client.subscribe(TOPIC, { lockDuration: 10000, processDefinitionKey: "clients", includeExtensionProperties: true }, async ({ task, taskService }) => {
  const mode = task.variables.get("mode");
  await handlers[mode]?.(task, (t) => works[mode](t, taskService));
});
client.start();

/** Starts an instance and lets the client work on its task. */
async function drive(mode, work) {
  works[mode] = work;
  const handled = next(mode);
  const id = await start(mode);
  await handled;
  return id;
}

await check("javascript: reads variables of every type", async () => {
  await drive("read", async (task, service) => {
    const all = task.variables.getAll();
    assert.equal(all.aString, "Zoë & <Co>");
    assert.equal(all.aShort, 7);
    assert.equal(all.anInteger, 42);
    assert.equal(all.aLong, 4294967296);
    assert.equal(all.aDouble, 2.5);
    assert.equal(all.aBoolean, true);
    assert.equal(all.aDate.toISOString(), "2030-01-02T03:04:05.678Z");
    assert.equal(all.someBytes, "AAEC/w==");
    assert.equal(all.nothing, null);
    assert.deepEqual(all.aJson, { a: [1, 2] });
    assert.match(all.anXml, /<a b="c"\/>/);
    assert.equal(task.variables.getTyped("aList").valueInfo.objectTypeName, "java.util.ArrayList<java.lang.String>");
    await all.aFile.load();
    assert.equal(all.aFile.filename, "hello.txt");
    assert.equal(all.aFile.content.toString(), "Hello, file!");
    assert.equal(task.extensionProperties.p1, "v1");
    assert.equal(task.businessKey, "read");
    assert.equal(task.activityId, "work");
    await service.complete(task);
  });
});

await check("javascript: completes with variables of every type, once", async () => {
  const path = `${models}/javascript/package.json`;
  const file = await new File({ localPath: path, filename: "package.json", encoding: "UTF-8", mimetype: "application/json" }).load();
  const id = await drive("ok", async (task, service) => {
    const variables = new Variables()
      .setAll({ outString: "ü", outInteger: -5, outLong: 2 ** 40, outDouble: 0.25, outBoolean: false, outNull: null })
      .set("outJson", { b: ["x", null, 1] })
      .set("outDate", day)
      .set("outFile", file)
      .setTyped("outShort", { type: "Short", value: 3, valueInfo: {} })
      .setTyped("outBytes", { type: "Bytes", value: "/wA=", valueInfo: {} })
      .setTyped("outXml", { type: "Xml", value: "<out/>", valueInfo: {} })
      .setTyped("outObject", { ...given.aList, value: '["c"]' })
      .setTransient("outTransient", "gone");
    await service.complete(task, variables, new Variables().set("inTask", "local"));
    await assert.rejects(service.complete(task), /404 \(Not Found\).*External task with id .* does not exist.*RestException/);
  });
  const found = await rest("GET", `/process-instance/${id}/variables?deserializeValues=false`);
  const plain = (name) => [found[name]?.type, found[name]?.value];
  assert.deepEqual(plain("outString"), ["String", "ü"]);
  assert.deepEqual(plain("outInteger"), ["Integer", -5]);
  assert.deepEqual(plain("outLong"), ["Long", 2 ** 40]);
  assert.deepEqual(plain("outDouble"), ["Double", 0.25]);
  assert.deepEqual(plain("outBoolean"), ["Boolean", false]);
  assert.deepEqual(plain("outNull"), ["Null", null]);
  assert.deepEqual(plain("outShort"), ["Short", 3]);
  assert.equal(found.outDate.type, "Date");
  assert.equal(new Date(found.outDate.value.replace(/\+0000$/, "Z")).getTime(), day.getTime());
  assert.equal(found.outJson.type, "Json");
  assert.deepEqual(JSON.parse(found.outJson.value), { b: ["x", null, 1] });
  assert.equal(found.outXml.type, "Xml");
  assert.equal(found.outBytes.type, "Bytes");
  assert.equal(found.outObject.value, '["c"]');
  assert.equal(found.outFile.valueInfo.filename, "package.json");
  assert.equal(found.outTransient, undefined);
  assert.equal(found.inTask, undefined);
  const data = await fetch(`${base}/process-instance/${id}/variables/outFile/data`);
  assert.equal(await data.text(), fs.readFileSync(path, "utf8"));
  const [task] = await rest("GET", `/task?processInstanceId=${id}`);
  assert.equal(task.taskDefinitionKey, "review");
  await rest("POST", `/task/${task.id}/complete`, {});
  assert.equal((await rest("GET", `/history/process-instance/${id}`)).state, "COMPLETED");
});

await check("javascript: extends, sets and gives up a lock", async () => {
  const id = await drive("lock", async (task, service) => {
    const ahead = async () => Date.parse((await rest("GET", `/external-task/${task.id}`)).lockExpirationTime.replace(/\+0000$/, "Z")) - Date.now();
    await service.extendLock(task, 600000);
    assert.ok((await ahead()) > 500000, "the lock is extended");
    await service.lock(task, 300000);
    assert.ok((await ahead()) < 400000, "the lock is set");
    works.lock = async (again, sameService) => sameService.complete(again);
    await service.unlock(task);
  });
  await next("lock").catch((e) => { throw new Error(`the unlocked task is not fetched again: ${e.message}`); });
  const [task] = await rest("GET", `/task?processInstanceId=${id}`);
  assert.equal(task.taskDefinitionKey, "review");
});

await check("javascript: fails until an incident, then succeeds", async () => {
  const id = await drive("fail", async (task, service) => {
    assert.equal(task.retries, null);
    await service.handleFailure(task, { errorMessage: "first", errorDetails: "trace one", retries: 1, retryTimeout: 0 });
  });
  works.fail = async (task, service) => {
    assert.equal(task.retries, 1);
    assert.equal(task.errorMessage, "first");
    await service.handleFailure(task, { errorMessage: "second", errorDetails: "trace two", retries: 0, retryTimeout: 0 });
  };
  await next("fail");
  const [incident, ...more] = await rest("GET", `/incident?processInstanceId=${id}`);
  assert.deepEqual(more, []);
  assert.equal(incident.incidentType, "failedExternalTask");
  assert.equal(incident.incidentMessage, "second");
  assert.equal(incident.activityId, "work");
  works.fail = async (task, service) => service.complete(task);
  const handled = next("fail");
  await rest("PUT", `/external-task/${incident.configuration}/retries`, { retries: 1 });
  await handled;
  assert.deepEqual(await rest("GET", `/incident?processInstanceId=${id}`), []);
});

await check("javascript: a BPMN error goes to the boundary event", async () => {
  const id = await drive("bpmn", async (task, service) => {
    await service.handleBpmnError(task, "ERR1", "out of stock", new Variables().set("wanted", 3));
  });
  const [task] = await rest("GET", `/task?processInstanceId=${id}`);
  assert.equal(task.taskDefinitionKey, "repair");
  const found = await rest("GET", `/process-instance/${id}/variables`);
  assert.equal(found.code.value, "ERR1");
  assert.equal(found.message.value, "out of stock");
  assert.equal(found.wanted.value, 3);
});

await check("javascript: no polling or handling failed", () => assert.deepEqual(trouble, []));
client.stop();
done();
