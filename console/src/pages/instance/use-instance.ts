/** Everything the page of an instance asks for, each question once: first what is seen, then what is counted. */
import { listExternalTasks, listJobs, listSubscriptions, queryInstances } from '../../api/processes';
import { queryTasks } from '../../api/tasks';
import type { TreeNode } from '../../lib/tree';
import {
  explainQuestion,
  few,
  incidentsQuestion,
  instanceQuestion,
  pathQuestion,
  treeQuestion,
} from '../../start/instance';
import { useIdle } from '../../state/idle';
import { useLive, useLiveQuestion } from '../../state/queries';
import { en } from '../../text/en';

/** How many there are, as far as the overview knows. */
export const counted = (rows: unknown[] | undefined): string | undefined => {
  if (!rows?.length) return undefined;
  return rows.length < few.maxResults ? String(rows.length) : en.common.orMore(rows.length);
};

export const useHistoricInstance = (id: string) => useLiveQuestion(instanceQuestion(id), { instance: id });
export const useExplanationOf = (id: string) => useLiveQuestion(explainQuestion(id), { instance: id });
export const useIncidentsOf = (id: string) => useLiveQuestion(incidentsQuestion(id), { instance: id });
export const usePathOf = (id: string) => useLiveQuestion(pathQuestion(id), { instance: id });

/** `null` once the instance has ended. */
export function useActivityTree(id: string, running: boolean): TreeNode | null {
  const tree = useLiveQuestion(treeQuestion(id), { instance: id, enabled: running });
  return (running && tree.data) || null;
}

export const useTasksOf = (id: string) =>
  useLive(['instance', id, 'tasks'], (signal) => queryTasks({ processInstanceId: id }, few, signal), {
    instance: id,
    enabled: useIdle(),
  });

export const useJobsOf = (id: string) =>
  useLive(['instance', id, 'jobs'], (signal) => listJobs({ processInstanceId: id, ...few }, signal), {
    instance: id,
    enabled: useIdle(),
  });

export const useExternalTasksOf = (id: string) =>
  useLive(
    ['instance', id, 'external-tasks'],
    (signal) => listExternalTasks({ processInstanceId: id, ...few }, signal),
    {
      instance: id,
      enabled: useIdle(),
    },
  );

export const useSubscriptionsOf = (id: string) =>
  useLive(
    ['instance', id, 'subscriptions'],
    (signal) => listSubscriptions({ processInstanceId: id, ...few }, signal),
    {
      instance: id,
      enabled: useIdle(),
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
    {
      instance: id,
      enabled: useIdle(),
    },
  );
