import { describe, expect, it } from 'vitest';
import { pageAt } from './table';

const found = (hash: string) => {
  const at = pageAt(hash);
  return at && [at.page.path, at.params];
};

describe('the page at an address', () => {
  it('is the dashboard where there is no address', () => {
    for (const hash of ['', '#', '#/', '#/?f=x']) expect(found(hash)).toEqual(['', {}]);
  });

  it('has what stands in place of names, decoded', () => {
    expect(found('#/instances/4711?tab=jobs')).toEqual(['instances/:instanceId', { instanceId: '4711' }]);
    expect(found('#/processes/order%3A1%3Aab/compare/x')).toEqual([
      'processes/:definitionId/compare/:otherId',
      { definitionId: 'order:1:ab', otherId: 'x' },
    ]);
    expect(found('#/instances/%E0')).toEqual(['instances/:instanceId', { instanceId: '%E0' }]);
  });

  it('prefers words to names', () => {
    expect(found('#/processes/key/order')?.[0]).toBe('processes/key/:key');
    expect(found('#/decisions/evaluations/7')?.[0]).toBe('decisions/evaluations/:evaluationId');
  });

  it('is none where no page is', () => {
    expect(pageAt('#/nowhere')).toBeNull();
  });
});
