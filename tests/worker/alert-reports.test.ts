import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answers, arrivedAt, change, hurry, sqlOfAlerts, startEmpty, stub } from "./alert-receiver.ts";
import { VARIABLES, configure, metricsNow, status, until, useReceivers } from "./alert-gateway.ts";

useReceivers();

describe("a reported change", () => {
  beforeEach(startEmpty);

  it("is kept and sent although the object is lost before anything was sent", async () => {
    answers.set("json", () => Promise.reject(new Error("connection refused")));
    expect(await stub().report([change("calibration")])).toHaveLength(1);
    await until(() => expect(arrivedAt("json")).toHaveLength(1));
    await evictDurableObject(stub());
    expect((await stub().list()).active).toEqual([change("calibration")]);
    answers.delete("json");
    await hurry();
    await until(() => expect(arrivedAt("json")).toEqual(["calibration firing", "calibration firing"]));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
  });

  it("is sent once however often it is reported", async () => {
    const both = [change("feed_silent"), change("feed_silent", "resolved")];
    const answersOf = await Promise.all([1, 2, 3].map(() => stub().report(both)));
    expect(answersOf.map((fresh) => fresh.length).sort()).toEqual([0, 0, 2]);
    await evictDurableObject(stub());
    expect(await stub().report(both)).toEqual([]);
    await until(() => expect(arrivedAt("json")).toEqual(["feed_silent firing", "feed_silent resolved"]));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
    expect(arrivedAt("json")).toHaveLength(2);
    expect(await stub().list()).toEqual({ active: [], recent: [{ firing: both[0], resolved: both[1] }] });
  });

  it("of a reporter that lost its memory is the alert that fires already, and ends it under its first id", async () => {
    const [first, second] = [change("drift"), change("drift", "firing", { id: "BTC-USD:drift:9", atMs: 1.8e12 })];
    await stub().report([first]);
    expect(await stub().report([second])).toEqual([]);
    expect(await stub().active("BTC-USD")).toEqual([first]);
    expect(await stub().active("ETH-USD")).toEqual([]);
    const [ended] = await stub().report([{ ...second, state: "resolved", sinceMs: 1.79e12, atMs: 1.81e12 }]);
    expect(ended).toMatchObject({ id: first.id, state: "resolved", sinceMs: first.sinceMs, atMs: 1.81e12 });
  });

  it("that ends what never began is dropped, and so is one that ends it again", async () => {
    expect(await stub().report([change("drift", "resolved")])).toEqual([]);
    await stub().report([change("drift"), change("drift", "resolved")]);
    const next = change("drift", "firing", { id: "BTC-USD:drift:10", atMs: 1.8e12 });
    await stub().report([next]);
    expect(await stub().report([change("drift", "resolved")])).toEqual([]);
    expect((await stub().list()).active).toEqual([next]);
  });

  it("is kept as told for the webhooks that get its end, until they have it", async () => {
    const told = async () =>
      (await sqlOfAlerts("SELECT webhook FROM told ORDER BY webhook")).map((row) => row["webhook"]);
    const nothingWaits = () => until(async () => expect((await stub().figures()).queues).toEqual([]));
    await stub().report([change("feed_silent")]);
    await nothingWaits();
    expect(await told()).toEqual(["events", "json", "slack"]);
    await sqlOfAlerts("INSERT INTO told SELECT 'removed', alert FROM told LIMIT 1");
    await stub().report([change("feed_silent", "resolved")]);
    // It is not configured, and may be again.
    const ofRemoved = [{ webhook: "removed", waiting: 1, dead: 0 }];
    await until(async () => expect((await stub().figures()).queues).toEqual(ofRemoved));
    expect(await told()).toEqual(["removed"]);
    await evictDurableObject(stub());
    expect(await told()).toEqual(["removed"]);
    await sqlOfAlerts("DELETE FROM deliveries");
    await evictDurableObject(stub());
    expect(await told()).toEqual([]);
  });

  it("that is malformed is refused whole", async () => {
    const bad = { ...change("drift"), state: "burning" } as never;
    const refused = runInDurableObject(stub(), (object) => object.report([change("calibration"), bad]));
    await expect(refused).rejects.toThrow("expected an alert change of a rule");
    expect((await stub().list()).active).toEqual([]);
  });

  it("stays in the list of the last 200 after its end, and no longer", async () => {
    const many = Array.from({ length: 205 }, (_, i) =>
      change("drift", "firing", { symbol: `S-${i}`, atMs: 1.79e12 + i }),
    );
    await stub().report(many);
    await stub().report(many.map((one) => ({ ...one, state: "resolved" as const })));
    const { active, recent } = await stub().list();
    expect(active).toEqual([]);
    expect(recent.map(({ firing }) => firing.symbol)).toEqual(Array.from({ length: 200 }, (_, i) => `S-${204 - i}`));
  });
});

describe("the alarm", () => {
  beforeEach(startEmpty);

  it("never throws, and is set again, under malformed variables; what waits is sent once they are corrected", async () => {
    answers.set("json", status(503));
    await stub().report([change("drift", "firing", { severity: "info" })]);
    await until(() => expect(arrivedAt("json")).toHaveLength(1));
    answers.delete("json");
    await configure({ ALERT_WEBHOOKS: "{" });
    await sqlOfAlerts("UPDATE deliveries SET next_ms = 0");
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await runInDurableObject(stub(), (_, state) => state.storage.setAlarm(Date.now() + 3_600_000));
    await runDurableObjectAlarm(stub());
    const alarm = await runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now() + 50_000);
    expect(alarm).toBeLessThan(Date.now() + 70_000);
    expect(errors).toHaveBeenCalled();
    errors.mockRestore();
    await configure(VARIABLES);
    await hurry();
    await until(() => expect(arrivedAt("json")).toHaveLength(2));
  });
});

describe("a fact about the whole gateway", () => {
  beforeEach(startEmpty);

  const ready = {
    ready: true,
    eValue: 25,
    blocks: 120,
    episodes: 31,
    meanGain: { value: 0.01, low: 0.002, high: 0.02 },
  };

  it("is sent once, over a restart too, until it is over", async () => {
    const facts = { model: "d".repeat(64), challenger: ready };
    const [fired] = await stub().observe(facts);
    expect(fired).toMatchObject({ symbol: "*", rule: "challenger_ready", severity: "info", model: facts.model });
    await evictDurableObject(stub());
    expect(await stub().observe(facts)).toEqual([]);
    expect(await metricsNow()).toContain('volgate_alert_active{symbol="*",rule="challenger_ready"} 1');
    expect(await stub().observe({ model: null })).toMatchObject([{ id: fired!.id, state: "resolved" }]);
    expect(await metricsNow()).not.toContain("volgate_alert_active{");
    await until(() => expect(arrivedAt("json")).toEqual(["challenger_ready firing", "challenger_ready resolved"]));
  });
});
