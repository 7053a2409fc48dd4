/** A module that is loaded by need, and known to be there afterwards. */
import type { ComponentType } from 'react';

export interface Source<P> {
  /** The component, once it is there. */
  get: () => ComponentType<P> | null;
  load: () => Promise<{ default: ComponentType<P> }>;
}

export function source<P>(load: Source<P>['load']): Source<P> {
  let there: ComponentType<P> | null = null;
  return {
    get: () => there,
    load: async () => {
      const module = await load();
      there = module.default;
      return module;
    },
  };
}
