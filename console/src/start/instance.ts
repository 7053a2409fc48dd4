/** What the page of an instance asks, without React: the first script of the console asks it before the page is there. */
import { ApiError } from '../api/http';
import {
  activityHistory,
  countHistoricVariables,
  countVariables,
  getActivityTree,
  getDefinitionXml,
  getHistoricInstance,
  listHistoricVariables,
  listIncidents,
  listVariables,
  type Page,
} from '../api/processes';
import { explainInstance, type Explanation } from '../api/tollgate';
import type {
  HistoricActivityInstance,
  HistoricProcessInstance,
  Incident,
  VariableInstance,
} from '../api/types';
import { toTree, type TreeNode } from '../lib/tree';
import { askEarly, type Question } from './early';

/** Enough for the overview; the tabs page through the rest. */
export const few: Page = { firstResult: 0, maxResults: 50 };
/** Of the path on the diagram. */
const pathLength = 500;

export const instanceQuestion = (id: string): Question<HistoricProcessInstance> => ({
  key: ['instance', id],
  ask: () => getHistoricInstance(id),
});

/** `null` once the instance has ended. */
export const treeQuestion = (id: string): Question<TreeNode | null> => ({
  key: ['instance', id, 'tree'],
  ask: async (signal) => {
    try {
      return toTree(await getActivityTree(id, signal));
    } catch (error) {
      if (error instanceof ApiError && error.missing) return null;
      throw error;
    }
  },
});

export const explainQuestion = (id: string): Question<Explanation | null> => ({
  key: ['instance', id, 'explain'],
  ask: () => explainInstance(id),
});

export const pathQuestion = (id: string): Question<HistoricActivityInstance[]> => ({
  key: ['instance', id, 'path'],
  ask: (signal) => activityHistory(id, { firstResult: 0, maxResults: pathLength }, signal),
});

export const incidentsQuestion = (id: string): Question<Incident[]> => ({
  key: ['instance', id, 'incidents'],
  ask: (signal) => listIncidents({ processInstanceId: id, ...few }, signal),
});

export const modelQuestion = (definitionId: string): Question<string> => ({
  key: ['definition', definitionId, 'xml'],
  ask: () => getDefinitionXml(definitionId),
});

/** The list of variables as `useList` asks for it. */
export const variablesList = (id: string, running: boolean) => ({
  key: ['instance', id, 'variables', running],
  fetch: (page: Page, signal?: AbortSignal): Promise<VariableInstance[]> =>
    running ? listVariables(id, page, signal) : listHistoricVariables(id, page, signal),
  count: (): Promise<number> => (running ? countVariables(id) : countHistoricVariables(id)),
});

/** Everything that is seen at first, at once; what depends on the instance as soon as that is known. */
export function askForInstance(id: string, tab: string): void {
  askEarly(instanceQuestion(id))
    .then(({ processDefinitionId, endTime }) => {
      void askEarly(modelQuestion(processDefinitionId));
      if (tab !== 'variables') return;
      const { key, fetch, count } = variablesList(id, endTime === null);
      void askEarly({ key: [...key, 'part', few], ask: () => fetch(few) });
      void askEarly({ key: [...key, 'count'], ask: count });
    })
    // The page asks again and says why it is refused.
    .catch(() => {});
  void askEarly(explainQuestion(id));
  void askEarly(treeQuestion(id));
  void askEarly(pathQuestion(id));
  void askEarly(incidentsQuestion(id));
}
