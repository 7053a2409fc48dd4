/**
 * Which page is at which address. Without React: the first script of the console reads it to send for a page while
 * React is still on its way.
 */
import { source, type Source } from '../start/source';

export interface PageEntry extends Source<object> {
  /** As the router writes it: a word, or `:name` for any. */
  path: string;
}

const at = (path: string, load: PageEntry['load']): PageEntry => ({ path, ...source(load) });

export const pages: PageEntry[] = [
  at('', () => import('./dashboard')),
  at('processes', () => import('./processes')),
  at('processes/key/:key', () => import('./process/by-key')),
  at('processes/:definitionId', () => import('./process')),
  at('processes/:definitionId/compare/:otherId', () => import('./compare')),
  at('processes/:definitionId/migrate', () => import('./migrate')),
  at('processes/:definitionId/modify', () => import('./bulk-modify')),
  at('instances', () => import('./instances')),
  at('instances/:instanceId', () => import('./instance')),
  at('incidents', () => import('./incidents')),
  at('tasks', () => import('./tasks')),
  at('decisions', () => import('./decisions')),
  at('decisions/:decisionId', () => import('./decisions/decision')),
  at('decisions/evaluations/:evaluationId', () => import('./decisions/evaluation')),
  at('batches', () => import('./batches')),
  at('deployments', () => import('./deployments')),
  at('deployments/:deploymentId', () => import('./deployments/deployment')),
  at('people', () => import('./people')),
  at('audit', () => import('./audit')),
  at('system', () => import('./system')),
];

/** The page at an address behind the `#`, and what stands in place of its `:name`s. */
export function pageAt(hash: string): { page: PageEntry; params: Record<string, string> } | null {
  const address = hash.replace(/^#?\/?/, '').replace(/[?#].*$/, '');
  const parts = address === '' ? [] : address.replace(/\/$/, '').split('/');
  for (const page of pages) {
    const params = matches(page.path === '' ? [] : page.path.split('/'), parts);
    if (params) return { page, params };
  }
  return null;
}

function matches(pattern: string[], parts: string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, word] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (word.startsWith(':')) params[word.slice(1)] = decode(part);
    else if (word !== part) return null;
  }
  return params;
}

/** What is not encoded well stands for itself, as in the router. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
