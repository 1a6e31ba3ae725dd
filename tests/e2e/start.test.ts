// `npm start` with the real wrangler: the main job from an empty folder, Ctrl-C, and a second start.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const state = mkdtempSync(join(tmpdir(), "volgate-start-"));

interface Run {
  readonly lines: string[];
  readonly code: number | null;
}

/** Runs `npm start` until a line matches, then sends SIGINT as a terminal does, and waits for the end. */
function startUntil(pattern: RegExp): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["feeds/start.ts", "--state", state], { cwd: root });
    const lines: string[] = [];
    const deadline = setTimeout(() => {
      child.kill("SIGINT");
      reject(new Error(`no line matches ${pattern}:\n${lines.join("\n")}`));
    }, 120_000);
    const take = (chunk: Buffer): void => {
      lines.push(...chunk.toString().split("\n"));
      if (pattern.test(lines.join("\n"))) child.kill("SIGINT");
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("exit", (code) => {
      clearTimeout(deadline);
      resolve({ lines, code });
    });
  });
}

/** Command lines of living processes that mention this test's state folder. */
function processesOfThisTest(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((line) => line.includes(state));
}

function feedingFrom({ lines }: Run): number {
  const match = /^feeding .* from (\S+)$/m.exec(lines.join("\n"));
  return Date.parse(match?.[1] ?? "");
}

afterAll(() => rmSync(state, { recursive: true, force: true }));

describe("npm start", () => {
  let first: Run;

  it("prints a first prediction within a minute, catches up, and goes on in real time until Ctrl-C", async () => {
    first = await startUntil(/caught up/);
    const text = first.lines.join("\n");
    expect(Number(/first prediction ([\d.]+) s after the start/.exec(text)?.[1])).toBeLessThan(60);
    expect(text).toMatch(/BTC-USD {2}p 0\.\d+/);
    expect(text).toMatch(/\/metrics/);
    expect(first.code).toBe(0);
    expect(Date.now() - feedingFrom(first)).toBeGreaterThan(7_000_000);
  });

  it("leaves no process behind", () => {
    expect(processesOfThisTest()).toEqual([]);
  });

  it("goes on from the stored state at the second start", async () => {
    const second = await startUntil(/caught up/);
    expect(second.code).toBe(0);
    expect(feedingFrom(second)).toBeGreaterThan(feedingFrom(first) + 7_000_000);
    expect(second.lines.join("\n")).toMatch(/first prediction/);
    expect(second.lines.join("\n")).not.toMatch(/put 4 default models/);
  });
});
