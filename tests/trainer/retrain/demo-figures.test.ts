import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  figureText,
  hourVerdicts,
  type LiveFigures,
  liveFigures,
  liveFiguresText,
  verdictsText,
} from "../../../trainer/retrain/demo-figures.ts";
import { hasRecovered, tellRecovery } from "../../../trainer/retrain/demo-recovery.ts";
import { GatewayAdmin } from "../../../trainer/retrain/gateway-admin.ts";
import { TimeLine } from "../../../trainer/retrain/time-line.ts";
import { FakeAdmin } from "./fake-admin.ts";

const gateway = new FakeAdmin();
beforeAll(() => gateway.start());
afterAll(() => gateway.stop());
afterEach(() => gateway.reset());
const admin = (): GatewayAdmin => new GatewayAdmin(gateway.url, undefined);

const FIGURES: LiveFigures = {
  fromMs: Date.UTC(2026, 10, 15, 16),
  toMs: Date.UTC(2026, 10, 16, 16),
  resolved: 86_000,
  baseRate: 0.141,
  prAuc: { value: 0.61, low: 0.54, high: 0.66 },
  brier: { value: 0.0812, low: 0.0701, high: 0.092 },
  brierSkill: { value: 0.312, low: 0.241, high: 0.38 },
  episodes: 97,
  blocks: 96,
  tauBps: 9.1,
};
const TEXT =
  "Brier 0.0812 [0.0701, 0.0920], skill 0.312 [0.241, 0.380], PR-AUC 0.610 [0.540, 0.660], base rate 0.141, 96 blocks, " +
  "97 episodes, τ 9.1 bps";

describe("live figures of a model", () => {
  it("are those of its SHA-256, wherever it stands, and in words with their intervals", async () => {
    const { prAuc, brier, brierSkill, resolved, episodes, blocks } = FIGURES;
    const none = { base_rate: null, pr_auc: null, brier: null, brier_skill: null };
    const other = { model: { sha256: "b" }, resolved: 1, episodes: 1, blocks: 1, ...none };
    const own = { model: { sha256: "a" }, resolved, episodes, blocks, base_rate: 0.141, pr_auc: prAuc, brier };
    const label = { tau_bps_mean: 9.1, models: [other, { ...own, brier_skill: brierSkill }] };
    const times = { from: "2026-11-15T16:00:00.000Z", to: "2026-11-16T16:00:00.000Z" };
    gateway.answers.set("GET /symbols/BTC-USD/quality?window=24h", {
      status: 200,
      body: { ...times, labels: [label] },
    });
    const figures = await liveFigures(admin(), "BTC-USD", "a");
    expect(figures).toEqual(FIGURES);
    expect(liveFiguresText(figures)).toBe(TEXT);
    const without = await liveFigures(admin(), "BTC-USD", "b");
    expect(liveFiguresText(without)).toBe("Brier –, skill –, PR-AUC –, base rate –, 1 blocks, 1 episodes, τ 9.1 bps");
  });

  it("are absent for a model that was not scored", async () => {
    gateway.answers.set("GET /symbols/X/quality?window=24h", {
      status: 200,
      body: { from: null, to: null, labels: [] },
    });
    expect(await liveFigures(admin(), "X", "a")).toBeUndefined();
    expect(liveFiguresText(undefined)).toBe("no live figures");
    expect(figureText(null, 3)).toBe("–");
  });
});

describe("verdicts of drift", () => {
  it("are the hours that ended in the stretch asked for, counted", async () => {
    const hour = (h: number, verdict: string, window = "1h") => {
      return { window, to: new Date(h * 3_600_000).toISOString(), verdict, drifted_share: 0.2, threshold: 0.45 };
    };
    const history = [
      hour(1, "ok"),
      hour(2, "ok"),
      hour(3, "drift"),
      hour(3, "ok", "24h"),
      hour(4, "ok"),
      hour(5, "drift"),
    ];
    gateway.answers.set("GET /symbols/X/drift", { status: 200, body: { history } });
    const hours = await hourVerdicts(admin(), "X", 3_600_000, 4 * 3_600_000);
    expect(hours.map(({ toMs, verdict }) => [toMs / 3_600_000, verdict])).toEqual([
      [2, "ok"],
      [3, "drift"],
      [4, "ok"],
    ]);
    expect(verdictsText(hours)).toBe("3 hours: 2 ok, 1 drift; limit 45 % of the features");
    expect(verdictsText([])).toBe("0 hours: none");
  });
});

describe("the recovery", () => {
  const withBrier = (value: number): LiveFigures => ({ ...FIGURES, brier: { value, low: value, high: value } });

  it("is a lower Brier score after the promotion than after the change", () => {
    expect(hasRecovered({ after: withBrier(0.14), promoted: withBrier(0.1) })).toBe(true);
    expect(hasRecovered({ after: withBrier(0.1), promoted: withBrier(0.1) })).toBe(false);
    expect(hasRecovered({ before: withBrier(0.1), after: withBrier(0.14) })).toBe(false);
    expect(hasRecovered({})).toBe(false);
  });

  it("is printed for each moment, also when some were not reached", () => {
    const line = new TimeLine(() => undefined);
    tellRecovery(line, { before: FIGURES });
    expect(line.entries.map(({ eventMs, figures }) => [eventMs, figures])).toEqual([
      [FIGURES.toMs, TEXT],
      [null, "no live figures"],
      [null, "no live figures"],
      [null, "no live figures"],
    ]);
  });
});
