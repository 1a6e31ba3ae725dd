// A feed in the gateway, when sockets, symbols, objects or operators fail it.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { AlertsObject } from "../../src/durable/alerts/object.ts";
import { FeedObject } from "../../src/durable/feed/object.ts";
import { SymbolObject } from "../../src/durable/symbol/object.ts";
import { runScheduled } from "../../src/jobs/run-scheduled.ts";
import { fetchJson } from "./gateway.ts";
import { accepted, end, FakeStream, feedOf, HOST, objectOf, put, trade } from "./fake-stream.ts";

const active = async () => (await env.ALERTS.get(env.ALERTS.idFromName("alerts")).list()).active;

/** Rings the alarm as if a minute had passed. Then the clock is turned back: limits of the venue use it too. */
async function alarmLater(object: DurableObjectStub<FeedObject>): Promise<void> {
  const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
  await runDurableObjectAlarm(object);
  clock.mockRestore();
}

describe("a feed in the gateway that fails", () => {
  it("connects again after a close, and by its alarm after the object was ended", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await put("binance", { symbols: ["SOLUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    await stream.send({ result: null, id: 1 }, trade("SOLUSDT", 1));
    await stream.close(1012, "restart");
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(2), 20_000);
    expect((await feedOf("binance")).last_fault.text).toBe("the venue closed the connection with 1012: restart");
    await stream.send({ result: null, id: 1 }, trade("SOLUSDT", 2), trade("SOLUSDT", 3));
    await vi.waitFor(async () => expect(await accepted("SOLUSDT@binance")).toBe(3), 20_000);
    // As a deploy does: the sockets are gone, and nothing was told before.
    await runInDurableObject(objectOf("binance apac"), (_, state) => state.abort("deploy")).catch(() => undefined);
    // Its alarm rings within five seconds.
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(3), 30_000);
    await stream.send({ result: null, id: 1 }, trade("SOLUSDT", 4));
    await vi.waitFor(async () => expect(await accepted("SOLUSDT@binance")).toBe(4), 20_000);
  });

  it("says in words why a venue refuses it, and is told by health, metrics and an alert", async () => {
    const stream = new FakeStream("binance wnam", HOST);
    stream.refuse = () => new Response("no", { status: 451 });
    await put("binance", { symbols: ["BTCUSDT"], hint: "wnam" });
    const words =
      "HTTP 451: Binance spot refuses clients from this country: choose another hint, so that the feed connects from " +
      "elsewhere";
    await vi.waitFor(async () => expect((await feedOf("binance")).last_fault?.text).toBe(words), 20_000);
    expect((await fetchJson("/metrics")).body).toContain('volgate_feed_up{venue="binance"} 0');
    const startMs = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(startMs + 61_000);
    onTestFinished(() => clock.mockRestore());
    await runDurableObjectAlarm(objectOf("binance wnam"));
    const alerts = await env.ALERTS.get(env.ALERTS.idFromName("alerts")).list();
    expect(alerts.active).toMatchObject([{ symbol: "feed:binance", rule: "feed_down", severity: "critical" }]);
    const { body: health } = await fetchJson("/health");
    expect(health.reasons.find(({ code }: { code: string }) => code === "feed_down")).toMatchObject({
      subjects: ["binance"],
      message: words,
    });
    await end("binance");
    expect((await env.ALERTS.get(env.ALERTS.idFromName("alerts")).list()).active).toEqual([]);
  });

  it("takes back its alert when it is ended right after a deploy", async () => {
    const stream = new FakeStream("binance afr", HOST);
    stream.refuse = () => new Response("no", { status: 503 });
    await put("binance", { symbols: ["BTCUSDT"], hint: "afr" });
    await vi.waitFor(async () => expect((await feedOf("binance")).last_fault).not.toBeNull(), 20_000);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    onTestFinished(() => clock.mockRestore());
    await runDurableObjectAlarm(objectOf("binance afr"));
    expect(await active()).toHaveLength(1);
    clock.mockRestore();
    await runInDurableObject(objectOf("binance afr"), (_, state) => state.abort("deploy")).catch(() => undefined);
    expect((await end("binance")).status).toBe(200);
    expect(await active()).toEqual([]);
  });

  it("keeps the alert of an ended feed until it is taken back, and gives it to the feed that follows", async () => {
    const stream = new FakeStream("binance oc", HOST);
    stream.refuse = () => new Response("no", { status: 503 });
    await put("binance", { symbols: ["BTCUSDT"], hint: "oc" });
    await vi.waitFor(async () => expect((await feedOf("binance")).last_fault).not.toBeNull(), 20_000);
    const [object, { report }] = [objectOf("binance oc"), AlertsObject.prototype];
    const stored = () => runInDurableObject(object, (_, { storage }) => [...storage.kv.list()].map(([key]) => key));
    onTestFinished(() => void (AlertsObject.prototype.report = report));
    await alarmLater(object);
    expect(await active()).toHaveLength(1);
    AlertsObject.prototype.report = () => Promise.reject(new Error("away"));
    expect((await end("binance")).status).toBe(200);
    expect(await stored()).toEqual(["alert-book", "left"]);
    await runDurableObjectAlarm(object);
    expect(await active()).toHaveLength(1);
    AlertsObject.prototype.report = report;
    await runDurableObjectAlarm(object);
    expect(await active()).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await runDurableObjectAlarm(object)).toBe(false);
  });

  it("keeps the alert of a feed that is wished again while it ends", async () => {
    const stream = new FakeStream("binance me", HOST);
    stream.refuse = () => new Response("no", { status: 503 });
    await put("binance", { symbols: ["BTCUSDT"], hint: "me" });
    await vi.waitFor(async () => expect((await feedOf("binance")).last_fault).not.toBeNull(), 20_000);
    await alarmLater(objectOf("binance me"));
    expect(await active()).toHaveLength(1);
    await runInDurableObject(objectOf("binance me"), async (object) => {
      const { hint, products, revision } = object.report()!;
      const ended = object.leave();
      await object.follow("binance", { hint, products, revision: revision + 1 });
      await ended;
    });
    await alarmLater(objectOf("binance me"));
    expect(await active()).toHaveLength(1);
    await end("binance");
    expect(await active()).toEqual([]);
  });

  it("is watched by its alarm however often it is asked how it is", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await put("binance", { symbols: ["DOTUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    const alarmMs = () => runInDurableObject(objectOf("binance apac"), (_, { storage }) => storage.getAlarm());
    const setMs = await alarmMs();
    expect(setMs).not.toBeNull();
    const clock = vi.spyOn(Date, "now").mockReturnValue(setMs! - 1_000);
    onTestFinished(() => clock.mockRestore());
    await feedOf("binance");
    expect(await alarmMs()).toBe(setMs);
    await runDurableObjectAlarm(objectOf("binance apac"));
    expect(await alarmMs()).toBe(setMs! + 4_000);
  });

  it("sends a batch again, under its number, to a symbol that failed after it had taken it", async () => {
    const stream = new FakeStream("binance apac", HOST);
    const { ingest } = SymbolObject.prototype;
    let failures = 0;
    SymbolObject.prototype.ingest = async function (this: SymbolObject, sent) {
      const answer = await ingest.call(this, sent);
      if (sent.symbol !== "XRPUSDT@binance" || failures++ > 0) return answer;
      throw new Error("the answer was lost");
    };
    onTestFinished(() => void (SymbolObject.prototype.ingest = ingest));
    await put("binance", { symbols: ["XRPUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    await stream.send({ result: null, id: 1 }, trade("XRPUSDT", 1), trade("XRPUSDT", 2));
    await vi.waitFor(async () => expect((await feedOf("binance")).symbols[0].delivered).toBe(2), 20_000);
    expect(failures).toBeGreaterThan(1);
    expect(await accepted("XRPUSDT@binance")).toBe(2);
  });

  it("delivers what waits for a symbol that failed, before it ends", async () => {
    const stream = new FakeStream("binance apac", HOST);
    const { ingest } = SymbolObject.prototype;
    let isAway = true;
    SymbolObject.prototype.ingest = async function (this: SymbolObject, sent) {
      if (sent.symbol === "TRXUSDT@binance" && isAway) throw new Error("away");
      return await ingest.call(this, sent);
    };
    onTestFinished(() => void (SymbolObject.prototype.ingest = ingest));
    await put("binance", { symbols: ["TRXUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    await stream.send({ result: null, id: 1 }, trade("TRXUSDT", 1), trade("TRXUSDT", 2));
    await vi.waitFor(async () => expect((await feedOf("binance")).symbols[0].failure).toBe("symbol_failed"), 20_000);
    isAway = false;
    expect((await end("binance")).status).toBe(200);
    expect(await accepted("TRXUSDT@binance")).toBe(2);
  });

  it("moves to another place when the hint changes, and follows from there alone", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await put("binance", { symbols: ["BTCUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    const moved = await put("binance", { symbols: ["BTCUSDT"], hint: "weur" });
    expect(moved.body.hint).toBe("weur");
    expect(await runInDurableObject(objectOf("binance apac"), (object) => object.report())).toBeUndefined();
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(2), 10_000);
  });

  it("begins with the cron trigger when its object did not hear of it", async () => {
    const stream = new FakeStream("binance apac", HOST);
    const { follow } = FeedObject.prototype;
    FeedObject.prototype.follow = () => Promise.reject(new Error("away"));
    const begun = await put("binance", { symbols: ["BTCUSDT"] });
    FeedObject.prototype.follow = follow;
    expect(begun.status).toBe(500);
    expect(stream.sockets).toEqual([]);
    await runScheduled(env, "*/15 * * * *", Date.now());
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
  });

  it("runs with an alert book that cannot be read, which begins anew", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await runInDurableObject(objectOf("binance apac"), (_, { storage }) => storage.kv.put("alert-book", "{half"));
    expect((await put("binance", { symbols: ["BTCUSDT"] })).status).toBe(200);
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
  });

  it("ends by itself when the registry no longer wants it", async () => {
    const stream = new FakeStream("binance apac", HOST);
    await put("binance", { symbols: ["BTCUSDT"] });
    await vi.waitFor(() => expect(stream.sockets).toHaveLength(1), 10_000);
    const { leave } = FeedObject.prototype;
    FeedObject.prototype.leave = () => Promise.reject(new Error("away"));
    const removal = await end("binance");
    FeedObject.prototype.leave = leave;
    expect(removal.status).toBe(500);
    const clock = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    onTestFinished(() => clock.mockRestore());
    await runDurableObjectAlarm(objectOf("binance apac"));
    expect(await runInDurableObject(objectOf("binance apac"), (object) => object.report())).toBeUndefined();
  });
});
