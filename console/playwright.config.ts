import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import { servers, type Server } from './e2e/servers';

/** Servers of ours are started for the tests, unless the environment says where some are. */
const start = ({ url, given, options, environment }: Server) =>
  given
    ? []
    : [
        {
          command: `${process.env.TOLLGATE ?? '../target/debug/tollgate'} serve --store memory --listen ${new URL(url).host} ${options}`,
          url: `${url}engine-rest/version`,
          env: { TOLLGATE_LOG: 'error', ...environment },
          reuseExistingServer: false,
        },
      ];

const config: PlaywrightTestConfig = {
  testDir: 'e2e',
  outputDir: 'test-results',
  // The tests share servers and follow each other in the story of one process.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    baseURL: servers.open.url,
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
  webServer: Object.values(servers).flatMap(start),
};

export default defineConfig(config);
