// `npm start` with the real wrangler: the main job from an empty folder, and a second start.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-start-"));
const temporary = join(folder, "tmp");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(state: string): Program {
  return new Program(["volgate.ts", "start", "--state", join(folder, state)], temporary);
}

/** Runs `npm start` until it has printed all of the texts, then sends Ctrl-C, and waits for the end. */
async function startUntil(state: string, ...texts: string[]): Promise<{ ended: Ended; names: string[] }> {
  const program = start(state);
  await program.until(({ output }) => texts.every((text) => output.includes(text)));
  const names = program.tree.names();
  program.send("SIGINT");
  return { ended: await program.end(), names };
}

function feedingFrom({ output }: Ended): number {
  return Date.parse(/^feeding .* from (\S+)$/m.exec(output)?.[1] ?? "");
}

describe("npm start", () => {
  let first: { ended: Ended; names: string[] };

  beforeAll(async () => {
    first = await startUntil("state", "caught up", "first prediction");
  });

  it("prints a first prediction within a minute, catches up, and goes on in real time until Ctrl-C", () => {
    const { output, code } = first.ended;
    expect(Number(/first prediction ([\d.]+) s after the start/.exec(output)?.[1])).toBeLessThan(60);
    expect(output).toMatch(/BTC-USD {2}p 0\.\d+/);
    expect(output).toMatch(/\/metrics/);
    expect(output).toMatch(/put 4 default models/);
    expect(code).toBe(0);
    expect(Date.now() - feedingFrom(first.ended)).toBeGreaterThan(7_000_000);
  });

  it("leaves no process behind, neither wrangler nor the workerd and esbuild that it starts", () => {
    expect(first.names).toEqual(expect.arrayContaining(["workerd", "esbuild"]));
    expect(first.ended.processes).toEqual([]);
  });

  it("goes on from the stored state at the second start", async () => {
    const { ended } = await startUntil("state", "caught up", "first prediction");
    expect(ended.code).toBe(0);
    expect(feedingFrom(ended)).toBeGreaterThan(feedingFrom(first.ended) + 7_000_000);
    expect(ended.output).toMatch(/first prediction/);
    expect(ended.output).not.toMatch(/put 4 default models/);
  });
});
