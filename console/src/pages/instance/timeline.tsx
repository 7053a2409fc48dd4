import { Link } from 'react-router';
import { activityHistory, activityHistoryCount } from '../../api/processes';
import type { HistoricActivityInstance, HistoricProcessInstance } from '../../api/types';
import { formatDuration, humanize, parseDate } from '../../lib/format';
import { useList } from '../../state/list';
import { en } from '../../text/en';
import { Badge, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { instancePath } from '../links';

/** Activities in the order they began, with their place in the life of the instance. */
export function Timeline({ instance }: { instance: HistoricProcessInstance }) {
  const list = useList({
    key: ['instance', instance.id, 'history'],
    fetch: (page, signal) => activityHistory(instance.id, page, signal),
    count: () => activityHistoryCount(instance.id),
    size: 50,
    name: 'h',
    instance: instance.id,
  });
  const from = parseDate(instance.startTime).getTime();
  const to = instance.endTime ? parseDate(instance.endTime).getTime() : Date.now();
  return (
    <List
      of={list}
      label={en.instance.history}
      rowId={(activity) => activity.id}
      empty={<Empty icon="clock" title={en.instance.noHistory} />}
      columns={[
        {
          id: 'activity',
          label: en.incidents.activity,
          cell: (activity) => (
            <>
              <span className="strong">{activity.activityName || activity.activityId}</span>{' '}
              <span className="muted">{humanize(activity.activityType)}</span>
              {activity.calledProcessInstanceId && (
                <>
                  {' '}
                  <Link to={instancePath(activity.calledProcessInstanceId)}>{en.instance.openCalled}</Link>
                </>
              )}
            </>
          ),
        },
        {
          id: 'who',
          label: en.tasks.assignee,
          narrow: true,
          cell: (a) => a.assignee ?? <span className="muted">–</span>,
        },
        {
          id: 'start',
          label: en.instances.started,
          narrow: true,
          cell: (a) => <Time value={a.startTime} />,
        },
        {
          id: 'duration',
          label: en.instances.duration,
          narrow: true,
          align: 'end',
          cell: (activity) => <Outcome activity={activity} />,
        },
        { id: 'bar', label: en.instance.timeline, cell: (a) => <Span activity={a} from={from} to={to} /> },
      ]}
    />
  );
}

function Outcome({ activity }: { activity: HistoricActivityInstance }) {
  if (activity.endTime === null) return <Badge tone="run">{en.instance.active}</Badge>;
  return (
    <>
      {activity.canceled && <Badge tone="warn">{en.instance.cancelled}</Badge>}{' '}
      {formatDuration(activity.durationInMillis ?? 0)}
    </>
  );
}

function Span({ activity, from, to }: { activity: HistoricActivityInstance; from: number; to: number }) {
  const whole = Math.max(1, to - from);
  const start = parseDate(activity.startTime).getTime();
  const end = activity.endTime ? parseDate(activity.endTime).getTime() : to;
  const left = Math.min(99, Math.max(0, ((start - from) / whole) * 100));
  const width = Math.max(1, Math.min(100 - left, ((end - start) / whole) * 100));
  const look = activity.endTime === null ? 'span-active' : activity.canceled ? 'span-cancelled' : 'span-done';
  return (
    <span className="span-track" aria-hidden="true">
      <span className={`span ${look}`} style={{ left: `${left}%`, width: `${width}%` }} />
    </span>
  );
}
