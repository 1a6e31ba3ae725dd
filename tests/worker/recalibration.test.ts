// A recalibration as the gateway's readers see it.
import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { learningOf, parseSettings } from "../../src/settings.ts";
import { DEFAULT_LEARNING } from "../../src/settings/learning-settings.ts";
import { parseExposition } from "./exposition-parser.ts";
import { type Answer, fetchJson } from "./gateway.ts";
import { feedLong } from "./quality-symbols.ts";

beforeAll(async () => {
  await feedLong("RECAL", 3);
});

describe("a symbol's recalibration", () => {
  it("is beside each prediction, whose raw probability it leaves alone until it is proven", async () => {
    const { body } = await fetchJson("/predict?symbol=RECAL");
    expect(body.probability).toBeGreaterThan(0);
    expect(body.probability_raw).toBe(body.probability);
    expect(body.recalibration).toMatchObject({ state: "learning", since: null });
    expect(body.recalibration.labels).toBeGreaterThan(100);
    const explanation = (await fetchJson("/symbols/RECAL/explanation")).body;
    expect(explanation.probability_raw).toBe(body.probability_raw);
    expect(explanation.recalibration).toEqual(body.recalibration);
  });

  it("is in the symbol's quality for each model, with as many labels a month as live quality has", async () => {
    const { recalibrations, labels } = (await fetchJson("/symbols/RECAL/quality?window=30d")).body;
    const champion = recalibrations.find(({ model }: Answer["body"]) => model.aliases.includes("champion"));
    const found = labels[0].models.find(({ model }: Answer["body"]) => model.aliases.includes("champion"));
    const rows = champion.months.reduce((sum: number, { served }: Answer["body"]) => sum + served.rows, 0);
    expect(rows).toBe(found.resolved);
    expect(rows).toBe(champion.labels);
    expect(champion.changes).toEqual([]);
    expect(champion.months[0].served).toEqual(champion.months[0].raw);
  });

  it("is in the metrics, one state at a time", async () => {
    const families = parseExposition((await fetchJson("/metrics")).body as string);
    const of = (name: string) =>
      families.get(name)!.series.filter((s) => s.labels["symbol"] === "RECAL" && s.labels["alias"] === "champion");
    const states = of("volgate_recalibration_state");
    expect(states.filter(({ value }) => value === 1).map(({ labels }) => labels["state"])).toEqual(["learning"]);
    expect(of("volgate_month_ece").map(({ labels }) => labels["of"])).toEqual(["raw", "recalibrated", "served"]);
    expect(of("volgate_recalibration_slope")[0]!.value).toBeGreaterThan(0);
  });
});

describe("the setting RECALIBRATION", () => {
  it("is on by default, and takes three words", () => {
    const given = (RECALIBRATION?: string) => parseSettings({ ...env, RECALIBRATION } as never).learning.recalibration;
    expect([given(), given("shadow"), given("off")]).toEqual(["on", "shadow", "off"]);
    expect(() => given("maybe")).toThrow('RECALIBRATION: got "maybe"');
  });

  it("is the default for an object whose other settings are invalid", () => {
    expect(learningOf({ ...env, STEP_MS: "x" })).toEqual(DEFAULT_LEARNING);
  });
});
