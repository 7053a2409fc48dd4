/**
 * Components that are loaded by need. One that is there already is drawn at once: with `lazy` alone even a loaded one
 * shows its fallback first, and React keeps a fallback on the screen for 300 ms.
 */
import { lazy, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { source, type Source } from '../start/source';

/** Suspends until it is there: the router keeps the page before it on the screen. */
export function onDemand({ get, load }: Source<object>): ComponentType {
  const Lazy = lazy(load);
  return function OnDemand() {
    // The same for as long as it is on the screen, or what is in it would be built again.
    const [Loaded] = useState<ComponentType>(() => get() ?? Lazy);
    return <Loaded />;
  };
}

/** Shows something else until it is there. */
export function onDemandWith<P extends object>(from: Source<P>['load'], fallback: ReactNode) {
  const { get, load } = source(from);
  return {
    preload: (): void => void load().catch(() => {}),
    Component: function OnDemand(props: P) {
      const [, setThere] = useState(false);
      const [error, setError] = useState<unknown>(null);
      const Loaded = get();
      useEffect(() => {
        if (!Loaded) load().then(() => setThere(true), setError);
      }, [Loaded]);
      // For the boundary that shows errors of pages.
      if (error !== null) throw error;
      return Loaded ? <Loaded {...props} /> : fallback;
    },
  };
}
