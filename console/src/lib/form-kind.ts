import type { FormInfo } from '../api/types';

/** How a form is written, after its key; for what has no key only the server can tell. */
export type FormKind =
  | { kind: 'camunda' }
  | { kind: 'deployed-html' }
  /** HTML an application serves beside the engine. */
  | { kind: 'app-html'; path: string }
  | { kind: 'external'; url: string }
  /** Fields in the model, rendered by the server; or nothing at all. */
  | { kind: 'generated' };

export function formKind({ key, camundaFormRef, contextPath }: FormInfo): FormKind {
  if (camundaFormRef || key?.startsWith('camunda-forms:')) return { kind: 'camunda' };
  if (!key) return { kind: 'generated' };
  const embedded = key.startsWith('embedded:') ? key.slice('embedded:'.length) : null;
  // The engine's own address for the form it renders from the fields in the model.
  if (embedded?.startsWith('engine:')) return { kind: 'generated' };
  if (key.startsWith('deployment:') || embedded?.startsWith('deployment:')) {
    return /\.form$/.test(key) ? { kind: 'camunda' } : { kind: 'deployed-html' };
  }
  if (embedded !== null) {
    const path = embedded.replace(/^app:/, '').replace(/^\//, '');
    return { kind: 'app-html', path: embedded.startsWith('app:') ? joinPath(contextPath, path) : `/${path}` };
  }
  return { kind: 'external', url: joinPath(contextPath, key.replace(/^app:/, '')) };
}

const joinPath = (context: string | null, path: string): string =>
  /^https?:/.test(path) ? path : `${(context ?? '').replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
