import {
  keepPreviousData,
  QueryClient,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryKey,
  type UseQueryResult,
} from '@tanstack/react-query';
import { ApiError } from '../api/http';
import { takeArrived, takeEarly, type Question } from '../start/early';
import { useToast } from '../ui/toast';
import { useLiveInterval, type LiveMeta } from './live';

/** Knows from the beginning what was asked early and has been answered. */
export function createQueryClient(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 2000,
        refetchOnWindowFocus: true,
        // What the server refuses it refuses again; only a lost connection is worth another try.
        retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
      },
    },
  });
  for (const { key, data } of takeArrived()) queries.setQueryData(key, data);
  return queries;
}

interface LiveOptions {
  /** The process instance the answer depends on; without it, any event asks again. */
  instance?: string;
  enabled?: boolean;
  /** At least so many milliseconds between two questions: for costly counts. */
  slow?: number;
}

/** An answer that follows the server. The previous answer stays on the screen while the next is on its way. */
export function useLive<T>(
  key: QueryKey,
  fetcher: (signal: AbortSignal) => Promise<T>,
  { instance, enabled = true, slow }: LiveOptions = {},
): UseQueryResult<T> {
  const interval = useLiveInterval();
  const meta: LiveMeta | undefined = slow ? undefined : { live: true, instance };
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => takeEarly<T>(key) ?? fetcher(signal),
    enabled,
    meta,
    placeholderData: keepPreviousData,
    refetchInterval: slow && interval ? Math.max(interval, slow) : interval,
  });
}

/** The same for a question that has its key with it. */
export const useLiveQuestion = <T>({ key, ask }: Question<T>, options?: LiveOptions): UseQueryResult<T> =>
  useLive(key, ask, options);

/** An answer that never changes: the model of a version, for instance. */
export function useFixed<T>(key: QueryKey, fetcher: () => Promise<T>, enabled = true): UseQueryResult<T> {
  return useQuery({
    queryKey: key,
    queryFn: () => takeEarly<T>(key) ?? fetcher(),
    enabled,
    staleTime: Infinity,
    gcTime: 10 * 60_000,
  });
}

interface ActionOptions<R> {
  done?: string | ((result: R) => string);
  onDone?: (result: R) => void;
  /** Show the error where it belongs instead of in a toast. */
  quiet?: boolean;
}

const leavingTime = 60;

/** Something a person does: reports the outcome and refreshes what is on the screen. */
export function useAction<A, R>(action: (argument: A) => Promise<R>, options: ActionOptions<R> = {}) {
  const queries = useQueryClient();
  const toast = useToast();
  return useMutation<R, Error, A>({
    mutationFn: action,
    onSuccess: (result) => {
      if (options.done) toast.success(typeof options.done === 'string' ? options.done : options.done(result));
      options.onDone?.(result);
    },
    onError: (error) => {
      if (!options.quiet) toast.error(error.message);
    },
    // A moment later: the page may leave what the action has ended, and must not ask for it again.
    onSettled: () => {
      window.setTimeout(
        () => void queries.invalidateQueries({ type: 'active', predicate: ({ options: o }) => !isFixed(o) }),
        leavingTime,
      );
    },
  });
}

const isFixed = (options: unknown) => (options as { staleTime?: unknown }).staleTime === Infinity;
