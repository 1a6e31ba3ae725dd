// The program `warm`: what it sends of recordings, and what it says of the answers.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EXIT } from "../../command-line/exit-code.ts";
import { runProgram } from "../../command-line/program.ts";
import { NewestTicks } from "../../feeds/newest-ticks.ts";
import { program } from "../../feeds/warm.ts";
import { parseWarmOptions } from "../../feeds/warm-options.ts";
import { historyLines } from "../../feeds/warm-request.ts";
import { runWarm } from "../../feeds/warm-run.ts";
import type { Tick } from "../../src/features/tick.ts";
import { warmContract } from "../../src/http/warm-schema.ts";

const T0 = 1_764_547_200_000;

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly ticks: readonly Record<string, unknown>[];
}

let folder: string;
let file: string;
let url: string;
let received: Received[] = [];
/** Answers to the next requests: a status and a problem; else the symbol is warmed. */
let script: { readonly status: number; readonly detail: string }[] = [];
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "volgate-warm-"));
  file = join(folder, "two.ndjson");
  const row = (symbol: string, i: number): string => JSON.stringify({ symbol, ts: T0 + i * 1000, price: 100 + i });
  await writeFile(file, Array.from({ length: 30 }, (_, i) => `${row("BTC-USD", i)}\n${row("ETH-USD", i)}\n`).join(""));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  [received, script] = [[], []];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "GET") return response.end(JSON.stringify({ step_ms: 1000 }));
      const lines = gunzipSync(Buffer.concat(chunks)).toString().trimEnd().split("\n");
      const ticks = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      received.push({ path: request.url!, authorization: request.headers.authorization, ticks });
      const failure = script.shift();
      if (failure !== undefined) return response.writeHead(failure.status).end(JSON.stringify(failure));
      return response.end(JSON.stringify(warmContract.answer.example));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function warm(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const [printed, noted]: [string[], string[]] = [[], []];
  const output = { print: (line: string) => void printed.push(line), note: (line: string) => void noted.push(line) };
  const run = async (given: readonly string[]): Promise<number> =>
    (await runWarm(parseWarmOptions(given, env), output)) ? EXIT.done : EXIT.failed;
  const code = await runProgram({ ...program, run }, args, output);
  return { code, printed, noted: noted.join("\n") };
}

function tick(tsMs: number, symbol = "A"): Tick {
  return { symbol, tsMs, price: 1, bid: NaN, ask: NaN, bidSize: NaN, askSize: NaN, size: NaN, id: NaN };
}

describe("warm", () => {
  it("sends each symbol's ticks in one request, without their name, and says what came of it", async () => {
    const { code, printed } = await warm([file, "--url", url], { ADMIN_TOKEN: "administrator" });
    expect(code).toBe(EXIT.done);
    expect(received.map(({ path, authorization }) => [path, authorization])).toEqual([
      ["/admin/symbols/BTC-USD/warm", "Bearer administrator"],
      ["/admin/symbols/ETH-USD/warm", "Bearer administrator"],
    ]);
    expect(received[0]!.ticks).toEqual(Array.from({ length: 30 }, (_, i) => ({ ts: T0 + i * 1000, price: 100 + i })));
    expect(printed[0]).toBe(
      "BTC-USD: 3,599 steps of 14,380 ticks (30 sent, 12 duplicate), 2025-12-05T23:00:00.137Z to " +
        "2025-12-05T23:59:59.830Z; probability 0.0713",
    );
  });

  it("sends one symbol under another name", async () => {
    await warm([file, "--url", url, "--symbol", "ETH-USD", "--as", "ETH-USD@coinbase"]);
    expect(received.map(({ path, ticks }) => [path, ticks.length])).toEqual([
      ["/admin/symbols/ETH-USD%40coinbase/warm", 30],
    ]);
    const { code, noted } = await warm([file, "--url", url, "--as", "X"]);
    expect([code, noted]).toEqual([EXIT.mistake, expect.stringContaining("--as needs --symbol")]);
  });

  it("goes on after a symbol that is refused, and says so", async () => {
    script = [{ status: 409, detail: "it has ticks already" }];
    const { code, printed } = await warm([file, "--url", url]);
    expect(code).toBe(EXIT.failed);
    expect(printed[0]).toMatch(/^BTC-USD: not warmed: .*409 it has ticks already$/);
    expect(printed[1]).toMatch(/^ETH-USD: 3,599 steps/);
  });

  it("names a gateway that is not there", async () => {
    const { code, noted } = await warm([file, "--url", "http://127.0.0.1:9"]);
    expect([code, noted]).toEqual([EXIT.mistake, expect.stringContaining("no gateway at http://127.0.0.1:9")]);
  });
});

describe("the ticks that are sent", () => {
  it("are the newest of each symbol", () => {
    const newest = new NewestTicks(3);
    for (let k = 0; k < 10; k++) newest.add([tick(k), tick(10 * k, "B")]);
    newest.add([tick(99, "C")]);
    expect(newest.symbols().map(([symbol, ticks]) => [symbol, ticks.map(({ tsMs }) => tsMs)])).toEqual([
      ["A", [7, 8, 9]],
      ["B", [70, 80, 90]],
      ["C", [99]],
    ]);
  });

  it("are as many as fit into a request", () => {
    const { text, ticks } = historyLines(Array.from({ length: 800_000 }, (_, k) => tick(k)));
    expect(ticks).toBeLessThan(800_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(warmContract.body.limits.maxBytes);
    expect(text.endsWith('{"ts":799999,"price":1}\n')).toBe(true);
    expect(text.trimEnd().split("\n")).toHaveLength(ticks);
  });
});
