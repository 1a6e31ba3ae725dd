// The Pythons with what tests compare with or run: one has libraries (scikit-learn, LightGBM, their ONNX converters,
// MLflow), the other the bots that the examples are for. Tests that need one are skipped without it, and say so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export type PeerPython = { readonly path: string } | { readonly missing: string };

interface Environment {
  readonly installed: string;
  /** Environment variable that names another interpreter. */
  readonly variable: string;
  /** The script that makes it. */
  readonly script: string;
}

const cached = (name: string): string => join(import.meta.dirname, "../../.cache", name, "bin/python");
const LIBRARIES = { installed: cached("peers"), variable: "VOLGATE_PEERS", script: "tests/peers/install.sh" };
const BOTS = { installed: cached("bots"), variable: "VOLGATE_BOTS", script: "tests/peers/install-bots.sh" };
const found = new Map<string, PeerPython>();

/**
 * The path of a Python that has all of `modules` (as `import` calls them), or what is missing: of the interpreter named
 * by `VOLGATE_PEERS` when that is set, else of the one that tests/peers/install.sh makes. Asked once a process and
 * list.
 */
export function peerPython(modules: readonly string[]): PeerPython {
  return lookOnce(LIBRARIES, modules);
}

/** Why tests are skipped, or `undefined`: for `describe.skipIf(...)`. Printed, so that a skipped test is seen. */
export function missingPeers(modules: readonly string[]): string | undefined {
  return printedReason(peerPython(modules));
}

/** As `peerPython`, of the environment with bots: `VOLGATE_BOTS`, or what tests/peers/install-bots.sh makes. */
export function botPython(modules: readonly string[]): PeerPython {
  return lookOnce(BOTS, modules);
}

/** As `missingPeers`, of the environment with bots. */
export function missingBots(modules: readonly string[]): string | undefined {
  return printedReason(botPython(modules));
}

function printedReason(python: PeerPython): string | undefined {
  if ("path" in python) return undefined;
  console.warn(`skipped: ${python.missing}`);
  return python.missing;
}

function lookOnce(environment: Environment, modules: readonly string[]): PeerPython {
  const key = [environment.variable, ...modules].join(",");
  const known = found.get(key) ?? look(environment, modules);
  found.set(key, known);
  return known;
}

function look({ installed, variable, script }: Environment, modules: readonly string[]): PeerPython {
  const path = process.env[variable] ?? installed;
  if (!existsSync(path)) return { missing: `no Python at ${path}: run sh ${script}, or set ${variable}` };
  // Looked for, not imported: importing all of them takes seconds.
  const code =
    "import importlib.util, sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None], sep=', ')";
  const { status, stdout, stderr, error } = spawnSync(path, ["-c", code, ...modules], { encoding: "utf8" });
  if (status !== 0) return { missing: `${path} does not run: ${error?.message ?? stderr.trim()}` };
  return stdout.trim() === "" ? { path } : { missing: `${path} has no ${stdout.trim()}` };
}
