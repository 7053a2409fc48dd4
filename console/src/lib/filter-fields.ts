/** The fields a person can filter by, with the words for them. */
import { en } from '../text/en';
import type { FieldSpec } from './filters';

const f = en.filters;
const is = [{ id: 'is', label: f.is }];
const contains = { id: 'like', label: f.contains };
const after = { id: 'after', label: f.after };
const before = { id: 'before', label: f.before };

export const variableOperators = [
  { id: 'eq', label: '=' },
  { id: 'neq', label: '≠' },
  { id: 'gt', label: '>' },
  { id: 'gteq', label: '≥' },
  { id: 'lt', label: '<' },
  { id: 'lteq', label: '≤' },
  contains,
];

/* Kinds of fields; the operator that is asked for most comes first. */
const text = (id: string, label: string, operators = is): FieldSpec => ({
  id,
  label,
  kind: 'text',
  operators,
});
const flag = (id: string, label: string): FieldSpec => ({ id, label, kind: 'flag', operators: is });
const past = (id: string, label: string): FieldSpec => ({
  id,
  label,
  kind: 'date',
  operators: [after, before],
});
const ahead = (id: string, label: string): FieldSpec => ({
  id,
  label,
  kind: 'date',
  operators: [before, after],
});
const variable = (id: string, label: string): FieldSpec => ({
  id,
  label,
  kind: 'variable',
  operators: variableOperators,
});

const definition = text('definition', f.definition);
const businessKey = text('businessKey', f.businessKey, [contains, ...is]);
const tenant = text('tenant', f.tenant);

export const instanceFields: FieldSpec[] = [
  {
    id: 'state',
    label: f.state,
    kind: 'choice',
    operators: is,
    choices: Object.entries(f.states).map(([id, label]) => ({ id, label })),
  },
  businessKey,
  variable('variable', f.variable),
  text('id', f.instanceId),
  text('incident', f.incident, [
    { id: 'any', label: f.present },
    { id: 'like', label: f.messageContains },
  ]),
  text('activity', f.activity, [
    { id: 'active', label: f.activeAt },
    { id: 'executed', label: f.passed },
  ]),
  past('started', f.started),
  past('finished', f.finished),
  text('startedBy', f.startedBy),
  text('parent', f.parent),
  tenant,
];

export const anyInstanceFields: FieldSpec[] = [definition, ...instanceFields];

export const taskFields: FieldSpec[] = [
  text('name', f.taskName, [contains]),
  definition,
  businessKey,
  text('assignee', f.assignee),
  text('candidateGroup', f.candidateGroup),
  text('candidateUser', f.candidateUser),
  flag('unassigned', f.unassigned),
  flag('overdue', f.overdue),
  ahead('due', f.due),
  ahead('followUp', f.followUp),
  past('created', f.created),
  {
    id: 'priority',
    label: f.priority,
    kind: 'number',
    operators: [
      { id: 'min', label: f.atLeast },
      { id: 'max', label: f.atMost },
    ],
  },
  variable('variable', f.processVariable),
  variable('taskVariable', f.taskVariable),
  text('taskKey', f.taskKey),
  tenant,
];

export const incidentFields: FieldSpec[] = [
  text('message', f.message, [contains]),
  {
    id: 'type',
    label: f.incidentType,
    kind: 'choice',
    operators: is,
    choices: Object.entries(f.incidentTypes).map(([id, label]) => ({ id, label })),
  },
  definition,
  text('activity', f.activity),
  text('instance', f.instanceId),
  past('occurred', f.occurred),
  tenant,
];
