import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server the console talks to while developing and previewing.
const engine = process.env.CONSOLE_ENGINE_URL ?? 'http://127.0.0.1:8080';
const proxy = {
  '/engine-rest': { target: engine, changeOrigin: true },
  '/tollgate': { target: engine, changeOrigin: true },
};

export default defineConfig({
  // Relative, so that the console also works behind a path prefix.
  base: './',
  plugins: [react()],
  server: { proxy, host: '127.0.0.1' },
  preview: { proxy, host: '127.0.0.1' },
  build: {
    target: 'es2022',
    // dmn-js is one large library of its own; it is loaded by the decision pages only.
    chunkSizeWarningLimit: 1300,
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
});
