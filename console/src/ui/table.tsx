import type { ReactNode } from 'react';
import type { UseQueryResult } from '@tanstack/react-query';
import { en } from '../text/en';
import { formatNumber } from '../lib/format';
import type { Listed } from '../state/list';
import type { Paging, Sorting } from '../state/url';
import { Button, IconButton } from './controls';
import { Empty, ErrorPanel } from './feedback';
import { Icon } from './icon';

export interface Column<T> {
  id: string;
  label: string;
  cell: (row: T) => ReactNode;
  /** The name the API sorts by; without it the column cannot be sorted. */
  sortBy?: string;
  align?: 'end';
  /** Takes no more room than it needs. */
  narrow?: boolean;
  /** Takes the room that the others leave; long text is cut off. */
  grow?: boolean;
}

export interface Selection {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
  label: (id: string) => string;
}

interface TableProps<T> {
  label: string;
  columns: Column<T>[];
  rows: UseQueryResult<T[]>;
  rowId: (row: T) => string;
  empty: ReactNode;
  sorting?: [Sorting, (sorting: Sorting) => void];
  selection?: Selection;
  rowActions?: (row: T) => ReactNode;
  current?: string;
}

/** A table with its pages. */
export function List<T>({ of, ...table }: Omit<TableProps<T>, 'rows' | 'sorting'> & { of: Listed<T> }) {
  return (
    <>
      <Table {...table} rows={of.rows} sorting={of.sorting} />
      <Pager paging={of.paging} count={of.count} shown={of.rows.data?.length ?? 0} />
    </>
  );
}

export function Table<T>({
  label,
  columns,
  rows,
  rowId,
  empty,
  sorting,
  selection,
  rowActions,
  current,
}: TableProps<T>) {
  if (rows.isError && rows.data === undefined)
    return <ErrorPanel error={rows.error} retry={() => void rows.refetch()} />;
  const data = rows.data;
  if (data?.length === 0) return typeof empty === 'string' ? <Empty title={empty} /> : <>{empty}</>;

  const ids = data?.map(rowId) ?? [];
  const allSelected =
    selection !== undefined && ids.length > 0 && ids.every((id) => selection.selected.has(id));
  const toggle = (changed: string[], on: boolean) => {
    const next = new Set(selection?.selected);
    for (const id of changed)
      if (on) next.add(id);
      else next.delete(id);
    selection?.onChange(next);
  };

  return (
    <div className="table-scroll" role="region" aria-label={label} tabIndex={0}>
      <table className={rows.isPlaceholderData ? 'table table-stale' : 'table'} aria-busy={rows.isPending}>
        <thead>
          <tr>
            {selection && (
              <th className="cell-check" scope="col">
                <input
                  type="checkbox"
                  aria-label={en.table.selectPage}
                  checked={allSelected}
                  onChange={(event) => toggle(ids, event.target.checked)}
                />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.id} column={column} sorting={sorting} />
            ))}
            {rowActions && (
              <th scope="col" className="cell-narrow">
                <span className="visually-hidden">{en.table.actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {data === undefined && (
            <Skeleton columns={columns.length + (selection ? 1 : 0) + (rowActions ? 1 : 0)} />
          )}
          {data?.map((row) => {
            const id = rowId(row);
            return (
              <tr key={id} aria-current={current === id || undefined}>
                {selection && (
                  <td className="cell-check">
                    <input
                      type="checkbox"
                      aria-label={selection.label(id)}
                      checked={selection.selected.has(id)}
                      onChange={(event) => toggle([id], event.target.checked)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.id} className={cellClass(column)} data-label={column.label}>
                    {column.cell(row)}
                  </td>
                ))}
                {rowActions && <td className="cell-actions">{rowActions(row)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const cellClass = <T,>(column: Column<T>) =>
  [column.align === 'end' && 'cell-end', column.narrow && 'cell-narrow', column.grow && 'cell-grow']
    .filter(Boolean)
    .join(' ') || undefined;

function Head<T>({
  column,
  sorting,
}: {
  column: Column<T>;
  sorting?: [Sorting, (sorting: Sorting) => void];
}) {
  if (!sorting || !column.sortBy)
    return (
      <th scope="col" className={cellClass(column)}>
        {column.label}
      </th>
    );
  const [current, set] = sorting;
  const active = current.sortBy === column.sortBy;
  const next = active && current.sortOrder === 'asc' ? 'desc' : 'asc';
  return (
    <th
      scope="col"
      className={cellClass(column)}
      aria-sort={active ? (current.sortOrder === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" className="sort" onClick={() => set({ sortBy: column.sortBy!, sortOrder: next })}>
        {column.label}
        <span className={`sort-mark ${active ? `sort-${current.sortOrder}` : ''}`}>
          <Icon name="down" size={12} />
        </span>
      </button>
    </th>
  );
}

function Skeleton({ columns }: { columns: number }) {
  return Array.from({ length: 6 }, (_, row) => (
    <tr key={row} className="skeleton-row" aria-hidden="true">
      {Array.from({ length: columns }, (_, cell) => (
        <td key={cell}>
          <span className="skeleton" />
        </td>
      ))}
    </tr>
  ));
}

/** "26–50 of 1,000,000". The count may come later than the page, or never. */
export function Pager({
  paging,
  count,
  shown,
}: {
  paging: Paging;
  count: number | undefined;
  shown: number;
}) {
  const first = paging.firstResult + 1;
  const last = paging.firstResult + shown;
  const more = count === undefined ? shown === paging.size : last < count;
  if (paging.page === 1 && !more) {
    return shown > 0 ? <p className="pager muted">{en.table.all(formatNumber(shown))}</p> : null;
  }
  const range = shown === 0 ? en.table.noMore : en.table.range(formatNumber(first), formatNumber(last));
  return (
    <nav className="pager" aria-label={en.table.pages}>
      <span className="muted">
        {range}
        {count !== undefined && ` ${en.table.of(formatNumber(count))}`}
      </span>
      <span className="pager-buttons">
        {paging.page > 2 && (
          <Button small look="ghost" onClick={() => paging.setPage(1)}>
            {en.table.first}
          </Button>
        )}
        <IconButton
          icon="chevron"
          className="flip"
          label={en.table.previous}
          disabled={paging.page === 1}
          onClick={() => paging.setPage(paging.page - 1)}
        />
        <IconButton
          icon="chevron"
          label={en.table.next}
          disabled={!more}
          onClick={() => paging.setPage(paging.page + 1)}
        />
      </span>
    </nav>
  );
}
