// Four projects: Node, the pure folders once more in workerd, the Worker in workerd, and programs from end to end.
// `npm test` runs every *.test.ts but *.long.test.ts, which `vitest --mode long` runs instead.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { Response } from "miniflare";
import { defineConfig } from "vitest/config";
import { writePlainMemoryRuntime } from "./build/plain-memory.ts";
import { writeTestConfig } from "./build/test-config.ts";

const RUNTIME_WASM = join(import.meta.dirname, "dist/ort-plain-memory.wasm");

/** Pure code whose results do not hang on the runtime's arithmetic and keep no state: Node alone runs its tests. */
const PARSING_AND_TEXT = [
  "tests/features/{adapters,check,complete-label-spec,schema,tick,ts-and-id}.test.ts",
  "tests/quality/{alert-*,rule-status}.test.ts",
];

writePlainMemoryRuntime();

/** Tests in workerd import the WASM runtime from a binding: see tests/worker/compiled-runtime.ts. */
const inWorkerd = (configPath: string) => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath },
      miniflare: {
        bindings: { ENVIRONMENT: "test", WEBHOOK_GATHER_MS: "0" },
        serviceBindings: { RUNTIME_WASM: () => new Response(readFileSync(RUNTIME_WASM)) },
      },
    }),
  ],
  resolve: {
    alias: [
      {
        find: /^.*\/dist\/ort-plain-memory\.wasm$/,
        replacement: join(import.meta.dirname, "tests/worker/compiled-runtime.ts"),
      },
    ],
  },
});

export default defineConfig(({ mode }) => {
  const suffix = mode === "long" ? ".long.test.ts" : ".test.ts";
  const within = (folders: string) => [`tests/${folders}/**/*${suffix}`];
  const exclude = mode === "long" ? [] : ["**/*.long.test.ts"];
  const configPath = writeTestConfig();
  return {
    test: {
      // Vitest would leave one core idle, which is half of two.
      maxWorkers: "100%",
      projects: [
        {
          test: {
            name: "node",
            include: within("*"),
            exclude: [...exclude, "tests/{worker,e2e}/**"],
            setupFiles: ["tests/fixed-seeds.ts"],
            testTimeout: 60_000,
            // One process for many files: most of a file's time is its imports.
            isolate: false,
          },
        },
        {
          ...inWorkerd(configPath),
          test: {
            name: "workerd-pure",
            include: within("{features,quality,drift}"),
            exclude: [...exclude, ...PARSING_AND_TEXT],
            setupFiles: ["tests/fixed-seeds.ts"],
            testTimeout: 60_000,
            isolate: false,
          },
        },
        {
          ...inWorkerd(configPath),
          test: {
            name: "workerd",
            include: within("worker"),
            exclude,
            testTimeout: 60_000,
            hookTimeout: 60_000,
          },
        },
        {
          test: {
            name: "e2e",
            include: within("e2e"),
            exclude,
            testTimeout: 180_000,
            hookTimeout: 180_000,
            // One program at a time: two that look for a free port at once may find the same one.
            fileParallelism: false,
          },
        },
      ],
    },
  };
});
