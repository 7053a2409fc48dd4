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
