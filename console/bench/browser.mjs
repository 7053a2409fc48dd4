/** Chromium without a window, steered by messages of its DevTools protocol over a pipe. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const arguments_ = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--remote-debugging-pipe',
];

export async function startBrowser() {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'first-view-'));
  const program = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  const child = spawn(program, [...arguments_, `--user-data-dir=${profile}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise((resolve) => child.on('exit', resolve));
  const [to, from] = [child.stdio[3], child.stdio[4]];
  const waiting = new Map();
  let number = 0;
  let rest = '';
  from.setEncoding('utf8').on('data', (text) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop();
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message);
      const { resolve, reject } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    }
  });
  gone.then((code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended with ${code}`));
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      number += 1;
      waiting.set(number, { resolve, reject });
      to.write(`${JSON.stringify({ id: number, method, params, sessionId })}\0`);
    });
  return {
    send,
    close: async () => {
      await send('Browser.close');
      await gone;
      await rm(profile, { recursive: true, force: true });
    },
  };
}
