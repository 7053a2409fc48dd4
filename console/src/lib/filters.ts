/**
 * Filters of lists: a list of criteria that lives in the address, so that every view can be linked, and is
 * translated to the query the API understands.
 */
import type { Query } from '../api/http';
import type { Json } from '../api/types';
import { toEngineDate } from './format';
import { inferValue } from './variables';

export interface Criterion {
  field: string;
  operator: string;
  value: string;
  /** Of a variable. */
  name?: string;
}

export type FieldKind = 'text' | 'date' | 'choice' | 'variable' | 'flag' | 'number';

export interface FieldSpec {
  id: string;
  label: string;
  kind: FieldKind;
  operators: { id: string; label: string }[];
  choices?: { id: string; label: string }[];
}

export type Body = Record<string, unknown>;

const separator = '~';

export function encodeCriterion(criterion: Criterion): string {
  const parts = [criterion.field, criterion.operator, criterion.value];
  if (criterion.name !== undefined) parts.push(criterion.name);
  return parts.map((part) => encodeURIComponent(part).replaceAll(separator, '%7E')).join(separator);
}

export function decodeCriterion(text: string): Criterion | null {
  let parts: string[];
  try {
    parts = text.split(separator).map(decodeURIComponent);
  } catch {
    return null;
  }
  const [field, operator, value, name] = parts;
  if (!field || !operator || value === undefined) return null;
  return name === undefined ? { field, operator, value } : { field, operator, value, name };
}

/** Operators of variables are the API's; `like` takes % as wildcard, and gets them when there is none. */
export function variableCriterion(criterion: Criterion): Json {
  const like = criterion.operator === 'like' || criterion.operator === 'notLike';
  return {
    name: criterion.name ?? '',
    operator: criterion.operator,
    value: like ? wildcard(criterion.value) : inferValue(criterion.value),
  };
}

export const wildcard = (value: string): string => (value.includes('%') ? value : `%${value}%`);

const list = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const dateOf = (value: string): string => toEngineDate(new Date(value));

/* Process instances ------------------------------------------------------------------------------------- */

type Rule = (body: Body, criterion: Criterion) => void;

const append = (body: Body, key: string, value: unknown) => {
  body[key] = [...((body[key] as unknown[] | undefined) ?? []), value];
};

const instanceRules: Record<string, Rule> = {
  businessKey: (body, { operator, value }) => {
    if (operator === 'like') body['processInstanceBusinessKeyLike'] = wildcard(value);
    else body['processInstanceBusinessKey'] = value;
  },
  id: (body, { value }) => (body['processInstanceIds'] = list(value)),
  state: (body, { value }) => {
    const flags: Record<string, string> = {
      running: 'unfinished',
      active: 'active',
      suspended: 'suspended',
      finished: 'finished',
      completed: 'completed',
      cancelled: 'externallyTerminated',
      terminated: 'internallyTerminated',
    };
    const flag = flags[value];
    if (flag) body[flag] = true;
  },
  incident: (body, { operator, value }) => {
    if (operator === 'any') body['withIncidents'] = true;
    else body['incidentMessageLike'] = wildcard(value);
  },
  activity: (body, { operator, value }) =>
    (body[operator === 'executed' ? 'executedActivityIdIn' : 'activeActivityIdIn'] = list(value)),
  started: (body, { operator, value }) =>
    (body[operator === 'after' ? 'startedAfter' : 'startedBefore'] = dateOf(value)),
  finished: (body, { operator, value }) =>
    (body[operator === 'after' ? 'finishedAfter' : 'finishedBefore'] = dateOf(value)),
  startedBy: (body, { value }) => (body['startedBy'] = value),
  tenant: (body, { value }) => (body['tenantIdIn'] = list(value)),
  parent: (body, { value }) => (body['superProcessInstanceId'] = value),
  definition: (body, { value }) => (body['processDefinitionKey'] = value),
  variable: (body, criterion) => append(body, 'variables', variableCriterion(criterion)),
};

/** The body of `POST /history/process-instance`, which answers for running and finished instances alike. */
export function historicInstanceQuery(criteria: Criterion[], base: Body = {}): Body {
  return applyRules(instanceRules, criteria, base);
}

const runtimeRules: Record<string, Rule> = {
  businessKey: (body, { operator, value }) => {
    if (operator === 'like') body['businessKeyLike'] = wildcard(value);
    else body['businessKey'] = value;
  },
  id: instanceRules['id']!,
  state: (body, { value }) => {
    if (value === 'active') body['active'] = true;
    else if (value === 'suspended') body['suspended'] = true;
    else if (value !== 'running') throw new UnsupportedCriterion('state');
  },
  incident: (body, { operator, value }) => {
    if (operator === 'any') body['withIncident'] = true;
    else body['incidentMessageLike'] = wildcard(value);
  },
  activity: (body, { operator, value }) => {
    if (operator === 'executed') throw new UnsupportedCriterion('activity');
    body['activityIdIn'] = list(value);
  },
  tenant: instanceRules['tenant']!,
  parent: (body, { value }) => (body['superProcessInstance'] = value),
  definition: instanceRules['definition']!,
  variable: instanceRules['variable']!,
};

/** A criterion the query about running instances has no word for. */
export class UnsupportedCriterion extends Error {
  constructor(readonly field: string) {
    super(field);
  }
}

/** The same criteria for the operations that take a query about running instances only, as migration does. */
export function runtimeInstanceQuery(criteria: Criterion[], base: Body = {}): Body {
  return applyRules(runtimeRules, criteria, base);
}

/* Tasks ------------------------------------------------------------------------------------------------- */

const taskRules: Record<string, Rule> = {
  name: (body, { value }) => (body['nameLike'] = wildcard(value)),
  definition: (body, { value }) => (body['processDefinitionKey'] = value),
  businessKey: (body, { operator, value }) => {
    if (operator === 'like') body['processInstanceBusinessKeyLike'] = wildcard(value);
    else body['processInstanceBusinessKey'] = value;
  },
  assignee: (body, { value }) => (body['assignee'] = value),
  candidateUser: (body, { value }) => {
    body['candidateUser'] = value;
    body['includeAssignedTasks'] = true;
  },
  candidateGroup: (body, { value }) => {
    body['candidateGroups'] = list(value);
    body['includeAssignedTasks'] = true;
  },
  unassigned: (body) => (body['unassigned'] = true),
  due: (body, { operator, value }) => (body[operator === 'after' ? 'dueAfter' : 'dueBefore'] = dateOf(value)),
  overdue: (body) => (body['dueBefore'] = toEngineDate(new Date())),
  followUp: (body, { operator, value }) =>
    (body[operator === 'after' ? 'followUpAfter' : 'followUpBefore'] = dateOf(value)),
  created: (body, { operator, value }) =>
    (body[operator === 'after' ? 'createdAfter' : 'createdBefore'] = dateOf(value)),
  priority: (body, { operator, value }) =>
    (body[operator === 'min' ? 'minPriority' : 'maxPriority'] = Number(value)),
  taskKey: (body, { value }) => (body['taskDefinitionKeyIn'] = list(value)),
  tenant: (body, { value }) => (body['tenantIdIn'] = list(value)),
  instance: (body, { value }) => (body['processInstanceIdIn'] = list(value)),
  variable: (body, criterion) => append(body, 'processVariables', variableCriterion(criterion)),
  taskVariable: (body, criterion) => append(body, 'taskVariables', variableCriterion(criterion)),
};

/** The body of `POST /task`. */
export function taskQuery(criteria: Criterion[], base: Body = {}): Body {
  return applyRules(taskRules, criteria, base);
}

/* Incidents --------------------------------------------------------------------------------------------- */

const incidentRules: Record<string, Rule> = {
  message: (body, { value }) => (body['incidentMessageLike'] = wildcard(value)),
  type: (body, { value }) => (body['incidentType'] = value),
  definition: (body, { value }) => (body['processDefinitionKeyIn'] = list(value).join(',')),
  activity: (body, { value }) => (body['activityId'] = value),
  instance: (body, { value }) => (body['processInstanceId'] = value),
  occurred: (body, { operator, value }) =>
    (body[operator === 'after' ? 'incidentTimestampAfter' : 'incidentTimestampBefore'] = dateOf(value)),
  tenant: (body, { value }) => (body['tenantIdIn'] = list(value).join(',')),
};

/** The parameters of `GET /incident`. */
export function incidentQuery(criteria: Criterion[]): Query {
  return applyRules(incidentRules, criteria, {}) as Query;
}

function applyRules(rules: Record<string, Rule>, criteria: Criterion[], base: Body): Body {
  const body: Body = { ...base };
  for (const criterion of criteria) {
    const rule = rules[criterion.field];
    if (!rule) throw new UnsupportedCriterion(criterion.field);
    rule(body, criterion);
  }
  return body;
}
