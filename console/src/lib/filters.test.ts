import { describe, expect, it } from 'vitest';
import {
  decodeCriterion,
  encodeCriterion,
  historicInstanceQuery,
  incidentQuery,
  runtimeInstanceQuery,
  taskQuery,
  UnsupportedCriterion,
} from './filters';

describe('criteria in the address', () => {
  it.each([
    { field: 'businessKey', operator: 'like', value: 'a~b%c d' },
    { field: 'variable', operator: 'gteq', value: '12', name: 'total~sum' },
    { field: 'variable', operator: 'eq', value: '', name: 'x' },
  ])('survive a round trip: %o', (criterion) => {
    expect(decodeCriterion(encodeCriterion(criterion))).toEqual(criterion);
  });

  it.each(['', 'state', 'state~is', '%E0%A4~is~x'])('are dropped when broken: %s', (text) => {
    expect(decodeCriterion(text)).toBeNull();
  });
});

describe('historicInstanceQuery', () => {
  it('translates states to the flags of the API', () => {
    const of = (value: string) => historicInstanceQuery([{ field: 'state', operator: 'is', value }]);
    expect(of('running')).toEqual({ unfinished: true });
    expect(of('cancelled')).toEqual({ externallyTerminated: true });
  });

  it('collects variables and keeps the base', () => {
    const query = historicInstanceQuery(
      [
        { field: 'variable', operator: 'gt', value: '10', name: 'amount' },
        { field: 'variable', operator: 'like', value: 'Ada', name: 'customer' },
      ],
      { processDefinitionKey: 'order' },
    );
    expect(query).toEqual({
      processDefinitionKey: 'order',
      variables: [
        { name: 'amount', operator: 'gt', value: 10 },
        { name: 'customer', operator: 'like', value: '%Ada%' },
      ],
    });
  });

  it('leaves wildcards a person wrote alone', () => {
    const query = historicInstanceQuery([{ field: 'businessKey', operator: 'like', value: 'ORD-%' }]);
    expect(query).toEqual({ processInstanceBusinessKeyLike: 'ORD-%' });
  });

  it('splits lists of ids', () => {
    const query = historicInstanceQuery([{ field: 'id', operator: 'is', value: ' 1, 2 ,' }]);
    expect(query).toEqual({ processInstanceIds: ['1', '2'] });
  });

  it('does not share its arrays between calls', () => {
    const base = {};
    const criterion = { field: 'variable', operator: 'eq', value: '1', name: 'x' };
    historicInstanceQuery([criterion], base);
    expect(base).toEqual({});
  });
});

describe('runtimeInstanceQuery', () => {
  it('uses the other names of the runtime query', () => {
    const query = runtimeInstanceQuery([
      { field: 'state', operator: 'is', value: 'running' },
      { field: 'businessKey', operator: 'is', value: 'ORD-1' },
      { field: 'activity', operator: 'active', value: 'review' },
    ]);
    expect(query).toEqual({ businessKey: 'ORD-1', activityIdIn: ['review'] });
  });

  it.each([
    { field: 'started', operator: 'after', value: '2030-01-01T00:00' },
    { field: 'state', operator: 'is', value: 'finished' },
    { field: 'activity', operator: 'executed', value: 'review' },
  ])('refuses what it cannot say instead of selecting too many: $field', (criterion) => {
    expect(() => runtimeInstanceQuery([criterion])).toThrow(UnsupportedCriterion);
  });
});

describe('taskQuery', () => {
  it('includes assigned tasks when it asks for candidates', () => {
    expect(taskQuery([{ field: 'candidateGroup', operator: 'is', value: 'sales,support' }])).toEqual({
      candidateGroups: ['sales', 'support'],
      includeAssignedTasks: true,
    });
  });

  it('refuses unknown fields', () => {
    expect(() => taskQuery([{ field: 'colour', operator: 'is', value: 'red' }])).toThrow(
      UnsupportedCriterion,
    );
  });
});

describe('incidentQuery', () => {
  it('makes parameters of an address', () => {
    const query = incidentQuery([
      { field: 'message', operator: 'like', value: 'limit' },
      { field: 'type', operator: 'is', value: 'failedJob' },
      { field: 'definition', operator: 'is', value: 'order, claim' },
    ]);
    expect(query).toEqual({
      incidentMessageLike: '%limit%',
      incidentType: 'failedJob',
      processDefinitionKeyIn: 'order,claim',
    });
  });
});
