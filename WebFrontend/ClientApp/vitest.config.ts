import { defineConfig } from 'vitest/config'

// Pictures are taken when a folder for them is given.
const pictures = process.env['SCREENS'] === undefined ? ['tests/browser/screens.test.ts'] : []

export default defineConfig({
  define: { __APP_VERSION__: '"test"' },
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' } },
      { extends: true, test: { name: 'browser', include: ['tests/browser/**/*.test.ts'], exclude: pictures, environment: 'node', testTimeout: 60_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
})
