import {
  cleanupConfiguration,
  cleanupJobs,
  engines,
  engineVersion,
  metricSum,
  runCleanup,
} from '../../api/admin';
import { countExternalTasks, countJobs } from '../../api/processes';
import { system, type SystemReport } from '../../api/tollgate';
import { formatBytes, formatDuration, formatNumber, humanize } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, Facts, Time } from '../../ui/controls';
import { Answer, Loading } from '../../ui/feedback';
import { Card, Page } from '../../ui/page';

export default function System() {
  const report = useLive(['system'], system);
  return (
    <Page title={en.system.title}>
      <div className="columns">
        <div className="stack">
          <Answer of={report}>{(data) => <Node report={data} />}</Answer>
          <Work />
          {report.data === null && <EngineMetrics />}
          {report.data && <Metrics report={report.data} />}
        </div>
        <div className="stack">
          {report.data && <Store report={report.data} />}
          <Cleanup />
          {report.data && <Limits report={report.data} />}
        </div>
      </div>
    </Page>
  );
}

function Node({ report }: { report: SystemReport | null }) {
  const version = useLive(['version'], engineVersion, { slow: 600_000 });
  const names = useLive(['engines'], engines, { slow: 600_000 });
  return (
    <Card title={en.system.node}>
      <Facts
        items={[
          [en.system.product, report ? `${report.product} ${report.version}` : en.system.compatible],
          [en.system.api, version.data?.version],
          [en.system.engines, names.data?.map((engine) => engine.name).join(', ')],
          ...(report
            ? ([
                [en.system.nodeId, report.node.id],
                [en.system.startedAt, <Time key="s" value={report.node.startedAt} />],
                [en.system.uptime, formatDuration(report.node.uptimeSeconds * 1000)],
                [en.system.cores, report.node.cores],
                [en.system.memory, optional(report.node.memoryBytes, formatBytes)],
              ] as [string, React.ReactNode][])
            : []),
        ]}
      />
    </Card>
  );
}

const optional = (value: number | null, format: (value: number) => string) =>
  value === null ? null : format(value);

const Store = ({ report: { store } }: { report: SystemReport }) => (
  <Card title={en.system.store}>
    <Facts
      items={[
        [en.system.storeKind, store.kind],
        [en.system.path, store.path],
        [en.system.size, optional(store.sizeBytes, formatBytes)],
        [en.system.sequence, optional(store.sequence, formatNumber)],
      ]}
    />
  </Card>
);

const workCounts: [label: string, count: (signal: AbortSignal) => Promise<number>][] = [
  [en.system.jobs, (signal) => countJobs({}, signal)],
  [en.system.jobsExecutable, (signal) => countJobs({ executable: true }, signal)],
  [en.system.timers, (signal) => countJobs({ timers: true }, signal)],
  [en.system.jobsFailed, (signal) => countJobs({ noRetriesLeft: true }, signal)],
  [en.system.jobsSuspended, (signal) => countJobs({ suspended: true }, signal)],
  [en.system.external, (signal) => countExternalTasks({}, signal)],
  [en.system.externalLocked, (signal) => countExternalTasks({ locked: true }, signal)],
  [en.system.externalFailed, (signal) => countExternalTasks({ noRetriesLeft: true }, signal)],
];

function Work() {
  return (
    <Card title={en.system.work}>
      <dl className="facts facts-list">
        {workCounts.map(([label, count]) => (
          <Count key={label} label={label} count={count} />
        ))}
      </dl>
    </Card>
  );
}

function Count({ label, count }: { label: string; count: (signal: AbortSignal) => Promise<number> }) {
  const value = useLive(['system', label], count);
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value.data === undefined ? (value.isError ? '–' : '…') : formatNumber(value.data)}</dd>
    </div>
  );
}

function Cleanup() {
  const configuration = useLive(['cleanup', 'configuration'], cleanupConfiguration, { slow: 60_000 });
  const enabled = configuration.data?.['enabled'] === true;
  const jobs = useLive(['cleanup', 'jobs'], cleanupJobs, { slow: 15_000, enabled });
  const run = useAction(() => runCleanup(), { done: en.system.cleanupStarted });
  return (
    <Card
      title={en.system.cleanup}
      actions={
        <Button small icon="play" busy={run.isPending} onClick={() => run.mutate(undefined)}>
          {en.system.runCleanup}
        </Button>
      }
    >
      <Answer of={configuration} loading={<Loading />}>
        {(values) => (
          <dl className="facts facts-list">
            {Object.entries(values).map(([name, value]) => (
              <div key={name}>
                <dt>{humanize(name)}</dt>
                <dd>{shown(value)}</dd>
              </div>
            ))}
            {jobs.data?.map((job) => (
              <div key={job.id}>
                <dt>{en.system.cleanupJob}</dt>
                <dd>{job.suspended ? en.processes.suspended : <Time value={job.dueDate} />}</dd>
              </div>
            ))}
          </dl>
        )}
      </Answer>
    </Card>
  );
}

const shown = (value: unknown) => {
  if (value === null) return <span className="muted">–</span>;
  return typeof value === 'boolean' ? (value ? en.common.yes : en.common.no) : String(value);
};

function Metrics({ report }: { report: SystemReport }) {
  return (
    <Card title={en.system.metrics}>
      <Measures rows={report.metrics} />
    </Card>
  );
}

function Limits({ report }: { report: SystemReport }) {
  return (
    <Card title={en.system.limits}>
      <Measures rows={report.limits} />
    </Card>
  );
}

interface Measure {
  name: string;
  value: number | string;
  unit: string | null;
  help: string | null;
}

function Measures({ rows }: { rows: Measure[] }) {
  return (
    <dl className="facts facts-list">
      {rows.map((row) => (
        <div key={row.name} title={row.help ?? undefined}>
          <dt>{humanize(row.name)}</dt>
          <dd>
            {typeof row.value !== 'number'
              ? row.value
              : row.unit === 'bytes'
                ? formatBytes(row.value)
                : formatNumber(row.value)}{' '}
            {row.unit && row.unit !== 'bytes' && <span className="muted">{row.unit}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const metricNames = [
  'activity-instance-start',
  'job-successful',
  'job-failed',
  'job-acquisition-attempt',
  'executed-decision-elements',
  'root-process-instance-start',
];

/** What any Camunda 7 server counts. */
function EngineMetrics() {
  return (
    <Card title={en.system.metrics}>
      <dl className="facts facts-list">
        {metricNames.map((name) => (
          <Count key={name} label={humanize(name)} count={() => metricSum(name)} />
        ))}
      </dl>
    </Card>
  );
}
