import { Link } from 'react-router';
import { countJobs, countExternalTasks, countIncidents, countRunning } from '../../api/processes';
import { countTasks } from '../../api/tasks';
import { countBatches } from '../../api/admin';
import { formatNumber } from '../../lib/format';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Icon, type IconName } from '../../ui/icon';
import { Card, Page } from '../../ui/page';
import { Throughput } from './throughput';
import { Slowest } from './slowest';
import { RecentIncidents } from './recent-incidents';
import { Busiest } from './busiest';

interface Tile {
  label: string;
  icon: IconName;
  to: string;
  tone?: 'bad';
  count: (signal: AbortSignal) => Promise<number>;
}

const tiles: Tile[] = [
  {
    label: en.dashboard.running,
    icon: 'instance',
    to: '/instances',
    count: (signal) => countRunning({}, signal),
  },
  {
    label: en.dashboard.incidents,
    icon: 'incident',
    to: '/incidents',
    tone: 'bad',
    count: (signal) => countIncidents({}, signal),
  },
  {
    label: en.dashboard.tasks,
    icon: 'task',
    to: '/tasks?view=all',
    count: (signal) => countTasks({}, signal),
  },
  { label: en.dashboard.jobs, icon: 'clock', to: '/system', count: (signal) => countJobs({}, signal) },
  {
    label: en.dashboard.externalTasks,
    icon: 'gear',
    to: '/system',
    count: (signal) => countExternalTasks({}, signal),
  },
  { label: en.dashboard.batches, icon: 'batch', to: '/batches', count: (signal) => countBatches({}, signal) },
];

export default function Dashboard() {
  return (
    <Page title={en.dashboard.title}>
      <div className="tiles">
        {tiles.map((tile) => (
          <CountTile key={tile.label} tile={tile} />
        ))}
      </div>
      <div className="dashboard">
        <Card title={en.dashboard.throughput} className="dashboard-wide">
          <Throughput />
        </Card>
        <Card title={en.dashboard.busiest}>
          <Busiest />
        </Card>
        <Card title={en.dashboard.slowest}>
          <Slowest />
        </Card>
        <Card
          title={en.dashboard.recentIncidents}
          className="dashboard-wide"
          actions={<Link to="/incidents">{en.dashboard.allIncidents}</Link>}
        >
          <RecentIncidents />
        </Card>
      </div>
    </Page>
  );
}

function CountTile({ tile }: { tile: Tile }) {
  const count = useLive(['dashboard', tile.label], tile.count);
  const bad = tile.tone === 'bad' && (count.data ?? 0) > 0;
  return (
    <Link to={tile.to} className={bad ? 'tile tile-bad' : 'tile'}>
      <span className="tile-label">
        <Icon name={tile.icon} /> {tile.label}
      </span>
      <span className="tile-value">
        {count.data === undefined ? (count.isError ? '–' : '…') : formatNumber(count.data)}
      </span>
    </Link>
  );
}
