import { expect, it } from 'vitest';
import type { ActivityInstance } from '../api/types';
import { scopeOf, tokenCounts, toTree } from './tree';

const activity = (
  id: string,
  activityId: string,
  executionIds: string[],
  children: ActivityInstance[] = [],
) => ({
  id,
  activityId,
  parentActivityInstanceId: null,
  activityName: null,
  activityType: 'userTask',
  processInstanceId: 'p',
  executionIds,
  childActivityInstances: children,
  childTransitionInstances: [],
});

const tree = toTree({
  ...activity(
    'p',
    'order:1',
    ['p'],
    [activity('s', 'sub', ['e1'], [activity('a', 'work', ['e2']), activity('b', 'work', ['e3'])])],
  ),
  childTransitionInstances: [
    { id: 't', activityId: 'mail', activityName: 'Send', activityType: 'serviceTask', executionId: 'e4' },
  ],
});

it('counts tokens where they are, not in the scopes around them', () => {
  expect([...tokenCounts(tree)]).toEqual([
    ['work', 2],
    ['mail', 1],
  ]);
});

it('counts nothing for an instance without activities', () => {
  expect(tokenCounts(toTree(activity('p', 'order:1', ['p'])))).toEqual(new Map());
});

it('names the innermost activity of an execution', () => {
  expect(scopeOf(tree, 'e1')?.activityId).toBe('sub');
  expect(scopeOf(tree, 'e3')?.id).toBe('b');
  expect(scopeOf(tree, 'unknown')).toBeNull();
});
