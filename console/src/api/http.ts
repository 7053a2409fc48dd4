/**
 * The one place that talks HTTP. Knows how to reach the server, how to authenticate and how Camunda reports
 * errors; knows nothing about what is asked.
 */

export type QueryValue = string | number | boolean | null | undefined;
export type Query = Record<string, QueryValue>;

/** What the engine answers when it refuses: `{type, message, code}` plus extras of some types. */
export interface ErrorBody {
  type?: string;
  message?: string;
  code?: number | null;
  details?: Record<string, ResourceReport>;
  validationReport?: unknown;
}

export interface ResourceReport {
  errors: Problem[];
  warnings: Problem[];
}

/** One finding about a model. Camunda 7 spells the last key with a Cyrillic letter: see `elementIdsOf`. */
export interface Problem {
  message: string;
  line?: number;
  column?: number;
  mainElementId?: string | null;
  elementIds?: string[];
}

export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message || body.type || `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }

  get forbidden(): boolean {
    return this.status === 403;
  }

  get missing(): boolean {
    return this.status === 404;
  }
}

let authorization: string | null = null;
let onUnauthorized: () => void = () => {};

export function setAuthorization(value: string | null): void {
  authorization = value;
}

export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

const root = new URL('.', document.baseURI);

export function urlOf(path: string, query?: Query): string {
  const url = new URL(path.replace(/^\//, ''), root);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, String(value));
  }
  return url.toString();
}

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as multipart/form-data. */
  form?: FormData;
  signal?: AbortSignal;
  accept?: string;
}

export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: options.accept ?? 'application/json' };
  if (authorization) headers['Authorization'] = authorization;
  let body: BodyInit | undefined;
  if (options.form) {
    body = options.form;
  } else if (options.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  const response = await fetch(urlOf(path, options.query), {
    method: options.method ?? 'GET',
    headers,
    body,
    signal: options.signal,
    // The console shows its own login; with credentials the browser would ask by itself on a 401.
    credentials: 'omit',
  });
  if (response.ok) return response;
  if (response.status === 401) onUnauthorized();
  throw new ApiError(response.status, await errorBody(response));
}

async function errorBody(response: Response): Promise<ErrorBody> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ErrorBody;
  } catch {
    const plain = text.startsWith('<') ? '' : text.slice(0, 500);
    return { message: plain || `HTTP ${response.status} ${response.statusText}`.trim() };
  }
}

export async function json<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  // A server may answer a path it does not know with the page of the console.
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    throw new ApiError(404, { message: 'HTTP 404 Not Found' });
  }
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function text(path: string, options: RequestOptions = {}): Promise<string> {
  const response = await send(path, { accept: '*/*', ...options });
  return response.text();
}

export async function blob(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await send(path, { accept: '*/*', signal });
  return response.blob();
}

const absent = new Set<string>();

/**
 * For the endpoints only Tollgate has: `null` where the server does not know the path. That is remembered, so a server
 * is not asked again and again for what it does not have.
 */
export async function optional<T>(endpoint: string, request: () => Promise<T>): Promise<T | null> {
  if (absent.has(endpoint)) return null;
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 405)) throw error;
    if (unknownPath(error)) absent.add(endpoint);
    return null;
  }
}

/** Tells an unknown path from an unknown id: the engine's own words for a path are `HTTP 404 Not Found`. */
const unknownPath = ({ body }: ApiError): boolean => /^HTTP 40[45]/.test(body.message ?? 'HTTP 404');

const engineRoot = 'engine-rest';

/** A segment of a path. Camunda ids contain colons, names of variables may contain anything. */
export const seg = (value: string): string => encodeURIComponent(value);

export const engine = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    json<T>(engineRoot + path, { query, signal }),
  post: <T = void>(path: string, body: unknown = {}, query?: Query, signal?: AbortSignal) =>
    json<T>(engineRoot + path, { method: 'POST', json: body, query, signal }),
  put: <T = void>(path: string, body: unknown = {}) =>
    json<T>(engineRoot + path, { method: 'PUT', json: body }),
  del: <T = void>(path: string, query?: Query) => json<T>(engineRoot + path, { method: 'DELETE', query }),
  form: <T>(path: string, form: FormData) => json<T>(engineRoot + path, { method: 'POST', form }),
  text: (path: string, query?: Query) => text(engineRoot + path, { query }),
  blob: (path: string) => blob(engineRoot + path),
  count: async (path: string, query?: Query, signal?: AbortSignal): Promise<number> =>
    (await json<{ count: number }>(engineRoot + path, { query, signal })).count,
  countBy: async (path: string, body: unknown, signal?: AbortSignal): Promise<number> =>
    (await json<{ count: number }>(engineRoot + path, { method: 'POST', json: body, signal })).count,
};
