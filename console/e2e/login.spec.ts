/** The server with a login: who may do what, and who did what. */
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Engine } from './engine';
import { administrator, type Account } from './servers';
import { expect, guarded, test } from './test';

test.use(guarded);

/** Somebody who may see processes and their instances, and nothing else. */
async function visitor(engine: Engine): Promise<Account> {
  const account = { user: `visitor${randomUUID().slice(0, 8)}`, password: randomUUID() };
  await engine.post('/user/create', {
    profile: { id: account.user, firstName: 'Vera', lastName: 'Visitor', email: '' },
    credentials: { password: account.password },
  });
  // Resources by their numbers in the API: process definitions and process instances.
  const rights = [
    { resourceType: 6, permissions: ['READ', 'READ_HISTORY'] },
    { resourceType: 8, permissions: ['READ'] },
  ];
  for (const right of rights) {
    await engine.post('/authorization/create', {
      type: 1,
      userId: account.user,
      groupId: null,
      resourceId: '*',
      ...right,
    });
  }
  return account;
}

test.describe('signing in', () => {
  test.use({ account: null });

  test('asks who is there, refuses a wrong password, and lets the right one in', async ({
    console,
    page,
  }) => {
    await page.goto('./#/people');
    const asked = page.getByRole('heading', { name: 'Sign in to Tollgate' });
    await expect(asked).toBeVisible();
    await console.screenshot('login');
    await console.signIn({ user: 'nobody', password: 'wrong' });
    await expect(page.getByRole('alert')).toContainText('wrong');
    await console.signIn(administrator);
    const people = page.getByRole('heading', { name: 'People and rights' });
    await expect(people).toBeVisible();

    await page.reload();
    await expect(people).toBeVisible();
    await page.getByRole('button', { name: `Signed in as ${administrator.user}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(asked).toBeVisible();
    console.expectComplaints(/status of 401/);
  });
});

test('tells somebody without rights what is missing, and goes on', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const { id } = await engine.latest('console-order');
  const account = await visitor(engine);
  await page.goto('./#/people');
  await console.signIn(account);
  // Without a right to users there is nobody to be seen, and nobody can be added.
  await page.getByRole('button', { name: 'Add user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Id', { exact: true }).fill('mallory');
  await dialog.getByLabel('Password').fill('mallory');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText("does not have 'CREATE' permission");
  await page.keyboard.press('Escape');

  // Seen, but not to be started.
  await page.goto(`./#/processes/${encodeURIComponent(id)}`);
  await console.diagram();
  await page.getByRole('button', { name: 'Start instance' }).click();
  await dialog.getByRole('button', { name: 'Start instance' }).click();
  await expect(page.getByText(/does not have 'CREATE(_INSTANCE)?' permission/).first()).toBeVisible();
  console.expectComplaints(/status of 40[13]/);
});

test('asks again when the server no longer accepts the credentials', async ({ console, page, engine }) => {
  const account = await visitor(engine);
  await page.goto('./#/processes');
  await console.signIn(account);
  await expect(page.getByRole('heading', { name: 'Processes' })).toBeVisible();
  await engine.delete(`/user/${account.user}`);
  // What the page asks next is refused; the event stream may make it ask at once.
  await page.goto('./#/deployments');
  await expect(page.getByRole('heading', { name: 'Sign in to Tollgate' })).toBeVisible();
  console.expectComplaints(/status of 401/);
});

test('reads the audit trail', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const instance = await engine.start('console-order', 'ORD-audit', { amount: 50 });
  await console.open(`/instances/${instance.id}`);
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Suspend' }).click();
  await expect(page.getByText('suspended', { exact: true })).toBeVisible();
  await console.tab('Audit').click();
  const suspension = page.getByRole('region', { name: 'Audit' }).getByRole('row', { name: /Suspend/ });
  await expect(suspension.first()).toContainText(administrator.user);
  await expect(suspension.first()).toContainText('suspensionState');
  // Who, what, before and after.
  await expect(suspension.first().getByRole('cell', { name: 'suspended', exact: true })).toBeVisible();

  await console.open('/audit');
  await page.getByLabel('Entity').selectOption('ProcessInstance');
  await expect(page.getByRole('row', { name: /Suspend/ }).first()).toContainText(administrator.user);
  // What was shown before is greyed until the answer is there.
  await expect(page.locator('.table-stale')).toHaveCount(0);
  await console.screenshot('audit');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as JSON lines' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('audit.jsonl');
  const lines = await text(await file.createReadStream());
  const operations = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(operations).toContainEqual(
    expect.objectContaining({
      operationType: 'Suspend',
      processInstanceId: instance.id,
      newValue: 'suspended',
    }),
  );
});

test('adds somebody to a group that has a right', async ({ console, page }) => {
  const name = `clerk${randomUUID().slice(0, 8)}`;
  const dialog = page.getByRole('dialog');
  const save = async () => {
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
  };
  await console.open('/people?tab=groups');
  await page.getByRole('button', { name: 'Add group' }).click();
  await dialog.getByLabel('Id', { exact: true }).fill(`${name}s`);
  await dialog.getByLabel('Name').fill('Clerks');
  await save();
  await console.tab('Users').click();
  await page.getByRole('button', { name: 'Add user' }).click();
  await dialog.getByLabel('Id', { exact: true }).fill(name);
  await dialog.getByLabel('Password').fill(randomUUID());
  await save();
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Groups' }).click();
  await dialog.getByLabel('Group').fill(`${name}s`);
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByRole('listitem').filter({ hasText: 'Clerks' })).toBeVisible();
  await page.keyboard.press('Escape');
  await console.tab('Authorizations').click();
  await page.getByRole('button', { name: 'Add authorization' }).click();
  await dialog.getByLabel('Id', { exact: true }).fill(`${name}s`);
  await dialog.getByLabel('ALL').uncheck();
  await dialog.getByLabel('READ', { exact: true }).check();
  await save();
  const right = page.getByRole('row', { name: new RegExp(`group ${name}s`) });
  await expect(right).toContainText('READ');
  await right.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(right).toBeHidden();
});
