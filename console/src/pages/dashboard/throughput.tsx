import { useEffect, useState } from 'react';
import { useQueries } from '@tanstack/react-query';
import { countInstances } from '../../api/processes';
import { lastBuckets, niceCeiling, type Bucket } from '../../lib/buckets';
import { formatClock, formatCompact, formatNumber, toEngineDate } from '../../lib/format';
import { useLiveInterval } from '../../state/live';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Select } from '../../ui/controls';

const spans = {
  hour: { count: 12, length: 5 * 60_000 },
  day: { count: 24, length: 3_600_000 },
  week: { count: 14, length: 12 * 3_600_000 },
};
type Span = keyof typeof spans;
const options = (Object.keys(spans) as Span[]).map((id) => ({ id, label: en.dashboard.spans[id] }));

/** Started and ended instances by interval. A closed interval is asked for once; only the running one is refreshed. */
export function Throughput() {
  const [span, setSpan] = useParam('span', 'hour');
  const { count, length } = spans[span as Span] ?? spans.hour;
  const now = useNow(30_000);
  const interval = useLiveInterval();
  const buckets = lastBuckets(count, length, now);

  const ask = (kind: 'started' | 'finished') =>
    buckets.map((bucket) => {
      const running = bucket.to > now;
      const before = toEngineDate(new Date(bucket.to.getTime() - 1));
      return {
        queryKey: ['throughput', kind, length, bucket.from.getTime()],
        queryFn: ({ signal }: { signal: AbortSignal }) =>
          countInstances({ [`${kind}After`]: toEngineDate(bucket.from), [`${kind}Before`]: before }, signal),
        staleTime: running ? 3000 : Infinity,
        refetchInterval: running ? interval : (false as const),
      };
    });
  const started = useQueries({ queries: ask('started') }).map((result) => result.data ?? 0);
  const finished = useQueries({ queries: ask('finished') }).map((result) => result.data ?? 0);

  return (
    <div className="throughput">
      <div className="throughput-head">
        <span className="legend legend-started">{en.dashboard.started(sum(started))}</span>
        <span className="legend legend-finished">{en.dashboard.finished(sum(finished))}</span>
        <Select label={en.dashboard.span} inline value={span as Span} options={options} onChange={setSpan} />
      </div>
      <Chart buckets={buckets} started={started} finished={finished} />
    </div>
  );
}

const sum = (values: number[]) => formatNumber(values.reduce((total, value) => total + value, 0));

function useNow(every: number): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), every);
    return () => window.clearInterval(timer);
  }, [every]);
  return now;
}

function Chart({ buckets, started, finished }: { buckets: Bucket[]; started: number[]; finished: number[] }) {
  const top = niceCeiling(Math.max(...started, ...finished));
  const height = (value: number) => `${(value / top) * 100}%`;
  return (
    <div className="chart" role="img" aria-label={en.dashboard.chartLabel(sum(started), sum(finished))}>
      <div className="chart-axis" aria-hidden="true">
        {[1, 0.75, 0.5, 0.25, 0].map((share) => (
          <span key={share}>{formatCompact(top * share)}</span>
        ))}
      </div>
      <div className="chart-bars" aria-hidden="true">
        {buckets.map((bucket, index) => (
          <div
            key={bucket.from.getTime()}
            className="chart-slot"
            title={en.dashboard.slot(formatClock(bucket.from), started[index] ?? 0, finished[index] ?? 0)}
          >
            <span className="chart-bar chart-started" style={{ height: height(started[index] ?? 0) }} />
            <span className="chart-bar chart-finished" style={{ height: height(finished[index] ?? 0) }} />
            <span className="chart-tick">
              {index % Math.ceil(buckets.length / 6) === 0 ? formatClock(bucket.from) : ''}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
