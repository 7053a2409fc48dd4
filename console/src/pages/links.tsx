import { Link } from 'react-router';
import type { ReactNode } from 'react';
import type { HistoricProcessInstance } from '../api/types';
import { shortId } from '../lib/ids';
import { en } from '../text/en';
import { Badge, type Tone } from '../ui/controls';

export const processPath = (definitionId: string) => `/processes/${encodeURIComponent(definitionId)}`;
export const instancePath = (id: string) => `/instances/${encodeURIComponent(id)}`;
export const taskPath = (id: string) => `/tasks?task=${encodeURIComponent(id)}`;

export const InstanceLink = ({ id, children }: { id: string; children?: ReactNode }) => (
  <Link to={instancePath(id)} title={id}>
    {children ?? <code>{shortId(id)}</code>}
  </Link>
);

/** The key in a definition id, which is `key:version:deployment` unless the key is very long. */
export const keyOfDefinition = (definitionId: string): string => definitionId.split(':')[0] ?? definitionId;

export const DefinitionLink = ({ id, children }: { id: string; children?: ReactNode }) => (
  <Link to={processPath(id)}>{children ?? keyOfDefinition(id)}</Link>
);

const stateTones: Record<HistoricProcessInstance['state'], Tone> = {
  ACTIVE: 'run',
  SUSPENDED: 'warn',
  COMPLETED: 'neutral',
  EXTERNALLY_TERMINATED: 'neutral',
  INTERNALLY_TERMINATED: 'neutral',
};

export const InstanceState = ({ state }: { state: HistoricProcessInstance['state'] }) => (
  <Badge tone={stateTones[state] ?? 'neutral'}>{en.instances.states[state] ?? state}</Badge>
);
