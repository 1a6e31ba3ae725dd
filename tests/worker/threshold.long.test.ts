// An operator chooses another of the manifest's operating points while the model serves.
import { BUNDLED, bundledArtifact } from "../../src/model/bundled.ts";
import { parseManifest } from "../../src/model/manifest.ts";
import { env, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readRegistrySnapshot, readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, fetchJson, fetchWith, postJson, predictFresh } from "./gateway.ts";
import { registryStub } from "./gated-models.ts";
import { market } from "./market.ts";
import { evict, feed, seriesOf } from "./monitored.ts";

const WHO = { by: "ada", reason: "a “test”" };
const CHAMPION = parseManifest(bundledArtifact(BUNDLED.champion)!.manifest);
/** That of the bundled champion, another one among its score edges, and one that is none of them. */
const OWN = CHAMPION.threshold;
const LOW = CHAMPION.scoreEdges![26]!;
const HIGH = 0.9989;

const outcome = { precision: 0.4, recall: 0.5, alertRate: 0.1 };
const POINTS = [
  { goal: "max F1", threshold: OWN, ...outcome },
  { goal: "recall at least 0.8", threshold: LOW, ...outcome },
];

const withPoints = async (note: string, points: readonly object[] = POINTS) =>
  await publish(await variantOf("champion", note, { operatingPoints: points }));
const choose = (body: object, alias = "champion"): Promise<Answer> =>
  fetchJson(`/admin/aliases/${alias}/threshold`, { method: "PUT", body: JSON.stringify({ ...WHO, ...body }) });
const chosen = async () => (await fetchJson("/admin/aliases")).body.thresholds;
const newest = async () => (await fetchJson("/admin/history")).body.history[0];

afterEach(async () => {
  vi.restoreAllMocks();
  await bundledModels();
});

describe("PUT /admin/aliases/:alias/threshold", () => {
  it("serves another operating point at once, records it, and goes back to the manifest's", async () => {
    const sha256 = await withPoints("points");
    await setAlias("champion", sha256);
    await feed("CUT", market("CUT", 1100, { fromMs: Date.now() - 1_100_000 }), 300);
    const before = (await predictFresh("CUT")).body;
    expect(before).toMatchObject({ threshold: OWN, alert: before.probability >= OWN });
    const { status, body } = await choose({ goal: "recall at least 0.8" });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ alias: "champion", sha256, goal: "recall at least 0.8", threshold: LOW, manifest_threshold: OWN },
      ...{ follows: false, serving: true },
      operating_points: POINTS.map(({ alertRate, ...point }) => ({ ...point, alert_rate: alertRate })),
    });
    const after = (await predictFresh("CUT")).body;
    expect(after).toMatchObject({ probability: before.probability, threshold: LOW, alert: before.probability >= LOW });
    expect(after.prediction_id).toBe(before.prediction_id);
    expect((await fetchJson("/health")).body.models.champion).toMatchObject({ sha256, threshold: LOW });
    expect(await chosen()).toMatchObject({ champion: { sha256, threshold: LOW, manifest_threshold: OWN, ...WHO } });
    const entry = { alias: "threshold", from: `champion ${OWN}`, to: `champion ${LOW}`, by: "admin" };
    expect(await newest()).toMatchObject({ ...entry, who: WHO.by, reason: WHO.reason });
    // The same again is no change.
    const { seq } = await newest();
    expect((await choose({ threshold: LOW })).status).toBe(200);
    expect((await newest()).seq).toBe(seq);
    expect((await choose({ threshold: OWN })).body).toMatchObject({ threshold: OWN, serving: true });
    expect(await newest()).toMatchObject({ seq: seq + 1, from: `champion ${LOW}`, to: `champion ${OWN}` });
    expect(await chosen()).toEqual({});
    expect((await predictFresh("CUT")).body.threshold).toBe(OWN);
  });

  it("counts all live steps at the new threshold, also after a restart", async () => {
    const sha256 = await withPoints("points live");
    await setAlias("champion", sha256);
    const ticks = market("COUNTED", 2000);
    await feed("COUNTED", ticks.slice(0, 1900), 300);
    const live = async () => (await seriesOf("COUNTED")).find((one) => one.sha256 === sha256)!;
    const before = await live();
    expect(before.resolved).toBeGreaterThan(500);
    await choose({ threshold: LOW });
    await feed("COUNTED", ticks.slice(1900, 1901), 300);
    const after = await live();
    expect(after).toMatchObject({ threshold: LOW, resolved: before.resolved + 1 });
    const { calm, spike } = after.counts;
    const from = (bins: readonly number[]) => bins.slice(after.firstAlertBin).reduce((sum, n) => sum + n, 0);
    expect(after.confusion).toMatchObject({ tp: from(spike), fp: from(calm) });
    const alerts = ({ tp, fp }: { tp: number; fp: number }) => tp + fp;
    expect(alerts(after.confusion)).toBeGreaterThan(alerts(before.confusion));
    const { body } = await fetchJson("/metrics/live-performance?symbol=COUNTED&window=24h");
    expect(body.true_positives ?? body.metrics?.true_positives).toBe(after.confusion.tp);
    await evict("COUNTED");
    expect(await live()).toMatchObject({ confusion: after.confusion, resolved: after.resolved });
  });

  it("ends when another artifact holds the alias, and does not come back with the first", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const [first, second] = [await withPoints("points 1"), await withPoints("points 2")];
    await setAlias("champion", first);
    await choose({ threshold: LOW });
    // Giving the same artifact again is no change of artifact.
    await setAlias("champion", first);
    expect(Object.keys(await chosen())).toEqual(["champion"]);
    await setAlias("champion", second);
    expect(await chosen()).toEqual({});
    expect((await postJson("/admin/rollback", WHO)).body.sha256).toBe(first);
    expect(await chosen()).toEqual({});
    expect((await fetchJson("/health")).body.models.champion).toMatchObject({ sha256: first, threshold: OWN });
    // A challenger's goes with its alias, too.
    await setAlias("challenger", second);
    expect((await choose({ threshold: LOW }, "challenger")).body).toMatchObject({ alias: "challenger", serving: true });
    expect((await fetchJson("/health")).body.models).toMatchObject({
      champion: { threshold: OWN },
      challenger: { threshold: LOW },
    });
    expect((await postJson("/admin/experiment/promote", { ...WHO, force: true })).status).toBe(200);
    expect(await chosen()).toEqual({});
    expect((await fetchJson("/health")).body.models.champion).toMatchObject({ sha256: second, threshold: OWN });
  });

  it("says that the manifest's own threshold holds nothing where thresholds follow", async () => {
    const asked = async (THRESHOLD_FOLLOWS: "on" | "shadow", wanted: object) => {
      const init = { method: "PUT", body: JSON.stringify({ ...WHO, ...wanted }) };
      return (await fetchWith({ THRESHOLD_FOLLOWS }, "/admin/aliases/champion/threshold", init)).body;
    };
    await setAlias("champion", await withPoints("points that follow"));
    expect(await asked("on", { threshold: LOW })).toMatchObject({ threshold: LOW, follows: false });
    expect(await asked("on", { threshold: OWN })).toMatchObject({ threshold: OWN, follows: true });
    expect(await asked("shadow", { threshold: OWN })).toMatchObject({ threshold: OWN, follows: false });
  });

  it("refuses what the manifest does not allow, and names what it does", async () => {
    await setAlias("champion", await publish(await variantOf("champion", "one threshold")));
    const none = await choose({ threshold: OWN });
    expect([none.status, none.body.code]).toEqual([409, "no_operating_points"]);
    expect((await choose({ threshold: LOW }, "challenger")).body.code).toBe("no_experiment");
    await setAlias("champion", await withPoints("points refused"));
    for (const [wanted, got] of [
      [{ goal: "precision at least 0.9" }, 'goal: got "precision at least 0.9"'],
      [{ threshold: 0.99 }, "threshold: got 0.99"],
    ] as const) {
      const { status, body } = await choose(wanted);
      expect([status, body.code]).toEqual([409, "not_an_operating_point"]);
      expect(body.detail).toBe(`${got}, expected one of "max F1" (${OWN}), "recall at least 0.8" (${LOW})`);
      expect(body.operating_points).toHaveLength(2);
    }
    for (const [body, code] of [
      [{}, "goal_or_threshold"],
      [{ goal: "max F1", threshold: OWN }, "goal_or_threshold"],
      [{ threshold: 1.5 }, "threshold_malformed"],
      [{ threshold: "0.5" }, "threshold_malformed"],
      [{ goal: "" }, "goal_malformed"],
      [{ goal: "max F1", by: undefined }, "by_malformed"],
      [{ goal: "max F1", reason: undefined }, "reason_malformed"],
      [{ goal: "max F1", tau: 1 }, "field_unknown"],
    ] as const) {
      const answer = await choose(body);
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([400, code]);
    }
    expect((await choose({ goal: "max F1" }, "emperor")).body.code).toBe("unknown_alias");
    expect(await chosen()).toEqual({});
  });

  it("does not serve a manifest whose points are not among its score edges, or are not those of its decision", async () => {
    const odd = await withPoints("points odd", [{ goal: "max F1", threshold: HIGH, ...outcome }]);
    const refused = await setAlias("champion", odd);
    expect([refused.status, refused.body.code]).toEqual([409, "artifact_manifest_invalid"]);
    expect(refused.body.detail).toContain("operatingPoints[0].threshold: got 0.9989, expected one of scoreEdges");
    const made = await variantOf("champion", "points changed", { operatingPoints: POINTS });
    await publish({ ...made, manifest: { ...made.manifest, operatingPoints: [{ ...POINTS[1], goal: "max F1" }] } });
    expect((await setAlias("champion", made.sha256)).body.code).toBe("artifact_decision_mismatch");
  });
});

describe("the registry's state", () => {
  it("of an earlier version has no thresholds; those of artifacts that do not hold the alias are left out", async () => {
    expect(readStoredRegistry({ aliases: { champion: "a" } }, BUNDLED).thresholds).toEqual({});
    expect(
      readRegistrySnapshot({ aliases: {}, forced: {}, notices: [], experiment: null }, BUNDLED).thresholds,
    ).toEqual({});
    const sha256 = await withPoints("points stored");
    await setAlias("champion", sha256);
    await choose({ threshold: LOW });
    const { thresholds } = await registryOf(env).read();
    const late = { ...thresholds.champion!, sha256: "0".repeat(64) };
    expect(await registryOf(env).setThreshold("champion", late)).toEqual({ ok: false, code: "alias_changed" });
    await runInDurableObject(registryStub(), (object) => {
      const stored = object as unknown as Parameters<typeof readStoredRegistry>[0];
      expect(readStoredRegistry(stored, BUNDLED).thresholds).toEqual(thresholds);
      expect(readStoredRegistry({ ...stored, aliases: {} }, BUNDLED).thresholds).toEqual({});
    });
  });
});
