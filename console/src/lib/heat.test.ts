import { describe, expect, it } from 'vitest';
import type { HistoricActivityInstance } from '../api/types';
import { lastBuckets, niceCeiling } from './buckets';
import { heatLevels, meanDurations } from './heat';

describe('heatLevels', () => {
  it('spreads values of very different size over the whole scale', () => {
    const levels = heatLevels(
      new Map([
        ['a', 1],
        ['b', 1000],
        ['c', 1_000_000],
      ]),
    );
    expect([...levels.values()]).toEqual([0, 4, 9]);
  });

  it('is hot when all are equal, and leaves out what never happened', () => {
    expect([
      ...heatLevels(
        new Map([
          ['a', 5],
          ['b', 5],
          ['c', 0],
        ]),
      ),
    ]).toEqual([
      ['a', 9],
      ['b', 9],
    ]);
    expect(heatLevels(new Map())).toEqual(new Map());
  });
});

it('averages only what has ended', () => {
  const of = (activityId: string, durationInMillis: number | null) =>
    ({ activityId, durationInMillis }) as HistoricActivityInstance;
  expect([...meanDurations([of('a', 10), of('a', 30), of('a', null), of('b', null)])]).toEqual([['a', 20]]);
});

describe('lastBuckets', () => {
  it('is aligned, without gaps, and ends after now', () => {
    const now = new Date('2030-01-01T12:03:00Z');
    const buckets = lastBuckets(3, 300_000, now);
    expect(buckets.map((bucket) => bucket.from.toISOString().slice(11, 16))).toEqual([
      '11:50',
      '11:55',
      '12:00',
    ]);
    expect(buckets[0]?.to).toEqual(buckets[1]?.from);
    expect(buckets.at(-1)!.to > now).toBe(true);
  });
});

it.each([
  [0, 4],
  [5, 8],
  [9, 20],
  [11, 20],
  [401, 800],
  [801, 1000],
  [1000, 1000],
])('%i fits below %i', (value, ceiling) => {
  expect(niceCeiling(value)).toBe(ceiling);
});
