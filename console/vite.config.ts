import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

// The server the console talks to while developing and previewing.
const engine = process.env.CONSOLE_ENGINE_URL ?? 'http://127.0.0.1:8080';
const proxy = {
  '/engine-rest': { target: engine, changeOrigin: true },
  '/tollgate': { target: engine, changeOrigin: true },
};

/** React is asked for by the page itself, not only by the first script when that has run. */
const preloadMain: Plugin = {
  name: 'preload-main',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const files = Object.values(bundle ?? {});
      const main = files.find((file) => file.type === 'chunk' && file.name === 'main');
      if (main?.type !== 'chunk') throw new Error('the bundle has no chunk `main`');
      return [
        { tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `./${main.fileName}` } },
      ];
    },
  },
};

/** Paths below `console/`, each as a pattern for the beginning. */
const oneOf = (...patterns: string[]) => new RegExp(`^(?:${patterns.join('|')})`);
const packages = (...names: string[]) => `node_modules/(?:${names.join('|')})/`;

/** Which file of the bundle holds a module; the first that fits. What fits none goes with the page that needs it. */
const files = {
  // What the first script needs; it must not wait for more.
  start: oneOf('src/(?:start|api)/', 'src/pages/table\\.ts', 'src/lib/tree\\.ts'),
  // What nearly every page is made of.
  main: oneOf(
    packages('react', 'react-dom', 'scheduler', 'react-router', '@tanstack'),
    'src/(?:ui|state|shell|text|lib)/',
    'src/[^/]+$',
    'src/pages/[^/]+$',
    'src/pages/incidents/(?!index)',
    'src/pages/audit/operation-table',
    'src/pages/instance/(?:modify-panel|plan-badges|restart-options|skip-options|use-token-plan)',
    'src/diagram/index',
  ),
  // What draws BPMN diagrams.
  diagram: oneOf(
    'src/diagram/(?!dmn)',
    packages('bpmn-js', 'diagram-js', 'didi', 'ids', 'inherits-browser', 'min-dash', 'min-dom', 'tiny-svg'),
    packages('bpmn-moddle', 'moddle', 'moddle-xml', 'saxen', 'object-refs', 'path-intersection'),
    packages('component-event', 'diagram-js-direct-editing', 'domify', 'hammerjs'),
  ),
};

/** Few files: a browser asks for six at a time, the rest would wait for them. */
function fileOf(id: string): string | undefined {
  if (id.includes('preload-helper')) return 'start';
  const module = path.relative(import.meta.dirname, id).replaceAll('\\', '/');
  return Object.entries(files).find(([, modules]) => modules.test(module))?.[0];
}

/** A compressed copy beside each file that gains by it, so that no server has to compress it for every visit. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir = 'dist' }) {
    for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(html|js|css|svg)$/.test(entry.name)) continue;
      const file = path.join(entry.parentPath, entry.name);
      const content = await readFile(file);
      const small = gzipSync(content, { level: 9 });
      if (small.length < content.length * 0.9) await writeFile(`${file}.gz`, small);
    }
  },
};

export default defineConfig({
  // Relative, so that the console also works behind a path prefix.
  base: './',
  plugins: [react(), preloadMain, compressed],
  server: { proxy, host: '127.0.0.1' },
  preview: { proxy, host: '127.0.0.1' },
  build: {
    target: 'es2022',
    // dmn-js is one large library of its own; it is loaded by the decision pages only.
    chunkSizeWarningLimit: 1300,
    rollupOptions: { output: { manualChunks: fileOf } },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
