import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatRelative, humanize, parseDate, toEngineDate } from './format';

describe('dates', () => {
  it('reads the form without a colon in the offset', () => {
    expect(parseDate('2026-11-21T06:32:55.225+0000').toISOString()).toBe('2026-11-21T06:32:55.225Z');
    expect(parseDate('2026-11-21T06:32:55.225-0530').toISOString()).toBe('2026-11-21T12:02:55.225Z');
  });

  it('writes what it reads', () => {
    const text = '2026-11-21T06:32:55.225+0000';
    expect(toEngineDate(parseDate(text))).toBe(text);
  });

  it('is relative while that is easier to read', () => {
    const now = new Date('2030-06-15T12:00:00Z');
    expect(formatRelative(new Date('2030-06-15T11:59:58Z'), now)).toBe('just now');
    expect(formatRelative(new Date('2030-06-15T11:55:00Z'), now)).toBe('5 min. ago');
    expect(formatRelative(new Date('2030-06-15T15:00:00Z'), now)).toBe('in 3 hr.');
    expect(formatRelative(new Date('2029-06-15T12:00:00Z'), now)).toContain('2029');
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
    [86_400_000 + 5000, '1 d'],
  ])('%i ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

it.each([
  [512, '512 B'],
  [1536, '1.5 KiB'],
  [5 * 1024 ** 3, '5.0 GiB'],
])('%i bytes', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  ['noneEndEvent', 'None end event'],
  ['failedJob', 'Failed job'],
  ['instance-migration', 'Instance migration'],
  ['EXTERNALLY_TERMINATED', 'Externally terminated'],
])('%s in words', (word, text) => {
  expect(humanize(word)).toBe(text);
});
