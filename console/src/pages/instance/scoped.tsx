/** What the tables of jobs and of external tasks have in common. */
import type { ReactNode } from 'react';
import { useList, type Part } from '../../state/list';
import { en } from '../../text/en';
import type { Query } from '../../api/http';
import { Badge } from '../../ui/controls';
import type { Column } from '../../ui/table';

interface Source<T> {
  what: string;
  list: (query: Query, signal: AbortSignal) => Promise<T[]>;
  count: (query: Query, signal: AbortSignal) => Promise<number>;
  sortBy: string;
}

/** A list of what belongs to one instance. */
export function useListOf<T>(instanceId: string, { what, list, count, sortBy }: Source<T>) {
  const filter = { processInstanceId: instanceId };
  return useList({
    key: ['instance', instanceId, what],
    fetch: (part: Part, signal) => list({ ...filter, ...part }, signal),
    count: (signal) => count(filter, signal),
    sortBy,
    name: what,
    instance: instanceId,
  });
}

export const retriesColumn = <T extends { retries: number | null }>(): Column<T> => ({
  id: 'retries',
  label: en.instances.retries,
  narrow: true,
  align: 'end',
  cell: ({ retries }): ReactNode => (retries === 0 ? <Badge tone="bad">0</Badge> : (retries ?? '–')),
});

export const errorColumn = <T,>(message: (row: T) => string | null, onShow: (row: T) => void): Column<T> => ({
  id: 'error',
  label: en.incidents.message,
  grow: true,
  cell: (row) =>
    message(row) && (
      <button type="button" className="link clip" onClick={() => onShow(row)}>
        {message(row)}
      </button>
    ),
});
