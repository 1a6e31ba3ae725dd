import { beforeAll, describe, expect, it } from "vitest";
import { parseExposition } from "./exposition-parser.ts";
import { type Answer, fetchJson, ingest } from "./gateway.ts";
import { market } from "./market.ts";
import { feedLong } from "./quality-symbols.ts";

beforeAll(async () => {
  await feedLong("Q-ONE", 3);
  await ingest(market("Q-COLD", 20));
});

describe("the metrics of quality and drift", () => {
  it("are the figures that the quality answer has, and absent where there are none", async () => {
    const { body } = await fetchJson("/metrics");
    const families = parseExposition(body as string);
    const sample = (name: string, labels: Record<string, string>): number | undefined =>
      families
        .get(name)
        ?.series.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;
    const quality = (await fetchJson("/symbols/Q-ONE/quality")).body;
    const champion = quality.labels[0].models.find((m: Answer["body"]) => m.model.aliases.includes("champion"));
    const at = { symbol: "Q-ONE", alias: "champion", window: "24h" };
    for (const [metric, figure] of [
      ["volgate_pr_auc", champion.pr_auc],
      ["volgate_roc_auc", champion.roc_auc],
      ["volgate_brier", champion.brier],
      ["volgate_ece", champion.ece],
      ["volgate_lift", champion.lift],
    ]) {
      expect(sample(metric, at), metric).toBe(figure.value);
    }
    expect(sample("volgate_episodes", at)).toBe(champion.episodes);
    expect(sample("volgate_resolved", at)).toBe(champion.resolved);
    expect(sample("volgate_labels_total", { symbol: "Q-ONE", outcome: "resolved" })).toBe(
      quality.since_creation.resolved,
    );
    expect(sample("volgate_pr_auc", { symbol: "Q-COLD" })).toBeUndefined();
    expect(sample("volgate_monitor_errors_total", { symbol: "Q-ONE" })).toBe(0);
    expect(sample("volgate_damaged_pages", { symbol: "Q-ONE" })).toBe(0);
    const verdicts = families.get("volgate_drift_verdict")!.series.filter(({ labels }) => labels["symbol"] === "Q-ONE");
    expect(verdicts.map(({ value }) => value).sort()).toEqual([0, 0, 0, 0, 1]);
  });

  it("keep their labels to symbols, aliases and windows", async () => {
    const families = parseExposition((await fetchJson("/metrics")).body as string);
    const { series } = families.get("volgate_pr_auc")!;
    expect(new Set(series.map(({ labels }) => labels["window"]))).toEqual(
      new Set(["1h", "24h", "30d"].filter((w) => series.some(({ labels }) => labels["window"] === w))),
    );
    for (const { labels } of series) {
      expect(Object.keys(labels).sort()).toEqual(["alias", "symbol", "window"]);
      expect(["champion", "challenger", "zscore", "persistence", "threshold-only", "reference"]).toContain(
        labels["alias"],
      );
    }
  });
});
