/** A look at every page for the pictures, and at how little is loaded first. */
import { prepare } from './routes';
import { expect, guarded, test } from './test';

test.use(guarded);

test('every page', async ({ console, page, engine }) => {
  test.skip(!process.env.CONSOLE_SCREENSHOTS, 'no pictures are asked for');
  test.setTimeout(1_200_000);
  const routes = await prepare(engine);
  for (const [name, address] of Object.entries(routes)) {
    await console.visit(address);
    await console.screenshot(name);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const name of ['dashboard', 'instance-failed']) {
    await console.visit(routes[name]!);
    await console.screenshot(`${name}-dark`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await console.visit(routes['instance-failed']!);
  await console.screenshot('phone');
});

test('loads little at first', async ({ console, page }) => {
  const sizes = new Map<string, number>();
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    if (!/\.(js|css|woff2)$/.test(pathname)) return;
    const body = await response.body().catch(() => Buffer.alloc(0));
    const { gzipSync } = await import('node:zlib');
    sizes.set(pathname, pathname.endsWith('.woff2') ? body.length : gzipSync(body).length);
  });
  await console.visit('/');
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect(sizes.size).toBeGreaterThan(0);
  expect(total).toBeLessThan(400 * 1024);
});

test('asks each question about an instance once', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const { id } = await engine.start('console-order', 'once', { amount: 50 });
  // Signed in, so that nothing is asked in vain.
  await console.visit('/');
  const asked: string[] = [];
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/engine-rest/')) asked.push(`${request.method()} ${pathname}${search}`);
  });
  await page.goto(`./?fresh#/instances/${id}`);
  await console.settled();
  await expect(console.badge('review', 'token')).toBeVisible();
  // What the first script has asked the page must find: the model, why it waits, its path, its variables. Lists come afterwards.
  await expect
    .poll(() => asked.findIndex((request) => request.startsWith('POST /engine-rest/task?')))
    .toBeGreaterThan(0);
  asked.splice(asked.findIndex((request) => request.startsWith('POST /engine-rest/task?')));
  for (const ending of [/\/xml$/, /\/explain$/, /\/activity-instance\?/, /\/variable-instance\?/]) {
    expect(
      asked.filter((request) => ending.test(request)),
      ending.source,
    ).toHaveLength(1);
  }
});
