/**
 * Whether the first view is on the screen. What a person does not look for first waits for it: it would take connections
 * and processor time from what is looked for.
 */
import { useSyncExternalStore } from 'react';

/** What is drawn after the first frame, such as a diagram, has this time for itself. */
const atEarliest = 200;
/** A busy page must not keep the rest away for longer than this after it. */
const atLatest = 800;

let isIdle = false;
const listeners = new Set<() => void>();

/** Called once the console is drawn: from the next idle moment on, after a while, the rest may come. */
export function nowIdle(): void {
  const come = () => {
    isIdle = true;
    for (const listener of listeners) listener();
  };
  // Safari has no idle callbacks.
  const idle = window.requestIdleCallback ?? ((callback: () => void) => setTimeout(callback, 0));
  setTimeout(() => idle(come, { timeout: atLatest }), atEarliest);
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useIdle = (): boolean => useSyncExternalStore(subscribe, () => isIdle);
