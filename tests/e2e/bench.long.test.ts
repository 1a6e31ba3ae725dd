// The benchmarks as programs: mistakes in their options, and signals.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Program } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a benchmark", () => {
  it.each([
    [["bench/ingest.ts", "--seconds", "abc"], "bench:ingest: --seconds: got abc, expected a number from"],
    [["bench/ingest.ts", "--symbols", "1,"], "bench:ingest: --symbols: got 1,, expected whole numbers from"],
    [["bench/ingest.ts", "--batch", "0"], "bench:ingest: --batch: got 0, expected a whole number from"],
    [["bench/kill.ts", "--kills", "abc"], "bench:kill: --kills: got abc, expected a whole number from"],
    [["bench/kill.ts", "--seed", ""], "bench:kill: --seed: got , expected a whole number from"],
    [["bench/predict.ts", "--connections", "1,x"], "bench:predict: --connections: got 1,x, expected whole"],
    [["bench/features.ts", "/nowhere"], "bench:features: /nowhere: no such file or directory, expected a"],
    [["bench/predict.ts", "--second", "1"], "bench:predict: Unknown option '--second'"],
  ])("exits with 2 for %j", async (args, message) => {
    const ended = await new Program(args, join(folder, "options")).end();
    expect(ended.output).toContain(message);
    expect(ended.output).not.toContain("    at ");
    expect([ended.code, ended.files]).toEqual([2, []]);
  });

  it.each([
    ["bench/predict.ts", "SIGTERM", 143],
    ["bench/kill.ts", "SIGINT", 130],
    ["bench/ingest.ts", "SIGHUP", 129],
  ] as const)("leaves neither workerd nor a folder when %s gets %s", async (program, signal, code) => {
    const temporary = join(folder, signal);
    const running = new Program([program], temporary);
    await running.until(({ tree }) => tree.names().includes("workerd"));
    running.send(signal, "program");
    const ended = await running.end();
    expect(ended.code).toBe(code);
    expect(ended.processes).toEqual([]);
    expect(ended.files).toEqual([]);
  });

  it("leaves nothing either when it is interrupted while it bundles the Worker", async () => {
    const temporary = join(folder, "bundling");
    const running = new Program(["bench/predict.ts"], temporary);
    await running.until(({ tree }) => tree.names().includes("esbuild"));
    expect(readdirSync(temporary)).not.toEqual([]);
    running.send("SIGTERM", "program");
    const ended = await running.end();
    expect([ended.code, ended.processes, ended.files]).toEqual([143, [], []]);
  });
});
