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

/** What the first script needs; it must not wait for more. */
const first = /\/src\/(?:start|api)\/|\/src\/lib\/tree\.ts$|preload-helper/;
/** What nearly every page is made of. */
const everywhere =
  /\/node_modules\/(?:react|react-dom|scheduler|react-router|@tanstack)\/|\/src\/(?:ui|state|shell|text|lib)\//;

/** Few files: many small ones would wait for each other. */
const chunkOf = (id: string): string | undefined =>
  first.test(id) ? 'start' : everywhere.test(id) ? 'main' : undefined;

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
    rollupOptions: { output: { manualChunks: chunkOf } },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
