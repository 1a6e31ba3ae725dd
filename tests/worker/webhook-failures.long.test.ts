import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
  answers,
  arrived,
  arrivedAt,
  change,
  hurry,
  JSON_SECRET,
  REPO_TOKEN,
  sqlOfAlerts,
  stalls,
  startEmpty,
  stub,
} from "./alert-receiver.ts";
import { admin, configure, deadNow, metricsNow, post, status, until, useReceivers } from "./alert-gateway.ts";

useReceivers();

describe("a webhook that does not take its messages", () => {
  beforeEach(startEmpty);

  it("gets them for a day, then the message is a dead letter, the end of its alert with it; both come when sent again", async () => {
    answers.set("json", status(503));
    await stub().report([change("drift")]);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(() => expect(arrivedAt("json")).toHaveLength(attempt));
      await until(async () =>
        expect((await sqlOfAlerts("SELECT attempts, next_ms > 0 AS waits FROM deliveries"))[0]).toEqual({
          attempts: attempt,
          waits: 1,
        }),
      );
      if (attempt < 3) await hurry();
    }
    await sqlOfAlerts("UPDATE deliveries SET created_ms = created_ms - 86400001");
    await hurry();
    await until(async () => expect(await deadNow()).toHaveLength(1));
    await stub().report([change("drift", "resolved")]);
    expect(await deadNow()).toMatchObject([
      { webhook: "json", attempts: 0, reason: "its firing was not delivered", alert: { state: "resolved" } },
      { webhook: "json", attempts: 3, reason: "not delivered within 24 h" },
    ]);
    await hurry();
    expect(arrivedAt("json")).toHaveLength(3);
    expect(arrivedAt("events")).toEqual(["drift firing", "drift resolved"]);
    const text = await metricsNow();
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="json",outcome="retried"} 3');
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="json",outcome="dead"} 2');
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="events",outcome="delivered"} 2');
    expect(text).toContain('volgate_webhook_dead_letters{webhook="json"} 2');

    answers.delete("json");
    arrived.length = 0;
    const [letter] = await deadNow();
    const { status: code, body } = await post(`/dead-letters/${letter.id}/redeliver`);
    expect(code).toBe(202);
    expect(body.requeued.map((one: { state: string }) => one.state)).toEqual(["firing", "resolved"]);
    await until(() => expect(arrivedAt("json")).toEqual(["drift firing", "drift resolved"]));
    await until(async () => expect(await metricsNow()).not.toContain("volgate_webhook_dead_letters{"));
    expect((await post(`/dead-letters/${letter.id}/redeliver`)).status).toBe(404);
  });

  it.each([400, 401, 404, 410, 301])("with %i loses the message at once, to the dead letters", async (code) => {
    answers.set("events", status(code, { Location: "https://elsewhere.test/" }));
    await stub().report([change("drift")]);
    await until(async () => expect(await deadNow()).toHaveLength(1));
    expect(await deadNow()).toMatchObject([
      { webhook: "events", attempts: 1, reason: `answered ${code}: body of ${code}`, alert: { rule: "drift" } },
    ]);
    expect(arrived.map(({ host }) => host)).not.toContain("elsewhere");
  });

  it.each([408, 429, 500, 503])("with %i gets the message again", async (code) => {
    answers.set("events", status(code));
    await stub().report([change("drift")]);
    await until(() => expect(arrivedAt("events")).toHaveLength(1));
    answers.delete("events");
    await until(async () =>
      expect((await stub().figures()).queues).toEqual([{ webhook: "events", waiting: 1, dead: 0 }]),
    );
    await hurry();
    await until(() => expect(arrivedAt("events")).toHaveLength(2));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
  });

  it("shows none of its secrets by echoing them", async () => {
    const echo = ({ headers, url }: { headers: Headers; url: string }) =>
      new Response(`${headers.get("Authorization")} ${url}`, { status: 403 });
    answers.set("repo", echo);
    answers.set("slack", echo);
    answers.set(
      "events",
      ({ headers }) => new Response("x".repeat(192) + headers.get("Authorization"), { status: 400 }),
    );
    await stub().report([change("drift")]);
    await until(async () => expect(await deadNow()).toHaveLength(3));
    const shown = JSON.stringify([await deadNow(), (await admin("")).body]);
    expect(shown).toContain("answered 403: Bearer ***");
    for (const secret of [REPO_TOKEN, "hidden", JSON_SECRET, "xBearer e"]) expect(shown).not.toContain(secret);
  });

  it("gets none of its messages for as long as its Retry-After asks", async () => {
    answers.set("events", status(429, { "Retry-After": "500" }));
    const before = Date.now();
    const alarmOf = () => runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    await stub().report([change("drift"), change("drift", "firing", { symbol: "ETH-USD" })]);
    await until(async () => expect(await alarmOf()).toBeGreaterThanOrEqual(before + 500_000));
    answers.delete("events");
    await stub().report([change("drift", "firing", { symbol: "SOL-USD" })]);
    await until(() => expect(arrivedAt("json")).toHaveLength(2));
    await until(async () => expect(await alarmOf()).toBeGreaterThanOrEqual(before + 500_000));
    expect(arrivedAt("events")).toHaveLength(1);
    await hurry();
    await until(() => expect(arrivedAt("events")).toHaveLength(2));
    expect(arrived.findLast(({ host }) => host === "events")!.body.data.changes).toHaveLength(3);
  });

  it.each([429, 403])("that requests a pause of weeks with %i is tried again within the hour", async (code) => {
    answers.set("repo", status(code, { "Retry-After": "9999999" }));
    const before = Date.now();
    const symbols = ["A", "B", "C"];
    await stub().report(symbols.map((symbol) => change("drift", "firing", { symbol })));
    await until(async () => {
      const rows = await sqlOfAlerts("SELECT until_ms FROM holds WHERE webhook = 'repo'");
      expect(Number(rows[0]?.["until_ms"])).toBeGreaterThanOrEqual(before + 3_600_000);
    });
    expect(await deadNow()).toEqual([]);
    const alarm = await runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 3_600_000);
    answers.delete("repo");
    await hurry();
    await until(() => expect(arrived.filter(({ host }) => host === "repo")).toHaveLength(2));
  });

  it("gets nothing of an alert that it refused for now and that is over", async () => {
    answers.set("events", status(503));
    await stub().report([change("drift")]);
    await until(async () => expect((await stub().figures()).queues).toMatchObject([{ webhook: "events", waiting: 1 }]));
    answers.delete("events");
    await stub().report([change("drift", "resolved"), change("calibration")]);
    await until(() => expect(arrivedAt("events")).toContain("calibration firing"));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
    expect(arrivedAt("events")).toEqual(["drift firing", "calibration firing"]);
    expect(await metricsNow()).toContain('volgate_webhook_deliveries_total{webhook="events",outcome="collapsed"} 1');
  });

  it("gets the end alone of an alert that it may have got, and that is over", async () => {
    answers.set("events", stalls);
    await stub().report([change("drift")]);
    await until(async () => expect((await stub().figures()).open).toContainEqual({ webhook: "events", open: 1 }));
    await until(async () =>
      expect(await sqlOfAlerts("SELECT 1 FROM outcomes WHERE webhook = 'events' AND outcome = 'retried'")).toHaveLength(
        1,
      ),
    );
    await evictDurableObject(stub());
    answers.delete("events");
    await stub().report([change("drift", "resolved")]);
    await until(() => expect(arrivedAt("events")).toEqual(["drift firing", "drift resolved"]));
    await until(async () => expect((await stub().figures()).open).toEqual([]));
  });

  it("delays no other while it stalls, and is aborted at the deadline", async () => {
    answers.set("json", stalls);
    const many = Array.from({ length: 20 }, (_, i) => change("drift", "firing", { symbol: `S-${i}` }));
    const started = Date.now();
    for (const one of many) await stub().report([one]);
    const told = () => arrived.filter(({ host }) => host === "events").flatMap(({ body }) => body.data.changes ?? [0]);
    await until(() => expect(told()).toHaveLength(20));
    // Twenty stalls of 300 ms one after the other would take 6 s.
    expect(Date.now() - started).toBeLessThan(3000);
    await until(async () => {
      const counts = (await stub().figures()).deliveries.find(({ webhook }) => webhook === "json");
      expect(counts).toMatchObject({ outcome: "retried" });
    });
    answers.delete("json");
  });

  it("is given up on when it is configured no more", async () => {
    answers.set("events", status(503));
    await stub().report([change("drift")]);
    await until(() => expect(arrivedAt("events")).toHaveLength(1));
    await configure({ ALERT_WEBHOOKS: "[]" });
    await hurry();
    await until(async () =>
      expect(await deadNow()).toMatchObject([{ webhook: "events", reason: "no such webhook is configured any more" }]),
    );
  });
});
