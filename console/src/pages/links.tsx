import { Link } from 'react-router';
import type { ReactNode } from 'react';
import { getDefinition } from '../api/processes';
import type { HistoricProcessInstance } from '../api/types';
import { definitionLabel } from '../lib/format';
import { shortId } from '../lib/ids';
import { useFixed } from '../state/queries';
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

/** The batch that a job is for: the page of batches finds out which one that is. */
export const BatchOfJobLink = ({ jobId }: { jobId: string }) => (
  <Link to={`/batches?job=${encodeURIComponent(jobId)}`}>{en.incidents.ofBatch}</Link>
);

/** The key in a definition id, which is `key:version:deployment` unless the key is very long. */
const keyOfDefinition = (definitionId: string): string => definitionId.split(':')[0] ?? definitionId;

/** The name behind a definition's id; its key until the server has answered, and where it does not. */
export function DefinitionName({ id }: { id: string }) {
  const definition = useFixed(['definition', id, 'name'], () => getDefinition(id));
  return <>{definition.data ? definitionLabel(definition.data) : keyOfDefinition(id)}</>;
}

export const DefinitionLink = ({ id, children }: { id: string; children?: ReactNode }) => (
  <Link to={processPath(id)} title={id}>
    {children ?? <DefinitionName id={id} />}
  </Link>
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
