/** The fields a person can filter by, with the words for them. */
import { en } from '../text/en';
import type { FieldSpec } from './filters';

const f = en.filters;
const is = [{ id: 'is', label: f.is }];
const isOrContains = [...is, { id: 'like', label: f.contains }];
const dateOperators = [
  { id: 'after', label: f.after },
  { id: 'before', label: f.before },
];

export const variableOperators = [
  { id: 'eq', label: '=' },
  { id: 'neq', label: '≠' },
  { id: 'gt', label: '>' },
  { id: 'gteq', label: '≥' },
  { id: 'lt', label: '<' },
  { id: 'lteq', label: '≤' },
  { id: 'like', label: f.contains },
];

export const instanceFields: FieldSpec[] = [
  {
    id: 'state',
    label: f.state,
    kind: 'choice',
    operators: is,
    choices: Object.entries(f.states).map(([id, label]) => ({ id, label })),
  },
  { id: 'businessKey', label: f.businessKey, kind: 'text', operators: [...isOrContains].reverse() },
  { id: 'variable', label: f.variable, kind: 'variable', operators: variableOperators },
  { id: 'id', label: f.instanceId, kind: 'text', operators: is },
  {
    id: 'incident',
    label: f.incident,
    kind: 'text',
    operators: [
      { id: 'any', label: f.present },
      { id: 'like', label: f.messageContains },
    ],
  },
  {
    id: 'activity',
    label: f.activity,
    kind: 'text',
    operators: [
      { id: 'active', label: f.activeAt },
      { id: 'executed', label: f.passed },
    ],
  },
  { id: 'started', label: f.started, kind: 'date', operators: dateOperators },
  { id: 'finished', label: f.finished, kind: 'date', operators: dateOperators },
  { id: 'startedBy', label: f.startedBy, kind: 'text', operators: is },
  { id: 'parent', label: f.parent, kind: 'text', operators: is },
  { id: 'tenant', label: f.tenant, kind: 'text', operators: is },
];

export const anyInstanceFields: FieldSpec[] = [
  { id: 'definition', label: f.definition, kind: 'text', operators: is },
  ...instanceFields,
];

export const taskFields: FieldSpec[] = [
  { id: 'name', label: f.taskName, kind: 'text', operators: [{ id: 'like', label: f.contains }] },
  { id: 'definition', label: f.definition, kind: 'text', operators: is },
  { id: 'businessKey', label: f.businessKey, kind: 'text', operators: [...isOrContains].reverse() },
  { id: 'assignee', label: f.assignee, kind: 'text', operators: is },
  { id: 'candidateGroup', label: f.candidateGroup, kind: 'text', operators: is },
  { id: 'candidateUser', label: f.candidateUser, kind: 'text', operators: is },
  { id: 'unassigned', label: f.unassigned, kind: 'flag', operators: is },
  { id: 'overdue', label: f.overdue, kind: 'flag', operators: is },
  { id: 'due', label: f.due, kind: 'date', operators: [...dateOperators].reverse() },
  { id: 'followUp', label: f.followUp, kind: 'date', operators: [...dateOperators].reverse() },
  { id: 'created', label: f.created, kind: 'date', operators: dateOperators },
  {
    id: 'priority',
    label: f.priority,
    kind: 'number',
    operators: [
      { id: 'min', label: f.atLeast },
      { id: 'max', label: f.atMost },
    ],
  },
  { id: 'variable', label: f.processVariable, kind: 'variable', operators: variableOperators },
  { id: 'taskVariable', label: f.taskVariable, kind: 'variable', operators: variableOperators },
  { id: 'taskKey', label: f.taskKey, kind: 'text', operators: is },
  { id: 'tenant', label: f.tenant, kind: 'text', operators: is },
];
