/** What only Tollgate's API has: the explanation, the event stream, the check of models, the system's report. */
import { model } from './engine';
import { expect, test } from './test';

test('shows why an instance waits, in the words of the server', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const instance = await engine.start('console-order', 'ORD-explained', { amount: 50 });
  const task = await engine.task(instance.id);
  const explained = await engine.get<{ summary: string; reasons: { next: string }[] }>(
    `/process-instance/${instance.id}/explain`,
  );
  await console.open(`/instances/${instance.id}`);
  const panel = page.getByRole('region', { name: 'Why is it waiting?' });
  await expect(panel).toContainText(explained.summary);
  await expect(panel).toContainText(explained.reasons[0]!.next);
  await expect(panel).toContainText('sales');
  await expect(panel).not.toContainText('Derived in the browser');
  await expect(panel.getByRole('link', { name: 'Open the task' })).toHaveAttribute(
    'href',
    `#/tasks?task=${task.id}`,
  );
});

test('follows changes made elsewhere by the event stream', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const instance = await engine.start('console-order', 'ORD-streamed', { amount: 50, limit: 10 });
  await console.open(`/instances/${instance.id}`);
  await console.diagram();
  await expect(console.badge('review', 'token')).toBeVisible();
  // With the stream nothing is asked for by the clock for half a minute.
  await expect(page.getByTitle('Changes appear at once')).toBeVisible();
  await engine.post(`/process-instance/${instance.id}/modification`, {
    instructions: [
      { type: 'startBeforeActivity', activityId: 'ship' },
      { type: 'cancel', activityId: 'review' },
    ],
  });
  await expect(console.badge('ship', 'token')).toBeVisible();

  await page.getByTitle('Changes appear at once').click();
  await expect(page.getByTitle('Nothing is refreshed')).toBeVisible();
});

test('shows what the check finds before anything is deployed', async ({ console, page, engine }) => {
  const { count: before } = await engine.get<{ count: number }>('/deployment/count');
  await console.open('/processes');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Files to deploy').setInputFiles(model('broken.bpmn'));
  const finding = dialog.getByRole('button', { name: /E0501/ });
  await expect(finding).toContainText('camunda:delegateExpression');
  await expect(finding).toContainText('broken.bpmn:28:5');
  await console.diagram();
  await expect(console.badge('charge', 'problem')).toHaveText('1');
  await finding.click();
  await expect(page.locator('.djs-shape.selected[data-element-id="charge"]')).toBeAttached();
  const { count: after } = await engine.get<{ count: number }>('/deployment/count');
  expect(after).toBe(before);
});

test('shows node, store, metrics and limits', async ({ console, page }) => {
  await console.open('/system');
  await expect(page.getByRole('region', { name: 'Node' })).toContainText(/Tollgate \d+\.\d+/);
  await expect(page.getByRole('region', { name: 'Store' })).toContainText('memory');
  await expect(page.getByRole('region', { name: 'Metrics' })).toContainText('Commits');
  await expect(page.getByRole('region', { name: 'Limits' })).toContainText('128.0 MiB');
});
