/** State in the address: what a person sees can be linked and survives a reload. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { decodeCriterion, encodeCriterion, type Criterion } from '../lib/filters';

export function useParam(name: string, fallback = ''): [string, (value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string | null) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          if (value === null || value === fallback) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams, name, fallback],
  );
  return [params.get(name) ?? fallback, set];
}

export function useCriteria(name = 'f', pageName = 'page'): [Criterion[], (criteria: Criterion[]) => void] {
  const [params, setParams] = useSearchParams();
  const encoded = params.getAll(name).join('\n');
  const criteria = useMemo(
    () =>
      encoded
        .split('\n')
        .map(decodeCriterion)
        .filter((criterion) => criterion !== null),
    [encoded],
  );
  const set = useCallback(
    (next: Criterion[]) =>
      setParams(
        (current) => {
          const changed = new URLSearchParams(current);
          changed.delete(name);
          changed.delete(pageName);
          for (const criterion of next) changed.append(name, encodeCriterion(criterion));
          return changed;
        },
        { replace: true },
      ),
    [setParams, name, pageName],
  );
  return [criteria, set];
}

export interface Paging {
  page: number;
  size: number;
  firstResult: number;
  setPage: (page: number) => void;
}

export function usePaging(size = 25, name = 'page'): Paging {
  const [value, set] = useParam(name, '1');
  const page = Math.max(1, Number.parseInt(value, 10) || 1);
  return { page, size, firstResult: (page - 1) * size, setPage: (next) => set(String(next)) };
}

export interface Sorting {
  sortBy: string;
  sortOrder: 'asc' | 'desc';
}

export function useSorting(
  sortBy: string,
  sortOrder: Sorting['sortOrder'],
  name = 'sort',
): [Sorting, (sorting: Sorting) => void] {
  const fallback = `${sortBy}.${sortOrder}`;
  const [value, set] = useParam(name, fallback);
  const [by = sortBy, order] = value.split('.');
  return [
    { sortBy: by, sortOrder: order === 'asc' ? 'asc' : 'desc' },
    (sorting) => set(`${sorting.sortBy}.${sorting.sortOrder}`),
  ];
}
