/**
 * Login, with and without rights. The server's answers are given here, in its own words, so that the test runs against
 * any server; with CONSOLE_AUTH_USER the real ones are used as well.
 */
import type { Page, Route } from '@playwright/test';
import { expect, test } from './test';

const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const ada = basic('ada', 'secret');
const bob = basic('bob', 'secret');

const answer = (route: Route, status: number, body: unknown) =>
  route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });

const forbidden = (permission: string, resource: string) => ({
  type: 'AuthorizationException',
  message: `The user with id 'bob' does not have '${permission}' permission on resource '${resource}'.`,
  code: null,
});

/** A server that knows two users; bob may see definitions, but neither users nor start anything. */
async function protect(page: Page): Promise<void> {
  await page.route(/\/(engine-rest|tollgate)\//, async (route) => {
    const request = route.request();
    const authorization = (await request.headerValue('authorization')) ?? '';
    const path = new URL(request.url()).pathname;
    if (path.endsWith('/identity/verify')) {
      const { username, password } = request.postDataJSON() as { username: string; password: string };
      const authenticated = ['ada', 'bob'].includes(username) && password === 'secret';
      return answer(route, 200, { authenticatedUser: username, authenticated });
    }
    if (authorization !== ada && authorization !== bob) {
      return answer(route, 401, {
        type: 'NotAuthorizedException',
        message: 'HTTP 401 Unauthorized',
        code: null,
      });
    }
    if (authorization === bob && /\/engine-rest\/user/.test(path)) {
      return answer(route, 403, forbidden('READ', 'User'));
    }
    if (authorization === bob && path.endsWith('/submit-form')) {
      return answer(route, 403, forbidden('CREATE_INSTANCE', 'ProcessDefinition'));
    }
    return route.continue();
  });
}

const expected = (complaint: string) => /status of 40[134]/.test(complaint);

test.beforeEach(async ({ page }) => protect(page));
test.afterEach(({ console }) => {
  console.complaints.splice(0, console.complaints.length, ...console.complaints.filter((c) => !expected(c)));
});

test('asks who is there, refuses a wrong password, and lets the right one in', async ({ console, page }) => {
  await page.goto('./#/people');
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible();
  await console.screenshot('login');
  await console.signIn('ada', 'wrong');
  await expect(page.getByRole('alert')).toContainText('wrong');
  await console.signIn('ada', 'secret');
  await expect(page.getByRole('heading', { name: 'People and rights' })).toBeVisible();

  await page.reload();
  await expect(page.getByRole('heading', { name: 'People and rights' })).toBeVisible();
  await page.getByRole('button', { name: 'Signed in as ada' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible();
});

test('tells a user without rights what is missing, and goes on', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const { id } = await engine.latest('console-order');
  await page.goto('./#/people');
  await console.signIn('bob', 'secret');
  await expect(page.getByRole('alert')).toContainText("does not have 'READ' permission");
  await console.tab('Groups').click();
  await expect(page.getByRole('alert')).toBeHidden();

  await page.goto(`./#/processes/${encodeURIComponent(id)}`);
  await page.getByRole('button', { name: 'Start instance' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start instance' }).click();
  await expect(page.getByText("does not have 'CREATE_INSTANCE' permission")).toBeVisible();
});

test('asks again when the server no longer accepts the credentials', async ({ console, page }) => {
  await page.goto('./#/processes');
  await console.signIn('ada', 'secret');
  await expect(page.getByRole('heading', { name: 'Processes' })).toBeVisible();
  await page.route(/\/engine-rest\//, (route) =>
    answer(route, 401, { type: 'x', message: 'HTTP 401', code: null }),
  );
  // The next refresh of the page is refused.
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible();
});
