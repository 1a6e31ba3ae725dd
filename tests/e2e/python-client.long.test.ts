// The Python package as its users have it: built and installed, its types, its own tests against a running gateway, and
// the worked example from bars to a challenger.
import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missingPeers, peerPython } from "../peers/python.ts";
import { ChildProgram, type Finished, runSuccessfully } from "../processes/child-program.ts";
import { ProcessTree } from "../processes/process-tree.ts";
import { Program } from "../processes/program.ts";

const ROOT = join(import.meta.dirname, "../..");
const CLIENT = join(ROOT, "clients/python");
const EXAMPLE = join(ROOT, "examples/bring-your-own-model");
const BARS = join(ROOT, "../shared/data/bitmex-1m/XBTUSD_1m_2019.csv.gz");
/** Bars of the recording that the example is run on: twelve days, as many as it makes itself. */
const BAR_COUNT = 12 * 1440;
const WITHIN_MS = 600_000;

const LIBRARIES = ["httpx", "pyarrow", "pandas", "polars", "sklearn", "lightgbm", "xgboost", "skl2onnx", "onnxmltools"];
const MODULES = [...LIBRARIES, "onnxruntime", "hatchling", "pytest", "mypy", "ruff"];
const missing = missingPeers(MODULES);
const folder = mkdtempSync(join(tmpdir(), "volgate-python-"));
const site = join(folder, "site");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pythonPath(): string {
  const python = peerPython(MODULES);
  if ("missing" in python) throw new Error(python.missing);
  return python.path;
}

/** Runs Python with the installed package to its end; throws with its output unless it succeeds. */
async function python(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const options = { cwd: CLIENT, env: { PYTHONPATH: site, ...env }, withinMs: WITHIN_MS };
  return await runSuccessfully(pythonPath(), args, options);
}

describe.skipIf(missing !== undefined)(
  `the Python package${missing === undefined ? "" : ` (skipped: ${missing})`}`,
  () => {
    beforeAll(async () => {
      const offline = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check"];
      await python(["-m", "pip", "install", ...offline, "--target", site, CLIENT]);
    }, WITHIN_MS);

    it("is installed with its types", async () => {
      const { stdout } = await python(["-c", "import volgate; print(volgate.__file__)"], {
        PYTHONDONTWRITEBYTECODE: "1",
      });
      expect(stdout.trim()).toBe(join(site, "volgate/__init__.py"));
      expect(existsSync(join(site, "volgate/py.typed"))).toBe(true);
    });

    it("is clean for mypy --strict and ruff", { timeout: WITHIN_MS }, async () => {
      const cache = ["--cache-dir", join(folder, "cache")];
      expect((await python(["-m", "mypy", ...cache])).stdout).toMatch(/^Success: no issues found in \d+ source files/);
      const style = ["--config", join(CLIENT, "pyproject.toml"), ...cache, CLIENT, join(ROOT, "examples")];
      await python(["-m", "ruff", "check", ...style]);
      await python(["-m", "ruff", "format", "--check", ...style]);
    });

    it("passes its own tests against a running gateway, and skips none", { timeout: WITHIN_MS }, async () => {
      const state = ["--state", join(folder, "state")];
      const gateway = new Program(["volgate.ts", "start", "--feed", "none", ...state], join(folder, "tmp"));
      await gateway.until(({ output }) => output.includes("/metrics"));
      const url = /starting the gateway at (\S+)/.exec(gateway.output)![1]!;
      try {
        const { stdout } = await python(["-m", "pytest", "-p", "no:cacheprovider"], { VOLGATE_URL: url });
        expect(stdout).toMatch(/^=+ \d{3} passed(, \d+ warnings?)? in /m);
      } finally {
        gateway.send("SIGINT");
        expect((await gateway.end()).processes).toEqual([]);
      }
    });

    it("leads from bars to a challenger whose served scores are its own", { timeout: WITHIN_MS }, async () => {
      await runExample("made", []);
    });

    it.skipIf(!existsSync(BARS))(
      `does so on BitMEX's bars${existsSync(BARS) ? "" : ` (skipped: no ${BARS})`}`,
      { timeout: WITHIN_MS },
      async () => {
        const file = join(folder, "XBTUSD_1m_2019.csv");
        writeFileSync(file, (await firstLines(BARS, BAR_COUNT + 1)).join("\n") + "\n");
        await runExample("bitmex", [file], { VOLGATE_TEST_FROM: "2019-01-06" });
      },
    );
  },
);

/** Runs the example in a folder of its own, to its end, and looks at all that it says and leaves. */
async function runExample(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const out = join(folder, name);
  mkdirSync(out);
  const options = { env: { ...env, PYTHONPATH: site, VOLGATE_EXAMPLE: out }, detached: true, withinMs: WITHIN_MS };
  const child = new ChildProgram(pythonPath(), [join(EXAMPLE, "bring_your_own_model.py"), ...args], options);
  const tree = new ProcessTree(child.pid);
  const { status, stdout, stderr } = await child.ended;
  expect(await tree.left()).toEqual([]);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/my-lightgbm: PR-AUC 0\.\d+, by fold/);
  expect(stdout).toMatch(/^ingested: 69120 accepted, 0 rejected, 17279 steps closed$/m);
  expect(stdout).toMatch(/^prediction by my-logistic: 0\.\d{4}$/m);
  expect(stdout).toMatch(/^live, \['challenger'\]: \d{4} resolved, Brier 0\.\d{4}$/m);
  expect(stdout).toMatch(/^challenger my-lightgbm: 1\d{4} served scores, largest difference .* \d\.\de-(0[789]|1\d)$/m);
  expect(stdout).toMatch(/^served scores equal the models' own$/m);
}

async function firstLines(path: string, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(path).pipe(createGunzip()) })) {
    lines.push(line);
    if (lines.length === count) break;
  }
  return lines;
}
