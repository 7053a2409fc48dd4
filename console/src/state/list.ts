/** A list that is paged, sorted and counted by the server. Page and order live in the address. */
import { useEffect } from 'react';
import type { QueryKey, UseQueryResult } from '@tanstack/react-query';
import type { Page } from '../api/processes';
import { useLive } from './queries';
import { usePaging, useSorting, type Paging, type Sorting } from './url';

/** The part of a list that is asked for, and in which order. */
export type Part = Page & Partial<Sorting>;

type Posted<T> = (body: unknown, page: Page, signal?: AbortSignal) => Promise<T[]>;

/** How a list is fetched that is asked for by POST: the order is part of the body. */
export const byPost =
  <T>(query: Posted<T>, filter: Record<string, unknown>) =>
  ({ firstResult, maxResults, ...sorting }: Part, signal: AbortSignal): Promise<T[]> =>
    query({ ...filter, sorting: [sorting] }, { firstResult, maxResults }, signal);

interface ListOptions<T> {
  /** What is listed, with everything it is filtered by. */
  key: QueryKey;
  fetch: (part: Part, signal: AbortSignal) => Promise<T[]>;
  count: (signal: AbortSignal) => Promise<number>;
  /** The order at first; without it the server's. */
  sortBy?: string;
  sortOrder?: Sorting['sortOrder'];
  size?: number;
  /** Tells lists in one address apart. */
  name?: string;
  /** The process instance the list depends on. */
  instance?: string;
}

export interface Listed<T> {
  rows: UseQueryResult<T[]>;
  count: number | undefined;
  paging: Paging;
  sorting: [Sorting, (sorting: Sorting) => void];
}

export function useList<T>({
  key,
  fetch,
  count,
  sortBy = '',
  sortOrder = 'asc',
  size = 25,
  name = '',
  instance,
}: ListOptions<T>): Listed<T> {
  const paging = usePaging(size, `${name}page`);
  const sorting = useSorting(sortBy, sortOrder, `${name}sort`);
  const order = sorting[0].sortBy ? sorting[0] : {};
  const part: Part = { firstResult: paging.firstResult, maxResults: size, ...order };
  const rows = useLive([...key, 'part', part], (signal) => fetch(part, signal), { instance });
  const counted = useLive([...key, 'count'], count, { instance });

  // Another filter, or what stood on the last page is gone.
  const beyond = paging.page > 1 && rows.data?.length === 0 && !rows.isPlaceholderData;
  const { setPage } = paging;
  useEffect(() => {
    if (beyond) setPage(1);
  });
  return { rows, count: counted.data, paging, sorting };
}
