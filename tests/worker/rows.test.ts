import { describe, expect, it } from "vitest";
import zscore from "../../src/model/bundled/zscore.json" with { type: "json" };
import { PEER_10 } from "../../src/features/schema.ts";
import { fetchJson, postJson, rise } from "./gateway.ts";

const SHORT = { ret_mean: 0.05, ret_std: 0.01, n: 50 };
const LONG = { ret_mean: "log_return_300s", ret_std: "realized_volatility_300s", n: "trade_intensity_300s" } as const;
const FULL = { ...SHORT, ...Object.fromEntries(PEER_10.map(({ name }, j) => [name, 0.01 * (j + 1)])) };
const TEN = Object.fromEntries(PEER_10.map(({ name }, j) => [name, 0.01 * (j + 1)]));
const score = (rows: unknown) => postJson("/predict", { rows });

describe("POST /predict {rows}, the contract of the system that volgate replaces", () => {
  it("scores its clients' rows, and names per row what had to be imputed", async () => {
    const { status, headers, body } = await score([SHORT, FULL]);
    expect(status).toBe(200);
    expect(body).toEqual({
      scores: [expect.any(Number), expect.any(Number)],
      model_variant: "baseline",
      version: zscore.version,
      ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      imputed: [expect.any(Array), []],
    });
    const given = ["log_return_300s", "realized_volatility_300s", "trade_intensity_300s"];
    expect(body.imputed[0]).toEqual(zscore.features.filter((name) => !given.includes(name)));
    for (const p of body.scores) expect(p >= 0 && p <= 1).toBe(true);
    expect(headers.get("X-Correlation-ID")).toMatch(/./);
  });

  it("answers an empty list with an empty list", async () => {
    const { status, body } = await score([]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ scores: [], model_variant: "baseline" });
    expect(body).not.toHaveProperty("imputed");
  });

  it("takes ret_mean, ret_std and n for the features they stand for, unless those are given", async () => {
    const named = { log_return_300s: 0.05, realized_volatility_300s: 0.01, trade_intensity_300s: 50 };
    const { body } = await score([SHORT, { ...SHORT, ...named }, { ret_mean: 9, ret_std: 9, n: 9, ...named }]);
    expect(body.scores[1]).toBe(body.scores[0]);
    expect(body.scores[2]).toBe(body.scores[0]);
  });

  it("takes the ten features without the short names that stand for three of them", async () => {
    const { status, body } = await score([TEN, { ...TEN, ret_mean: 9, ret_std: 9, n: 9 }]);
    expect([status, body.imputed]).toEqual([200, undefined]);
    expect(body.scores[1]).toBe(body.scores[0]);
  });

  it("counts every row as a prediction", async () => {
    const work = () => score([SHORT, FULL, TEN]);
    expect(await rise("predictions_total", { model_version: zscore.version }, work)).toBe(3);
  });

  it("scores a thousand rows as it scores each of them, bit for bit", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ ret_mean: i / 7000, ret_std: i / 900_000, n: i }));
    const all = (await score(rows)).body.scores;
    for (const i of [0, 1, 499, 999]) expect((await score([rows[i]])).body.scores).toEqual([all[i]]);
  });

  it("refuses a row without one of the three, naming it", async () => {
    for (const field of ["ret_mean", "ret_std", "n"] as const) {
      for (const missing of [undefined, null]) {
        const row = { ...SHORT, [field]: missing };
        const { status, body } = await score([SHORT, row]);
        expect(status).toBe(422);
        expect(body).toMatchObject({ code: "row_incomplete" });
        const got = missing === null ? "null" : "nothing";
        expect(body.detail).toBe(`rows[1].${field}: got ${got}, expected a finite float32 here or as ${LONG[field]}`);
      }
    }
  });

  it("refuses what is no row of numbers", async () => {
    const rows: unknown[] = [5, null, [], "row", { ...SHORT, n: "50" }, { ...SHORT, spread_mean_60s: true }];
    for (const row of rows) {
      const { status, body } = await score([row]);
      expect(status).toBe(422);
      expect(body).toMatchObject({ code: "row_malformed" });
    }
    for (const list of ["rows", null, { 0: SHORT }]) expect((await score(list)).status).toBe(400);
    const both = await postJson("/predict", { rows: [SHORT], symbols: ["A"] });
    expect(both.status).toBe(400);
    expect(both.body).toMatchObject({ code: "symbols_or_rows" });
  });

  it("refuses numbers that a float32, or the model, cannot carry", async () => {
    expect((await score([{ ...SHORT, n: 1e39 }])).body).toMatchObject({ status: 422, code: "row_malformed" });
    const overflow = await fetchJson("/predict", {
      method: "POST",
      body: '{"rows":[{"ret_mean":1,"ret_std":1,"n":1e999}]}',
    });
    expect(overflow.status).toBe(422);
    const signs = PEER_10.map(({ name }, j) => [name, j % 2 === 0 ? 3e38 : -3e38] as const);
    const { status } = await score([{ ...SHORT, ...Object.fromEntries(signs) }]);
    expect([200, 422]).toContain(status);
  });

  it("refuses more than a thousand rows", async () => {
    const { status, body } = await score(Array.from({ length: 1001 }, () => SHORT));
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: "too_many_rows" });
  });
});

describe("POST /predict/legacy, of the same contract", () => {
  const legacy = (features: unknown) => postJson("/predict/legacy", { features });

  it("answers one row with exactly the five fields of its clients", async () => {
    for (const features of [TEN, SHORT]) {
      const { status, body } = await legacy(features);
      expect(status).toBe(200);
      const probability = (await score([features])).body.scores[0] as number;
      const alert = probability >= zscore.threshold;
      expect(body).toEqual({
        ...{ prediction: alert ? 1 : 0, probability, alert },
        ...{ inference_time_ms: expect.any(Number), model_version: zscore.version },
      });
      expect(body.inference_time_ms).toBeGreaterThanOrEqual(0);
    }
  });

  it("says 1 and alert for a probability at the model's threshold or above, and counts it", async () => {
    const wild = { ret_mean: 0, ret_std: 100, n: 50, realized_volatility_60s: 100 };
    const labels = { model_version: zscore.version, prediction: "1" };
    let answer = await legacy(wild);
    const counted = await rise("predictions_total", labels, async () => (answer = await legacy(wild)));
    expect(answer.body).toMatchObject({ prediction: 1, alert: true });
    expect(counted).toBe(1);
  });

  it("refuses what is no object of features, naming the field", async () => {
    for (const [body, status, code, detail] of [
      [{}, 400, "features_malformed", "features: got nothing, expected an object"],
      [{ features: [TEN] }, 400, "features_malformed", "features: got a list, expected an object"],
      [{ features: { ...SHORT, n: "5" } }, 422, "row_malformed", 'features.n: got "5", expected a finite float32'],
      [
        { features: { ret_mean: 0, ret_std: 1 } },
        ...[
          422,
          "row_incomplete",
          "features.n: got nothing, expected a finite float32 here or as trade_intensity_300s",
        ],
      ],
    ] as const) {
      const answer = await postJson("/predict/legacy", body);
      expect(answer.body).toMatchObject({ status, code, detail });
    }
  });
});
