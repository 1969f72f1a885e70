import { defineConfig } from "vitest/config"

export default defineConfig({
  ssr: { resolve: { conditions: ["distilabel-ts:source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/ownTemp.ts"],
    setupFiles: ["test/ownCache.ts"],
    // A slow machine is no fault: these end only what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // Two at a time: CI has two cores, and tests start servers and processes of their own.
    maxWorkers: 2
  }
})
