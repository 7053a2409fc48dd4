import { describe, expect, it } from 'vitest';
import type { ExternalTask, Incident, Job, Task } from '../api/types';
import { deriveExplanation, type Waiting } from './explain';

const nothing: Waiting = {
  ended: false,
  suspended: false,
  tree: null,
  tasks: [],
  jobs: [],
  externalTasks: [],
  subscriptions: [],
  incidents: [],
  called: [],
};
const now = new Date('2030-01-01T12:00:00Z');
const job = (change: Partial<Job>): Job =>
  ({ id: 'j', retries: 3, dueDate: null, suspended: false, ...change }) as Job;

describe('deriveExplanation', () => {
  it('says that an ended instance waits for nothing', () => {
    expect(deriveExplanation({ ...nothing, ended: true }).state).toBe('ended');
  });

  it('takes an instance without anything open as running', () => {
    expect(deriveExplanation(nothing).state).toBe('running');
  });

  it('puts failures first and does not tell the failed job twice', () => {
    const incident = {
      id: 'i',
      incidentType: 'failedJob',
      incidentMessage: 'no route',
      configuration: 'j',
      activityId: 'ship',
    } as Incident;
    const explanation = deriveExplanation({
      ...nothing,
      incidents: [incident],
      jobs: [job({ exceptionMessage: 'no route', retries: 0 })],
      tasks: [{ id: 't', name: 'Review' } as Task],
    });
    expect(explanation.state).toBe('stuck');
    expect(explanation.reasons.map((reason) => reason.kind)).toEqual(['incident', 'user-task']);
    expect(explanation.reasons[0]?.text).toContain('no route');
  });

  it('tells a timer from a job that is due', () => {
    const timer = deriveExplanation(
      { ...nothing, jobs: [job({ dueDate: '2030-01-01T13:00:00.000+0000' })] },
      now,
    );
    const due = deriveExplanation(
      { ...nothing, jobs: [job({ dueDate: '2030-01-01T11:00:00.000+0000' })] },
      now,
    );
    expect(timer.reasons[0]?.kind).toBe('timer');
    expect(due.reasons[0]?.kind).toBe('job');
  });

  it('names the worker that holds a task, unless its lock ran out', () => {
    const task = (until: string) =>
      ({
        id: 'e',
        topicName: 'mail',
        workerId: 'w1',
        lockExpirationTime: until,
        suspended: false,
      }) as ExternalTask;
    const of = (until: string) =>
      deriveExplanation({ ...nothing, externalTasks: [task(until)] }, now).reasons[0]?.text;
    expect(of('2030-01-01T13:00:00.000+0000')).toContain('w1');
    expect(of('2030-01-01T11:00:00.000+0000')).not.toContain('w1');
  });

  it('leaves out compensation, which nobody waits for', () => {
    const subscription = { id: 's', eventType: 'compensate', eventName: null } as Waiting['subscriptions'][0];
    expect(deriveExplanation({ ...nothing, subscriptions: [subscription] }).reasons).toEqual([]);
  });

  it('counts the tokens that stand at a joining gateway', () => {
    const leaf = {
      activityId: 'join',
      label: 'join',
      type: 'parallelGateway',
      executionIds: [],
      transition: false,
      incidents: 0,
      children: [],
    };
    const tree = {
      ...leaf,
      id: 'p',
      activityId: 'p',
      type: 'processDefinition',
      children: [
        { ...leaf, id: '1' },
        { ...leaf, id: '2' },
      ],
    };
    const [reason] = deriveExplanation({ ...nothing, tree }).reasons;
    expect(reason?.kind).toBe('join');
    expect(reason?.text).toContain('2');
  });

  it('keeps the reasons of a suspended instance', () => {
    const explanation = deriveExplanation({ ...nothing, suspended: true, tasks: [{ id: 't' } as Task] });
    expect(explanation.state).toBe('suspended');
    expect(explanation.reasons).toHaveLength(1);
  });
});
