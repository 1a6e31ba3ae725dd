// Three projects: the pure folders and the Node programs in Node, the pure folders again and the Worker in workerd, and
// the end-to-end programs, which start real processes.
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { writePlainMemoryRuntime } from "./build/plain-memory.ts";
import { writeTestConfig } from "./build/test-config.ts";

writePlainMemoryRuntime();

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "node",
          include: ["tests/*/**/*.test.ts"],
          exclude: ["tests/{worker,e2e}/**"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: writeTestConfig() },
            miniflare: { bindings: { ENVIRONMENT: "test" } },
          }),
        ],
        test: {
          name: "workerd",
          include: ["tests/{features,quality,drift,report,worker}/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
