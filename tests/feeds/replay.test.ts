import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EXIT } from "../../command-line/exit-code.ts";
import { runProgram } from "../../command-line/program.ts";
import { pacedBatches } from "../../feeds/paced-batches.ts";
import { program } from "../../feeds/replay.ts";
import { parseReplayOptions } from "../../feeds/replay-options.ts";
import { runReplay } from "../../feeds/replay-run.ts";
import type { Tick } from "../../src/features/tick.ts";
import { FakeGateway } from "./fake-gateway.ts";

const T0 = 1_764_547_200_000;
const VOLGATE = join(import.meta.dirname, "../../volgate.ts");

let folder: string;
let btc: string;
let eth: string;
let gateway: FakeGateway;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-replay-"));
  btc = join(folder, "btc.ndjson");
  eth = join(folder, "eth.ndjson");
  await writeFile(btc, recording("BTC-USD", 60, 100) + '{"cut');
  await writeFile(eth, recording("ETH-USD", 30, 200));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  gateway = new FakeGateway();
  url = await gateway.start();
});
afterEach(() => gateway.stop());

function recording(symbol: string, count: number, everyMs: number): string {
  const row = (i: number) => JSON.stringify({ symbol, ts: T0 + i * everyMs, price: 100 + i });
  return Array.from({ length: count }, (_, i) => row(i) + "\n").join("");
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program inside this process, without the environment: a process of its own takes most of a second. */
async function replay(args: readonly string[]): Promise<Ended> {
  const [printed, noted]: [string[], string[]] = [[], []];
  const output = { print: (line: string) => void printed.push(line), note: (line: string) => void noted.push(line) };
  const { signal } = new AbortController();
  const run = async (given: readonly string[]): Promise<number> => {
    const done = await runReplay(parseReplayOptions(given, {}), { stop: signal, abandon: signal, ...output });
    return done ? EXIT.done : EXIT.failed;
  };
  const code = await runProgram({ ...program, run }, args, output);
  return { code, stdout: printed.join("\n"), stderr: noted.join("\n") };
}

/** Runs the real program; `signalAfter` sends SIGINT once that many batches have arrived. */
async function replayAsProcess(args: readonly string[], signalAfter = Infinity): Promise<Ended> {
  const child = spawn(process.execPath, [VOLGATE, "replay", ...args], { timeout: 60_000 });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  let signalled = false;
  const watch = setInterval(() => {
    if (signalled || gateway.received.length < signalAfter) return;
    signalled = child.kill("SIGINT");
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  return { code, stdout, stderr };
}

function counts(stdout: string, name: string): number[] {
  const line = stdout.split("\n").find((candidate) => candidate.startsWith(name)) ?? "";
  return line.trim().split(/\s+/).slice(1).map(Number);
}

describe("npm run replay", () => {
  it("sends several recordings merged in time order and prints the counts per symbol and in total", async () => {
    const ended = await replayAsProcess([btc, eth, "--url", url, "--batch", "25", "--token", "t"]);
    expect(ended.stderr).toContain("90 ticks of 2 files, 2025-12-01T00:00:00.000Z to");
    expect(ended.stderr).toContain("times in ms; lines refused: 1 not_json");
    expect(ended.stderr).toContain(`first not_json: ${btc}, line 61: line is "{\\"cut", expected JSON`);
    expect(ended.code).toBe(0);
    expect(counts(ended.stdout, "BTC-USD")).toEqual([60, 60, 0, 0, 0, 0, 0]);
    expect(counts(ended.stdout, "ETH-USD")).toEqual([30, 30, 0, 0, 0, 0, 0]);
    expect(counts(ended.stdout, "total")).toEqual([90, 90, 0, 0, 0, 0, 0]);
    expect(gateway.received.map((batch) => batch.ticks.length)).toEqual([25, 25, 25, 15]);
    expect(gateway.received[0]?.authorization).toBe("Bearer t");
    const times = gateway.applied.map((tick) => tick.ts);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(gateway.applied.slice(0, 2).map((tick) => tick.symbol)).toEqual(["BTC-USD", "ETH-USD"]);
  });

  it("names a recording that was cut, and sends what can be read of it", async () => {
    const cut = join(folder, "cut.ndjson.gz");
    await writeFile(cut, gzipSync(recording("BTC-USD", 3, 100)).subarray(0, -8));
    const ended = await replay([cut, "--url", url]);
    expect([ended.code, counts(ended.stdout, "total")]).toEqual([0, [3, 3, 0, 0, 0, 0, 0]]);
    expect(ended.stderr).toContain(`1 of 1 files cut short, read as far as they go: ${cut}`);
  });

  it("refuses bars that do not fit into the gateway's steps, the symbol's before those of new symbols", async () => {
    const bars = join(folder, "BTC-USD_1m.csv");
    const row = (i: number): string => `${T0 + 60_000 * i},10,12,9,11\n`;
    await writeFile(bars, "timestamp_ms,open,high,low,close\n" + row(1) + row(2));
    gateway.answers.set("/version", { status: 200, body: { step_ms: 1000 } });
    const refused = await replay([bars, "--url", url]);
    expect([refused.code, gateway.received.length]).toEqual([2, 0]);
    expect(refused.stderr).toContain(
      `${bars}: holds bars of 60 s, which do not fit into the gateway's steps of 1 s: start it with STEP_MS=60000`,
    );
    gateway.answers.set("/symbols/BTC-USD", { status: 200, body: { step_ms: 60_000 } });
    expect((await replay([bars, "--url", url])).code).toBe(0);
    gateway.answers.set("/symbols/BTC-USD", { status: 200, body: { step_ms: 90_000 } });
    expect((await replay([bars, "--url", url])).code).toBe(2);
    expect((await replay([btc, "--url", url])).code).toBe(0);
  });

  it("checks bars against a gateway that asks for a token to read, or says that it cannot", async () => {
    const bars = join(folder, "LTC-USD_1m.csv");
    await writeFile(bars, `timestamp_ms,open,high,low,close\n${T0 + 60_000},10,12,9,11\n`);
    gateway.readToken = "r";
    gateway.answers.set("/symbols/LTC-USD", { status: 200, body: { step_ms: 60_000 } });
    gateway.answers.set("/version", { status: 200, body: { step_ms: 1000 } });
    expect((await replay([bars, "--url", url, "--read-token", "r"])).code).toBe(0);
    expect((await replay([bars, "--url", url, "--token", "r"])).code).toBe(0);
    const closed = await replay([bars, "--url", url, "--token", "t"]);
    expect([closed.code, closed.stderr]).toEqual([2, expect.stringContaining("the gateway's steps of 1 s")]);
    gateway.answers.delete("/version");
    const untold = await replay([bars, "--url", url]);
    expect(untold.code).toBe(2);
    expect(untold.stderr).toContain(`${url} does not tell its steps, into which bars must fit`);
    expect(untold.stderr).toContain("401 Authorization: got none; give --read-token");
    gateway.readToken = undefined;
    gateway.answers.set("/symbols/LTC-USD", { status: 503, body: { detail: "busy" } });
    expect((await replay([bars, "--url", url])).stderr).toContain("503 busy");
    expect((await replay([btc, "--url", url])).code).toBe(0);
  });

  it("shows the first tick that was refused, and what the files hold instead of the symbol asked for", async () => {
    const path = join(folder, "refused.csv");
    await writeFile(path, `ts,symbol,price\n1.76498E+12,BTC-USD,1\n`);
    const refused = await replay([path, "--url", url]);
    expect([refused.code, gateway.received.length]).toEqual([2, 0]);
    expect(refused.stderr).toContain(`first ts_malformed: ${path}, line 2: ts is "1.76498E+12", expected`);
    const other = await replay([btc, "--url", url, "--symbol", "SOL-USD"]);
    expect(other.stderr).toContain(
      "no tick of --symbol SOL-USD in 1 file; refused: 1 not_json; other symbols: BTC-USD",
    );
  });

  it("shows why ticks were rejected, and fails when every one was", async () => {
    gateway.rejectFrom = 150;
    const some = await replay([btc, "--url", url]);
    expect([some.code, counts(some.stdout, "total")]).toEqual([0, [60, 50, 0, 0, 0, 0, 10]]);
    expect(some.stdout).toContain("rejected: ts_outlier 10");
    gateway.rejectFrom = 0;
    expect((await replay([btc, "--url", url])).code).toBe(1);
  });

  it("replays at a multiple of the recorded speed", async () => {
    const startedMs = Date.now();
    const ended = await replay([btc, "--url", url, "--speed", "6"]);
    expect(ended.code).toBe(0);
    expect(Date.now() - startedMs).toBeGreaterThan(5900 / 6);
    expect(gateway.received.length).toBeGreaterThanOrEqual(4);
    const [first, last] = [gateway.received[0]!, gateway.received.at(-1)!];
    const wallMs = last.atMs - first.atMs;
    expect((last.ticks[0]!.ts - T0) / 6).toBeLessThanOrEqual(wallMs + 60);
  });

  it("finishes the current batch at Ctrl-C and prints the counts so far", async () => {
    const ended = await replayAsProcess([btc, "--url", url, "--speed", "1", "--batch", "5"], 2);
    expect(ended.code).toBe(1);
    const [sent, accepted] = counts(ended.stdout, "total");
    expect(sent).toBe(gateway.applied.length);
    expect(accepted).toBe(sent);
    expect(ended.stderr).toContain(`interrupted: ${60 - sent!} ticks not sent`);
  });

  it("prints the counts so far when the gateway refuses a batch", async () => {
    gateway.script.push({ kind: "take" }, { kind: "status", status: 413, body: '{"detail":"too large"}' });
    const ended = await replay([btc, "--url", url, "--batch", "20"]);
    expect([ended.code, counts(ended.stdout, "total")]).toEqual([1, [20, 20, 0, 0, 0, 0, 0]]);
    expect(ended.stderr).toContain("refused the batch: 413 too large");
  });

  it("sends the healthy symbol whole, says what was not sent of the other one and why, and fails", async () => {
    gateway.failing.set("ETH-USD", { status: 409, retryAfterS: null });
    const ended = await replay([btc, eth, "--url", url, "--batch", "25"]);
    expect(ended.code).toBe(1);
    expect(counts(ended.stdout, "BTC-USD")).toEqual([60, 60, 0, 0, 0, 0, 0]);
    expect(ended.stdout).toContain("not sent: 30 ticks of ETH-USD: not taken: broken");
    expect(ended.stderr).not.toContain("interrupted");
  });

  it("calls a recording that is not there the user's mistake, without a stack trace and with code 2", async () => {
    const ended = await replayAsProcess(["nowhere.ndjson"]);
    expect(ended.stderr).toContain("replay: nowhere.ndjson: no such file");
    expect(ended.stderr).not.toContain("    at ");
    expect(ended.code).toBe(2);
  });

  it.each([
    [[], "no FILES given: npm run replay -- FILES…"],
    [["x", "--speed", "fast"], "--speed: got fast, expected a number from 0.001 to 1000000"],
    [["x", "--batch", "0"], "--batch: got 0, expected a whole number from 1 to 10000"],
    [["x", "--symbol", "a b"], "--symbol: got a b, expected a name like BTC-USD"],
    [["x", "--url", "localhost"], "--url: got localhost, expected an address like http://127.0.0.1:8787"],
  ])("refuses %j", (args, message) => {
    expect(() => parseReplayOptions(args, {})).toThrow(message);
  });

  it("takes address and token from the environment where the command line says nothing", () => {
    const env = { VOLGATE_URL: "http://gateway:1/", VOLGATE_TOKEN: "t" };
    expect(parseReplayOptions(["x"], env)).toMatchObject({ url: "http://gateway:1", token: "t", speed: Infinity });
    expect(parseReplayOptions(["x"], env).readToken).toBe("t");
    expect(parseReplayOptions(["x"], { ...env, VOLGATE_READ_TOKEN: "r" })).toMatchObject({
      token: "t",
      readToken: "r",
    });
    expect(parseReplayOptions(["x", "--url", "http://other"], env).url).toBe("http://other");
    expect(parseReplayOptions(["x"], { VOLGATE_URL: "" }).url).toBe("http://127.0.0.1:8787");
    expect(() => parseReplayOptions(["x"], { VOLGATE_URL: "gateway" })).toThrow("VOLGATE_URL: got gateway, expected");
  });

  it("says how to start a gateway when none answers, and that the token is wrong", async () => {
    const gone = await replay([btc, "--url", "http://127.0.0.1:9"]);
    expect([gone.code, gone.stderr.includes("npm start")]).toEqual([2, true]);
    gateway.script.push({ kind: "status", status: 401, body: '{"detail":"wrong token"}' });
    const refused = await replay([btc, "--url", url]);
    expect([refused.code, refused.stderr.includes("401 wrong token")]).toEqual([2, true]);
  });
});

describe("pacedBatches", () => {
  const tick = (tsMs: number): Tick => {
    const none = { bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
    return { ...none, symbol: "BTC-USD", tsMs, price: 1 };
  };

  it("gives every tick once and none before its time", async () => {
    const ticks = [0, 1, 300, 600, 5000].map((ms) => tick(T0 + ms));
    const startedMs = performance.now();
    const seen: Tick[] = [];
    for await (const batch of pacedBatches(ticks, { batch: 2, speed: 5 })) {
      seen.push(...batch);
      expect((batch.at(-1)!.tsMs - T0) / 5).toBeLessThanOrEqual(performance.now() - startedMs);
    }
    expect(seen).toEqual(ticks);
  });

  it("ends in the middle of a long wait when it is stopped", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const batches: (readonly Tick[])[] = [];
    const ticks = [tick(T0), tick(T0 + 1e11)];
    for await (const batch of pacedBatches(ticks, { batch: 9, speed: 1, signal: stop.signal })) batches.push(batch);
    expect(batches).toEqual([[ticks[0]]]);
  });
});
