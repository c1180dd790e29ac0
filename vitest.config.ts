import { defineConfig } from 'vitest/config';

/**
 * unit      beside the sources, no process, no socket
 * structure the import table, sizes, banned calls, appwrite.json
 * contract  adapters, functions and stand-ins over HTTP, with the real clients; faults
 * crash     what survives SIGKILL, a full disk, a second server
 * journeys  a real browser, the real OpenClaw gateway
 * tenant    the tenant's real stack on a Docker engine of its own; see `npm run test:tenant`
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{schemas,functions,tenant,local,ops,build,site/src,tests/simulation,tests/bench}/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.server.test.ts'],
          isolate: false,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'structure',
          include: ['tests/structure/**/*.test.ts'],
          // Reads and parses every source, on whatever machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: [
            'tests/{contract,clients,permissions,security,faults,ops}/**/*.test.ts',
            '{local,tenant}/**/*.server.test.ts',
          ],
          // The real gateway: one at a time, with the journeys.
          exclude: ['**/node_modules/**', 'tenant/agent/*.server.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'crash',
          include: ['tests/crash/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['tests/journeys/**/*.test.ts', 'tenant/agent/*.server.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'tenant',
          include: ['tests/tenant/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
