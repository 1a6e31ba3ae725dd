// Bundles floor/constant-worker.js: the router with the gateway's routes, and a constant for GET /predict.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { CONTRACTS } from "../src/http/contracts.ts";
import { predictContract } from "../src/http/predict-schema.ts";
import type { Subject } from "./core/bench.ts";
import type { GatewayBundle } from "./gateway-bundles.ts";

export async function predictFloor({ folder }: Subject, { facts }: GatewayBundle): Promise<GatewayBundle> {
  const bundleDir = join(folder, "floor-constant");
  mkdirSync(bundleDir);
  await build({
    entryPoints: [join(import.meta.dirname, "floor", "constant-worker.js")],
    outfile: join(bundleDir, "worker.js"),
    ...{ bundle: true, format: "esm", target: "es2023", logLevel: "error" },
    define: {
      ROUTES: JSON.stringify(CONTRACTS.map(({ method, path }) => ({ method, path }))),
      ANSWER: JSON.stringify(predictContract.answer.example),
    },
  });
  return { bundleDir, facts: { ...facts, classes: {} } };
}
