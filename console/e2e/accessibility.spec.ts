/** Axe finds nothing serious on any page in both themes; nothing is wider than the screen; the keyboard leads everywhere. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { prepare } from './routes';
import { expect, guarded, test } from './test';

test.use(guarded);

// From phones to large screens; axe looks at the page as it is first.
const variants = [
  {
    name: 'wide and light',
    colorScheme: 'light',
    viewport: { width: 1360, height: 860 },
    widths: [1360, 1920, 1024],
  },
  {
    name: 'on a phone and dark',
    colorScheme: 'dark',
    viewport: { width: 390, height: 844 },
    widths: [390, 320, 768],
  },
] as const;

/** What fades in has its colours only when it is there. */
const stillness = (page: Page) =>
  page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
        .map(({ finished }) => finished),
    ),
  );

/** What axe calls serious or critical. */
async function faults(page: Page, inside = 'body'): Promise<string[]> {
  await stillness(page);
  const { violations } = await new AxeBuilder({ page })
    .include(inside)
    // Drawn by bpmn-js and dmn-js; what they show is also in lists and tables beside them.
    .exclude('.diagram-frame')
    .exclude('.dmn-frame')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const overflows = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

for (const { name, colorScheme, viewport, widths } of variants) {
  test.describe(name, () => {
    test.use({ colorScheme, viewport });

    test('every page', async ({ console, page, engine }) => {
      test.setTimeout(1_200_000);
      for (const [route, address] of Object.entries(await prepare(engine))) {
        await console.visit(address);
        expect.soft(await faults(page), route).toEqual([]);
        for (const width of widths) {
          await page.setViewportSize({ ...viewport, width });
          expect.soft(await overflows(page), `${route} is wider than ${width} pixels`).toBe(false);
        }
        await page.setViewportSize(viewport);
      }
    });

    test('dialogs and menus', async ({ console, page }) => {
      await console.visit('/processes');
      for (const open of [
        () => page.getByRole('button', { name: 'Deploy' }).click(),
        () => page.keyboard.press('Control+k'),
        () => page.keyboard.press('?'),
      ]) {
        await open();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect.soft(await faults(page, 'dialog')).toEqual([]);
        expect.soft(await overflows(page)).toBe(false);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toBeHidden();
      }
      await page.getByRole('button', { name: /Signed in as/ }).click();
      await expect(page.getByRole('menu')).toBeVisible();
      expect.soft(await faults(page, '.topbar')).toEqual([]);
    });

    test('what is missing', async ({ console, page }) => {
      await console.open('/instances/unknown');
      await expect(page.getByRole('alert')).toBeVisible();
      expect.soft(await faults(page)).toEqual([]);
      console.expectComplaints(/status of 404/);
    });
  });
}

test('the login', async ({ page }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto('./');
    await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible();
    expect.soft(await faults(page), colorScheme).toEqual([]);
  }
});

test('the keyboard leads everywhere', async ({ console, page }) => {
  await console.visit('/');
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
  // Tabs by arrows, a menu by arrows, and back to its button by Escape.
  await console.open('/people');
  await console.tab('Users').focus();
  await page.keyboard.press('ArrowRight');
  await expect(console.tab('Groups')).toBeFocused();
  const menu = page.getByRole('button', { name: /Signed in as/ });
  await menu.press('Enter');
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toBeFocused();
});
