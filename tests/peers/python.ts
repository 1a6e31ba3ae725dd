// The Python with the libraries that tests compare with: scikit-learn, LightGBM, their ONNX converters, MLflow. Tests
// that need it are skipped without it, and say so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export type PeerPython = { readonly path: string } | { readonly missing: string };

const INSTALLED = join(import.meta.dirname, "../../.cache/peers/bin/python");
const found = new Map<string, PeerPython>();

/**
 * The path of a Python that has all of `modules` (as `import` calls them), or what is missing: of the interpreter named
 * by `VOLGATE_PEERS` when that is set, else of the one that tests/peers/install.sh makes. Asked once a process and
 * list.
 */
export function peerPython(modules: readonly string[]): PeerPython {
  const key = modules.join(",");
  const known = found.get(key) ?? look(process.env["VOLGATE_PEERS"] ?? INSTALLED, modules);
  found.set(key, known);
  return known;
}

/** Why tests are skipped, or `undefined`: for `describe.skipIf(...)`. Printed, so that a skipped test is seen. */
export function missingPeers(modules: readonly string[]): string | undefined {
  const python = peerPython(modules);
  if ("path" in python) return undefined;
  console.warn(`skipped: ${python.missing}`);
  return python.missing;
}

function look(path: string, modules: readonly string[]): PeerPython {
  if (!existsSync(path))
    return { missing: `no Python at ${path}: run sh tests/peers/install.sh, or set VOLGATE_PEERS` };
  // Looked for, not imported: importing all of them takes seconds.
  const code =
    "import importlib.util, sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None], sep=', ')";
  const { status, stdout, stderr, error } = spawnSync(path, ["-c", code, ...modules], { encoding: "utf8" });
  if (status !== 0) return { missing: `${path} does not run: ${error?.message ?? stderr.trim()}` };
  return stdout.trim() === "" ? { path } : { missing: `${path} has no ${stdout.trim()}` };
}
