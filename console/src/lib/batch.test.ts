import { describe, expect, it } from 'vitest';
import { batchRequest, type Operation } from './batch';

const operations: Operation[] = [
  { kind: 'retry', retries: 2 },
  { kind: 'suspend', suspended: true },
  { kind: 'cancel', reason: 'gone' },
  { kind: 'set-variables', variables: {} },
];

describe('batchRequest', () => {
  it.each(operations)('never lets a query touch ended instances: $kind', (operation) => {
    const { body } = batchRequest(operation, { query: { processDefinitionKey: 'order' } });
    expect(body['historicProcessInstanceQuery']).toEqual({ processDefinitionKey: 'order', unfinished: true });
  });

  it('deletes the history of ended instances only', () => {
    const { body } = batchRequest({ kind: 'delete-history', reason: '' }, { query: {} });
    expect(body['historicProcessInstanceQuery']).toEqual({ finished: true });
  });

  it.each([
    [{ ids: ['1'] }, { processInstanceIds: ['1'] }],
    [{ query: { businessKey: 'b' } }, { businessKey: 'b' }],
  ])('restarts ended instances of the definition only', (target, chosen) => {
    const how = { instructions: [] };
    const request = batchRequest({ kind: 'restart', definitionId: 'order:1:a', how }, target);
    expect(request.path).toBe('/process-definition/order%3A1%3Aa/restart-async');
    expect(request.body).toEqual({
      instructions: [],
      historicProcessInstanceQuery: { ...chosen, processDefinitionId: 'order:1:a', finished: true },
    });
  });

  it('has its own paths for queries where the API does', () => {
    const path = (operation: Operation, byIds: boolean) =>
      batchRequest(operation, byIds ? { ids: ['1'] } : { query: {} }).path;
    expect(path(operations[0]!, true)).toBe('/process-instance/job-retries');
    expect(path(operations[0]!, false)).toBe('/process-instance/job-retries-historic-query-based');
    expect(path(operations[2]!, true)).toBe('/process-instance/delete');
    expect(path(operations[2]!, false)).toBe('/process-instance/delete-historic-query-based');
  });

  it('names ids as each endpoint wants them', () => {
    expect(batchRequest(operations[0]!, { ids: ['1'] }).body).toEqual({
      processInstances: ['1'],
      retries: 2,
    });
    expect(batchRequest(operations[1]!, { ids: ['1'] }).body).toEqual({
      processInstanceIds: ['1'],
      suspended: true,
    });
  });
});
