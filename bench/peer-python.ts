// The Python with LightGBM that a comparison runs.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What tests/peers/install.sh makes. */
const INSTALLED = join(import.meta.dirname, "..", ".cache", "peers", "bin", "python");

/**
 * The Python that `PEER_PYTHON` names, else the one of tests/peers/install.sh where it is there, else `python3`.
 * @returns why LightGBM cannot be run, where it cannot.
 */
export function lightgbmPython(
  env: Readonly<Record<string, string | undefined>> = process.env,
  installed = INSTALLED,
): { readonly path: string } | { readonly missing: string } {
  const path = env["PEER_PYTHON"] || (existsSync(installed) ? installed : "python3");
  if (spawnSync(path, ["-c", "import lightgbm"]).status === 0) return { path };
  return { missing: `${path} cannot import it: run sh tests/peers/install.sh, or set PEER_PYTHON` };
}
