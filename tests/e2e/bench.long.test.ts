// The benchmarks as programs: a recording that is not there, and signals.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a benchmark", () => {
  it("exits with 2 and one line for a recording that is not there", async () => {
    const ended = await new Program(["volgate.ts", "bench", "features", "/nowhere"], join(folder, "options")).end();
    expect(ended.output).toContain("bench features: /nowhere: no such file or directory, expected a");
    expect(ended.output).not.toContain("    at ");
    expect([ended.code, ended.files]).toEqual([2, []]);
  });

  it.each([
    ["predict", "SIGTERM", 143],
    ["kill", "SIGINT", 130],
    ["ingest", "SIGHUP", 129],
  ] as const)("leaves neither workerd nor a folder when %s gets %s", async (program, signal, code) => {
    const temporary = join(folder, signal);
    const running = new Program(["volgate.ts", "bench", program], temporary);
    await running.until(({ tree }) => tree.names().includes("workerd"));
    running.send(signal, "program");
    const ended = await running.end();
    expect(ended.code).toBe(code);
    expect(ended.processes).toEqual([]);
    expect(ended.files).toEqual([]);
  });

  it("leaves nothing either when it is interrupted while it bundles the Worker", async () => {
    const temporary = join(folder, "bundling");
    const running = new Program(["volgate.ts", "bench", "predict"], temporary);
    await running.until(({ tree }) => tree.names().includes("esbuild"));
    expect(readdirSync(temporary)).not.toEqual([]);
    running.send("SIGTERM", "program");
    const ended = await running.end();
    expect([ended.code, ended.processes, ended.files]).toEqual([143, [], []]);
  });
});
