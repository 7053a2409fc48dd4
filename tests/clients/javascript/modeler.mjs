// The requests with which Camunda Modeler 5.50 deploys a diagram and starts an instance, in its order and with its headers.
import assert from "node:assert/strict";
import fs from "node:fs";
import { base, check, done, models } from "./checks.mjs";

const diagram = fs.readFileSync(`${models}/model.bpmn`, "utf8").replace('process id="clients"', 'process id="modeled"');

async function request(path, options = {}) {
  const answer = await fetch(path.startsWith("http") ? path : base + path, {
    ...options,
    headers: { accept: "application/json", ...options.headers },
    signal: AbortSignal.timeout(5000),
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text };
}

function deploy(text) {
  const form = new FormData();
  form.append("deployment-name", "modeled");
  form.append("deployment-source", "Camunda Modeler");
  form.append("enable-duplicate-filtering", "true");
  form.append("modeled.bpmn", new Blob([text], { type: "text/xml" }), "modeled.bpmn");
  return request("/deployment/create", { method: "POST", body: form });
}

await check("modeler: connects and asks for the version", async () => {
  assert.deepEqual(await request("/deployment?maxResults=0"), { status: 200, body: [] });
  const { status, body } = await request("/version");
  assert.equal(status, 200);
  assert.match(body.version, /^7\.\d+/);
});

await check("modeler: deploys, deploys again without a change, and starts", async () => {
  const first = await deploy(diagram);
  assert.equal(first.status, 200, JSON.stringify(first.body));
  const [definition] = Object.values(first.body.deployedProcessDefinitions);
  assert.equal(definition.key, "modeled");
  const second = await deploy(diagram);
  assert.equal(second.status, 200);
  assert.equal(second.body.id, first.body.id);
  assert.equal(second.body.deployedProcessDefinitions, null);
  const { status, body } = await request(`/process-definition/${definition.id}/start`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ businessKey: "from the modeler", variables: { topic: { value: "nobody", type: "String" } } }),
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((await request(`/process-instance/${body.id}`)).body.businessKey, "from the modeler");
});

await check("modeler: a broken diagram is a parse error", async () => {
  const { status, body } = await deploy(diagram.replace('targetRef="work"', 'targetRef="nowhere"'));
  assert.equal(status, 400);
  assert.match(body.message, /^ENGINE-09005 Could not parse BPMN process\./);
});

await check("modeler: asks for the web applications", async () => {
  const { status, body } = await request(new URL("/.well-known/camunda-automation-platform/webapps", base).href);
  assert.ok(status === 404 || (status === 200 && body.cockpitUrl), `answers ${status}`);
});
done();
