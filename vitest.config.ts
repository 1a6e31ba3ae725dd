// Six projects: Node, own columns once more with a sample of them, the pure folders once more in workerd, the Worker
// in workerd, the same with a further grid, and programs from end to end.
// `npm test` runs every *.test.ts but *.long.test.ts, which `vitest --mode long` runs instead. The pure folders run in
// workerd in the long mode only, with their short tests.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { Response } from "miniflare";
import { defineConfig } from "vitest/config";
import { writeBuildFacts } from "./build/build-facts.ts";
import { writePlainMemoryRuntime } from "./build/plain-memory.ts";
import { writeTestConfig } from "./build/test-config.ts";

const RUNTIME_WASM = join(import.meta.dirname, "dist/ort-plain-memory.wasm");

/** Pure code whose results do not hang on the runtime's arithmetic and keep no state: Node alone runs its tests. */
const PARSING_AND_TEXT = [
  "tests/features/{adapters,check,complete-label-spec,schema,tick,ts-and-id}.test.ts",
  "tests/quality/{alert-*,rule-status}.test.ts",
];

/** What must hold with own columns too: the bits of all other rows and, in the long mode, the engine's properties. */
const WITH_OWN_COLUMNS = {
  short: "tests/features/{golden-bits,state-versions}.test.ts",
  long: "tests/features/{engine-labels,engine-parts,feature-engine}.test.ts",
};

/** Of the project `grids`: with bundled models, with a label of its own and none, and with another horizon. */
const FURTHER_GRIDS = JSON.stringify([
  "60s",
  { step: "10s", label: { windowSteps: 60, minCount: 20, horizonSteps: 6 } },
  { step: "1s-h10s", label: { windowSteps: 120, minCount: 20 } },
]);

/** Long tests of other folders that start gateways, browsers or servers: one at a time, with those of tests/e2e. */
const STARTS_PROGRAMS = [
  "tests/dashboard/**/*.long.test.ts",
  "tests/ops/prometheus.long.test.ts",
  "tests/self-host/**/*.long.test.ts",
];

writeBuildFacts();
writePlainMemoryRuntime();

/** Tests in workerd import the WASM runtime from a binding: see tests/worker/compiled-runtime.ts. */
const inWorkerd = (configPath: string, variables: Readonly<Record<string, string>> = {}) => ({
  plugins: [
    cloudflareTest({
      wrangler: { configPath },
      miniflare: {
        bindings: {
          ENVIRONMENT: "test",
          MAX_SYMBOLS: "1000",
          READ_CACHE_MS: "0",
          WEBHOOK_GATHER_MS: "0",
          ...variables,
        },
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
  // A hung test ends by it; a slow machine must not.
  const testTimeout = mode === "long" ? 300_000 : 60_000;
  // What passes the second time only is printed as such: a shared machine stalls for seconds now and then.
  const retry = mode === "long" ? 1 : 0;
  const configPath = writeTestConfig();
  const results = join(import.meta.dirname, `dist/test-results-${process.env["TEST_RESULTS"] ?? "all"}.json`);
  return {
    test: {
      // What .ci/count-tests.js adds up.
      reporters: process.env["CI"] === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
      // A log line of a Durable Object behind a file's last message would never be sent, and its answer waited for.
      disableConsoleIntercept: true,
      // Vitest would leave one core idle, which is half of two; and some tests wait for a deadline.
      maxWorkers: Math.ceil(1.5 * availableParallelism()),
      projects: [
        {
          test: {
            name: "node",
            include: within("*"),
            exclude: [...exclude, "tests/{worker,grids,e2e}/**", ...STARTS_PROGRAMS],
            setupFiles: ["tests/fixed-seeds.ts"],
            testTimeout,
            retry,
            // One process for many files: most of a file's time is its imports.
            isolate: false,
          },
        },
        {
          // As if the sample stood in src/features/custom.ts.
          resolve: {
            alias: [
              {
                find: /^.*\/custom\.ts$/,
                replacement: join(import.meta.dirname, "tests/own-columns/sample-declaration.ts"),
              },
            ],
          },
          test: {
            name: "own",
            env: { OWN_COLUMNS: "sample" },
            include: [...within("own-columns"), WITH_OWN_COLUMNS[mode === "long" ? "long" : "short"]],
            exclude,
            setupFiles: ["tests/fixed-seeds.ts"],
            testTimeout,
            isolate: false,
          },
        },
        {
          ...inWorkerd(configPath),
          test: {
            name: "workerd-pure",
            include: mode === "long" ? [`tests/{features,quality,threshold,volatility,drift}/**/*.test.ts`] : [],
            // Statistics over many rounds have one result: Node alone runs them.
            exclude: [...PARSING_AND_TEXT, "**/*.long.test.ts"],
            setupFiles: ["tests/fixed-seeds.ts"],
            testTimeout,
            isolate: false,
          },
        },
        {
          ...inWorkerd(configPath),
          test: {
            name: "workerd",
            include: within("worker"),
            exclude,
            testTimeout,
            hookTimeout: testTimeout,
            retry,
          },
        },
        {
          ...inWorkerd(configPath, { GRIDS: FURTHER_GRIDS, HORIZONS: "60s" }),
          test: {
            name: "grids",
            include: within("grids"),
            exclude,
            testTimeout,
            hookTimeout: testTimeout,
            retry,
          },
        },
        {
          test: {
            name: "e2e",
            include: [...within("e2e"), ...(mode === "long" ? STARTS_PROGRAMS : [])],
            exclude,
            retry,
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
