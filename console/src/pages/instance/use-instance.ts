/** Everything the page of an instance asks for, each question once and all at the same time. */
import {
  activityHistory,
  getActivityTree,
  getHistoricInstance,
  listExternalTasks,
  listIncidents,
  listJobs,
  listSubscriptions,
  queryInstances,
} from '../../api/processes';
import { queryTasks } from '../../api/tasks';
import { ApiError } from '../../api/http';
import { toTree, type TreeNode } from '../../lib/tree';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';

/** Enough for the overview; the tabs page through the rest. */
const few = { firstResult: 0, maxResults: 50 };
/** How many there are, as far as the overview knows. */
export const counted = (rows: unknown[] | undefined): string | undefined => {
  if (!rows?.length) return undefined;
  return rows.length < few.maxResults ? String(rows.length) : en.common.orMore(rows.length);
};

/** Of the path on the diagram. */
const pathLength = 500;

export const useHistoricInstance = (id: string) =>
  useLive(['instance', id], () => getHistoricInstance(id), { instance: id });

/** `null` once the instance has ended. */
export function useActivityTree(id: string, running: boolean): TreeNode | null {
  const tree = useLive(
    ['instance', id, 'tree'],
    async (signal) => {
      try {
        return toTree(await getActivityTree(id, signal));
      } catch (error) {
        // Ended in the meantime.
        if (error instanceof ApiError && error.missing) return null;
        throw error;
      }
    },
    { instance: id, enabled: running },
  );
  return (running && tree.data) || null;
}

export const useTasksOf = (id: string) =>
  useLive(['instance', id, 'tasks'], (signal) => queryTasks({ processInstanceId: id }, few, signal), {
    instance: id,
  });

export const useJobsOf = (id: string) =>
  useLive(['instance', id, 'jobs'], (signal) => listJobs({ processInstanceId: id, ...few }, signal), {
    instance: id,
  });

export const useExternalTasksOf = (id: string) =>
  useLive(
    ['instance', id, 'external-tasks'],
    (signal) => listExternalTasks({ processInstanceId: id, ...few }, signal),
    {
      instance: id,
    },
  );

export const useSubscriptionsOf = (id: string) =>
  useLive(
    ['instance', id, 'subscriptions'],
    (signal) => listSubscriptions({ processInstanceId: id, ...few }, signal),
    {
      instance: id,
    },
  );

export const useIncidentsOf = (id: string) =>
  useLive(
    ['instance', id, 'incidents'],
    (signal) => listIncidents({ processInstanceId: id, ...few }, signal),
    {
      instance: id,
    },
  );

export const useCalledOf = (id: string) =>
  useLive(
    ['instance', id, 'called'],
    (signal) =>
      queryInstances(
        { superProcessInstanceId: id, sorting: [{ sortBy: 'startTime', sortOrder: 'desc' }] },
        few,
        signal,
      ),
    { instance: id },
  );

export const usePathOf = (id: string) =>
  useLive(
    ['instance', id, 'path'],
    (signal) => activityHistory(id, { firstResult: 0, maxResults: pathLength }, signal),
    { instance: id },
  );
