/** Opens every page and takes the pictures of the documentation: CONSOLE_SCREENSHOTS names their folder. */
import { prepare } from './routes';
import { expect, test } from './test';

test('every page', async ({ console, page, engine }) => {
  test.setTimeout(240_000);
  const routes = await prepare(engine);
  for (const [name, address] of Object.entries(routes)) {
    await console.open(address);
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    const diagrams = await page.locator('.diagram-frame').count();
    for (let index = 0; index < diagrams; index += 1) await console.diagram(index);
    await console.screenshot(name);
  }
  await page.emulateMedia({ colorScheme: 'dark' });
  for (const name of ['dashboard', 'instance-failed']) {
    await console.open(routes[name]!);
    await page.waitForLoadState('networkidle');
    await console.screenshot(`${name}-dark`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await console.open(routes['instance-failed']!);
  await page.waitForLoadState('networkidle');
  await console.screenshot('phone');
});

test('loads little at first', async ({ page }) => {
  const sizes = new Map<string, number>();
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url());
    if (!/\.(js|css|woff2)$/.test(pathname)) return;
    const body = await response.body().catch(() => Buffer.alloc(0));
    const { gzipSync } = await import('node:zlib');
    sizes.set(pathname, pathname.endsWith('.woff2') ? body.length : gzipSync(body).length);
  });
  await page.goto('./');
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  expect(sizes.size).toBeGreaterThan(0);
  expect(total).toBeLessThan(400 * 1024);
});

test('follows changes made elsewhere', async ({ console, engine }) => {
  const instance = await engine.start('console-order', 'ORD-live', { amount: 120, limit: 100 });
  await console.open(`/instances/${instance.id}`);
  await console.diagram();
  await expect(console.badge('review', 'token')).toBeVisible();
  await engine.complete((await engine.task(instance.id)).id, { approved: true });
  await expect(console.badge('ship', 'token')).toBeVisible({ timeout: 20_000 });
});
