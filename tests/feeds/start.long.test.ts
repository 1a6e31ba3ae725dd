import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createServer } from "node:net";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { helpText } from "../../command-line/help-text.ts";
import { findFreePort } from "../../local-gateway/free-port.ts";
import { parseStartOptions, START } from "../../feeds/start-options.ts";
import type { FakeTick } from "./fake-gateway.ts";
import type { FakeWranglerOptions } from "./fake-wrangler.ts";

const PROGRAM = join(import.meta.dirname, "start-with-fake.ts");

let folder: string;
let pidFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-start-"));
  pidFile = join(folder, "pids");
});
afterEach(async () => {
  for (const pid of await startedPids()) if (isRunning(pid)) process.kill(pid, "SIGKILL");
  await rm(folder, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function start(fake: Partial<FakeWranglerOptions>, args: readonly string[]): Running {
  const all = [PROGRAM, JSON.stringify({ pidFile, ...fake }), "--state", join(folder, "state"), ...args];
  const child = spawn(process.execPath, all, { timeout: 60_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, output: () => stdout + stderr, ended };
}

async function untilPrinted(running: Running, text: string): Promise<void> {
  for (let i = 0; i < 300 && !running.output().includes(text); i++) await sleep(50);
  expect(running.output()).toContain(text);
}

async function startedPids(): Promise<number[]> {
  const text = await readFile(pidFile, "utf8").catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

/** A process that has ended but was not collected by its parent ("Z") does not run. */
function isRunning(pid: number): boolean {
  try {
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return state !== "" && !state.startsWith("Z");
  } catch {
    return false;
  }
}

async function expectNothingLeft(): Promise<void> {
  const pids = await startedPids();
  expect(pids).toHaveLength(2);
  expect(pids.filter(isRunning)).toEqual([]);
}

describe("npm start", () => {
  it("feeds two symbols, catches up, prints predictions, and stops by itself with nothing left", async () => {
    const appliedFile = join(folder, "applied.json");
    const startedMs = Date.now();
    const ended = await start({ appliedFile }, ["--for", "4", "--seed", "3"]).ended;
    expect(ended.stderr).toContain("catching up 100%");
    expect(ended.stderr).toMatch(/first prediction \d+\.\d s after the start/);
    expect(ended.stdout).toContain("/predict?symbol=BTC-USD");
    expect(ended.stdout).toContain("seed 3");
    expect(ended.stdout).toMatch(/00:00:01 {2}ETH-USD {2}p 0\.250 \/ 0\.500 {2}calm {3}τ {4}7\.3 bps {2}fake 1/);
    expect(ended.code).toBe(0);
    await expectNothingLeft();
    const applied = JSON.parse(await readFile(appliedFile, "utf8")) as FakeTick[];
    const times = applied.map((tick) => tick.ts);
    expect(times[0]).toBeGreaterThanOrEqual(startedMs - 2 * 3_600_000);
    expect(times[0]).toBeLessThan(startedMs - 2 * 3_600_000 + 60_000);
    expect(times.at(-1)).toBeGreaterThan(startedMs);
    expect(new Set(applied.map((tick) => tick.symbol))).toEqual(new Set(["BTC-USD", "ETH-USD"]));
    for (const symbol of ["BTC-USD", "ETH-USD"]) {
      const own = applied.filter((tick) => tick.symbol === symbol).map((tick) => tick.ts);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
    const total = ended.stdout.split("\n").find((line) => line.startsWith("total"));
    expect(total?.split(/\s+/)[2]).toBe(applied.length.toLocaleString("en-US"));
  });

  it("continues after the last stored tick, from its price", async () => {
    const appliedFile = join(folder, "applied.json");
    const position = { watermark_ms: Date.now() - 60_000, price: 12_345.67 };
    const args = ["--for", "2", "--symbols", "BTC-USD"];
    expect((await start({ appliedFile, position }, args).ended).code).toBe(0);
    const applied = JSON.parse(await readFile(appliedFile, "utf8")) as FakeTick[];
    expect(applied[0]!.ts).toBeGreaterThan(position.watermark_ms);
    expect(applied[0]!.ts).toBeLessThan(position.watermark_ms + 10_000);
    expect(Math.abs(applied[0]!.price / position.price - 1)).toBeLessThan(0.001);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends in order at %s", async (signal) => {
    const running = start({}, []);
    await untilPrinted(running, "caught up");
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^total/m);
    await expectNothingLeft();
  });

  it("kills a gateway that ignores SIGTERM", async () => {
    const running = start({ stubborn: true }, ["--feed", "none"]);
    await untilPrinted(running, "/metrics");
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(0);
    await expectNothingLeft();
  });

  it("leaves nothing when it is killed and cannot clean up", async () => {
    const running = start({ stubborn: true }, ["--feed", "none"]);
    await untilPrinted(running, "/metrics");
    running.child.kill("SIGKILL");
    await running.ended;
    for (let i = 0; i < 100 && (await startedPids()).some(isRunning); i++) await sleep(20);
    await expectNothingLeft();
  });

  it("refuses a folder of state that another gateway uses, and names its process and address", async () => {
    const running = start({}, ["--feed", "none"]);
    await untilPrinted(running, "/metrics");
    const url = /starting the gateway at (\S+)/.exec(running.output())![1]!;
    const second = await start({ pidFile: join(folder, "none") }, ["--feed", "none"]).ended;
    expect(second.code).toBe(2);
    const owner = `process ${running.child.pid}, whose gateway answers at ${url}`;
    expect(second.stderr).toContain(`start: --state: ${join(folder, "state")} is in use by ${owner}: stop that one`);
    running.child.kill("SIGKILL");
    await running.ended;
    // The lock ends with its process.
    const third = start({}, ["--feed", "none"]);
    await untilPrinted(third, "/metrics");
    third.child.kill("SIGINT");
    expect((await third.ended).code).toBe(0);
  });

  it("ends with the gateway's own error when it exits at once or later", async () => {
    const atOnce = await start({ dieAtOnce: true }, []).ended;
    expect([atOnce.code, atOnce.stderr.includes("address already in use")]).toEqual([1, true]);
    expect(atOnce.stderr).toContain("start: the gateway exited with code 4");
    await expectNothingLeft();
    const later = await start({ dieAfterBatches: 10 }, []).ended;
    expect([later.code, later.stderr.includes("out of memory")]).toEqual([1, true]);
    expect(later.stderr).toContain("start: the gateway exited with code 3");
    await expectNothingLeft();
  });

  it("says in its help where tokens go, and that it reads no .dev.vars", () => {
    const help = helpText(START);
    expect(help).toMatch(/environment variable VOLGATE_TOKEN/);
    expect(parseStartOptions([], { VOLGATE_TOKEN: "t" }).readToken).toBe("t");
    expect(parseStartOptions([], { VOLGATE_TOKEN: "t", VOLGATE_READ_TOKEN: "r" }).readToken).toBe("r");
    expect(help).toMatch(/npm run dev -- --var INGEST_TOKEN:/);
    expect(help).toMatch(/`npm start` reads no \.dev\.vars/);
  });

  it("reports a taken port as the user's mistake", async () => {
    const taken = createServer();
    const port = (await findFreePort(28_787, 100))!;
    await new Promise<void>((resolve) => taken.listen(port, "127.0.0.1", resolve));
    try {
      const ended = await start({}, ["--port", String(port)]).ended;
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(`start: --port: ${port} is taken`);
      expect(ended.stderr).not.toContain("    at ");
      expect(await findFreePort(port, 2)).not.toBe(port);
    } finally {
      await new Promise((resolve) => taken.close(resolve));
    }
  });

  it.each([
    [["--feed", "moon"], "--feed: got moon, expected simulator or none"],
    [["--symbols", "BTC USD"], "--symbols: got BTC USD, expected a name like BTC-USD"],
    [["--port", "70000"], "--port: got 70000, expected a whole number from 1 to 65535"],
  ])("refuses %j", (args, message) => {
    expect(() => parseStartOptions(args, {})).toThrow(message);
  });
});
