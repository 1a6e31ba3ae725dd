// The program as a process: what it prints, and how it ends with a signal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KRAKEN_DIALECT } from "../exchange/kraken-dialect.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { keyOfTick } from "../exchange/market-tape.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { waitUntil } from "./wait-until.ts";

const PROGRAM = join(import.meta.dirname, "../../volgate.js");

test("feed kraken: Ctrl-C sends what waits, prints the counts and exits with 0", async () => {
  const exchange = await LocalExchange.start(KRAKEN_DIALECT);
  const gateway = new FakeGateway();
  const env = { ...process.env, VOLGATE_URL: await gateway.start() };
  const args = [PROGRAM, "feed", "kraken", "btc-usd", "NONE/USD", "--endpoint", exchange.url, "--status", "1s"];
  exchange.unknown.add("NONE/USD");
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  let noted = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (noted += chunk.toString()));
  try {
    await waitUntil("subscriptions", () => exchange.isFollowed("BTC/USD") && exchange.isFollowed("BTC/USD", "quote"));
    exchange.trade(["BTC/USD"], 30);
    await waitUntil("a line on the feed", () => printed.includes("live; "));
    exchange.trade(["BTC/USD"], 30);
    await exchange.settled();
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number];
    expect([code, noted]).toEqual([
      0,
      expect.stringContaining("NONE/USD is refused by the venue: Currency pair") as string,
    ]);
    expect(new Set(gateway.applied.map(keyOfTick))).toEqual(exchange.sentKeys);
    expect(printed).toMatch(/^\S+Z live; \d+ ticks sent, \d+ waiting; lag -?\d+ ms; refused by the venue: NONE\/USD$/m);
    expect(printed).toMatch(/^BTC\/USD@kraken +121 +121 +0 /m);
  } finally {
    child.kill("SIGKILL");
    await exchange.stop();
    await gateway.stop();
  }
});
