// Signals to `npm run parity`: no gateway and no folder may be left.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { simulateTicks } from "../../simulator/simulator.ts";
import { tickJson } from "../../gateway-client/tick-json.ts";
import { DEFAULT_ENGINE_CONFIG } from "../../src/features/feature-engine.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { handMadeModel } from "./parity-models.ts";
import { Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-interrupt-"));
const recording = join(folder, "day.ndjson");
const fromMs = Date.parse("2026-03-01T00:00:00Z");
// A day, so that the replay is still running when the signal comes.
const ticks = simulateTicks({ seed: 1, symbol: "BTC-USD", fromMs, toMs: fromMs + 86_400_000 });
writeFileSync(recording, [...ticks].map((tick) => JSON.stringify(tickJson(tick))).join("\n"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ["SIGINT", "group"],
  ["SIGTERM", "program"],
  ["SIGHUP", "program"],
] as const)("ends with 130 and nothing left at %s to the %s", async (signal, to) => {
  const program = new Program(["volgate.ts", "parity", recording], join(folder, signal));
  await program.until(({ tree }) => tree.names().includes("workerd"));
  program.send(signal, to);
  const ended = await program.end();
  expect([ended.code, ended.signal]).toEqual([130, null]);
  expect(ended.output).toContain("parity: interrupted");
  expect(ended.processes).toEqual([]);
  expect(ended.files).toEqual([]);
});

it("ends the same way while it publishes a model, which listens to signals of its own", async () => {
  const model = join(folder, "model");
  const { onnx, manifest } = handMadeModel(DEFAULT_ENGINE_CONFIG);
  mkdirSync(model);
  writeFileSync(join(model, "model.onnx"), onnx);
  writeFileSync(join(model, "manifest.json"), manifestText(manifest));
  const program = new Program(["volgate.ts", "parity", recording, "--model", model], join(folder, "publishing"));
  // The bucket's own, seconds before the gateway's.
  await program.until(({ tree }) => tree.names().includes("workerd"));
  program.send("SIGTERM", "program");
  const ended = await program.end();
  expect([ended.code, ended.processes, ended.files]).toEqual([130, [], []]);
  expect(ended.output).toContain("parity: interrupted");
});
