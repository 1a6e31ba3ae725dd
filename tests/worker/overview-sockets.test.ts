// The overview told to sockets, through the public door. The tests of a file share one overview: each looks at its own
// rows.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { OverviewObject } from "../../src/durable/overview/object.ts";
import { OverviewReaders } from "../../src/durable/overview/overview-readers.ts";
import { SymbolObject } from "../../src/durable/symbol/object.ts";
import type { OverviewTable } from "../../src/overview/overview-table.ts";
import type { ReaderCredit } from "../../src/overview/reader-credit.ts";
import { fetchJson, fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";
import { openSocket, type SocketReader } from "./socket-reader.ts";

const stub = () => env.OVERVIEW.get(env.OVERVIEW.idFromName("default"));
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Told {
  readonly reset: boolean;
  readonly cursor: string;
  readonly symbols: readonly { readonly symbol: string; readonly price: number | null }[];
  readonly removed: readonly string[];
}

/** What the object keeps with a socket. */
interface Kept {
  readonly credit: ReaderCredit;
}

interface Refreshing {
  readonly refresh: () => Promise<undefined>;
}

const isCheck = (n: number) => (message: { readonly type?: string; readonly n?: number }) =>
  message.type === "check" && message.n === n;
const has = (symbol: string) => (told: Told) => told.symbols?.some((row) => row.symbol === symbol);
const rowOf = (told: Told, symbol: string) => told.symbols.find((row) => row.symbol === symbol);

async function alarmOf(): Promise<number | null> {
  return await runInDurableObject(stub(), (_, { storage }) => storage.getAlarm());
}

describe("WS /overview", () => {
  it("tells each reader the whole table and then what changes, in the words of GET /overview", async () => {
    await ingest([tick("W-A", 0, 50), tick("W-A", 1, 51)]);
    const [one, two] = [await openSocket("/overview"), await openSocket("/overview")];
    const begins = await Promise.all([one, two].map((reader) => reader.next(has("W-A"))));
    const { body } = await fetchJson("/overview");
    for (const told of begins) {
      expect(Object.keys(told)).toEqual(Object.keys(body));
      expect(rowOf(told, "W-A")).toEqual({ ...rowOf(body, "W-A"), as_of_ms: expect.any(Number) as number });
    }
    await ingest([tick("W-A", 2, 52), tick("W-A", 3, 53)]);
    for (const reader of [one, two]) {
      const told = await reader.next((message: Told) => rowOf(message, "W-A")?.price === 52);
      expect(told.reset).toBe(false);
    }
  });

  it("goes on where a reader was when it comes again with its cursor", async () => {
    await ingest([tick("W-B", 0), tick("W-C", 0)]);
    const first = await openSocket("/overview");
    let cursor = "";
    const seen = new Set<string>();
    while (!seen.has("W-B") || !seen.has("W-C")) {
      const told = await first.next();
      for (const { symbol } of told.symbols) seen.add(symbol);
      cursor = told.cursor;
    }
    first.socket.close(1000);
    await ingest(tick("W-D", 0));
    const again = await openSocket(`/overview?since=${cursor}`);
    const told = await again.next(has("W-D"));
    expect(again.messages.map(({ reset }) => reset)).not.toContain(true);
    expect(rowOf(told, "W-B")).toBeUndefined();
    const stranger = await openSocket("/overview?since=0123456789ab:7");
    expect((await stranger.next()).reset).toBe(true);
  });

  it("names a symbol that was removed", async () => {
    await ingest(tick("W-GONE", 0));
    const reader = await openSocket("/overview");
    await reader.next(has("W-GONE"));
    await fetchJson("/admin/symbols/W-GONE", { method: "DELETE", body: '{"by":"ada","reason":"a test"}' });
    await reader.next((told: Told) => told.removed.includes("W-GONE"));
  });

  it("is never silent for long, and answers a ping", async () => {
    const reader = await openSocket("/overview");
    reader.send("ping");
    await reader.next((message) => message === "pong");
    // All that the tests before this one left has been told.
    await reader.next((told) => told.symbols?.length === 0 && !told.reset);
  });

  it("asks nothing and sets no alarm without a reader", async () => {
    await ingest(tick("W-IDLE", 0));
    const { glance } = SymbolObject.prototype;
    let asked = 0;
    onTestFinished(() => void (SymbolObject.prototype.glance = glance));
    SymbolObject.prototype.glance = async function (...args) {
      asked += 1;
      return await glance.apply(this, args);
    };
    const reader = await openSocket("/overview");
    await reader.next(has("W-IDLE"));
    expect(await alarmOf()).toBeGreaterThan(Date.now());
    reader.socket.close(1000);
    for (let waits = 0; waits < 100 && (await alarmOf()) !== null; waits++) await pause(50);
    expect(await alarmOf()).toBeNull();
    const before = asked;
    await pause(1_500);
    expect([before > 0, asked - before]).toEqual([true, 0]);
  });

  it("goes on when its alarm cannot be taken away after the last reader", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => logged.mockRestore());
    const reader = await openSocket("/overview");
    await reader.next();
    const failing = await runInDurableObject(stub(), (object) => {
      const { storage } = object as unknown as { readonly storage: DurableObjectStorage };
      return vi.spyOn(storage, "deleteAlarm").mockRejectedValueOnce(new Error("storage is away"));
    });
    onTestFinished(() => failing.mockRestore());
    reader.socket.close(1000);
    const told = () => logged.mock.calls.flat().some((line) => String(line).includes("overview_alarm_not_deleted"));
    while (!told()) await pause(50);
    const again = await openSocket("/overview");
    await again.next();
    again.socket.close(1000);
  });

  it("tells its readers on by its alarm, from a new table, when its memory is gone", async () => {
    await ingest(tick("W-EVICTED", 0, 70));
    const reader = await openSocket("/overview");
    const before = await reader.next(has("W-EVICTED"));
    // While it has readers it is awake, and cannot be evicted: it is made to believe that it has none.
    const count = vi.spyOn(OverviewReaders.prototype, "count", "get").mockReturnValue(0);
    onTestFinished(() => count.mockRestore());
    while ((await alarmOf()) !== null) await pause(50);
    await evictDurableObject(stub());
    count.mockRestore();
    await runInDurableObject(stub(), (_, { storage }) => storage.setAlarm(Date.now() + 60_000));
    await runDurableObjectAlarm(stub());
    const told = await reader.next((message: Told) => message.reset);
    expect(told.cursor.split(":")[0]).not.toBe(before.cursor.split(":")[0]);
    if (!has("W-EVICTED")(told)) await reader.next(has("W-EVICTED"));
  });

  it("sends a reader that does not read a megabyte, the rest when it has read, and closes it after a minute", async () => {
    const reader = await openSocket("/overview");
    await reader.next();
    await addRows(3_000);
    await reader.next(isCheck(4));
    await pause(1_200);
    const rowsOf = () => {
      const symbols = reader.messages.flatMap((told) => (told as Partial<Told>).symbols ?? []);
      return symbols.map(({ symbol }) => symbol).filter((symbol) => symbol.startsWith("FULL-"));
    };
    const unread = rowsOf().length;
    expect(unread).toBeLessThan(3_000);
    expect(reader.messages.reduce((sum, message) => sum + JSON.stringify(message).length, 0)).toBeLessThan(1_500_000);
    reader.send({ type: "checked", n: 4 });
    await reader.next(isCheck(5));
    await pause(1_200);
    // Each once.
    expect([rowsOf().length, new Set(rowsOf()).size]).toEqual([3_000, 3_000]);
    expect(reader.closed).toBeUndefined();
    await runInDurableObject(stub(), (_, state) => {
      for (const socket of state.getWebSockets()) {
        const kept = socket.deserializeAttachment() as Kept;
        const open = kept.credit.open.map(({ n }) => ({ n, sentMs: Date.now() - 61_000 }));
        socket.serializeAttachment({ ...kept, credit: { ...kept.credit, open } });
      }
    });
    await closedBy(reader);
    expect(reader.closed).toEqual({ code: 4008, reason: "slow_reader: a check was not answered for 60 s" });
  });

  it("says that the directory does not answer, and goes on when it does", async () => {
    await ingest(tick("W-LOST", 0));
    const { refresh } = OverviewObject.prototype as unknown as Refreshing;
    onTestFinished(() => void Object.assign(OverviewObject.prototype, { refresh }));
    Object.assign(OverviewObject.prototype, { refresh: () => Promise.resolve(undefined) });
    const reader = await openSocket("/overview");
    expect(await reader.next()).toEqual({
      type: "failed",
      code: "directory_unavailable",
      detail: "directory: no bucket answers",
      server_time_ms: expect.any(Number) as number,
    });
    Object.assign(OverviewObject.prototype, { refresh });
    await reader.next(has("W-LOST"));
  });

  it("refuses what is no request for its socket", async () => {
    const asked = async (query: string, headers: Record<string, string>) => {
      const { status, body } = await fetchJson(`/overview${query}`, { headers });
      return [status, body.code];
    };
    expect(await asked("", { Upgrade: "h2c" })).toEqual([426, "upgrade_required"]);
    const others = { Upgrade: "websocket", "Sec-WebSocket-Protocol": "mqtt" };
    expect(await asked("", others)).toEqual([400, "protocol_malformed"]);
    expect(await asked("?since=yesterday", { Upgrade: "websocket" })).toEqual([400, "since_malformed"]);
    expect(await asked("?grid=7s", { Upgrade: "websocket" })).toEqual([400, "unknown_grid"]);
    const spoken = { Upgrade: "websocket", "Sec-WebSocket-Protocol": "volgate.v1, bearer.c2VjcmV0" };
    const { status, headers } = await fetchWith({ READ_TOKEN: "secret" }, "/overview", { headers: spoken });
    expect([status, headers.get("Sec-WebSocket-Protocol")]).toEqual([101, "volgate.v1"]);
    const wrong = { ...spoken, "Sec-WebSocket-Protocol": "volgate.v1, bearer.b3RoZXI" };
    expect((await fetchWith({ READ_TOKEN: "secret" }, "/overview", { headers: wrong })).status).toBe(401);
  });

  it("closes a reader that says what nobody asked", async () => {
    for (const message of ['{"type":"checked","n":99}', "hello", '{"type":"checked"}']) {
      const reader = await openSocket("/overview");
      await reader.next();
      reader.send(message);
      await closedBy(reader);
      expect(reader.closed?.code, message).toBe(4000);
    }
  });
});

async function closedBy(reader: SocketReader): Promise<void> {
  for (let waits = 0; waits < 200 && reader.closed === undefined; waits++) await pause(20);
}

/** Rows that no symbol stands for, with 40 points each: over a kilobyte. */
async function addRows(count: number): Promise<void> {
  const points = Array.from({ length: 40 }, (_, k) => ({ tsMs: 1_000 * (k + 1), probability: 0.123456789 }));
  const nothing = { venue: null, missing: [], price: 1, sigma_bps: null, rv_60_bps: null, tau_bps: null };
  const unknown = { probability: null, threshold: null, alert: null, ts: 1, horizon_s: 60, watermark_ms: 1, firing: 0 };
  const tableOf = (object: unknown) => (object as { readonly table: OverviewTable }).table;
  await runInDurableObject(stub(), (object) => {
    for (let k = 0; k < count; k++) {
      tableOf(object).set({ symbol: `FULL-${k}`, state: "stale", ...nothing, ...unknown }, Date.now(), points);
    }
  });
  onTestFinished(async () => {
    await runInDurableObject(stub(), (object) => {
      for (let k = 0; k < count; k++) tableOf(object).remove(`FULL-${k}`);
    });
  });
}
