// `npm run volgate -- feed tardis` with the real library, against a local exchange that speaks as Bybit does.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { runFeed } from "../../feeds/feed/feed-run.ts";
import { TARDIS_PACKAGE, type TardisLibrary } from "../../feeds/feed/tardis-library.ts";
import { tardisSource } from "../../feeds/feed/tardis-program.ts";
import { BYBIT_DIALECT } from "../exchange/bybit-dialect.ts";
import { LocalExchange } from "../exchange/local-exchange.ts";
import { keyOfTick } from "../exchange/market-tape.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { waitUntil } from "./wait-until.ts";

const LIBRARY = join(import.meta.dirname, "../../.cache/tardis/node_modules/tardis-dev/dist/index.js");
const isThere = existsSync(LIBRARY);
if (!isThere) console.log(`skipped: no tardis-dev; npm install --prefix .cache/tardis ${TARDIS_PACKAGE}`);

const ADDRESS = "WSS_URL_BYBIT_SPOT";
const PRODUCT = "BTCUSDT";
const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const work of cleanUp.splice(0)) await work();
  delete process.env[ADDRESS];
});

describe.skipIf(!isThere)("feed tardis", () => {
  test("hands on every trade and quote once, also after a reset", async () => {
    const library = (await import(pathToFileURL(LIBRARY).href)) as TardisLibrary;
    const exchange = await LocalExchange.start(BYBIT_DIALECT);
    const gateway = new FakeGateway();
    const url = await gateway.start();
    cleanUp.push(
      () => exchange.stop(),
      () => gateway.stop(),
    );
    process.env[ADDRESS] = exchange.url;
    const stop = new AbortController();
    const lines: string[] = [];
    const options = { gateway: url, token: undefined, keep: 5_000, status: 60_000 };
    const context = {
      ...{ stop: stop.signal, abandon: new AbortController().signal },
      print: (line: string) => void lines.push(line),
      note: (line: string) => void lines.push(line),
    };
    const running = runFeed(tardisSource(library, ["bybit-spot", PRODUCT]), options, context);
    const isFollowed = () => exchange.isFollowed(PRODUCT) && exchange.isFollowed(PRODUCT, "quote");
    const isDelivered = () => gateway.applied.length >= exchange.sentKeys.size;
    await waitUntil("subscriptions", isFollowed);
    exchange.trade([PRODUCT], 50);
    await waitUntil("the ticks before the reset", isDelivered);
    await exchange.drop();
    await waitUntil("subscriptions after the reset", () => exchange.accepted === 2 && isFollowed());
    exchange.trade([PRODUCT], 50);
    await waitUntil("the ticks after the reset", isDelivered);
    stop.abort();
    // The library ends its reading with the next message.
    exchange.trade([PRODUCT]);
    expect(await running).toBe(true);
    const keys = gateway.applied.map(keyOfTick);
    expect(keys.length).toBeGreaterThanOrEqual(200);
    expect(new Set(keys).size).toBe(keys.length);
    expect(gateway.applied[0]!.symbol).toBe("BTCUSDT@bybit-spot");
    expect(lines.join("\n")).toMatch(/1 connection lost/);
  });

  test("says which exchanges there are, and refuses a symbol that cannot be one", async () => {
    const library = (await import(pathToFileURL(LIBRARY).href)) as TardisLibrary;
    expect(() => tardisSource(library, ["bybitt", PRODUCT])).toThrow(/got bybitt, expected one of bitmex, deribit, /);
    expect(() => tardisSource(library, ["bybit-spot", "BTC USDT"])).toThrow("got BTC USDT, expected a symbol");
  });
});
