/** The endpoints only Tollgate has. Each may be absent: then the function answers `null`. See API.md. */
import { engine, json, optional, seg } from './http';

export interface Explanation {
  /** One sentence: the answer to "why is it waiting". */
  summary: string;
  /** The instance or job is finished, running or stuck. */
  state: 'waiting' | 'stuck' | 'suspended' | 'running' | 'ended';
  reasons: ExplainedWait[];
}

export interface ExplainedWait {
  kind:
    | 'user-task'
    | 'external-task'
    | 'timer'
    | 'message'
    | 'signal'
    | 'condition'
    | 'job'
    | 'incident'
    | 'join'
    | 'call'
    | 'suspended'
    | 'other';
  activityId: string | null;
  activityName: string | null;
  /** What it waits for, in a sentence. */
  text: string;
  since: string | null;
  /** Who or what can move it, in a sentence. */
  mover: string | null;
  /** What happens next, in a sentence. */
  next: string | null;
  /** The entity that waits: task, job, external task, subscription, incident or called instance. */
  reference: { type: string; id: string } | null;
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info';
  code: string | null;
  message: string;
  help: string | null;
  line: number | null;
  column: number | null;
  elementIds: string[];
}

export interface CheckReport {
  resources: { name: string; diagnostics: Diagnostic[] }[];
}

export interface SystemReport {
  product: string;
  version: string;
  node: { id: string; startedAt: string; cores: number; memoryBytes: number | null; uptimeSeconds: number };
  store: { kind: string; path: string | null; sizeBytes: number | null; sequence: number | null };
  metrics: { name: string; value: number; unit: string | null; help: string | null }[];
  limits: { name: string; value: number | string; unit: string | null; help: string | null }[];
}

export const explainInstance = (id: string) =>
  optional('explain', () => engine.get<Explanation>(`/process-instance/${seg(id)}/explain`));

export const explainJob = (id: string) =>
  optional('explain-job', () => engine.get<Explanation>(`/job/${seg(id)}/explain`));

export function check(files: File[]): Promise<CheckReport | null> {
  const form = new FormData();
  for (const file of files) form.append(file.name, file, file.name);
  return optional('check', () => json<CheckReport>('tollgate/check', { method: 'POST', form }));
}

export const system = () => optional('system', () => json<SystemReport>('tollgate/system'));
