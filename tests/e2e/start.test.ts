// `npm start` with the real wrangler: the main job from an empty folder, the examples of the documents, and a second
// start.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, shellLines } from "../processes/documents.ts";
import { type Ended, Program } from "../processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-start-"));
const temporary = join(folder, "tmp");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(state: string): Program {
  return new Program(["volgate.ts", "start", "--state", join(folder, state)], temporary);
}

/**
 * Runs `npm start` until it has printed all of the texts, calls `meanwhile` with its address, then sends Ctrl-C, and
 * waits for the end.
 */
async function startUntil(
  state: string,
  texts: readonly string[],
  meanwhile: (address: string) => void = () => undefined,
): Promise<{ ended: Ended; names: string[] }> {
  const program = start(state);
  await program.until(({ output }) => texts.every((text) => output.includes(text)));
  const names = program.tree.names();
  meanwhile(/starting the gateway at (\S+)/.exec(program.output)![1]!);
  program.send("SIGINT");
  return { ended: await program.end(), names };
}

/** What a command of a document writes, which must be JSON, against the gateway at this address. */
function answerTo(command: string, address: string): object {
  const here = command.replace("localhost:8787", address);
  const env = { ...process.env, GATEWAY: address, ADMIN_TOKEN: "none" };
  return JSON.parse(execFileSync("sh", ["-c", here], { encoding: "utf8", env, stdio: "pipe" })) as object;
}

function feedingFrom({ output }: Ended): number {
  return Date.parse(/^feeding .* from (\S+)$/m.exec(output)?.[1] ?? "");
}

/** A line that asks the gateway on this machine; others are for a deployment. */
const isAsked = (line: string): boolean => line.startsWith("curl") && line.includes("localhost:8787");

describe("npm start", () => {
  let first: { ended: Ended; names: string[] };
  let answers: Map<string, object>;

  beforeAll(async () => {
    first = await startUntil("state", ["caught up", "first prediction"], (address) => {
      const lines = documents().flatMap(([, text]) => shellLines(text));
      const curls = lines.filter(isAsked);
      answers = new Map(curls.map((line) => [line, answerTo(line, address)]));
    });
  });

  it("answers every curl of the documents", () => {
    expect(answers.size).toBeGreaterThanOrEqual(2);
    // A refusal has a type. Answers may have a `code` of their own, as the experiment's decision has.
    for (const [line, answer] of answers) expect(answer, line).not.toHaveProperty("type");
  });

  it("answers the README's examples as the README says", () => {
    const readme = documents().find(([path]) => path === "README.md")![1];
    const [ingest, predict] = shellLines(readme).filter(isAsked);
    expect(answers.get(ingest!)).toMatchObject({ accepted: 1, late: 0, rejected: 0 });
    const shown = JSON.parse(/```json\n(.*?)```/s.exec(readme)![1]!) as object;
    // The README leaves some of it out.
    const named = Object.keys(shown);
    expect(Object.keys(answers.get(predict!)!).filter((key) => named.includes(key))).toEqual(named);
  });

  it("prints a first prediction within a minute, catches up, and goes on in real time until Ctrl-C", () => {
    const { output, code } = first.ended;
    expect(Number(/first prediction ([\d.]+) s after the start/.exec(output)?.[1])).toBeLessThan(60);
    expect(output).toMatch(/BTC-USD {2}p 0\.\d+/);
    expect(output).toMatch(/\/metrics/);
    expect(output).toMatch(/put 5 default models/);
    expect(code).toBe(0);
    expect(Date.now() - feedingFrom(first.ended)).toBeGreaterThan(7_000_000);
  });

  it("leaves no process behind, neither wrangler nor the workerd and esbuild that it starts", () => {
    expect(first.names).toEqual(expect.arrayContaining(["workerd", "esbuild"]));
    expect(first.ended.processes).toEqual([]);
  });

  it("goes on from the stored state at the second start", async () => {
    const { ended } = await startUntil("state", ["caught up", "first prediction"]);
    expect(ended.code).toBe(0);
    expect(feedingFrom(ended)).toBeGreaterThan(feedingFrom(first.ended) + 7_000_000);
    expect(ended.output).toMatch(/first prediction/);
    expect(ended.output).not.toMatch(/put 5 default models/);
  });
});
