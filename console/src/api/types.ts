/** What the Camunda 7 REST API answers, as far as the console reads it. Names are the API's. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface VariableValue {
  type: string;
  value: Json;
  valueInfo?: Record<string, Json> | null;
}
export type VariableMap = Record<string, VariableValue>;

export interface ProcessDefinition {
  id: string;
  key: string;
  name: string | null;
  version: number;
  versionTag: string | null;
  resource: string;
  deploymentId: string;
  suspended: boolean;
  tenantId: string | null;
  description: string | null;
  historyTimeToLive: number | null;
  startableInTasklist: boolean;
}

export interface IncidentCount {
  incidentType: string;
  incidentCount: number;
}

export interface DefinitionStatistics {
  id: string;
  instances: number;
  failedJobs: number;
  incidents: IncidentCount[];
  definition: ProcessDefinition;
}

export interface ActivityStatistics {
  id: string;
  instances: number;
  failedJobs: number;
  incidents: IncidentCount[];
}

export interface HistoricActivityStatistics {
  id: string;
  instances: number;
  canceled: number;
  finished: number;
  completeScope: number;
  openIncidents: number;
  resolvedIncidents: number;
  deletedIncidents: number;
}

export interface HistoricProcessInstance {
  id: string;
  businessKey: string | null;
  processDefinitionId: string;
  processDefinitionKey: string;
  processDefinitionName: string | null;
  processDefinitionVersion: number;
  startTime: string;
  endTime: string | null;
  removalTime: string | null;
  durationInMillis: number | null;
  startUserId: string | null;
  startActivityId: string | null;
  deleteReason: string | null;
  rootProcessInstanceId: string | null;
  superProcessInstanceId: string | null;
  superCaseInstanceId: string | null;
  tenantId: string | null;
  state: 'ACTIVE' | 'SUSPENDED' | 'COMPLETED' | 'EXTERNALLY_TERMINATED' | 'INTERNALLY_TERMINATED';
}

export interface ProcessInstance {
  id: string;
  definitionId: string;
  definitionKey: string;
  businessKey: string | null;
  suspended: boolean;
  ended: boolean;
  tenantId: string | null;
}

export interface ActivityInstance {
  id: string;
  parentActivityInstanceId: string | null;
  activityId: string;
  activityName: string | null;
  activityType: string;
  processInstanceId: string;
  executionIds: string[];
  childActivityInstances: ActivityInstance[];
  childTransitionInstances: TransitionInstance[];
  incidentIds?: string[];
}

export interface TransitionInstance {
  id: string;
  activityId: string;
  activityName: string | null;
  activityType: string;
  executionId: string;
  incidentIds?: string[];
}

export interface HistoricActivityInstance {
  id: string;
  parentActivityInstanceId: string;
  activityId: string;
  activityName: string | null;
  activityType: string;
  processInstanceId: string;
  executionId: string;
  taskId: string | null;
  assignee: string | null;
  calledProcessInstanceId: string | null;
  startTime: string;
  endTime: string | null;
  durationInMillis: number | null;
  canceled: boolean;
  completeScope: boolean;
}

export interface VariableInstance {
  id: string;
  name: string;
  type: string;
  value: Json;
  valueInfo: Record<string, Json> | null;
  executionId: string;
  taskId: string | null;
  activityInstanceId: string;
  errorMessage: string | null;
}

export interface Job {
  id: string;
  jobDefinitionId: string | null;
  processInstanceId: string | null;
  processDefinitionId: string | null;
  processDefinitionKey: string | null;
  executionId: string | null;
  exceptionMessage: string | null;
  failedActivityId: string | null;
  retries: number;
  dueDate: string | null;
  suspended: boolean;
  priority: number;
  createTime: string | null;
  tenantId: string | null;
  batchId?: string | null;
}

export interface JobDefinition {
  id: string;
  processDefinitionId: string | null;
  jobType: string;
  jobConfiguration: string;
  activityId: string | null;
  suspended: boolean;
  overridingJobPriority: number | null;
}

export interface Incident {
  id: string;
  incidentTimestamp: string;
  incidentType: string;
  incidentMessage: string | null;
  executionId: string | null;
  activityId: string | null;
  failedActivityId: string | null;
  processInstanceId: string | null;
  processDefinitionId: string | null;
  causeIncidentId: string;
  rootCauseIncidentId: string;
  configuration: string | null;
  jobDefinitionId: string | null;
  annotation: string | null;
  tenantId: string | null;
}

export interface ExternalTask {
  id: string;
  activityId: string;
  activityInstanceId: string;
  processInstanceId: string;
  processDefinitionId: string;
  processDefinitionKey: string;
  executionId: string;
  topicName: string;
  workerId: string | null;
  lockExpirationTime: string | null;
  retries: number | null;
  errorMessage: string | null;
  suspended: boolean;
  priority: number;
  createTime: string | null;
  businessKey: string | null;
}

export interface EventSubscription {
  id: string;
  eventType: string;
  eventName: string | null;
  executionId: string | null;
  processInstanceId: string | null;
  activityId: string | null;
  createdDate: string;
}

export interface Task {
  id: string;
  name: string | null;
  assignee: string | null;
  owner: string | null;
  created: string;
  due: string | null;
  followUp: string | null;
  lastUpdated: string | null;
  delegationState: string | null;
  description: string | null;
  executionId: string | null;
  parentTaskId: string | null;
  priority: number;
  processDefinitionId: string | null;
  processInstanceId: string | null;
  taskDefinitionKey: string | null;
  caseInstanceId: string | null;
  suspended: boolean;
  formKey: string | null;
  camundaFormRef: FormRef | null;
  tenantId: string | null;
}

export interface FormRef {
  key: string;
  binding: string;
  version: number | null;
}

export interface FormInfo {
  key: string | null;
  camundaFormRef: FormRef | null;
  contextPath: string | null;
}

export interface IdentityLink {
  userId: string | null;
  groupId: string | null;
  type: string;
}

export interface Comment {
  id: string;
  userId: string | null;
  time: string;
  message: string;
}

export interface Attachment {
  id: string;
  name: string | null;
  description: string | null;
  type: string | null;
  url: string | null;
  createTime: string | null;
}

export interface UserOperation {
  id: string;
  timestamp: string;
  userId: string | null;
  operationId: string;
  operationType: string;
  entityType: string;
  category: string | null;
  annotation: string | null;
  property: string | null;
  orgValue: string | null;
  newValue: string | null;
  processInstanceId: string | null;
  processDefinitionId: string | null;
  processDefinitionKey: string | null;
  taskId: string | null;
  jobId: string | null;
  batchId: string | null;
  deploymentId: string | null;
}

export interface TaskFilter {
  id: string;
  resourceType: string;
  name: string;
  owner: string | null;
  query: Record<string, Json>;
  properties: Record<string, Json>;
  itemCount?: number;
}

export interface DecisionDefinition {
  id: string;
  key: string;
  name: string | null;
  version: number;
  versionTag: string | null;
  resource: string;
  deploymentId: string;
  tenantId: string | null;
  decisionRequirementsDefinitionId: string | null;
  decisionRequirementsDefinitionKey: string | null;
}

export interface DecisionInput {
  clauseId: string;
  clauseName: string | null;
  type: string;
  value: Json;
}

export interface DecisionOutput extends DecisionInput {
  ruleId: string | null;
  ruleOrder: number | null;
  variableName: string | null;
}

export interface DecisionInstance {
  id: string;
  decisionDefinitionId: string;
  decisionDefinitionKey: string;
  decisionDefinitionName: string | null;
  evaluationTime: string;
  processDefinitionKey: string | null;
  processInstanceId: string | null;
  activityId: string | null;
  userId: string | null;
  inputs: DecisionInput[] | null;
  outputs: DecisionOutput[] | null;
  collectResultValue: number | null;
  rootDecisionInstanceId: string | null;
}

export interface BatchStatistics {
  id: string;
  type: string;
  totalJobs: number;
  jobsCreated: number;
  batchJobsPerSeed: number;
  invocationsPerBatchJob: number;
  seedJobDefinitionId: string;
  monitorJobDefinitionId: string;
  batchJobDefinitionId: string;
  suspended: boolean;
  createUserId: string | null;
  startTime: string | null;
  tenantId: string | null;
  remainingJobs: number;
  completedJobs: number;
  failedJobs: number;
}

export interface Batch {
  id: string;
  type: string;
  totalJobs: number;
}

export interface HistoricBatch {
  id: string;
  type: string;
  totalJobs: number;
  startTime: string;
  endTime: string | null;
  createUserId: string | null;
  removalTime: string | null;
}

export interface Deployment {
  id: string;
  name: string | null;
  source: string | null;
  deploymentTime: string;
  tenantId: string | null;
}

export interface DeploymentResult extends Deployment {
  deployedProcessDefinitions: Record<string, ProcessDefinition> | null;
  deployedDecisionDefinitions: Record<string, DecisionDefinition> | null;
}

export interface DeploymentResource {
  id: string;
  name: string;
  deploymentId: string;
}

export interface MigrationInstruction {
  sourceActivityIds: string[];
  targetActivityIds: string[];
  updateEventTrigger?: boolean;
}

export interface MigrationPlan {
  sourceProcessDefinitionId: string;
  targetProcessDefinitionId: string;
  instructions: MigrationInstruction[];
  variables?: VariableMap;
}

export interface MigrationReport {
  instructionReports: { instruction: MigrationInstruction; failures: string[] }[];
}

export interface User {
  id: string;
  firstName: string | null;
  lastName: string | null;
  email: string | null;
}

export interface Group {
  id: string;
  name: string | null;
  type: string | null;
}

export interface Tenant {
  id: string;
  name: string | null;
}

export interface Authorization {
  id: string;
  /** 0 global, 1 grant, 2 revoke */
  type: 0 | 1 | 2;
  permissions: string[];
  userId: string | null;
  groupId: string | null;
  resourceType: number;
  resourceId: string | null;
}

export interface DurationReport {
  period: number;
  periodUnit: string;
  average: number;
  minimum: number;
  maximum: number;
}

export interface JobLog {
  id: string;
  timestamp: string;
  jobId: string;
  activityId: string | null;
  failedActivityId: string | null;
  jobRetries: number;
  jobExceptionMessage: string | null;
  creationLog: boolean;
  failureLog: boolean;
  successLog: boolean;
  deletionLog: boolean;
}
