// The bundle of a checkout's gateway, and those of workers that are the floor of a figure.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundleWorker } from "../local-gateway/bundle-worker.ts";
import { type GatewayFacts, readGatewayFacts } from "../local-gateway/gateway-facts.ts";
import { BareWorkerd } from "./bare-workerd.ts";
import type { Subject } from "./core/bench.ts";

export interface GatewayBundle {
  readonly bundleDir: string;
  /** What wrangler.toml of its checkout says. */
  readonly facts: GatewayFacts;
}

/** Bundles the Worker of a checkout into the subject's folder. */
export async function gatewayBundle({ checkout, folder }: Subject): Promise<GatewayBundle> {
  const bundleDir = join(folder, "gateway");
  await bundleWorker(bundleDir, checkout);
  return { bundleDir, facts: readGatewayFacts(checkout) };
}

/**
 * Copies a worker of bench/floor; it has no class but `SymbolObject`.
 * @param file its name there.
 */
export function floorBundle({ folder }: Subject, { facts }: GatewayBundle, file: string): GatewayBundle {
  const bundleDir = join(folder, `floor-${file}`);
  mkdirSync(bundleDir);
  copyFileSync(join(import.meta.dirname, "floor", file), join(bundleDir, "worker.js"));
  return { bundleDir, facts: { ...facts, classes: { SYMBOLS: "SymbolObject" } } };
}

/**
 * Runs `work` on a server of its own, and prints what the server said of errors.
 * @param options as in `BareWorkerd.prepare`.
 */
export async function withServer<T>(
  bundle: GatewayBundle,
  folder: string,
  work: (server: BareWorkerd) => Promise<T>,
  options: { readonly keepsObjects?: boolean; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const server = await BareWorkerd.of({ ...bundle, stateDir: join(folder, "state"), ...options });
  try {
    await server.start();
    return await work(server);
  } finally {
    await server.kill();
    const errors = server.errorOutput.split("\n").filter((line) => /error|exception/i.test(line));
    if (errors.length > 0) console.error(errors.join("\n"));
  }
}
