/** The server's API, used directly to prepare and to check. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { APIRequestContext } from '@playwright/test';

export const model = (name: string): string => path.join(import.meta.dirname, 'models', name);

export class Engine {
  constructor(private readonly request: APIRequestContext) {}

  get<T>(url: string): Promise<T> {
    return this.send('get', url);
  }

  post<T>(url: string, data: unknown = {}): Promise<T> {
    return this.send('post', url, data);
  }

  put(url: string, data: unknown = {}): Promise<void> {
    return this.send('put', url, data);
  }

  delete(url: string): Promise<void> {
    return this.send('delete', url);
  }

  private async send<T>(method: 'get' | 'post' | 'put' | 'delete', url: string, data?: unknown): Promise<T> {
    const response = await this.request[method](`engine-rest${url}`, { data });
    const text = await response.text();
    if (!response.ok()) throw new Error(`${method} ${url}: ${response.status()} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async deploy(name: string, ...files: string[]): Promise<void> {
    const multipart: Record<string, string | { name: string; mimeType: string; buffer: Buffer }> = {
      'deployment-name': name,
    };
    for (const file of files) {
      multipart[file] = {
        name: file,
        mimeType: 'application/octet-stream',
        buffer: await readFile(model(file)),
      };
    }
    const response = await this.request.post('engine-rest/deployment/create', { multipart });
    if (!response.ok()) throw new Error(`deploy ${name}: ${await response.text()}`);
  }

  async latest(key: string): Promise<{ id: string; version: number }> {
    return this.get(`/process-definition/key/${key}`);
  }

  start(key: string, businessKey: string, variables: Record<string, unknown> = {}): Promise<{ id: string }> {
    const typed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }]));
    return this.post(`/process-definition/key/${key}/start`, { businessKey, variables: typed });
  }

  async task(processInstanceId: string): Promise<{ id: string; name: string; taskDefinitionKey: string }> {
    const tasks = await this.get<{ id: string; name: string; taskDefinitionKey: string }[]>(
      `/task?processInstanceId=${processInstanceId}`,
    );
    if (!tasks[0]) throw new Error(`instance ${processInstanceId} has no task`);
    return tasks[0];
  }

  complete(taskId: string, variables: Record<string, unknown> = {}): Promise<void> {
    const typed = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, { value }]));
    return this.post(`/task/${taskId}/complete`, { variables: typed });
  }
}
