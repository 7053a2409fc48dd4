import { ApiError, engine, seg, send, type Query } from './http';
import type { BatchRequest } from '../lib/batch';
import type {
  Authorization,
  Batch,
  BatchStatistics,
  DecisionDefinition,
  DecisionInstance,
  Deployment,
  DeploymentResource,
  DeploymentResult,
  Group,
  HistoricBatch,
  Job,
  MigrationPlan,
  Tenant,
  User,
  VariableMap,
  VariableValue,
} from './types';

/* Deployments ------------------------------------------------------------------------------------------- */

export const listDeployments = (query: Query, signal?: AbortSignal) =>
  engine.get<Deployment[]>('/deployment', query, signal);
export const countDeployments = (query: Query, signal?: AbortSignal) =>
  engine.count('/deployment/count', query, signal);
export const getDeployment = (id: string) => engine.get<Deployment>(`/deployment/${seg(id)}`);
export const deploymentResources = (id: string) =>
  engine.get<DeploymentResource[]>(`/deployment/${seg(id)}/resources`);
export const resourceText = (deploymentId: string, resourceId: string) =>
  engine.text(`/deployment/${seg(deploymentId)}/resources/${seg(resourceId)}/data`);
export const resourceBlob = (deploymentId: string, resourceId: string) =>
  engine.blob(`/deployment/${seg(deploymentId)}/resources/${seg(resourceId)}/data`);
export const deleteDeployment = (id: string, cascade: boolean) =>
  engine.del(`/deployment/${seg(id)}`, { cascade });
export const redeploy = (id: string) => engine.post<DeploymentResult>(`/deployment/${seg(id)}/redeploy`);

export function deploy(files: File[], options: { name: string; tenantId?: string; onlyChanged: boolean }) {
  const form = new FormData();
  form.append('deployment-name', options.name);
  form.append('deployment-source', 'console');
  if (options.tenantId) form.append('tenant-id', options.tenantId);
  if (options.onlyChanged) form.append('enable-duplicate-filtering', 'true');
  if (options.onlyChanged) form.append('deploy-changed-only', 'true');
  for (const file of files) form.append(file.name, file, file.name);
  return engine.form<DeploymentResult>('/deployment/create', form);
}

/* Decisions --------------------------------------------------------------------------------------------- */

export const listDecisions = (query: Query, signal?: AbortSignal) =>
  engine.get<DecisionDefinition[]>('/decision-definition', query, signal);
export const countDecisions = (query: Query, signal?: AbortSignal) =>
  engine.count('/decision-definition/count', query, signal);
export const getDecision = (id: string) => engine.get<DecisionDefinition>(`/decision-definition/${seg(id)}`);
export const decisionXml = async (id: string): Promise<string> =>
  (await engine.get<{ dmnXml: string }>(`/decision-definition/${seg(id)}/xml`)).dmnXml;
export const evaluateDecision = (id: string, variables: Record<string, VariableValue>) =>
  engine.post<VariableMap[]>(`/decision-definition/${seg(id)}/evaluate`, { variables });
export const listDecisionInstances = (query: Query, signal?: AbortSignal) =>
  engine.get<DecisionInstance[]>('/history/decision-instance', query, signal);
export const countDecisionInstances = (query: Query, signal?: AbortSignal) =>
  engine.count('/history/decision-instance/count', query, signal);
export const getDecisionInstance = (id: string) =>
  engine.get<DecisionInstance>(`/history/decision-instance/${seg(id)}`, {
    includeInputs: true,
    includeOutputs: true,
  });

/* Batches ----------------------------------------------------------------------------------------------- */

export const listBatches = (query: Query, signal?: AbortSignal) =>
  engine.get<BatchStatistics[]>('/batch/statistics', query, signal);
export const countBatches = (query: Query, signal?: AbortSignal) =>
  engine.count('/batch/count', query, signal);
export const suspendBatch = (id: string, suspended: boolean) =>
  engine.put(`/batch/${seg(id)}/suspended`, { suspended });
/** The batch that a job is for; `null` when the job, or its batch, is no more. */
export async function batchOfJob(jobId: string): Promise<string | null> {
  try {
    const { jobDefinitionId } = await engine.get<{ jobDefinitionId: string }>(`/job/${seg(jobId)}`);
    const path = `/job-definition/${seg(jobDefinitionId)}`;
    return (await engine.get<{ jobConfiguration: string | null }>(path)).jobConfiguration;
  } catch (error) {
    if (error instanceof ApiError && error.missing) return null;
    throw error;
  }
}
export const deleteBatch = (id: string, cascade: boolean) => engine.del(`/batch/${seg(id)}`, { cascade });
export const listHistoricBatches = (query: Query, signal?: AbortSignal) =>
  engine.get<HistoricBatch[]>('/history/batch', query, signal);
export const countHistoricBatches = (query: Query, signal?: AbortSignal) =>
  engine.count('/history/batch/count', query, signal);
export const failedBatchJobs = (jobDefinitionId: string) =>
  engine.get<Job[]>('/job', { jobDefinitionId, noRetriesLeft: true, maxResults: 20 });
export const retryJobDefinition = (jobDefinitionId: string, retries: number) =>
  engine.put(`/job-definition/${seg(jobDefinitionId)}/retries`, { retries });

export const startBatch = ({ path, body }: BatchRequest) => engine.post<Batch>(path, body);
export const batchModify = (body: unknown) => engine.post<Batch>('/modification/executeAsync', body);

export const generatePlan = (sourceProcessDefinitionId: string, targetProcessDefinitionId: string) =>
  engine.post<MigrationPlan>('/migration/generate', {
    sourceProcessDefinitionId,
    targetProcessDefinitionId,
    updateEventTriggers: true,
  });
export const validatePlan = (plan: MigrationPlan) =>
  engine.post<{ instructionReports: { instruction: unknown; failures: string[] }[] }>(
    '/migration/validate',
    plan,
  );
export const migrate = (body: unknown) => engine.post('/migration/execute', body);
export const migrateAsync = (body: unknown) => engine.post<Batch>('/migration/executeAsync', body);

/* People ------------------------------------------------------------------------------------------------ */

export const listUsers = (query: Query, signal?: AbortSignal) => engine.get<User[]>('/user', query, signal);
export const countUsers = (query: Query, signal?: AbortSignal) => engine.count('/user/count', query, signal);
export const createUser = (profile: User, password: string) =>
  engine.post('/user/create', { profile, credentials: { password } });
export const updateUser = (profile: User) => engine.put(`/user/${seg(profile.id)}/profile`, profile);
export const setPassword = (id: string, password: string, authenticatedUserPassword: string) =>
  engine.put(`/user/${seg(id)}/credentials`, { password, authenticatedUserPassword });
export const deleteUser = (id: string) => engine.del(`/user/${seg(id)}`);

export const listGroups = (query: Query, signal?: AbortSignal) =>
  engine.get<Group[]>('/group', query, signal);
export const countGroups = (query: Query, signal?: AbortSignal) =>
  engine.count('/group/count', query, signal);
export const createGroup = (group: Group) => engine.post('/group/create', group);
export const updateGroup = (group: Group) => engine.put(`/group/${seg(group.id)}`, group);
export const deleteGroup = (id: string) => engine.del(`/group/${seg(id)}`);
export const addGroupMember = (groupId: string, userId: string) =>
  engine.put(`/group/${seg(groupId)}/members/${seg(userId)}`);
export const removeGroupMember = (groupId: string, userId: string) =>
  engine.del(`/group/${seg(groupId)}/members/${seg(userId)}`);

export const listTenants = (query: Query, signal?: AbortSignal) =>
  engine.get<Tenant[]>('/tenant', query, signal);
export const countTenants = (query: Query, signal?: AbortSignal) =>
  engine.count('/tenant/count', query, signal);
export const createTenant = (tenant: Tenant) => engine.post('/tenant/create', tenant);
export const updateTenant = (tenant: Tenant) => engine.put(`/tenant/${seg(tenant.id)}`, tenant);
export const deleteTenant = (id: string) => engine.del(`/tenant/${seg(id)}`);
export const addTenantMember = (tenantId: string, kind: 'user' | 'group', id: string) =>
  engine.put(`/tenant/${seg(tenantId)}/${kind}-members/${seg(id)}`);
export const removeTenantMember = (tenantId: string, kind: 'user' | 'group', id: string) =>
  engine.del(`/tenant/${seg(tenantId)}/${kind}-members/${seg(id)}`);

export const listAuthorizations = (query: Query, signal?: AbortSignal) =>
  engine.get<Authorization[]>('/authorization', query, signal);
export const countAuthorizations = (query: Query, signal?: AbortSignal) =>
  engine.count('/authorization/count', query, signal);
export const createAuthorization = (authorization: Omit<Authorization, 'id'>) =>
  engine.post<Authorization>('/authorization/create', authorization);
export const updateAuthorization = (authorization: Authorization) =>
  engine.put(`/authorization/${seg(authorization.id)}`, authorization);
export const deleteAuthorization = (id: string) => engine.del(`/authorization/${seg(id)}`);

export const groupsOf = (userId: string) => engine.get<{ groups: Group[] }>('/identity/groups', { userId });

/** Answers whether the server lets this caller in; asked first of all, it decides whether to show the login. */
export async function signIn(user: string, password: string, authorization: string): Promise<boolean> {
  const response = await send('engine-rest/identity/verify', {
    method: 'POST',
    json: { username: user, password },
  }).catch(() => null);
  if (!response) return false;
  const verified = (await response.json()) as { authenticated: boolean };
  return verified.authenticated && authorization !== '';
}

/* Server ------------------------------------------------------------------------------------------------ */

export const engineVersion = () => engine.get<{ version: string }>('/version');
export const engines = () => engine.get<{ name: string }[]>('/engine');
export const metricSum = async (name: string, startDate?: string): Promise<number> =>
  (await engine.get<{ result: number }>(`/metrics/${seg(name)}/sum`, { startDate })).result;
export const cleanupConfiguration = () =>
  engine.get<Record<string, unknown>>('/history/cleanup/configuration');
/** A clean-up that was never run has no jobs, which the server reports as 404. */
export const cleanupJobs = () =>
  engine.get<Job[]>('/history/cleanup/jobs').catch((error: unknown): Job[] => {
    if (error instanceof ApiError && error.missing) return [];
    throw error;
  });
export const runCleanup = () => engine.post('/history/cleanup', {}, { immediatelyDue: true });
