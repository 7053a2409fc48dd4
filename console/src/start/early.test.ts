import { beforeEach, describe, expect, it } from 'vitest';
import { askEarly, earlyAnswers, forgetEarly, takeArrived, takeEarly } from './early';

const never = () => new Promise<never>(() => {});

describe('early questions', () => {
  beforeEach(forgetEarly);

  it('are answered once', async () => {
    void askEarly({ key: ['a', { first: 0 }], ask: async () => 7 });
    expect(await takeEarly(['a', { first: 0 }])).toBe(7);
    expect(takeEarly(['a', { first: 0 }])).toBeUndefined();
  });

  it('are handed over when they have arrived, while others are on their way', async () => {
    void askEarly({ key: ['there'], ask: async () => 'data' });
    void askEarly({ key: ['open'], ask: never });
    await earlyAnswers(1);
    expect(takeArrived()).toEqual([{ key: ['there'], data: 'data' }]);
    expect(takeArrived()).toEqual([]);
    expect(takeEarly(['there'])).toBeUndefined();
    expect(takeEarly(['open'])).toBeDefined();
  });

  it('are waited for with what they lead to', async () => {
    askEarly({ key: ['one'], ask: async () => 1 })
      .then((one) => askEarly({ key: ['two'], ask: async () => one + 1 }))
      .catch(() => {});
    await earlyAnswers(1000);
    expect(takeArrived().map(({ data }) => data)).toEqual([1, 2]);
  });

  it('are forgotten when they are refused', async () => {
    await askEarly({ key: ['no'], ask: () => Promise.reject(new Error('no')) }).catch(() => {});
    expect(takeEarly(['no'])).toBeUndefined();
  });

  it('are forgotten when another person works', () => {
    void askEarly({ key: ['a'], ask: never });
    forgetEarly();
    expect(takeEarly(['a'])).toBeUndefined();
  });
});
