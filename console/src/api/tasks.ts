import { engine, seg, type Query } from './http';
import type { Page } from './processes';
import type {
  Attachment,
  Comment,
  FormInfo,
  IdentityLink,
  Task,
  TaskFilter,
  UserOperation,
  VariableMap,
  VariableValue,
} from './types';

type Variables = Record<string, VariableValue>;

export const queryTasks = (body: unknown, page: Page, signal?: AbortSignal) =>
  engine.post<Task[]>('/task', body, { ...page }, signal);
export const countTasks = (body: unknown, signal?: AbortSignal) =>
  engine.countBy('/task/count', body, signal);
export const getTask = (id: string) => engine.get<Task>(`/task/${seg(id)}`);
export const updateTask = (task: Task) => engine.put(`/task/${seg(task.id)}`, task);
export const claimTask = (id: string, userId: string) => engine.post(`/task/${seg(id)}/claim`, { userId });
export const unclaimTask = (id: string) => engine.post(`/task/${seg(id)}/unclaim`);
export const assignTask = (id: string, userId: string | null) =>
  engine.post(`/task/${seg(id)}/assignee`, { userId });
export const completeTask = (id: string, variables: Variables) =>
  engine.post(`/task/${seg(id)}/complete`, { variables });
export const submitTaskForm = (id: string, variables: Variables) =>
  engine.post(`/task/${seg(id)}/submit-form`, { variables });
export const taskVariables = (id: string) =>
  engine.get<VariableMap>(`/task/${seg(id)}/variables`, { deserializeValues: false });

export const identityLinks = (id: string) => engine.get<IdentityLink[]>(`/task/${seg(id)}/identity-links`);
export const addIdentityLink = (id: string, link: Partial<IdentityLink>) =>
  engine.post(`/task/${seg(id)}/identity-links`, link);
export const deleteIdentityLink = (id: string, link: IdentityLink) =>
  engine.post(`/task/${seg(id)}/identity-links/delete`, link);

export const taskComments = (id: string) => engine.get<Comment[]>(`/task/${seg(id)}/comment`);
export const addTaskComment = (id: string, message: string, processInstanceId: string | null) =>
  engine.post<Comment>(`/task/${seg(id)}/comment/create`, { message, processInstanceId });
export const taskAttachments = (id: string) => engine.get<Attachment[]>(`/task/${seg(id)}/attachment`);
export const deleteTaskAttachment = (id: string, attachmentId: string) =>
  engine.del(`/task/${seg(id)}/attachment/${seg(attachmentId)}`);
export const attachmentData = (id: string, attachmentId: string) =>
  engine.blob(`/task/${seg(id)}/attachment/${seg(attachmentId)}/data`);
export function addTaskAttachment(id: string, file: File, description: string) {
  const form = new FormData();
  form.append('attachment-name', file.name);
  form.append('attachment-description', description);
  form.append('attachment-type', file.type || 'application/octet-stream');
  form.append('content', file, file.name);
  return engine.form<Attachment>(`/task/${seg(id)}/attachment/create`, form);
}

/* Forms of tasks and of start events: the same questions on two paths --------------------------------------- */

export interface FormSource {
  info: () => Promise<FormInfo>;
  rendered: () => Promise<string>;
  deployed: () => Promise<string>;
  variables: () => Promise<VariableMap>;
}

export const taskForm = (id: string): FormSource => ({
  info: () => engine.get<FormInfo>(`/task/${seg(id)}/form`),
  rendered: () => engine.text(`/task/${seg(id)}/rendered-form`),
  deployed: () => engine.text(`/task/${seg(id)}/deployed-form`),
  variables: () => engine.get<VariableMap>(`/task/${seg(id)}/form-variables`, { deserializeValues: false }),
});

export const startForm = (definitionId: string): FormSource => ({
  info: () => engine.get<FormInfo>(`/process-definition/${seg(definitionId)}/startForm`),
  rendered: () => engine.text(`/process-definition/${seg(definitionId)}/rendered-form`),
  deployed: () => engine.text(`/process-definition/${seg(definitionId)}/deployed-start-form`),
  variables: () =>
    engine.get<VariableMap>(`/process-definition/${seg(definitionId)}/form-variables`, {
      deserializeValues: false,
    }),
});

export const submitStartForm = (definitionId: string, body: { businessKey?: string; variables: Variables }) =>
  engine.post<{ id: string }>(`/process-definition/${seg(definitionId)}/submit-form`, body);

/* Filters and history ----------------------------------------------------------------------------------- */

export const listFilters = () =>
  engine.get<TaskFilter[]>('/filter', {
    resourceType: 'Task',
    maxResults: 100,
    sortBy: 'name',
    sortOrder: 'asc',
  });
export const createFilter = (name: string, query: unknown, owner: string | null) =>
  engine.post<TaskFilter>('/filter/create', { resourceType: 'Task', name, owner, query, properties: {} });
export const deleteFilter = (id: string) => engine.del(`/filter/${seg(id)}`);
export const runFilter = (id: string, extending: unknown, page: Page, signal?: AbortSignal) =>
  engine.post<Task[]>(`/filter/${seg(id)}/list`, extending, { ...page }, signal);
export const countFilter = (id: string, extending: unknown, signal?: AbortSignal) =>
  engine.countBy(`/filter/${seg(id)}/count`, extending, signal);

export const listOperations = (query: Query, signal?: AbortSignal) =>
  engine.get<UserOperation[]>('/history/user-operation', query, signal);
export const countOperations = (query: Query, signal?: AbortSignal) =>
  engine.count('/history/user-operation/count', query, signal);
export const annotateOperation = (operationId: string, annotation: string) =>
  engine.put(`/history/user-operation/${seg(operationId)}/set-annotation`, { annotation });
