// A bundle of the Worker with a further door, for bare workerd.
import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BareWorkerd } from "../../bench/bare-workerd.ts";
import { runSuccessfully } from "../processes/child-program.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * Bundles `tests/worker/<door>.ts` in the place of the Worker, and prepares workerd for it; loopback can be reached.
 * @param dir for the bundle and the objects' databases.
 */
export async function prepareDoor(
  door: string,
  dir: string,
  variables: Readonly<Record<string, string>>,
  keepsObjects = false,
): Promise<BareWorkerd> {
  const bundle = join(dir, "bundle");
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "deploy", `tests/worker/${door}.ts`, "--dry-run", "--outdir", bundle];
  await runSuccessfully(process.execPath, args, { env: { WRANGLER_SEND_METRICS: "false", WRANGLER_LOG: "error" } });
  renameSync(join(bundle, `${door}.js`), join(bundle, "worker.js"));
  const gateway = await BareWorkerd.prepare(bundle, join(dir, "state"), variables, keepsObjects);
  allowLoopback(bundle);
  return gateway;
}

/** Without a service of that name workerd reaches public addresses only. */
export function allowLoopback(bundle: string): void {
  const internet = `(name = "internet", network = (allow = ["public", "private"])),`;
  for (const name of readdirSync(bundle).filter((file) => file.endsWith(".capnp"))) {
    const text = readFileSync(join(bundle, name), "utf8");
    if (text.includes(internet)) continue;
    writeFileSync(join(bundle, name), text.replace("services = [", `services = [\n    ${internet}`));
  }
}
