// Debian's Prometheus and promtool, as tests/peers/install-prometheus.sh unpacks them. Tests that need them are skipped
// without them, and say so.
import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../.cache/prometheus/usr/bin");

/** The path of a program; throws where it is missing. */
export function prometheusProgram(name: "prometheus" | "promtool"): string {
  const path = join(FOLDER, name);
  if (!existsSync(path)) throw new Error(`no ${name} at ${path}: run sh tests/peers/install-prometheus.sh`);
  return path;
}

/** Why tests are skipped, or `undefined`: for `describe.skipIf(...)`. Printed, so that a skipped test is seen. */
export function missingPrometheus(): string | undefined {
  if (existsSync(join(FOLDER, "promtool"))) return undefined;
  const missing = `no promtool in ${FOLDER}: run sh tests/peers/install-prometheus.sh`;
  console.warn(`skipped: ${missing}`);
  return missing;
}
