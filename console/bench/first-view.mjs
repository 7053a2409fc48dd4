/**
 * How long a person waits for the page of an instance: opened for the first time, with nothing in the browser's cache.
 *
 *     node bench/first-view.mjs --url http://127.0.0.1:8080/ --runs 30
 *
 * Each run opens another instance in a profile of its own. Times are milliseconds from the start of the navigation to
 * the frame that shows the thing. The instances are started by this program, of a model with a diagram; `--stored` takes
 * some from all over the store instead. `--again` opens a second one in the same profile, as a person does who has been
 * there before.
 *
 * The browser is steered without Playwright: that turns on what developer tools need, and then each `Error` that a script
 * makes costs the parsing of that script once more; React makes five while it is loaded.
 */
import { readFile } from 'node:fs/promises';
import { startBrowser } from './browser.mjs';

const options = { url: 'http://127.0.0.1:8080/', runs: '30', stored: false, again: false };
for (let at = 2; at < process.argv.length; at += 1) {
  const name = process.argv[at].replace(/^--/, '');
  if (!(name in options)) throw new Error(`unknown option --${name}; there are ${Object.keys(options)}`);
  if (typeof options[name] === 'boolean') options[name] = true;
  else options[name] = process.argv[(at += 1)];
}
const api = new URL('engine-rest/', options.url);

/** What is looked for, by the name it is reported under. */
const things = {
  title: '.page-title .badge',
  waiting: '.explain .reason-text',
  activities: '.tree-card .tree button',
  variables: '.tabs .value',
  diagram: '.diagram-frame svg .djs-shape',
  token: '.diagram-badge-token',
};

async function ask(path, options) {
  const answer = await fetch(new URL(path, api), options);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** An instance that was not looked at before. */
async function pick(number) {
  if (options.stored) {
    const [row] = await ask(
      `process-instance?maxResults=1&firstResult=${Math.floor(((number * 0.618) % 1) * count)}`,
    );
    return row.id;
  }
  const variables = { amount: { value: 120 + number }, customer: { value: 'Ada' }, limit: { value: 10 } };
  const { id } = await ask('process-definition/key/console-order/start', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ businessKey: `viewed-${number}`, variables }),
  });
  return id;
}

async function deploy() {
  const form = new FormData();
  const model = await readFile(new URL('../e2e/models/order-v1.bpmn', import.meta.url));
  form.append('deployment-name', 'first view');
  form.append('enable-duplicate-filtering', 'true');
  form.append('order.bpmn', new Blob([model]), 'order.bpmn');
  await ask('deployment/create', { method: 'POST', body: form });
}

/** Runs in the page, before everything else of it. */
function watch(selectors) {
  const seen = {};
  window.seen = seen;
  window.complaints = [];
  window.addEventListener('error', ({ message }) => window.complaints.push(message));
  const look = () => {
    for (const [name, selector] of Object.entries(selectors)) {
      if (name in seen || !document.querySelector(selector)) continue;
      seen[name] = null;
      // The task after the next frame runs when that frame has been drawn.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => (seen[name] = performance.now());
        channel.port2.postMessage(null);
      });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
}

/** Asked once everything should be there; until then the page is left alone. */
function tell(selectors) {
  if (!Object.keys(selectors).every((name) => typeof window.seen?.[name] === 'number')) return null;
  const all = Math.max(...Object.values(window.seen));
  return {
    ...window.seen,
    all,
    'first paint': performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    requests: performance
      .getEntriesByType('resource')
      .filter(({ name, responseEnd }) => /engine-rest/.test(name) && responseEnd <= all).length,
    complaints: window.complaints,
  };
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const call = (code, argument) => `(${code})(${JSON.stringify(argument)})`;

async function view(context, id) {
  // The tab is there before its address: the start of a process is the browser's affair.
  const { targetId } = await browser.send('Target.createTarget', {
    url: new URL('health/live', options.url).href,
    browserContextId: context,
    width: 1360,
    height: 860,
  });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  await browser.send('Page.enable', {}, sessionId);
  await browser.send('Page.addScriptToEvaluateOnNewDocument', { source: call(watch, things) }, sessionId);
  await sleep(200);
  const url = new URL(`?${id}#/instances/${id}`, options.url).href;
  await browser.send('Page.navigate', { url }, sessionId);
  for (let waited = 0; waited < 20; waited += 1) {
    await sleep(1000);
    const answer = await browser.send(
      'Runtime.evaluate',
      { expression: call(tell, things), returnByValue: true },
      sessionId,
    );
    const times = answer.result.value;
    if (!times) continue;
    await browser.send('Target.closeTarget', { targetId });
    if (times.complaints.length > 0) throw new Error(times.complaints.join('\n'));
    return times;
  }
  throw new Error(`${url} does not show everything`);
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

function report(title, views) {
  console.log(`${title}, ${views.length} instances; ${count} in the store`);
  console.log('                 median     p90   longest');
  for (const name of ['first paint', ...Object.keys(things), 'all', 'requests']) {
    const sorted = views.map((times) => times[name]).sort((a, b) => a - b);
    const cells = [0.5, 0.9, 1].map((share) => Math.round(quantile(sorted, share)).toString());
    console.log(`${name.padEnd(13)}${cells.map((cell) => cell.padStart(9)).join('')}`);
  }
}

const { count } = await ask('process-instance/count');
if (options.stored && count === 0) throw new Error('the server has no running instances');
if (!options.stored) await deploy();
const browser = await startBrowser();
const first = [];
const again = [];
for (let run = 0; run <= Number(options.runs); run += 1) {
  const { browserContextId: context } = await browser.send('Target.createBrowserContext');
  const times = [await view(context, await pick(2 * run))];
  if (options.again) times.push(await view(context, await pick(2 * run + 1)));
  await browser.send('Target.disposeBrowserContext', { browserContextId: context });
  // The first of all warms the browser itself.
  if (run === 0) continue;
  first.push(times[0]);
  again.push(...times.slice(1));
}
await browser.close();
report('first view', first);
if (again.length > 0) report('the next one', again);
