import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { definitionLabel } from '../lib/format';
import { en } from '../text/en';
import { Badge } from '../ui/controls';
import type { Column } from '../ui/table';

interface Definition {
  id: string;
  key: string;
  name: string | null;
  version: number;
  versionTag?: string | null;
}

/** Name, key and version: what lists of processes and of decisions have in common. */
export const definitionColumns = <T extends Definition>(
  path: (id: string) => string,
  mark?: (definition: T) => ReactNode,
): Column<T>[] => [
  {
    id: 'name',
    label: en.common.name,
    sortBy: 'name',
    cell: (definition) => (
      <Link to={path(definition.id)} className="strong">
        {definitionLabel(definition)}
      </Link>
    ),
  },
  { id: 'key', label: en.common.key, sortBy: 'key', cell: ({ key }) => <code>{key}</code> },
  {
    id: 'version',
    label: en.common.version,
    sortBy: 'version',
    narrow: true,
    cell: (definition) => (
      <>
        {en.common.versionNumber(definition.version)}{' '}
        {definition.versionTag && <Badge>{definition.versionTag}</Badge>} {mark?.(definition)}
      </>
    ),
  },
];
