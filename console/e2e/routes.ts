/** Every page, with something on it. */
import type { Engine } from './engine';

export async function prepare(engine: Engine): Promise<Record<string, string>> {
  await engine.deploy('order', 'order-v1.bpmn');
  const first = await engine.latest('console-order');
  const waiting = await engine.start('console-order', 'ORD-4711', {
    amount: 120,
    customer: 'Ada',
    limit: 100,
  });
  const failing = await engine.start('console-order', 'ORD-4712', { amount: 900, customer: 'Grace' });
  await engine.complete((await engine.task(failing.id)).id, { approved: true });
  const ended = await engine.start('console-order', 'ORD-4713', { amount: 20, customer: 'Alan' });
  await engine.complete((await engine.task(ended.id)).id, { approved: false });
  await engine.deploy('order', 'order-v2.bpmn');
  await engine.deploy('discount', 'discount.dmn');
  await engine.deploy('onboarding', 'onboarding.bpmn', 'person.form', 'contract.html');
  const second = await engine.latest('console-order');
  const onboarding = await engine.start('console-onboarding', 'EMP-7');
  await engine.post('/decision-definition/key/console-discount/evaluate', {
    variables: { amount: { value: 300 }, status: { value: 'gold' } },
  });
  const decision = await engine.get<{ id: string }>('/decision-definition/key/console-discount');
  const [evaluation] = await engine.get<{ id: string }[]>(
    '/history/decision-instance?sortBy=evaluationTime&sortOrder=desc&maxResults=1',
  );
  const [deployment] = await engine.get<{ id: string }[]>(
    '/deployment?name=order&sortBy=deploymentTime&sortOrder=desc&maxResults=1',
  );
  const process = (id: string) => `/processes/${encodeURIComponent(id)}`;
  return {
    dashboard: '/',
    processes: '/processes',
    process: process(first.id),
    'process-heat': `${process(first.id)}?layer=frequency`,
    compare: `${process(first.id)}/compare/${encodeURIComponent(second.id)}`,
    migrate: `${process(first.id)}/migrate?to=${encodeURIComponent(second.id)}`,
    modify: `${process(first.id)}/modify`,
    instances: '/instances',
    instance: `/instances/${waiting.id}`,
    'instance-failed': `/instances/${failing.id}?tab=incidents`,
    'instance-ended': `/instances/${ended.id}?tab=history`,
    incidents: '/incidents',
    tasks: `/tasks?task=${(await engine.task(waiting.id)).id}`,
    'task-form': `/tasks?task=${(await engine.task(onboarding.id)).id}`,
    'task-diagram': `/tasks?task=${(await engine.task(onboarding.id)).id}&tab=diagram`,
    decisions: '/decisions',
    decision: `/decisions/${encodeURIComponent(decision.id)}`,
    evaluation: `/decisions/evaluations/${encodeURIComponent(evaluation!.id)}`,
    batches: '/batches',
    deployments: '/deployments',
    deployment: `/deployments/${encodeURIComponent(deployment!.id)}`,
    users: '/people',
    authorizations: '/people?tab=authorizations',
    audit: '/audit',
    system: '/system',
  };
}
