/** The resources and permissions of Camunda 7, by the number the API uses. */
export interface ResourceType {
  id: number;
  name: string;
  permissions: string[];
}

const crud = ['READ', 'UPDATE', 'CREATE', 'DELETE'];
const definition = [
  ...crud,
  'CREATE_INSTANCE',
  'READ_INSTANCE',
  'UPDATE_INSTANCE',
  'RETRY_JOB',
  'SUSPEND',
  'SUSPEND_INSTANCE',
  'UPDATE_INSTANCE_VARIABLE',
  'UPDATE_TASK_VARIABLE',
  'MIGRATE_INSTANCE',
  'DELETE_INSTANCE',
  'READ_TASK',
  'UPDATE_TASK',
  'TASK_WORK',
  'TASK_ASSIGN',
  'READ_HISTORY',
  'DELETE_HISTORY',
  'READ_INSTANCE_VARIABLE',
  'READ_HISTORY_VARIABLE',
  'READ_TASK_VARIABLE',
  'UPDATE_HISTORY',
];

export const resourceTypes: ResourceType[] = [
  { id: 0, name: 'Application', permissions: ['ACCESS'] },
  { id: 1, name: 'User', permissions: crud },
  { id: 2, name: 'Group', permissions: crud },
  { id: 3, name: 'Group membership', permissions: ['CREATE', 'DELETE'] },
  { id: 4, name: 'Authorization', permissions: crud },
  { id: 5, name: 'Filter', permissions: crud },
  { id: 6, name: 'Process definition', permissions: definition },
  {
    id: 7,
    name: 'Task',
    permissions: [...crud, 'TASK_WORK', 'TASK_ASSIGN', 'UPDATE_VARIABLE', 'READ_VARIABLE'],
  },
  {
    id: 8,
    name: 'Process instance',
    permissions: [...crud, 'RETRY_JOB', 'SUSPEND', 'UPDATE_VARIABLE'],
  },
  { id: 9, name: 'Deployment', permissions: ['READ', 'CREATE', 'DELETE'] },
  {
    id: 10,
    name: 'Decision definition',
    permissions: ['READ', 'UPDATE', 'CREATE_INSTANCE', 'READ_HISTORY', 'DELETE_HISTORY'],
  },
  { id: 11, name: 'Tenant', permissions: crud },
  { id: 12, name: 'Tenant membership', permissions: ['CREATE', 'DELETE'] },
  {
    id: 13,
    name: 'Batch',
    permissions: [
      ...crud,
      'READ_HISTORY',
      'DELETE_HISTORY',
      'CREATE_BATCH_MIGRATE_PROCESS_INSTANCES',
      'CREATE_BATCH_MODIFY_PROCESS_INSTANCES',
      'CREATE_BATCH_RESTART_PROCESS_INSTANCES',
      'CREATE_BATCH_DELETE_RUNNING_PROCESS_INSTANCES',
      'CREATE_BATCH_DELETE_FINISHED_PROCESS_INSTANCES',
      'CREATE_BATCH_DELETE_DECISION_INSTANCES',
      'CREATE_BATCH_SET_JOB_RETRIES',
      'CREATE_BATCH_SET_EXTERNAL_TASK_RETRIES',
      'CREATE_BATCH_UPDATE_PROCESS_INSTANCES_SUSPEND',
      'CREATE_BATCH_SET_REMOVAL_TIME',
      'CREATE_BATCH_SET_VARIABLES',
    ],
  },
  { id: 14, name: 'Decision requirements definition', permissions: ['READ'] },
  { id: 17, name: 'User operation log category', permissions: ['READ', 'DELETE', 'UPDATE'] },
  { id: 19, name: 'Historic task', permissions: ['READ', 'READ_VARIABLE'] },
  { id: 20, name: 'Historic process instance', permissions: ['READ'] },
  { id: 21, name: 'System', permissions: ['READ', 'SET', 'DELETE'] },
];

export const resourceType = (id: number): ResourceType =>
  resourceTypes.find((type) => type.id === id) ?? { id, name: String(id), permissions: [] };
