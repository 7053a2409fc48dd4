/** Operations on many instances, as requests of the API. */
import type { VariableValue } from '../api/types';
import { seg } from '../api/http';
import type { Body } from './filters';

/** Which instances: picked one by one, or everything a query finds. */
export type Target = { ids: string[] } | { query: Body };

export type Operation =
  | { kind: 'retry'; retries: number }
  | { kind: 'suspend'; suspended: boolean }
  | { kind: 'cancel'; reason: string }
  | { kind: 'delete-history'; reason: string }
  | { kind: 'set-variables'; variables: Record<string, VariableValue> }
  /** `how`: where and with what they begin again. */
  | { kind: 'restart'; definitionId: string; how: Body };

export interface BatchRequest {
  path: string;
  body: Body;
}

export function batchRequest(operation: Operation, target: Target): BatchRequest {
  const byIds = 'ids' in target;
  // Only running instances can be changed; a query may find ended ones too.
  const running = byIds ? {} : { historicProcessInstanceQuery: { ...target.query, unfinished: true } };
  const instances = byIds ? { processInstanceIds: target.ids } : running;
  switch (operation.kind) {
    case 'retry':
      return byIds
        ? {
            path: '/process-instance/job-retries',
            body: { processInstances: target.ids, retries: operation.retries },
          }
        : {
            path: '/process-instance/job-retries-historic-query-based',
            body: { ...running, retries: operation.retries },
          };
    case 'suspend':
      return {
        path: '/process-instance/suspended-async',
        body: { ...instances, suspended: operation.suspended },
      };
    case 'cancel':
      return {
        path: byIds ? '/process-instance/delete' : '/process-instance/delete-historic-query-based',
        body: { ...instances, deleteReason: operation.reason },
      };
    case 'delete-history':
      return {
        path: '/history/process-instance/delete',
        body: {
          deleteReason: operation.reason,
          ...(byIds
            ? { historicProcessInstanceIds: target.ids }
            : { historicProcessInstanceQuery: { ...target.query, finished: true } }),
        },
      };
    case 'restart':
      return {
        path: `/process-definition/${seg(operation.definitionId)}/restart-async`,
        body: {
          ...operation.how,
          // A query even where they are picked one by one: those that run are left alone.
          historicProcessInstanceQuery: {
            ...(byIds ? { processInstanceIds: target.ids } : target.query),
            processDefinitionId: operation.definitionId,
            finished: true,
          },
        },
      };
    case 'set-variables':
      return {
        path: '/process-instance/variables-async',
        body: { ...instances, variables: operation.variables },
      };
  }
}
