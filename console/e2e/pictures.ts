/** Where pictures go. `CONSOLE_SCREENSHOTS=docs` renews those of the guide, any other value is a folder for all. */
import path from 'node:path';

/** The pictures of the guide and the README. */
const documented = new Set([
  'audit',
  'batches',
  'compare',
  'dashboard',
  'dashboard-dark',
  'decision-fired',
  'deploy-findings',
  'instance-incident',
  'instance-move-token',
  'migrate',
  'phone',
  'process-heat',
  'task-form',
]);
const guide = path.join(import.meta.dirname, '../../docs/guide/src/images');

export function pictureFile(name: string): string | null {
  const folder = process.env.CONSOLE_SCREENSHOTS;
  if (!folder || (folder === 'docs' && !documented.has(name))) return null;
  return path.join(folder === 'docs' ? guide : folder, `${name}.png`);
}
