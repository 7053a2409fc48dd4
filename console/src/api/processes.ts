import { engine, seg, type Query } from './http';
import type {
  ActivityInstance,
  ActivityStatistics,
  DefinitionStatistics,
  DurationReport,
  EventSubscription,
  ExternalTask,
  HistoricActivityInstance,
  HistoricActivityStatistics,
  HistoricProcessInstance,
  Incident,
  Job,
  JobDefinition,
  JobLog,
  ProcessDefinition,
  VariableInstance,
  VariableValue,
} from './types';

/** The part of a list that is asked for. */
export type Page = { firstResult: number; maxResults: number };

/* Definitions ------------------------------------------------------------------------------------------- */

export const listDefinitions = (query: Query, signal?: AbortSignal) =>
  engine.get<ProcessDefinition[]>('/process-definition', query, signal);
export const countDefinitions = (query: Query, signal?: AbortSignal) =>
  engine.count('/process-definition/count', query, signal);
export const getDefinition = (id: string) => engine.get<ProcessDefinition>(`/process-definition/${seg(id)}`);
export const getDefinitionXml = async (id: string): Promise<string> =>
  (await engine.get<{ bpmn20Xml: string }>(`/process-definition/${seg(id)}/xml`)).bpmn20Xml;
export const definitionStatistics = () =>
  engine.get<DefinitionStatistics[]>('/process-definition/statistics', { incidents: true });
export const activityStatistics = (id: string, signal?: AbortSignal) =>
  engine.get<ActivityStatistics[]>(`/process-definition/${seg(id)}/statistics`, { incidents: true }, signal);
export const historicActivityStatistics = (id: string, query: Query = {}, signal?: AbortSignal) =>
  engine.get<HistoricActivityStatistics[]>(
    `/history/process-definition/${seg(id)}/statistics`,
    query,
    signal,
  );
export const suspendDefinition = (id: string, suspended: boolean, includeInstances: boolean) =>
  engine.put(`/process-definition/${seg(id)}/suspended`, {
    suspended,
    includeProcessInstances: includeInstances,
  });
export const durationReport = (query: Query) =>
  engine.get<DurationReport[]>('/history/process-instance/report', {
    reportType: 'duration',
    periodUnit: 'month',
    ...query,
  });
export const listJobDefinitions = (processDefinitionId: string) =>
  engine.get<JobDefinition[]>('/job-definition', { processDefinitionId, maxResults: 200 });
export const suspendJobDefinition = (id: string, suspended: boolean) =>
  engine.put(`/job-definition/${seg(id)}/suspended`, { suspended, includeJobs: true });

/* Instances --------------------------------------------------------------------------------------------- */

export const queryInstances = (body: unknown, page: Page, signal?: AbortSignal) =>
  engine.post<HistoricProcessInstance[]>('/history/process-instance', body, { ...page }, signal);
export const countInstances = (body: unknown, signal?: AbortSignal) =>
  engine.countBy('/history/process-instance/count', body, signal);
export const countRunning = (query: Query, signal?: AbortSignal) =>
  engine.count('/process-instance/count', query, signal);
export const getHistoricInstance = (id: string) =>
  engine.get<HistoricProcessInstance>(`/history/process-instance/${seg(id)}`);
export const getActivityTree = (id: string, signal?: AbortSignal) =>
  engine.get<ActivityInstance>(`/process-instance/${seg(id)}/activity-instances`, undefined, signal);
export const suspendInstance = (id: string, suspended: boolean) =>
  engine.put(`/process-instance/${seg(id)}/suspended`, { suspended });
export const cancelInstance = (id: string, skipCustomListeners: boolean) =>
  engine.del(`/process-instance/${seg(id)}`, { skipCustomListeners });
export const modifyInstance = (id: string, body: unknown) =>
  engine.post(`/process-instance/${seg(id)}/modification`, body);
export const restartInstances = (definitionId: string, body: unknown) =>
  engine.post(`/process-definition/${seg(definitionId)}/restart`, body);
export const activityHistory = (processInstanceId: string, page: Page, signal?: AbortSignal) =>
  engine.get<HistoricActivityInstance[]>(
    '/history/activity-instance',
    { processInstanceId, sortBy: 'startTime', sortOrder: 'asc', ...page },
    signal,
  );
export const activityHistoryCount = (processInstanceId: string) =>
  engine.count('/history/activity-instance/count', { processInstanceId });

/* What an instance holds -------------------------------------------------------------------------------- */

export const listVariables = (processInstanceId: string, page: Page, signal?: AbortSignal) =>
  engine.post<VariableInstance[]>(
    '/variable-instance',
    { processInstanceIdIn: [processInstanceId], sorting: [{ sortBy: 'variableName', sortOrder: 'asc' }] },
    { ...page, deserializeValues: false },
    signal,
  );
export const countVariables = (processInstanceId: string) =>
  engine.countBy('/variable-instance/count', { processInstanceIdIn: [processInstanceId] });
export const listHistoricVariables = (processInstanceId: string, page: Page, signal?: AbortSignal) =>
  engine.post<VariableInstance[]>(
    '/history/variable-instance',
    { processInstanceId, sorting: [{ sortBy: 'variableName', sortOrder: 'asc' }] },
    { ...page, deserializeValues: false },
    signal,
  );
export const countHistoricVariables = (processInstanceId: string) =>
  engine.countBy('/history/variable-instance/count', { processInstanceId });
/** A variable in the scope of exactly this execution. */
export const putLocalVariable = (executionId: string, name: string, value: VariableValue) =>
  engine.put(`/execution/${seg(executionId)}/localVariables/${seg(name)}`, value);
export const deleteLocalVariable = (executionId: string, name: string) =>
  engine.del(`/execution/${seg(executionId)}/localVariables/${seg(name)}`);

export const listJobs = (query: Query, signal?: AbortSignal) => engine.get<Job[]>('/job', query, signal);
export const countJobs = (query: Query, signal?: AbortSignal) => engine.count('/job/count', query, signal);
export const setJobRetries = (id: string, retries: number) =>
  engine.put(`/job/${seg(id)}/retries`, { retries });
export const executeJob = (id: string) => engine.post(`/job/${seg(id)}/execute`);
export const setJobDueDate = (id: string, duedate: string | null) =>
  engine.put(`/job/${seg(id)}/duedate`, { duedate });
export const suspendJob = (id: string, suspended: boolean) =>
  engine.put(`/job/${seg(id)}/suspended`, { suspended });
export const jobStacktrace = (id: string) => engine.text(`/job/${seg(id)}/stacktrace`);
export const jobLog = (query: Query) => engine.get<JobLog[]>('/history/job-log', query);

export const listIncidents = (query: Query, signal?: AbortSignal) =>
  engine.get<Incident[]>('/incident', query, signal);
export const countIncidents = (query: Query, signal?: AbortSignal) =>
  engine.count('/incident/count', query, signal);
export const resolveIncident = (id: string) => engine.del(`/incident/${seg(id)}`);
export const annotateIncident = (id: string, annotation: string) =>
  engine.put(`/incident/${seg(id)}/annotation`, { annotation });

export const listExternalTasks = (query: Query, signal?: AbortSignal) =>
  engine.get<ExternalTask[]>('/external-task', query, signal);
export const countExternalTasks = (query: Query, signal?: AbortSignal) =>
  engine.count('/external-task/count', query, signal);
export const externalTaskErrorDetails = (id: string) => engine.text(`/external-task/${seg(id)}/errorDetails`);
export const setExternalTaskRetries = (id: string, retries: number) =>
  engine.put(`/external-task/${seg(id)}/retries`, { retries });
export const unlockExternalTask = (id: string) => engine.post(`/external-task/${seg(id)}/unlock`);

export const listSubscriptions = (query: Query, signal?: AbortSignal) =>
  engine.get<EventSubscription[]>('/event-subscription', query, signal);
export const triggerMessage = (executionId: string, messageName: string) =>
  engine.post(`/execution/${seg(executionId)}/messageSubscriptions/${seg(messageName)}/trigger`);
