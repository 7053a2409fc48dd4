/** The heat map: how often and how long, as ten steps of colour. */
import type { HistoricActivityInstance } from '../api/types';

export const heatSteps = 10;

/**
 * A step from 0 to 9 for each value, on a logarithmic scale: frequencies in one diagram easily span five orders of
 * magnitude, and on a linear scale everything but the busiest element would look cold.
 */
export function heatLevels(values: Map<string, number>): Map<string, number> {
  const positive = [...values].filter(([, value]) => value > 0);
  if (positive.length === 0) return new Map();
  const logs = positive.map(([, value]) => Math.log(value + 1));
  const low = Math.min(...logs);
  const high = Math.max(...logs);
  const span = high - low;
  return new Map(
    positive.map(([id, value]) => {
      const share = span === 0 ? 1 : (Math.log(value + 1) - low) / span;
      return [id, Math.min(heatSteps - 1, Math.round(share * (heatSteps - 1)))];
    }),
  );
}

/** The mean duration by activity, from a sample of finished activity instances. */
export function meanDurations(sample: HistoricActivityInstance[]): Map<string, number> {
  const sums = new Map<string, { total: number; count: number }>();
  for (const { activityId, durationInMillis } of sample) {
    if (durationInMillis === null) continue;
    const sum = sums.get(activityId) ?? { total: 0, count: 0 };
    sum.total += durationInMillis;
    sum.count += 1;
    sums.set(activityId, sum);
  }
  return new Map([...sums].map(([id, { total, count }]) => [id, total / count]));
}
