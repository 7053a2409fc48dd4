/** The intervals of a chart over time. */
export interface Bucket {
  from: Date;
  to: Date;
}

/** The last `count` intervals, aligned to multiples of their length, the running one last. */
export function lastBuckets(count: number, lengthMs: number, now: Date): Bucket[] {
  const end = Math.floor(now.getTime() / lengthMs) * lengthMs + lengthMs;
  return Array.from({ length: count }, (_, index) => {
    const to = end - (count - 1 - index) * lengthMs;
    return { from: new Date(to - lengthMs), to: new Date(to) };
  });
}

/** A round number at least as large as `value`, for the top of an axis with four equal parts. */
export function niceCeiling(value: number): number {
  if (value <= 4) return 4;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 4, 8]) {
    const ceiling = step * magnitude;
    if (ceiling >= value && ceiling % 4 === 0) return ceiling;
  }
  return magnitude === 1 ? 20 : 10 * magnitude;
}
