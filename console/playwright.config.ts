import { defineConfig } from '@playwright/test';

/**
 * The same tests run against any server: `CONSOLE_URL` is where the console is served. Without it the built console
 * is served here, and `CONSOLE_ENGINE_URL` names the server behind it.
 */
const port = 4193;
const baseURL = process.env.CONSOLE_URL ?? `http://127.0.0.1:${port}/`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // The tests share one server and follow each other in the story of one process.
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    baseURL,
    viewport: { width: 1360, height: 860 },
    locale: 'en-GB',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: process.env.CONSOLE_URL
    ? undefined
    : { command: `npx vite preview --port ${port} --strictPort`, url: baseURL, reuseExistingServer: false },
});
