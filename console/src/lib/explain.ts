/**
 * "Why is it waiting", derived in the browser from what the Camunda 7 API tells about an instance. Used where the
 * server has no explain endpoint; answers in its shape.
 */
import type { EventSubscription, ExternalTask, Incident, Job, Task } from '../api/types';
import type { Explanation, ExplainedWait } from '../api/tollgate';
import { en } from '../text/en';
import { formatDateTime, parseDate } from './format';
import type { TreeNode } from './tree';
import { walk } from './tree';

export interface Waiting {
  ended: boolean;
  suspended: boolean;
  tree: TreeNode | null;
  tasks: Task[];
  jobs: Job[];
  externalTasks: ExternalTask[];
  subscriptions: EventSubscription[];
  incidents: Incident[];
  called: { id: string; activityId: string | null; label: string }[];
}

const text = en.explain;

export function deriveExplanation(waiting: Waiting, now: Date = new Date()): Explanation {
  if (waiting.ended) return { summary: text.ended, state: 'ended', reasons: [] };
  const names = new Map<string, string>();
  if (waiting.tree) for (const node of walk(waiting.tree)) names.set(node.activityId, node.label);
  const at = (activityId: string | null) => ({
    activityId,
    activityName: (activityId && names.get(activityId)) || activityId,
  });

  const failed = new Set(waiting.incidents.map((incident) => incident.configuration));
  const reasons: ExplainedWait[] = [
    ...waiting.incidents.map((incident): ExplainedWait => ({
      kind: 'incident',
      ...at(incident.activityId),
      text: text.incident(incident.incidentMessage ?? incident.incidentType),
      since: incident.incidentTimestamp,
      mover: text.incidentMover,
      next: text.incidentNext,
      reference: { type: 'incident', id: incident.id },
    })),
    ...waiting.tasks.map((task): ExplainedWait => ({
      kind: 'user-task',
      ...at(task.taskDefinitionKey),
      activityName: task.name ?? task.taskDefinitionKey,
      text: task.assignee ? text.assignedTask(task.assignee) : text.openTask,
      since: task.created,
      mover: task.assignee ? text.assignedMover(task.assignee) : text.openMover,
      next: text.taskNext,
      reference: { type: 'task', id: task.id },
    })),
    ...waiting.externalTasks
      .filter((task) => !failed.has(task.id))
      .map((task): ExplainedWait => ({
        kind: 'external-task',
        ...at(task.activityId),
        text: externalTaskText(task, now),
        since: task.createTime,
        mover: text.workerMover(task.topicName),
        next: text.workerNext,
        reference: { type: 'external-task', id: task.id },
      })),
    ...waiting.jobs
      .filter((job) => !failed.has(job.id))
      .map((job): ExplainedWait => ({
        kind: job.dueDate && parseDate(job.dueDate) > now ? 'timer' : 'job',
        ...at(job.failedActivityId),
        text: jobText(job, now),
        since: job.createTime,
        mover: job.suspended ? text.resumeMover : text.jobMover,
        next: text.jobNext,
        reference: { type: 'job', id: job.id },
      })),
    ...waiting.subscriptions
      .filter((subscription) => subscription.eventType !== 'compensate')
      .map((subscription): ExplainedWait => ({
        kind: subscriptionKind(subscription.eventType),
        ...at(subscription.activityId),
        text: text.subscription(subscription.eventType, subscription.eventName),
        since: subscription.createdDate,
        mover: text.subscriptionMover(subscription.eventType),
        next: text.subscriptionNext,
        reference: { type: 'event-subscription', id: subscription.id },
      })),
    ...waiting.called.map((called): ExplainedWait => ({
      kind: 'call',
      ...at(called.activityId),
      text: text.called(called.label),
      since: null,
      mover: null,
      next: text.calledNext,
      reference: { type: 'process-instance', id: called.id },
    })),
    ...joins(waiting),
  ];

  if (waiting.suspended) {
    return { summary: text.suspended, state: 'suspended', reasons };
  }
  if (waiting.incidents.length > 0) {
    return { summary: text.stuck(waiting.incidents.length), state: 'stuck', reasons };
  }
  return reasons.length > 0
    ? { summary: text.waiting(reasons.length), state: 'waiting', reasons }
    : { summary: text.running, state: 'running', reasons };
}

function externalTaskText(task: ExternalTask, now: Date): string {
  if (task.suspended) return text.externalSuspended(task.topicName);
  const locked = task.lockExpirationTime && parseDate(task.lockExpirationTime) > now;
  return locked && task.workerId
    ? text.externalLocked(task.topicName, task.workerId, formatDateTime(parseDate(task.lockExpirationTime!)))
    : text.externalFree(task.topicName);
}

function jobText(job: Job, now: Date): string {
  if (job.suspended) return text.jobSuspended;
  if (job.dueDate && parseDate(job.dueDate) > now) {
    const due = formatDateTime(parseDate(job.dueDate));
    return job.exceptionMessage ? text.jobRetryAt(due, job.retries) : text.timerAt(due);
  }
  return job.exceptionMessage ? text.jobRetry(job.retries) : text.jobDue;
}

function subscriptionKind(eventType: string): ExplainedWait['kind'] {
  return eventType === 'message' || eventType === 'signal'
    ? eventType
    : eventType === 'conditional'
      ? 'condition'
      : 'other';
}

/** Tokens that stand at a gateway wait for the others. */
function joins({ tree }: Waiting): ExplainedWait[] {
  if (!tree) return [];
  const arrived = new Map<string, { node: TreeNode; count: number }>();
  for (const node of walk(tree)) {
    if (!/^(parallel|inclusive)Gateway$/.test(node.type)) continue;
    const entry = arrived.get(node.activityId) ?? { node, count: 0 };
    entry.count += 1;
    arrived.set(node.activityId, entry);
  }
  return [...arrived.values()].map(({ node, count }) => ({
    kind: 'join',
    activityId: node.activityId,
    activityName: node.label,
    text: text.join(count),
    since: null,
    mover: null,
    next: text.joinNext,
    reference: null,
  }));
}
