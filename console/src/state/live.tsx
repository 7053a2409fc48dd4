/**
 * Keeps what is on the screen up to date: by the server's event stream where there is one, else by asking again every
 * few seconds. Queries say what they depend on by `meta`.
 */
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { useIdle } from './idle';
import { readEvents, StreamUnavailable, type EngineEvent } from '../api/events';

export type LiveMode = 'connecting' | 'stream' | 'polling' | 'paused';

/** What a query depends on: everything, or one process instance. */
export interface LiveMeta extends Record<string, unknown> {
  live: true;
  instance?: string;
}

const Context = createContext<{ mode: LiveMode; toggle: () => void }>({
  mode: 'connecting',
  toggle: () => {},
});

const pollEvery = 4000;
/** Beside a stream: what no event tells, such as a lock that ran out. */
const refreshEvery = 30_000;
const reconnectAfter = 5000;
/** Under load events come by the thousand; the screen needs no more than this. */
const atMostEvery = 700;

export function LiveProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [paused, setPaused] = useState(false);
  const [mode, setMode] = useState<LiveMode>('connecting');

  const idle = useIdle();

  useEffect(() => {
    if (paused || !idle) return;
    const abort = new AbortController();
    const refresh = throttledRefresh(queries);
    let timer: number | undefined;
    const connect = async () => {
      try {
        await readEvents(abort.signal, () => setMode('stream'), refresh.add);
      } catch (error) {
        if (abort.signal.aborted) return;
        setMode('polling');
        if (error instanceof StreamUnavailable) return;
      }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void connect(), reconnectAfter);
    };
    void connect();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
      refresh.stop();
    };
  }, [paused, idle, queries]);

  return (
    <Context.Provider value={{ mode: paused ? 'paused' : mode, toggle: () => setPaused((value) => !value) }}>
      {children}
    </Context.Provider>
  );
}

function throttledRefresh(queries: QueryClient) {
  let touched = new Set<string>();
  let timer: number | undefined;
  const flush = () => {
    timer = undefined;
    const instances = touched;
    touched = new Set();
    void queries.invalidateQueries({ type: 'active', predicate: (query) => isTouched(query, instances) });
  };
  return {
    add: (event: EngineEvent) => {
      if (event.processInstanceId) touched.add(event.processInstanceId);
      timer ??= window.setTimeout(flush, atMostEvery);
    },
    stop: () => window.clearTimeout(timer),
  };
}

function isTouched(query: Query, instances: Set<string>): boolean {
  const meta = query.meta as LiveMeta | undefined;
  return meta?.live === true && (meta.instance === undefined || instances.has(meta.instance));
}

export const useLiveMode = () => useContext(Context);

/** How often a live query asks by itself. */
export function useLiveInterval(): number | false {
  const { mode } = useContext(Context);
  if (mode === 'paused') return false;
  return mode === 'polling' ? pollEvery : refreshEvery;
}
