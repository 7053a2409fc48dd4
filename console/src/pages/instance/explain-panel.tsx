import { Link } from 'react-router';
import { triggerMessage } from '../../api/processes';
import type { ExplainedWait, Explanation } from '../../api/tollgate';
import type { HistoricProcessInstance } from '../../api/types';
import { deriveExplanation } from '../../lib/explain';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button, Time } from '../../ui/controls';
import { Loading } from '../../ui/feedback';
import { Icon, type IconName } from '../../ui/icon';
import { Card } from '../../ui/page';
import { RetryButton } from '../incidents/retry-button';
import { instancePath, taskPath } from '../links';
import {
  useActivityTree,
  useCalledOf,
  useExplanationOf,
  useExternalTasksOf,
  useIncidentsOf,
  useJobsOf,
  useSubscriptionsOf,
  useTasksOf,
} from './use-instance';

const icons: Record<ExplainedWait['kind'], IconName> = {
  'user-task': 'user',
  'external-task': 'gear',
  timer: 'clock',
  message: 'message',
  signal: 'live',
  condition: 'question',
  job: 'clock',
  incident: 'warning',
  join: 'batch',
  call: 'process',
  suspended: 'pause',
  other: 'question',
};

/** The server's answer where it gives one, else what can be derived from the lists. */
function useExplanation(
  instance: HistoricProcessInstance,
): { explanation: Explanation; derived: boolean } | null {
  const { id } = instance;
  const asked = useExplanationOf(id);
  const tree = useActivityTree(id, instance.endTime === null);
  const tasks = useTasksOf(id);
  const jobs = useJobsOf(id);
  const externalTasks = useExternalTasksOf(id);
  const subscriptions = useSubscriptionsOf(id);
  const incidents = useIncidentsOf(id);
  const called = useCalledOf(id);
  if (asked.isPending) return null;
  if (asked.data) return { explanation: asked.data, derived: false };
  return {
    derived: true,
    explanation: deriveExplanation({
      ended: instance.endTime !== null,
      suspended: instance.state === 'SUSPENDED',
      tree,
      tasks: tasks.data ?? [],
      jobs: jobs.data ?? [],
      externalTasks: externalTasks.data ?? [],
      subscriptions: subscriptions.data ?? [],
      incidents: incidents.data ?? [],
      called: (called.data ?? [])
        .filter((child) => child.endTime === null)
        .map((child) => ({
          id: child.id,
          activityId: null,
          label: child.processDefinitionName || child.processDefinitionKey,
        })),
    }),
  };
}

/** More reasons than this help nobody. */
const shown = 12;

export function ExplainPanel({
  instance,
  onShow,
}: {
  instance: HistoricProcessInstance;
  onShow: (activityId: string) => void;
}) {
  const answer = useExplanation(instance);
  if (!answer) return <Card title={en.explain.title} className="explain" children={<Loading />} />;
  const { explanation, derived } = answer;
  return (
    <Card
      title={explanation.state === 'ended' ? en.explain.endedTitle : en.explain.title}
      className={`explain explain-${explanation.state}`}
    >
      <p className="explain-summary">{explanation.summary}</p>
      <ul className="explain-list">
        {explanation.reasons.slice(0, shown).map((reason, index) => (
          <Reason key={reason.reference?.id ?? index} reason={reason} instance={instance} onShow={onShow} />
        ))}
      </ul>
      {derived && explanation.reasons.length > 0 && (
        <p className="muted explain-note">{en.explain.derived}</p>
      )}
    </Card>
  );
}

interface ReasonProps {
  reason: ExplainedWait;
  instance: HistoricProcessInstance;
  onShow: (activityId: string) => void;
}

function Reason({ reason, instance, onShow }: ReasonProps) {
  const { activityId } = reason;
  return (
    <li className={`reason reason-${reason.kind}`}>
      <Icon name={icons[reason.kind] ?? 'question'} />
      <div>
        {reason.activityName && (
          <p className="reason-where">
            {activityId ? (
              <button
                type="button"
                className="link"
                title={en.explain.show}
                onClick={() => onShow(activityId)}
              >
                {reason.activityName}
              </button>
            ) : (
              reason.activityName
            )}
            {reason.since && (
              <span className="muted">
                {' '}
                · <Time value={reason.since} />
              </span>
            )}
          </p>
        )}
        <p className="reason-text">{reason.text}</p>
        <dl className="reason-facts">
          {reason.mover && (
            <div>
              <dt>{en.explain.mover}</dt>
              <dd>{reason.mover}</dd>
            </div>
          )}
          {reason.next && (
            <div>
              <dt>{en.explain.next}</dt>
              <dd>{reason.next}</dd>
            </div>
          )}
        </dl>
        <Act reason={reason} instance={instance} />
      </div>
    </li>
  );
}

/** The one thing that helps most often. */
function Act({ reason, instance }: { reason: ExplainedWait; instance: HistoricProcessInstance }) {
  const incidents = useIncidentsOf(instance.id);
  const { reference } = reason;
  if (!reference) return null;
  if (reference.type === 'task') return <Link to={taskPath(reference.id)}>{en.instance.openTask}</Link>;
  if (reference.type === 'process-instance')
    return <Link to={instancePath(reference.id)}>{en.instance.openCalled}</Link>;
  if (reference.type === 'event-subscription')
    return <Correlate id={reference.id} instanceId={instance.id} />;
  if (reference.type === 'incident') {
    const incident = incidents.data?.find((candidate) => candidate.id === reference.id);
    return incident ? (
      <span className="reason-actions">
        <RetryButton incident={incident} />
        <Link to={`${instancePath(instance.id)}?tab=incidents`}>
          <Button small look="ghost" tabIndex={-1}>
            {en.instance.showReason}
          </Button>
        </Link>
      </span>
    ) : null;
  }
  return null;
}

/** An operator may stand in for whoever should have sent the message. */
function Correlate({ id, instanceId }: { id: string; instanceId: string }) {
  const subscriptions = useSubscriptionsOf(instanceId);
  const subscription = subscriptions.data?.find((candidate) => candidate.id === id);
  const send = useAction(
    () => triggerMessage(subscription?.executionId ?? '', subscription?.eventName ?? ''),
    {
      done: en.instance.correlated,
    },
  );
  if (subscription?.eventType !== 'message' || !subscription.executionId || !subscription.eventName)
    return null;
  return (
    <Button small icon="message" busy={send.isPending} onClick={() => send.mutate(undefined)}>
      {en.instance.correlate}
    </Button>
  );
}
