/** The server's API, used directly to prepare and to check. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { APIRequestContext } from '@playwright/test';

export const model = (name: string): string => path.join(import.meta.dirname, 'models', name);

export class Engine {
  constructor(private readonly request: APIRequestContext) {}

  async get<T>(url: string): Promise<T> {
    const response = await this.request.get(`engine-rest${url}`);
    if (!response.ok()) throw new Error(`GET ${url}: ${response.status()} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async post<T>(url: string, data: unknown = {}): Promise<T> {
    const response = await this.request.post(`engine-rest${url}`, { data });
    if (!response.ok()) throw new Error(`POST ${url}: ${response.status()} ${await response.text()}`);
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async delete(url: string): Promise<void> {
    const response = await this.request.delete(`engine-rest${url}`);
    if (!response.ok()) throw new Error(`DELETE ${url}: ${response.status()} ${await response.text()}`);
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
