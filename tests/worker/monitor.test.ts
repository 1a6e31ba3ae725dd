import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { schemaHashes, settingsOf } from "../../src/settings.ts";
import type { SymbolMonitor } from "../../src/durable/symbol/evaluation/symbol-monitor.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { publish, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, ingest, postJson, predictFresh, sqlOf, stubOf } from "./gateway.ts";
import { type Message, START_MS, market, pieces, roughMarket, tick } from "./market.ts";

const evict = (symbol: string) => evictDurableObject(stubOf(symbol));

/** Looks at a symbol's monitor, complete as a request sees it. */
async function inside<T>(symbol: string, look: (monitor: SymbolMonitor) => T): Promise<T> {
  await fetchJson(`/symbols/${symbol}`);
  return await runInDurableObject(stubOf(symbol), (instance) => {
    return look(instance.live!.evaluation.monitor);
  });
}

/** Everything that was learned, as it would be kept. */
const learned = (symbol: string) =>
  inside(symbol, ({ quality, drift, concept, answers }) => ({
    windows: (["1h", "24h", "30d"] as const).map((name) => quality.window(name)),
    stats: { ...quality.stats },
    gains: quality.blockGains(),
    drift: [drift.latest("1h"), drift.latest("24h"), drift.history],
    concept: concept.events,
    answers: answers.of("none"),
  }));

async function feed(symbol: string, messages: readonly Message[], most: number, after?: () => Promise<void>) {
  for (const batch of pieces(messages, most, 3)) {
    const { status } = await ingest(batch.map((message) => ({ ...message, symbol })));
    expect(status).toBe(200);
    await after?.();
  }
}

describe("what a symbol learns of its models", () => {
  it("is every step's score until its label came, for the champion and the baselines alike", async () => {
    await feed("LEARN", market("LEARN", 4000), 500);
    const { windows, stats } = await learned("LEARN");
    const [label] = windows[1]!.labels;
    expect(label!.series.map(({ sha256 }) => sha256).sort()).toEqual(
      [BUNDLED.champion, BUNDLED.zscore, BUNDLED.persistence, BUNDLED["threshold-only"]].sort(),
    );
    // 900 values of the threshold over returns of a minute come first; the last 60 labels are still to come.
    expect(label!.pending).toBe(60);
    expect(label!.resolved).toBeGreaterThan(2900);
    expect(stats.resolved).toBe(label!.resolved);
    for (const { resolved, confusion } of label!.series) {
      expect(resolved).toBe(label!.resolved);
      expect(confusion.tp + confusion.fn).toBe(label!.positives);
      expect(confusion.tp + confusion.fp + confusion.fn + confusion.tn).toBe(resolved);
    }
  });

  it("costs no tick when it fails: the batch is acknowledged and counted, and learning goes on from the last snapshot", async () => {
    await feed("FAULT", market("FAULT", 1500), 300);
    await runInDurableObject(stubOf("FAULT"), (instance) => {
      instance.live!.evaluation.monitor.record = () => {
        throw new Error("a fault in the monitor");
      };
    });
    const { body } = await ingest(market("FAULT", 10, { fromMs: START_MS + 1_500_000 }));
    expect(body.symbols.FAULT).toMatchObject({ accepted: 10 });
    expect((await predictFresh("FAULT")).body.probability).not.toBeNull();
    await feed("FAULT", market("FAULT", 300, { fromMs: START_MS + 1_510_000 }), 100);
    const serving = await runInDurableObject(stubOf("FAULT"), (instance) => {
      const { evaluation, counters } = instance.live!;
      return { monitorErrors: counters.monitorErrors, resolved: evaluation.monitor.quality.stats.resolved };
    });
    expect(serving.monitorErrors).toBe(1);
    expect(serving.resolved).toBeGreaterThan(150);
  });

  it("is the same to the last bit whether the object was evicted between batches or not", async () => {
    const messages = roughMarket("BITS", 6000, 11);
    await feed("STEADY", messages, 40);
    let batch = 0;
    await feed("EVICTED", messages, 40, async () => {
      if (batch++ % 7 === 3) await evict("EVICTED");
    });
    const steady = await learned("STEADY");
    expect(await learned("EVICTED")).toEqual(steady);
    expect(steady.stats.resolved).toBeGreaterThan(300);
    expect(steady.stats.breaks).toBeGreaterThan(1);
  });

  it("credits a model that was made champion with no step that closed before", async () => {
    await feed("CREDIT", market("CREDIT", 1500), 300);
    const sha256 = await publish(await variantOf("champion", "later"));
    expect((await setAlias("champion", sha256)).status).toBe(200);
    // The batches since the last snapshot are replayed after this, and scored by the new champion's set.
    await evict("CREDIT");
    const fresh = await inside("CREDIT", ({ quality }) => quality.window("24h").labels[0]!.series);
    expect(fresh.find((series) => series.sha256 === sha256)?.resolved ?? 0).toBe(0);
    expect(fresh.find((series) => series.sha256 === BUNDLED.persistence)!.resolved).toBeGreaterThan(300);
    await feed("CREDIT", market("CREDIT", 200, { fromMs: START_MS + 1_500_000, seed: 2 }), 50);
    const after = await inside("CREDIT", ({ quality }) => quality.window("24h").labels[0]!.series);
    const own = after.find((series) => series.sha256 === sha256)!;
    expect(own.resolved).toBeGreaterThan(100);
    expect(own.resolved).toBeLessThan(200);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });

  it("keeps what it knows of a champion while another model stands in for it", async () => {
    await feed("STAND", market("STAND", 2000), 30);
    const stand = { ...modelHost.serving, provisional: true };
    const byAlias = { ...stand.byAlias, champion: stand.byAlias.zscore! };
    const served = Reflect.get(modelHost, "served") as object;
    Reflect.set(modelHost, "served", { ...stand, byAlias });
    try {
      await evict("STAND");
      await ingest(market("STAND", 50, { fromMs: START_MS + 2_000_000, seed: 3 }));
      expect(await inside("STAND", ({ quality }) => quality.followed)).toContain(BUNDLED.champion);
    } finally {
      Reflect.set(modelHost, "served", served);
    }
    await feed("STAND", market("STAND", 300, { fromMs: START_MS + 2_050_000, seed: 4 }), 100);
    const series = await inside("STAND", ({ quality }) => quality.window("24h").labels[0]!.series);
    const of = (sha256: string) => series.find((one) => one.sha256 === sha256)!.resolved;
    expect(of(BUNDLED.champion)).toBeGreaterThan(800);
    // The baselines went on all the time; the champion missed what the other one stood in for.
    expect(of(BUNDLED.zscore)).toBeGreaterThan(of(BUNDLED.champion));
  });

  it("gives every step its own scores, whatever a model does when it is released", async () => {
    const messages = market("OWN", 2400);
    await feed("OWN", messages.slice(0, 1400), 100);
    const { champion } = modelHost.serving.byAlias;
    const retain = champion!.retain.bind(champion);
    let retained = 0;
    // The batch retains it first, each of its runs after that.
    Reflect.set(champion!, "retain", () => {
      const release = retain();
      if (retained++ > 0) return release;
      return () => release().then(() => Promise.reject(new Error("release failed")));
    });
    const { status } = await ingest(messages.slice(1400, 1500));
    Reflect.deleteProperty(champion!, "retain");
    expect(status).toBe(200);
    await feed("OWN", messages.slice(1500), 100);
    await feed("SAME", messages, 100);
    const windows = (symbol: string) => inside(symbol, ({ quality }) => quality.window("24h"));
    expect(await windows("OWN")).toEqual(await windows("SAME"));
  });

  it("takes a batch that closes very many steps in rounds, with the result of small ones", async () => {
    // Ticks 20 s apart close twenty steps each: more steps than one round takes.
    const messages = market("MANY", 1100, { everyMs: 20_000 });
    let most = 0;
    await ingest(messages.slice(0, 1).map((message) => ({ ...message, symbol: "MANY" })));
    await runInDurableObject(stubOf("MANY"), (instance) => {
      const { monitor } = instance.live!.evaluation;
      const record = monitor.record.bind(monitor);
      monitor.record = (steps, ...rest) => {
        record(steps, ...rest);
        most = Math.max(most, steps.count);
      };
    });
    await ingest(messages.slice(1));
    expect(most).toBeGreaterThan(4096);
    expect(most).toBeLessThan(4096 + 600);
    await feed("FEW", messages, 100);
    expect(await learned("MANY")).toEqual(await learned("FEW"));
    // And a restart after it has nothing to score again.
    await evict("MANY");
    expect(await learned("MANY")).toEqual(await learned("FEW"));
  });

  it("loses no label to a restart after many steps without a snapshot", async () => {
    const messages = market("LONG", 9900);
    await feed("LONG", messages, 450);
    const before = await learned("LONG");
    await evict("LONG");
    expect(await learned("LONG")).toEqual(before);
  });

  it("survives pages that cannot be read, says so, and goes on", async () => {
    await feed("PAGES", market("PAGES", 3000), 40);
    await sqlOf("PAGES", "UPDATE pages SET bytes = substr(bytes, 1, 40) WHERE id LIKE 'monitor/quality/quality-now%'");
    await evict("PAGES");
    expect(await inside("PAGES", (monitor) => monitor.damagedPages)).toBe(1);
    await feed("PAGES", market("PAGES", 300, { fromMs: START_MS + 3_000_000 }), 100);
    const { windows } = await learned("PAGES");
    expect(windows[1]!.labels[0]!.resolved).toBeGreaterThan(1500);
  });
});

describe("drift under champions of different rows", () => {
  const HOUR_MS = 3_600_000;
  const hours = (from: number, to: number, seed: number) =>
    market("ROWS", (to - from) * 720, { fromMs: START_MS + from * HOUR_MS, everyMs: 5000, seed });

  it("never goes back in time, with an eviction between or without", async () => {
    await feed("ROWS", hours(0, 3, 1), 400);
    const before = await inside("ROWS", ({ drift }) => drift.history.length);
    expect(before).toBe(2);
    await setAlias("champion", BUNDLED.zscore);
    await feed("ROWS", hours(3, 5, 2), 400);
    await setAlias("champion", BUNDLED.champion);
    await feed("ROWS", hours(5, 7, 3), 400);
    const seen = () =>
      inside("ROWS", ({ drift }) => ({ latest: drift.latest("1h")!, ends: drift.history.map(({ toMs }) => toMs) }));
    const { latest, ends } = await seen();
    // The windows of the other champion's row were another's: this one began anew, with the last step of the fifth hour.
    expect(ends).toEqual([START_MS + 5 * HOUR_MS, START_MS + 6 * HOUR_MS]);
    expect(latest).toMatchObject({ toMs: START_MS + 6 * HOUR_MS, modelSha: BUNDLED.champion });
    await evict("ROWS");
    const after = await seen();
    expect(after.latest.toMs).toBe(START_MS + 6 * HOUR_MS);
    expect(after.ends).toEqual([...after.ends].sort((a, b) => a - b));
    expect(after.ends.at(-1)).toBe(START_MS + 6 * HOUR_MS);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
  });
});

describe("alerts on quality and drift", () => {
  it("are judged for a feed of rare, large batches too, each in a life of the object's own", async () => {
    let judged = 0;
    for (let hour = 0; hour < 4; hour++) {
      await ingest(market("RARE", 900, { fromMs: START_MS + hour * 3_600_000, everyMs: 4000, seed: hour + 1 }));
      const statuses = await runInDurableObject(stubOf("RARE"), (instance) => {
        return instance.background.alerts!.statuses;
      });
      // Steps that were scored, and no failure among them: the rule has spoken.
      if (statuses.some(({ rule, verdict }) => rule === "error_budget" && verdict === "good")) judged += 1;
      await evict("RARE");
    }
    expect(judged).toBeGreaterThanOrEqual(3);
  });
});

describe("POST /feedback", () => {
  const tell = (body: unknown): Promise<Answer> => postJson("/feedback", body);

  it("takes a label for a prediction once, and tells what the others were", async () => {
    await feed("TOLD", market("TOLD", 1500), 300);
    const { prediction_id: id } = (await predictFresh("TOLD")).body;
    expect((await tell({ prediction_id: id, label: true })).body).toEqual({
      accepted: 1,
      duplicate: 0,
      refused: 0,
      results: [{ prediction_id: id, outcome: "accepted" }],
    });
    await evict("TOLD");
    const [, step] = /:(\d+):/.exec(id)!;
    const { status, body } = await tell([
      { prediction_id: id, label: 1 },
      { prediction_id: id, label: 0 },
      { prediction_id: id.replace(/.{12}$/, "0123456789ab"), label: 1 },
      { prediction_id: id.replace(`:${step}:`, `:${Number(step) + 5}:`), label: 1 },
      { prediction_id: id.replace(`:${step}:`, `:${Number(step) - 90_000}:`), label: 1 },
      { prediction_id: id.replace("TOLD", "NOBODY"), label: 1 },
      { prediction_id: "no id", label: 1 },
      { prediction_id: id, label: "yes" },
      "nothing",
    ]);
    expect(status).toBe(200);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "duplicate",
      "conflict",
      "unknown_model",
      "no_prediction",
      "expired",
      "unknown_symbol",
      "malformed",
      "malformed",
      "malformed",
    ]);
    expect(body.results[6].detail).toBe(
      '[6].prediction_id: got "no id", expected <symbol>:<step>:<12 hexadecimal digits> as /predict gave it',
    );
    expect(body.results[4].detail).toContain("older than what is kept");
    expect(body).toMatchObject({ accepted: 0, duplicate: 1, refused: 8 });
  });

  it("keeps labels as long as predictions are kept, and no longer", async () => {
    await feed("KEEP", market("KEEP", 1500), 300);
    const { prediction_id: id } = (await predictFresh("KEEP")).body;
    await tell({ prediction_id: id, label: 0 });
    expect(await sqlOf("KEEP", "SELECT count(*) AS n FROM feedback")).toEqual([{ n: 1 }]);
    await sqlOf("KEEP", "UPDATE feedback SET step = step - 86400");
    await tell({ prediction_id: id, label: 1 });
    expect(await sqlOf("KEEP", "SELECT label FROM feedback")).toEqual([{ label: 1 }]);
  });

  it("answers 422 when nothing of a request could be taken, and 413 for more labels than one request may hold", async () => {
    expect((await tell({ prediction_id: "NOBODY:1:0123456789ab", label: 1 })).status).toBe(422);
    expect((await tell(Array.from({ length: 1001 }, () => ({})))).body).toMatchObject({ code: "too_many_labels" });
  });
});

describe("the alarm", () => {
  it("tells of a silent feed once, and of its end", async () => {
    await feed("SILENT", market("SILENT", 100), 100);
    const rule = () =>
      runInDurableObject(stubOf("SILENT"), (instance) => {
        return instance.background.alerts!.statuses.find(({ rule }) => rule === "feed_silent")!.state;
      });
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await rule()).toBe("quiet");
    // After a restart the newest tick's own time counts, which is long ago.
    await evict("SILENT");
    expect(await runDurableObjectAlarm(stubOf("SILENT"))).toBe(true);
    expect(await rule()).toBe("firing");
    const { alerts } = await runInDurableObject(stubOf("SILENT"), async (instance) => {
      const { env } = instance as unknown as { env: Parameters<typeof settingsOf>[0] };
      await schemaHashes(settingsOf(env).engine.grid);
      return { alerts: await env.ALERTS.get(env.ALERTS.idFromName("alerts")).list() };
    });
    expect(JSON.stringify(alerts).match(/"SILENT:feed_silent:\d+"/g)).toHaveLength(1);
    // Only the archive rings from now on, some minutes later: a silence is told once, and ends with ticks.
    const nextMs = await runInDurableObject(stubOf("SILENT"), (instance) => {
      return instance.background.nextDueMs(Date.now())! - Date.now();
    });
    expect(nextMs).toBeGreaterThan(300_000);
    await ingest([tick("SILENT", 200)]);
    const soonMs = await runInDurableObject(stubOf("SILENT"), (instance) => {
      return instance.background.nextDueMs(Date.now())! - Date.now();
    });
    expect(soonMs).toBeLessThanOrEqual(60_000);
  });
});
