/** What every browser test starts from: a page that must not complain, and the server's API beside it. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { Engine } from './engine';
import { pictureFile } from './pictures';
import { administrator, servers, type Account } from './servers';

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
  /** Who uses the API and signs in when asked; nobody on the open server. */
  account: Account | null;
  engine: Engine;
  console: Console;
}

/** The console in the browser, in the words of its pages. */
export class Console {
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    private readonly account: Account | null,
  ) {
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

  /** Opens a page from nothing and waits until all of it is there. */
  async visit(route: string): Promise<void> {
    // From one page to the next the router keeps the old one on the screen until the other can be shown.
    await this.page.goto('about:blank');
    await this.open(route);
    await this.settled();
  }

  /** Nothing is on its way any more. The event stream stays open, so that the network is never idle. */
  async settled(): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    const coming = '.loading, .skeleton, [aria-busy="true"], .diagram-frame:not([data-ready="true"])';
    await expect(this.page.locator(coming)).toHaveCount(0, { timeout: 30_000 });
  }

  private async signInIfAsked(): Promise<void> {
    if (!this.account) return;
    const login = this.page.getByRole('heading', { name: 'Sign in to Tollgate' });
    await login
      .or(this.page.getByRole('main').getByRole('heading', { level: 1 }).first())
      .first()
      .waitFor();
    if (!(await login.isVisible())) return;
    await this.signIn(this.account);
    // That is how the console learns that it has to ask.
    this.expectComplaints(/status of 401/);
  }

  async signIn({ user, password }: Account): Promise<void> {
    await this.page.getByLabel('User').fill(user);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Takes back what the browser was expected to report, such as a refusal that is the point of the test. */
  expectComplaints(pattern: RegExp): void {
    const others = this.complaints.filter((complaint) => !pattern.test(complaint));
    this.complaints.splice(0, this.complaints.length, ...others);
  }

  async diagram(index = 0): Promise<void> {
    await expect(this.page.locator('.diagram-frame').nth(index)).toHaveAttribute('data-ready', 'true');
  }

  /** The badges of a kind on an element of the diagram. */
  badge(elementId: string, kind: 'token' | 'incident' | 'count' | 'planned' | 'mapped' | 'problem') {
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

  /** A picture of what is on the screen, when `CONSOLE_SCREENSHOTS` asks for it: see `pictures.ts`. */
  async screenshot(name: string): Promise<void> {
    const file = pictureFile(name);
    if (!file) return;
    await mkdir(path.dirname(file), { recursive: true });
    await this.page.screenshot({ path: file, animations: 'disabled' });
  }
}

const authorization = ({ user, password }: Account): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

export const test = base.extend<Fixtures>({
  account: [null, { option: true }],
  engine: async ({ playwright, baseURL, account }, use) => {
    const headers: Record<string, string> = account ? { Authorization: authorization(account) } : {};
    const request = await playwright.request.newContext({ baseURL, extraHTTPHeaders: headers });
    await use(new Engine(request));
    await request.dispose();
  },
  console: async ({ page, account }, use) => {
    const opened = new Console(page, account);
    await use(opened);
    expect(opened.complaints, 'errors in the browser console').toEqual([]);
  },
});

/** For `test.use`: the guarded server, where the administrator prepares and works. */
export const guarded = { baseURL: servers.guarded.url, account: administrator };

export { expect };
