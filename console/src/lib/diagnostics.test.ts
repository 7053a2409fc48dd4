import { expect, it } from 'vitest';
import { ApiError } from '../api/http';
import { elementIdsOf, fromRefusal, worst } from './diagnostics';

it('reads the element ids under either spelling of the key', () => {
  expect(elementIdsOf({ message: '', elementIds: ['a'] })).toEqual(['a']);
  // U+0435, as Camunda 7 sends it.
  expect(elementIdsOf(JSON.parse('{"message":"","\\u0435lementIds":["a","b"],"mainElementId":"b"}'))).toEqual(
    ['b', 'a'],
  );
});

it('takes findings from a refused deployment, by resource', () => {
  const error = new ApiError(400, {
    type: 'ParseException',
    details: {
      'a.bpmn': { errors: [{ message: 'no class', line: 4, column: 2 }], warnings: [{ message: 'old' }] },
    },
  });
  const findings = fromRefusal(error)?.get('a.bpmn');
  expect(findings?.map((finding) => finding.severity)).toEqual(['error', 'warning']);
  expect(worst(findings ?? [])).toBe('error');
});

it('leaves other errors to others', () => {
  expect(fromRefusal(new ApiError(500, { message: 'broken' }))).toBeNull();
  expect(fromRefusal(new TypeError())).toBeNull();
});
