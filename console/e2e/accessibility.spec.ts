/** Axe finds nothing serious on any page, in both themes, on a wide screen and on a phone. */
import AxeBuilder from '@axe-core/playwright';
import { prepare } from './routes';
import { expect, test } from './test';

const variants = [
  { name: 'wide and light', colorScheme: 'light', viewport: { width: 1360, height: 860 } },
  { name: 'on a phone and dark', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

for (const { name, colorScheme, viewport } of variants) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });

    test('every page', async ({ console, page, engine }) => {
      test.setTimeout(240_000);
      for (const [route, address] of Object.entries(await prepare(engine))) {
        await console.visit(address);
        const { violations } = await new AxeBuilder({ page })
          // Drawn by bpmn-js and dmn-js; what they show is also in lists and tables beside them.
          .exclude('.diagram-frame')
          .exclude('.dmn-frame')
          .analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
        expect.soft(serious, route).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect.soft(overflow, `${route} is wider than the screen`).toBe(false);
      }
    });
  });
}

test('dialogs', async ({ console, page }) => {
  await console.open('/processes');
  for (const open of [
    () => page.getByRole('button', { name: 'Deploy' }).click(),
    () => page.keyboard.press('Control+k'),
    () => page.keyboard.press('?'),
  ]) {
    await open();
    await expect(page.getByRole('dialog')).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  }
});

test('the keyboard leads everywhere', async ({ console, page }) => {
  await console.open('/');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(page.getByRole('heading', { name: 'Tasks' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: /Process, business key/ })).toBeFocused();
  await page.keyboard.type('decisions');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Decisions' })).toBeVisible();
});
