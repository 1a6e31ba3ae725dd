// A symbol's live probability on its way to a subscription: through the public door, with the receivers in the place of
// the network.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { AlertsObject } from "../../src/durable/alerts/object.ts";
import { webhookSignature } from "../../src/durable/alerts/webhook-signature.ts";
import { admin, deadNow, status, until, useReceivers, VARIABLES } from "./alert-gateway.ts";
import { answers, arrived, hurry, sqlOfAlerts, startEmpty, stub as alerts } from "./alert-receiver.ts";
import { fetchJson, fetchWith, ingest, metric, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { market, WARM_TICKS } from "./market.ts";

useReceivers();

const SECRET = "a-secret-of-sixteen-or-more";
/** Any probability is above the one, and none above the other. */
const RISES = { threshold: 1e-9, cool_down_s: 0 };
const FALLS = { threshold: 1, fall_share: 1, cool_down_s: 0 };
/** Steps of a chunk at least. */
const CHUNK = 5;

let serial = 0;

interface Feed {
  readonly symbol: string;
  /** Sends the ticks up to now, and some more: their newest steps are live. */
  next(): Promise<void>;
}

/** A symbol that predicts: its newest tick was half a minute ago. */
async function liveFeed(name = `SPIKE-${++serial}`): Promise<Feed> {
  const fromMs = Math.floor(Date.now() / 1000 - WARM_TICKS - 30) * 1000;
  const ticks = market(name, WARM_TICKS + 400, { fromMs });
  let sent = WARM_TICKS;
  expect((await ingest(ticks.slice(0, sent))).status).toBe(200);
  return {
    symbol: name,
    async next() {
      const to = Math.max(sent + CHUNK, Math.ceil((Date.now() - fromMs) / 1000));
      expect((await ingest(ticks.slice(sent, to))).status).toBe(200);
      sent = to;
    },
  };
}

async function subscribe(body: Record<string, unknown>): Promise<string> {
  const wanted = { url: "https://desk.test/hook", secret: SECRET, ...RISES, ...body };
  const answer = await send("POST", "", wanted);
  expect(answer.status).toBe(201);
  return answer.body.id as string;
}

const send = (method: string, path: string, body?: unknown) =>
  fetchWith(VARIABLES, `/admin/subscriptions${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const states = () => arrived.map(({ body }) => `${String(body.symbol)} ${String(body.state)}`);

beforeEach(async () => {
  await startEmpty();
  const { subscriptions } = (await send("GET", "")).body;
  for (const { id } of subscriptions) await send("DELETE", `/${String(id)}`);
  await sqlOfAlerts("DELETE FROM told_spikes");
});

describe("a subscription", () => {
  it("is told of a rise, signed, with what the symbol answered for that step", async () => {
    const feed = await liveFeed();
    const id = await subscribe({ symbols: [feed.symbol.toLowerCase()] });
    const rises = await metric("volgate_spike_events_total", { event: "rise" });
    await feed.next();
    await until(() => expect(arrived).toHaveLength(1));
    const [one] = arrived;
    const { body } = one!;
    const history = (await fetchJson(`/symbols/${feed.symbol}/history?from=${body.ts - 1000}&to=${body.ts}`)).body;
    expect(body).toEqual({
      gateway: "edge-1",
      type: "spike",
      id: `${id}:${feed.symbol}:${body.ts / 1000 - 1}:rise`,
      subscription: id,
      state: "rise",
      symbol: feed.symbol,
      ts: body.ts,
      probability: expect.any(Number),
      threshold: 1e-9,
      sigma_bps: expect.any(Number),
      tau_bps: expect.any(Number),
      horizon_s: 60,
      prediction_id: `${feed.symbol}:${body.ts / 1000 - 1}:${body.model.slice(0, 12)}`,
      model: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(history)).toContain(String(Number(body.probability.toPrecision(7))));
    const header = one!.headers.get("X-Volgate-Signature")!;
    expect(header).toBe(await webhookSignature(SECRET, Number(/t=(\d+)/.exec(header)![1]), one!.text));
    expect(one!.headers.get("Idempotency-Key")).toBe(body.id);
    expect(await metric("volgate_spike_events_total", { event: "rise" })).toBe(rises + 1);
    await feed.next();
    expect(arrived).toHaveLength(1);
    expect((await send("GET", `/${id}`)).body).toMatchObject({ delivered: 1, waiting: 0, dead_letters: 0 });
  });

  it("is told of the fall where it asks for it, after the rise", async () => {
    const [one, other] = [await liveFeed(), await liveFeed()];
    const both = { on: "rise_and_fall", symbols: [one.symbol] };
    const id = await subscribe(both);
    const alone = await subscribe({ symbols: [other.symbol] });
    await Promise.all([one.next(), other.next()]);
    await until(() => expect(arrived).toHaveLength(2));
    const url = "https://desk.test/hook";
    expect((await send("PUT", `/${id}`, { url, ...both, ...FALLS })).status).toBe(200);
    expect((await send("PUT", `/${alone}`, { url, symbols: [other.symbol], ...FALLS })).status).toBe(200);
    await Promise.all([one.next(), other.next()]);
    await until(() => expect(arrived).toHaveLength(3));
    expect(states()[2]).toBe(`${one.symbol} fall`);
    // The key was left out of the change, and stays.
    const header = arrived[2]!.headers.get("X-Volgate-Signature")!;
    expect(header).toBe(await webhookSignature(SECRET, Number(/t=(\d+)/.exec(header)![1]), arrived[2]!.text));
  });

  it("is told nothing of a replay of the past, nor of a history that a symbol is warmed with", async () => {
    const id = await subscribe({ symbols: "all" });
    await ingest(market("SPIKE-PAST", WARM_TICKS));
    await liveFeed("SPIKE-WARM");
    await predictFresh("SPIKE-PAST");
    await runDurableObjectAlarm(stubOf("SPIKE-PAST"));
    expect(arrived).toEqual([]);
    expect((await send("GET", `/${id}`)).body).toMatchObject({ delivered: 0, waiting: 0 });
  });

  it("is not told of a muted symbol, and is once the mute ends", async () => {
    const feed = await liveFeed();
    await subscribe({ symbols: [feed.symbol] });
    const mute = (on: boolean) =>
      fetchJson(`/admin/symbols/${feed.symbol}/alerts`, { method: "PUT", body: JSON.stringify({ mute: on }) });
    await mute(true);
    await feed.next();
    expect(arrived).toEqual([]);
    await mute(false);
    await feed.next();
    await until(() => expect(states()).toEqual([`${feed.symbol} rise`]));
  });

  it("is told once, whether the symbol's object was evicted or not, and remembers that it was", async () => {
    const feed = await liveFeed();
    await subscribe({ symbols: [feed.symbol] });
    await feed.next();
    await until(() => expect(arrived).toHaveLength(1));
    await evictDurableObject(stubOf(feed.symbol));
    await predictFresh(feed.symbol);
    await feed.next();
    await runDurableObjectAlarm(stubOf(feed.symbol));
    await hurry();
    expect(arrived).toHaveLength(1);
  });

  it("is told after the alerts object failed and the symbol was evicted, once, under the same id", async () => {
    const feed = await liveFeed();
    const id = await subscribe({ symbols: [feed.symbol] });
    const taken: string[] = [];
    const { reportSpikes } = AlertsObject.prototype;
    onTestFinished(() => void (AlertsObject.prototype.reportSpikes = reportSpikes));
    AlertsObject.prototype.reportSpikes = async function (spikes) {
      taken.push(...spikes.map(({ step }) => `${id}:${feed.symbol}:${step}:rise`));
      await reportSpikes.call(this, spikes);
      throw new Error("the answer is lost");
    };
    await feed.next();
    await until(() => expect(taken.length).toBeGreaterThan(0));
    await evictDurableObject(stubOf(feed.symbol));
    AlertsObject.prototype.reportSpikes = reportSpikes;
    await feed.next();
    await until(() => expect(arrived).toHaveLength(1));
    expect(new Set(taken)).toEqual(new Set([arrived[0]!.body.id]));
    await hurry();
    expect(arrived).toHaveLength(1);
    expect((await send("GET", `/${id}`)).body).toMatchObject({ delivered: 1, waiting: 0 });
  });

  it("is told nothing once it was ended, and what waited for it is gone", async () => {
    answers.set("desk", status(503));
    const feed = await liveFeed();
    const id = await subscribe({ symbols: [feed.symbol] });
    await feed.next();
    await until(async () => expect((await send("GET", `/${id}`)).body).toMatchObject({ waiting: 1, retried: 1 }));
    expect((await send("DELETE", `/${id}`)).body).toEqual({ id });
    answers.clear();
    await hurry();
    await feed.next();
    expect(arrived).toHaveLength(1);
    expect(await sqlOfAlerts("SELECT * FROM deliveries")).toEqual([]);
    expect(await metric("volgate_webhook_waiting", { webhook: `subscription:${id}` }).catch(() => 0)).toBe(0);
  });

  it("leaves nothing behind when it is ended while its message is on its way", async () => {
    const feed = await liveFeed();
    const id = await subscribe({ symbols: [feed.symbol] });
    answers.set("desk", async () => {
      await runInDurableObject(alerts(), (object) => object.removeSubscription(id));
      return new Response(null, { status: 503, headers: { "Retry-After": "60" } });
    });
    await feed.next();
    await until(() => expect(arrived).toHaveLength(1));
    await until(async () => expect(await sqlOfAlerts("SELECT * FROM deliveries")).toEqual([]));
    await hurry();
    for (const table of ["outcomes", "holds", "told"]) {
      expect(await sqlOfAlerts(`SELECT * FROM ${table}`)).toEqual([]);
    }
  });

  it("is forgotten with its symbol, also when that goes while a spike is on its way", async () => {
    const feed = await liveFeed();
    await subscribe({ symbols: [feed.symbol] });
    let removed: Promise<void> | undefined;
    const { reportSpikes } = AlertsObject.prototype;
    onTestFinished(() => void (AlertsObject.prototype.reportSpikes = reportSpikes));
    AlertsObject.prototype.reportSpikes = async function (spikes) {
      await reportSpikes.call(this, spikes);
      removed ??= runInDurableObject(stubOf(feed.symbol), async (object) => void (await object.remove(false)));
      await removed;
    };
    await feed.next();
    await until(() => expect(removed).toBeDefined());
    await removed;
    await until(() => expect(arrived).toHaveLength(1));
    expect(await sqlOf(feed.symbol, "SELECT id FROM pages")).toEqual([]);
  });

  it("has a dead letter where its receiver refuses, which is sent again", async () => {
    answers.set("desk", status(404));
    const feed = await liveFeed();
    const id = await subscribe({ symbols: [feed.symbol] });
    await feed.next();
    await until(async () => expect(await deadNow()).toHaveLength(1));
    const [letter] = await deadNow();
    expect(letter).toMatchObject({ webhook: `subscription:${id}`, alert: { rule: "spike", symbol: feed.symbol } });
    answers.clear();
    expect((await admin(`/dead-letters/${letter.id}/redeliver`, { method: "POST" })).status).toBe(202);
    await until(() => expect(arrived).toHaveLength(2));
    expect(arrived[1]!.body.id).toBe(arrived[0]!.body.id);
  });

  it("is told by a configured webhook, and in the words of Slack or as a CloudEvent", async () => {
    const feed = await liveFeed();
    const own = { url: undefined, secret: undefined, symbols: [feed.symbol] };
    await subscribe({ ...own, webhook: "events" });
    await subscribe({ ...own, url: "https://slack.test/services/x", format: "slack" });
    await feed.next();
    await until(() => expect(arrived).toHaveLength(2));
    const of = (host: string) => arrived.find((one) => one.host === host)!;
    expect(of("slack").body.text).toMatch(/^📈 SPIKE-\d+: the probability of a spike .* rose to /);
    expect(of("events").headers.get("Authorization")).toBe("Bearer events-token");
    const { type, data, id } = of("events").body;
    expect(type).toBe("dev.volgate.spike.rise");
    expect(data).toMatchObject({ type: "spike", id, symbol: feed.symbol });
  });
});
