// A run that a signal ends leaves whole files only.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ChildProgram } from "../../processes/child-program.ts";
import { volatileTicks } from "../volatile-ticks.ts";
import { readDataset } from "./read-dataset.ts";
import { writeTicks } from "./ticks-file.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-rows-interrupted-"));
afterAll(() => rmSync(folder, { recursive: true }));

function filesIn(out: string): string[] {
  return existsSync(out) ? readdirSync(out, { recursive: true }).map(String) : [];
}

it("ends with 143 at SIGTERM, and leaves whole files only", async () => {
  // Six days of rows, so that some days are whole and one is not.
  const recording = writeTicks(join(folder, "ticks.ndjson"), volatileTicks(6 * 86_400, { skip: (s) => s % 8 !== 0 }));
  const out = join(folder, "rows");
  const program = new ChildProgram(process.execPath, ["volgate.ts", "rows", recording, "--out", out]);
  const isMidway = (): boolean => {
    const names = filesIn(out);
    return names.some((name) => name.endsWith("part-0.parquet")) && names.some((name) => name.endsWith(".partial"));
  };
  await program.until(isMidway, 5);
  program.send("SIGTERM");
  expect((await program.ended).status).toBe(143);
  const names = filesIn(out);
  expect(names.filter((name) => name.endsWith(".partial"))).toEqual([]);
  const days = await readDataset(out);
  expect(days.length).toBeGreaterThan(0);
  expect(days.length).toBeLessThan(6);
  for (const { rows } of days) expect(rows.length).toBeGreaterThan(86_000);
});
