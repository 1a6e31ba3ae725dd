// The benchmarks as programs: their results, a recording that is not there, and signals.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseResult } from "../../bench/core/result.ts";
import { Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-bench-test-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As short as can be: that they run, and what they leave; no figure means anything. */
const SHORT = ["--seconds", "0.5", "--rounds", "1", "--warm-up", "0"];

describe("a benchmark", () => {
  it.each([
    ["ingest", ["--symbols", "1"], "1 symbol", ["gateway", "floor"]],
    [
      "sockets",
      ["--symbols", "1", "--density", "40", "--ways", "packed,floor", "--frame", "500"],
      "1 symbol, 40 times as dense",
      ["packed", "floor"],
    ],
    ["predict", ["--connections", "2", "--ingest", "2x10"], "2 connections, 2 symbols", ["gateway", "floor"]],
  ] as const)(
    "of %s leaves a figure for each way, with the floor of the same run",
    async (name, options, label, ways) => {
      const path = join(folder, `${name}.json`);
      const running = new Program(
        ["volgate.ts", "bench", name, ...SHORT, ...options, "--json", path],
        join(folder, name),
      );
      const ended = await running.end();
      expect([ended.code, ended.processes, ended.files]).toEqual([0, [], []]);
      const result = parseResult(JSON.parse(readFileSync(path, "utf8")));
      expect([result.bench, result.checkouts.length]).toEqual([name, 1]);
      for (const way of ways) {
        const figures = result.figures.filter((figure) => figure.way === way);
        expect(figures.map(({ measure }) => measure)).toContain("processor time");
        const [first] = figures;
        expect(first!.median).toBeGreaterThan(0);
        for (const { case: of, values } of figures) {
          expect(of).toContain(label);
          for (const value of values) expect(value).toBeGreaterThanOrEqual(0);
        }
      }
      expect(result.ratios.some(({ to }) => to === "floor")).toBe(true);
    },
    300_000,
  );

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
