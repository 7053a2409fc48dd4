/** Every page, with something on it. Made for the guarded server, by its administrator. */
import type { Engine } from './engine';
import { administrator } from './servers';

interface Orders {
  waiting: string;
  failing: string;
  ended: string;
  /** The version they run in. */
  definition: string;
}

/** Orders of one version in all states of their life. */
async function orders(engine: Engine): Promise<Orders> {
  await engine.deploy('order', 'order-v1.bpmn');
  const { id: definition } = await engine.latest('console-order');
  const start = async (number: number, customer: string, amount: number, approved?: boolean) => {
    const variables = amount > 500 ? { amount, customer } : { amount, customer, limit: 10 };
    const { id } = await engine.start('console-order', `ORD-${number}`, variables);
    if (approved !== undefined) await engine.complete((await engine.task(id)).id, { approved });
    return id;
  };
  const waiting = await start(4711, 'Ada', 120);
  // Without the variable `limit` the expression of the service task fails.
  const failing = await start(4712, 'Grace', 900, true);
  const ended = await start(4713, 'Alan', 20, false);
  await start(4714, 'Edsger', 75, true);
  await start(4715, 'Barbara', 240, true);
  await start(4716, 'Donald', 310);
  return { waiting, failing, ended, definition };
}

/** What is not there yet is made; the tests share the server. */
async function once(engine: Engine, path: string, id: string, make: () => Promise<unknown>): Promise<void> {
  const found = await engine.get<unknown[]>(`${path}?id=${id}`);
  if (found.length === 0) await make();
}

async function people(engine: Engine): Promise<void> {
  const users = [
    { id: 'grace', firstName: 'Grace', lastName: 'Hopper', email: 'grace@example.org' },
    { id: 'alan', firstName: 'Alan', lastName: 'Turing', email: 'alan@example.org' },
  ];
  for (const profile of users) {
    await once(engine, '/user', profile.id, () =>
      engine.post('/user/create', { profile, credentials: { password: 'tolls-and-gates' } }),
    );
  }
  await once(engine, '/group', 'sales', async () => {
    await engine.post('/group/create', { id: 'sales', name: 'Sales', type: 'WORKFLOW' });
    await engine.put('/group/sales/members/grace');
    const right = { type: 1, userId: null, groupId: 'sales', resourceId: 'console-order' };
    const permissions = ['READ', 'CREATE_INSTANCE', 'READ_INSTANCE', 'UPDATE_INSTANCE'];
    await engine.post('/authorization/create', { ...right, resourceType: 6, permissions });
  });
}

/** A batch that is done but for the one instance that has ended before. */
async function batch(engine: Engine, { definition, ended, waiting }: Orders): Promise<void> {
  await engine.post('/modification/executeAsync', {
    processDefinitionId: definition,
    processInstanceIds: [ended, waiting],
    instructions: [{ type: 'startBeforeActivity', activityId: 'ship' }],
  });
}

/** The route of each page, by a name for it. */
export async function prepare(engine: Engine): Promise<Record<string, string>> {
  const first = await orders(engine);
  const { waiting, failing, ended } = first;
  await people(engine);
  await engine.deploy('order', 'order-v2.bpmn');
  await engine.deploy('discount', 'discount.dmn');
  await engine.deploy('onboarding', 'onboarding.bpmn', 'person.form', 'contract.html');
  const second = await engine.latest('console-order');
  const onboarding = await engine.start('console-onboarding', 'EMP-7');
  const form = (await engine.task(onboarding.id)).id;
  await engine.post(`/task/${form}/assignee`, { userId: administrator.user });
  const review = (await engine.task(waiting)).id;
  await engine.post(`/task/${review}/comment/create`, { message: 'The customer called: it is urgent.' });
  await batch(engine, first);
  await engine.post('/decision-definition/key/console-discount/evaluate', {
    variables: { amount: { value: 300 }, status: { value: 'gold' } },
  });
  const decision = await engine.get<{ id: string }>('/decision-definition/key/console-discount');
  const newest = async (path: string, sortBy: string) => {
    const [row] = await engine.get<{ id: string }[]>(`${path}sortBy=${sortBy}&sortOrder=desc&maxResults=1`);
    return encodeURIComponent(row!.id);
  };
  const process = `/processes/${encodeURIComponent(first.definition)}`;
  return {
    dashboard: '/',
    processes: '/processes',
    process,
    'process-heat': `${process}?layer=frequency`,
    'process-jobs': `${process}?tab=jobs`,
    compare: `${process}/compare/${encodeURIComponent(second.id)}`,
    migrate: `${process}/migrate?to=${encodeURIComponent(second.id)}`,
    modify: `${process}/modify`,
    instances: '/instances',
    instance: `/instances/${waiting}`,
    'instance-failed': `/instances/${failing}?tab=incidents`,
    'instance-jobs': `/instances/${failing}?tab=jobs`,
    'instance-ended': `/instances/${ended}?tab=history`,
    'instance-audit': `/instances/${waiting}?tab=audit`,
    incidents: '/incidents',
    tasks: `/tasks?view=all&task=${review}`,
    'task-comments': `/tasks?view=all&task=${review}&tab=comments`,
    'task-form': `/tasks?view=all&task=${form}`,
    'task-diagram': `/tasks?view=all&task=${form}&tab=diagram`,
    'tasks-none': '/tasks?view=all&f=name~like~nothing%20of%20the%20kind',
    decisions: '/decisions',
    decision: `/decisions/${encodeURIComponent(decision.id)}`,
    evaluation: `/decisions/evaluations/${await newest('/history/decision-instance?', 'evaluationTime')}`,
    batches: '/batches',
    deployments: '/deployments',
    deployment: `/deployments/${await newest('/deployment?name=order&', 'deploymentTime')}`,
    users: '/people',
    groups: '/people?tab=groups',
    tenants: '/people?tab=tenants',
    authorizations: '/people?tab=authorizations',
    'audit-all': '/audit',
    system: '/system',
  };
}
