// What the programs of this folder share: named checks and plain REST calls.
export const base = process.argv[2];
export const models = process.argv[3];

let failed = 0;

/** Runs a check and prints `ok NAME` or `failed NAME: why`. */
export async function check(name, body) {
  try {
    await body();
    console.log(`ok ${name}`);
  } catch (e) {
    failed += 1;
    console.log(`failed ${name}: ${String(e.message ?? e).replace(/\s+/g, " ").slice(0, 400)}`);
  }
}

export function done() {
  process.exit(failed ? 1 : 0);
}

/** A request with a JSON body; answers the parsed body, or the status when there is none. */
export async function rest(method, path, body) {
  const answer = await fetch(base + path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text}`);
  return text ? JSON.parse(text) : answer.status;
}
