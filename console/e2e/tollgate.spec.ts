/** The endpoints only Tollgate has, answered here in the shapes of API.md, so that any server will do. */
import { model } from './engine';
import { expect, test } from './test';

test('shows the explanation of the server', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const instance = await engine.start('console-order', 'ORD-explained', { amount: 50 });
  const task = await engine.task(instance.id);
  await page.route(/\/explain$/, (route) =>
    route.fulfill({
      json: {
        summary: 'It waits for the sales team.',
        state: 'waiting',
        reasons: [
          {
            kind: 'user-task',
            activityId: 'review',
            activityName: 'Review order',
            text: 'Nobody of sales has claimed it.',
            since: '2026-11-21T06:32:55.225+0000',
            mover: 'Members of the group sales.',
            next: null,
            reference: { type: 'task', id: task.id },
          },
        ],
      },
    }),
  );
  await console.open(`/instances/${instance.id}`);
  const panel = page.getByRole('region', { name: 'Why is it waiting?' });
  await expect(panel).toContainText('It waits for the sales team.');
  await expect(panel).toContainText('Members of the group sales.');
  await expect(panel).not.toContainText('Derived in the browser');
  await expect(panel.getByRole('link', { name: 'Open the task' })).toHaveAttribute(
    'href',
    `#/tasks?task=${task.id}`,
  );
});

test('refreshes by the event stream', async ({ console, page, engine }) => {
  await engine.deploy('order', 'order-v1.bpmn');
  const instance = await engine.start('console-order', 'ORD-streamed', { amount: 50, limit: 10 });
  let connections = 0;
  await page.route(/\/tollgate\/events$/, async (route) => {
    connections += 1;
    // The first stream tells nothing; the one after the reconnect tells of the change.
    const data = { kind: 'process-instance', processInstanceId: instance.id, definitionKey: 'console-order' };
    const body = connections === 1 ? ': hello\n\n' : `data: ${JSON.stringify(data)}\n\n`;
    await route.fulfill({ contentType: 'text/event-stream', body });
  });
  await console.open(`/instances/${instance.id}`);
  await console.diagram();
  await expect(console.badge('review', 'token')).toBeVisible();
  await engine.post(`/process-instance/${instance.id}/modification`, {
    instructions: [
      { type: 'startBeforeActivity', activityId: 'ship' },
      { type: 'cancel', activityId: 'review' },
    ],
  });
  await expect(console.badge('ship', 'token')).toBeVisible({ timeout: 12_000 });
  expect(connections).toBeGreaterThan(1);
});

test('shows what the check finds before anything is deployed', async ({ console, page }) => {
  await page.route(/\/tollgate\/check$/, (route) =>
    route.fulfill({
      json: {
        resources: [
          {
            name: 'order-v1.bpmn',
            diagnostics: [
              {
                severity: 'warning',
                code: 'W0042',
                message: 'nobody can claim `review`',
                help: 'name candidate groups',
                line: 12,
                column: 5,
                elementIds: ['review'],
              },
            ],
          },
        ],
      },
    }),
  );
  await console.open('/processes');
  await page.getByRole('button', { name: 'Deploy', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Files to deploy').setInputFiles(model('order-v1.bpmn'));
  await expect(dialog.getByRole('button', { name: /W0042/ })).toContainText('name candidate groups');
  await expect(dialog).toContainText('order-v1.bpmn:12:5');
  await console.diagram();
  await expect(console.badge('review', 'problem')).toHaveText('1');
});

test('shows node, store, metrics and limits', async ({ console, page }) => {
  await page.route(/\/tollgate\/system$/, (route) =>
    route.fulfill({
      json: {
        product: 'Tollgate',
        version: '9.9.9',
        node: {
          id: 'node-7',
          startedAt: '2026-11-21T06:00:00.000+0000',
          cores: 2,
          memoryBytes: 73_400_320,
          uptimeSeconds: 3600,
        },
        store: { kind: 'fjall', path: '/var/lib/tollgate', sizeBytes: 1_073_741_824, sequence: 912_345 },
        metrics: [{ name: 'commits', value: 912_345, unit: null, help: null }],
        limits: [{ name: 'variable-bytes', value: 4_194_304, unit: 'bytes', help: null }],
      },
    }),
  );
  await console.open('/system');
  await expect(page.getByRole('region', { name: 'Node' })).toContainText('Tollgate 9.9.9');
  await expect(page.getByRole('region', { name: 'Store' })).toContainText('1.0 GiB');
  await expect(page.getByRole('region', { name: 'Metrics' })).toContainText('912,345');
  await expect(page.getByRole('region', { name: 'Limits' })).toContainText('4.0 MiB');
});
