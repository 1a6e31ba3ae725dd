import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { runProgram } from "../../../command-line/program.ts";
import { DEFAULT_LABEL_SPEC } from "../../../src/features/label-spec.ts";
import { parseManifest } from "../../../src/model/manifest.ts";
import { sha256Hex } from "../../../model-artifacts/sha256.ts";
import { program } from "../../../trainer/import.ts";
import { exportsIn } from "./exports/measure-export.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const EXPORTS = join(import.meta.dirname, "../../fixtures/exports");
const golden = (name: string): string => join(import.meta.dirname, "golden", name);
const FEATURES = ["--features", "rv_60_over_tau,ewma_60_over_tau,jump_share_300,imbalance_60"];
/** Runs the program in this process: what it prints and how it ends is all that there is to see of it. */
async function model(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const printed: string[] = [];
  const noted: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(line));
  const status = await runProgram(program, args, { print: console.log, note: (line) => void noted.push(line) });
  log.mockRestore();
  return { status, stdout: printed.join("\n"), stderr: noted.join("\n") };
}
const importing = (name: string, ...args: string[]) =>
  model(golden(`${name}.onnx`), ...FEATURES, "--out", folder, ...args);

describe("npm run model -- import", () => {
  it("writes an artifact and says what it checked", async () => {
    const { status, stdout } = await importing(
      "sklearn-forest",
      "--golden",
      golden("sklearn-forest.csv"),
      "--name",
      "forest",
    );
    expect(status).toBe(0);
    expect(stdout).toContain("by skl2onnx 1.20.0");
    expect(stdout).toContain("column 1 of probabilities");
    expect(stdout).toContain("trees   262 thresholds: 262 came as float32, 0 as float64");
    expect(stdout).toMatch(/checked 340 golden rows, of which 0 differ by more than 0\.000001; .* in row \d+/);
    expect(stdout).toContain("only a forced promotion serves it");
    const manifest = parseManifest(JSON.parse(readFileSync(join(folder, "forest", "manifest.json"), "utf8")));
    expect(manifest.onnxSha256).toBe(sha256Hex(readFileSync(join(folder, "forest", "model.onnx"))));
  });

  it("takes one input a column by name, and a table whose columns are in yet another order", async () => {
    const facts = exportsIn(EXPORTS).find(({ name }) => name === "sklearn-frame-float-21");
    if (facts === undefined) throw new Error("no such export");
    const columns = [2, 0, 3, 1];
    const cells = (row: readonly (number | null)[]) => columns.map((j) => row[j] ?? "");
    const table = join(folder, "frame.csv");
    const lines = facts.rows.map((row, i) => [...cells(row), facts.library?.[i]].join(","));
    const header = [...columns.map((j) => facts.features[j]), "probability"].join(",");
    writeFileSync(table, [header, ...lines].join("\n"));
    const file = join(EXPORTS, `${facts.name}.onnx`);
    const { status, stdout } = await model(file, ...FEATURES, "--golden", table, "--out", folder, "--name", "frame");
    expect(stdout).toContain("checked 60 golden rows, of which 0 differ");
    expect(status).toBe(0);
    const lacking = await model(file, "--features", "imbalance_60,jump_share_300", "--out", folder);
    expect([lacking.status, lacking.stderr.includes("    at ")]).toEqual([2, false]);
    expect(lacking.stderr).toContain("of which --features lacks rv_60_over_tau, ewma_60_over_tau");
  });

  it("exits with 2 and writes nothing when more rows differ than the share allows", async () => {
    const table = ["--golden", golden("lightgbm.csv")];
    const refused = await importing("lightgbm", ...table, "--name", "refused");
    expect([refused.status, existsSync(join(folder, "refused"))]).toEqual([2, false]);
    expect(refused.stderr).toContain("10 of 262 rows differ by more than 0.000001, expected at most 1 %");
    expect((await importing("lightgbm", ...table, "--max-differing", "0.04", "--name", "allowed")).status).toBe(0);
  });

  it("names missing values as the reason when only rows with some differ", async () => {
    const table = join(folder, "missing.csv");
    const rows = readFileSync(golden("lightgbm.csv"), "utf8").trimEnd().split("\n").slice(0, 101);
    writeFileSync(table, rows.map((line) => (line.includes(",,") ? line.replace(/[^,]+$/, "0") : line)).join("\n"));
    const { status, stderr } = await importing("lightgbm", "--golden", table, "--name", "missing");
    expect([status, stderr]).toEqual([2, expect.stringContaining("all of them have missing values")]);
  });

  it("takes the price source from the label, and refuses one that contradicts it", async () => {
    const label = join(folder, "label.json");
    writeFileSync(label, JSON.stringify({ ...DEFAULT_LABEL_SPEC, source: "mid" }));
    const contradicting = await importing("lightgbm", "--label", label, "--source", "last");
    expect([contradicting.status, contradicting.stderr]).toEqual([2, expect.stringContaining("--source: got last")]);
    expect((await importing("lightgbm", "--label", label)).status).toBe(0);
    const manifest = parseManifest(JSON.parse(readFileSync(join(folder, "lightgbm", "manifest.json"), "utf8")));
    expect(manifest.label.source).toBe("mid");
    writeFileSync(label, JSON.stringify({ ...DEFAULT_LABEL_SPEC, horizonSteps: 0 }));
    const wrong = await importing("lightgbm", "--label", label);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("label.horizonSteps: got 0")]);
  });

  it("refuses a model that it has already imported, and says what to do with it", async () => {
    expect((await importing("lightgbm", "--name", "once")).status).toBe(0);
    const { status, stderr } = await model(join(folder, "once", "model.onnx"), ...FEATURES, "--out", folder);
    expect([status, stderr.includes("    at ")]).toEqual([2, false]);
    expect(stderr).toContain("already an artifact (family imported)");
    expect(stderr).toContain("npm run model -- publish");
  });

  it("refuses an --out that cannot be a folder, or whose artifact cannot", async () => {
    const taken = join(folder, "taken");
    writeFileSync(taken, "a file");
    for (const [out, name] of [
      ["/dev/null/x", "x"],
      [taken, "x"],
      [folder, "taken"],
    ] as const) {
      const { status, stderr } = await model(golden("lightgbm.onnx"), ...FEATURES, "--out", out, "--name", name);
      expect([status, stderr.includes("    at ")]).toEqual([2, false]);
      expect(stderr).toContain(`--out: got ${out}, expected a folder`);
    }
  });

  it.each([
    ["a missing file", [join(folder, "none.onnx"), ...FEATURES], "none.onnx: cannot be read"],
    ["a folder", [folder, ...FEATURES, "--name", "x"], "cannot be read"],
    ["something that is no model", [golden("make-golden.py"), ...FEATURES], "make-golden.py: got"],
    ["a missing table", [golden("lightgbm.onnx"), ...FEATURES, "--golden", "none.csv"], "none.csv: cannot be read"],
    ["no imputer", [golden("sklearn-without-imputer.onnx"), ...FEATURES], "put an imputer in front of the model"],
    ["logits", [join(EXPORTS, "torch-script-logits.onnx"), ...FEATURES], "end with a sigmoid"],
    ["half precision", [join(EXPORTS, "torch-script-half.onnx"), ...FEATURES], "got FLOAT16, expected FLOAT or DOUBLE"],
    ["too few columns", [golden("lightgbm.onnx"), "--features", "imbalance"], "--features: got 1 names, expected 4"],
  ])("exits with 2 for %s, without a stack trace", async (_, args, message) => {
    const { status, stderr } = await model(...args, "--out", folder);
    expect([status, stderr.includes("    at ")]).toEqual([2, false]);
    expect(stderr).toContain(message);
    expect(stderr).toContain("npm run model -- import --help");
  });
});
