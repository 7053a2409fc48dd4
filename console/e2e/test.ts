/** What every browser test starts from: a page that must not complain, and the server's API beside it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { Engine } from './engine';

/**
 * The browser reports every answer of 400 and more. These are expected: endpoints only Tollgate has, on another server;
 * counters a server may have switched off; jobs of a clean-up that was never run; tokens and tasks that ended while they were asked for.
 */
const expectedFailures = [
  /\/tollgate\/(events|system|check)/,
  /\/explain$/,
  /\/engine-rest\/metrics\//,
  /\/activity-instances$/,
  /\/engine-rest\/task\/[\w-]+$/,
  /\/history\/cleanup\/jobs$/,
];

interface Fixtures {
  engine: Engine;
  console: Console;
}

/** The console in the browser, in the words of its pages. */
export class Console {
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      if (!expectedFailures.some((pattern) => pattern.test(url))) {
        this.complaints.push(`${message.text()} ${url}`);
      }
    });
  }

  async open(route: string): Promise<void> {
    await this.page.goto(`./#${route}`);
    await this.signInIfAsked();
  }

  /** Servers with authentication are tested with the credentials of the environment. */
  private async signInIfAsked(): Promise<void> {
    const user = process.env.CONSOLE_AUTH_USER;
    if (!user) return;
    const login = this.page.getByRole('heading', { name: 'Sign in to Tollgate' });
    await login
      .or(this.page.getByRole('main').getByRole('heading', { level: 1 }).first())
      .first()
      .waitFor();
    if (await login.isVisible()) await this.signIn(user, process.env.CONSOLE_AUTH_PASSWORD ?? '');
  }

  async signIn(user: string, password: string): Promise<void> {
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async diagram(index = 0): Promise<void> {
    await expect(this.page.locator('.diagram-frame').nth(index)).toHaveAttribute('data-ready', 'true');
  }

  /** The badges of a kind on an element of the diagram. */
  badge(elementId: string, kind: 'token' | 'incident' | 'planned' | 'mapped' | 'problem') {
    return this.page.locator(`.diagram-badge[data-element="${elementId}"][data-kind="${kind}"]`);
  }

  element(elementId: string, diagram = 0) {
    return this.page
      .locator('.diagram-frame')
      .nth(diagram)
      .locator(`.djs-shape[data-element-id="${elementId}"] .djs-hit`)
      .first();
  }

  tab(name: string) {
    return this.page.getByRole('tab', { name: new RegExp(`^${name}`) });
  }

  async screenshot(name: string): Promise<void> {
    const folder = process.env.CONSOLE_SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  }
}

const authorization = (): Record<string, string> => {
  const user = process.env.CONSOLE_AUTH_USER;
  if (!user) return {};
  const token = Buffer.from(`${user}:${process.env.CONSOLE_AUTH_PASSWORD ?? ''}`).toString('base64');
  return { Authorization: `Basic ${token}` };
};

export const test = base.extend<Fixtures>({
  engine: async ({ playwright, baseURL }, use) => {
    const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders: authorization() });
    await use(new Engine(request));
    await request.dispose();
  },
  console: async ({ page }, use) => {
    const opened = new Console(page);
    await use(opened);
    expect(opened.complaints, 'errors in the browser console').toEqual([]);
  },
});

export { expect };
