import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { predictionCache } from "../../src/http/prediction-cache.ts";
import champion from "../../src/model/bundled/logistic.json" with { type: "json" };
import { fetchJson, ingest, metric, postJson, predictFresh, predictionClock, rise } from "./gateway.ts";
import { WARM_TICKS, market, tick } from "./market.ts";

/** A stream whose last tick is as far ahead as a tick may be: slow machines have time before it is old. */
let fromMs = 0;

beforeAll(async () => {
  // Loads the runtime first: that takes long on a slow machine.
  await ingest(market("FIRST", 2));
  fromMs = Math.floor(Date.now() / 1000) * 1000 + 4000 - WARM_TICKS * 1000;
  await ingest([...market("WARM", WARM_TICKS, { fromMs }), ...market("WARM-2", WARM_TICKS, { seed: 2, fromMs })]);
});

describe("GET /predict", () => {
  it("gives a calibrated probability for the last closed step, and everything that explains it", async () => {
    let answer = await fetchJson("/predict?symbol=WARM");
    const { version, name, onnxSha256 } = champion;
    const answered = await rise("predictions_total", { model_version: version }, async () => {
      answer = await fetchJson("/predict?symbol=Warm");
    });
    const { status, headers, body } = answer;
    const step = Math.floor(fromMs / 1000) + WARM_TICKS - 2;
    expect(status).toBe(200);
    expect(body).toEqual({
      prediction_id: `WARM:${step}:${onnxSha256.slice(0, 12)}`,
      symbol: "Warm",
      venue: null,
      ts: (step + 1) * 1000,
      horizon_s: 60,
      probability: expect.any(Number),
      probability_raw: body.probability,
      recalibration: expect.objectContaining({ state: "learning", slope: expect.any(Number) }),
      threshold: champion.threshold,
      threshold_source: "manifest",
      goal: "max F1",
      alert: body.probability >= champion.threshold,
      sigma_bps: expect.any(Number),
      sigma_quantiles_bps: null,
      sigma_quantiles_missing: expect.stringMatching(/^labels: \d+ of 900 of steps that this model forecast$/),
      tau_bps: expect.any(Number),
      model: { name, version, sha256: onnxSha256, evidence: "simulated" },
      variant: "champion",
      stand_in: false,
      baselines: {
        zscore: expect.any(Number),
        persistence: expect.any(Number),
        "threshold-only": expect.any(Number),
        reference: expect.any(Number),
      },
      age_ms: expect.any(Number),
      stale: false,
      expired: false,
      warming_up: false,
      warm: null,
    });
    for (const p of [body.probability, ...Object.values<number>(body.baselines)]) {
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThan(1);
    }
    expect(body.sigma_bps / body.tau_bps).toBeGreaterThan(0.1);
    expect(body.sigma_bps / body.tau_bps).toBeLessThan(5);
    expect(Math.abs(Date.now() - body.ts - body.age_ms)).toBeLessThan(5000);
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answered).toBe(1);
    expect(await metric("prediction_latency_seconds_count")).toBeGreaterThanOrEqual(2);
    expect(await metric("prediction_score", { symbol: "WARM" })).toBe(body.probability);
  });

  it("gives the same prediction until a further step closes, and to a batch delivered again", async () => {
    const first = (await predictFresh("WARM-2")).body;
    const last = market("WARM-2", WARM_TICKS, { seed: 2, fromMs }).at(-1)!;
    await ingest([last, { ...last, price: last.price + 1 }]);
    const second = (await predictFresh("WARM-2")).body;
    expect({ ...second, age_ms: 0 }).toEqual({ ...first, age_ms: 0 });
    await ingest({ ...last, ts: last.ts + 1000 });
    const third = (await predictFresh("WARM-2")).body;
    expect(third.ts).toBe(first.ts + 1000);
    expect(third.prediction_id).not.toBe(first.prediction_id);
  });

  it("is answered by the isolate within 250 ms, and by the object after", async () => {
    await ingest(market("CACHE", 5));
    let nowMs = predictionClock();
    predictionCache.useClock(() => nowMs);
    onTestFinished(() => predictionCache.useClock(predictionClock));
    const read = async (): Promise<number> => (await fetchJson("/predict?symbol=CACHE")).body.ts as number;
    const before = await read();
    await ingest(tick("CACHE", 5));
    nowMs += 249;
    expect(await read()).toBe(before);
    nowMs += 1;
    expect(await read()).toBe(before + 1000);
  });

  it("answers 404 for a symbol that has received no tick, in a problem document", async () => {
    const { status, headers, body } = await fetchJson("/predict?symbol=NOBODY", {
      headers: { "X-Correlation-ID": "abc-123" },
    });
    expect(status).toBe(404);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(headers.get("X-Correlation-ID")).toBe("abc-123");
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    const detail = "symbol: got NOBODY, which has received no tick";
    expect(body).toEqual({
      type: "urn:volgate:error:unknown_symbol",
      title: "Not found",
      status: 404,
      detail,
      code: "unknown_symbol",
      request_id: "abc-123",
      error: detail,
    });
    expect(await metric("http_requests_total", { endpoint: "/predict", status: "404" })).toBe(1);
  });

  it("answers 400 for a malformed symbol", async () => {
    for (const query of ["", "?symbol=", "?symbol=a%20b", "?symbol=-A", `?symbol=${"A".repeat(65)}`, "?symbol=ß"]) {
      const { status, body } = await fetchJson(`/predict${query}`);
      expect(status, query).toBe(400);
      expect(body.code).toBe("symbol_malformed");
    }
  });

  it("takes a venue beside the symbol, and refuses one that contradicts it", async () => {
    await ingest({ ...tick("VENUES", 0), venue: "Kraken" });
    for (const query of ["symbol=venues&venue=KRAKEN", "symbol=venues%40kraken"]) {
      expect((await fetchJson(`/predict?${query}`)).body).toMatchObject({ venue: "kraken", warming_up: true });
    }
    expect((await fetchJson("/predict?symbol=VENUES")).status).toBe(404);
    for (const query of ["symbol=VENUES%40kraken&venue=coinbase", "symbol=VENUES&venue=a%20b"]) {
      expect((await fetchJson(`/predict?${query}`)).body).toMatchObject({ status: 400, code: "venue_malformed" });
    }
  });

  it("says what a warming symbol still lacks, and gives no probability", async () => {
    await ingest(tick("COLD", 0));
    expect((await fetchJson("/predict?symbol=COLD")).body).toEqual({
      symbol: "COLD",
      venue: null,
      probability: null,
      warming_up: true,
      missing: ["steps: none is closed yet"],
    });
    await ingest(market("COLD-2", 20));
    const cold = (await fetchJson("/predict?symbol=COLD-2")).body;
    expect(cold).toMatchObject({ prediction_id: null, probability: null, alert: null, warming_up: true });
    expect(cold.missing).toEqual([
      `threshold_values: 0 of ${champion.label.minCount}`,
      "returns: fewer than 30 of the last 60 steps have one",
    ]);
    expect(cold.baselines).toEqual({ zscore: null, persistence: null, "threshold-only": null, reference: null });
    expect(await metric("volgate_symbol_up", { symbol: "COLD-2" })).toBe(1);
  });

  it("says of a price that never moves that there is no threshold, and does not call that warming up", async () => {
    await ingest(Array.from({ length: WARM_TICKS }, (_, i) => tick("FLAT", i)));
    const { body } = await fetchJson("/predict?symbol=FLAT");
    expect(body).toMatchObject({ probability: null, tau_bps: null, warming_up: false, code: "flat_threshold" });
    expect(body.missing).toEqual([
      expect.stringMatching(
        /^threshold: the 0.9 quantile of \d+ values is at most ε = 0.0155 bps, the price hardly ever/,
      ),
    ]);
  });

  it("calls a step stale that was closed long after its end", async () => {
    const endMs = Math.floor(Date.now() / 1000) * 1000;
    await ingest(market("STALE", WARM_TICKS, { fromMs: endMs - (WARM_TICKS + 400) * 1000 }));
    const { body: fresh } = await fetchJson("/predict?symbol=STALE");
    const after = { symbol: "STALE", ts: endMs - 1000, price: 100 };
    await ingest([after, { ...after, ts: after.ts + 500 }]);
    const { body } = await predictFresh("STALE");
    expect(body).toMatchObject({ ts: fresh.ts + 1000, stale: true, probability: expect.any(Number) });
    expect(await metric("volgate_prediction_stale", { symbol: "STALE" })).toBe(1);
    await ingest({ ...after, ts: after.ts + 1000 });
    expect((await predictFresh("STALE")).body).toMatchObject({ stale: false, expired: false, warming_up: true });
  });

  it("is stale when the feed is silent for A plus a step, and expired without an alert past its horizon", async () => {
    const endMs = Math.floor(Date.now() / 1000) * 1000 + 4000;
    const at = (ageMs: number) => endMs - ageMs - WARM_TICKS * 1000;
    for (const [symbol, ageMs, expected] of [
      ["DEAD-0", 0, { stale: false, expired: false, alert: expect.any(Boolean) }],
      ["DEAD-30", 30_000, { stale: true, expired: false, alert: expect.any(Boolean) }],
      ["DEAD-80", 80_000, { stale: true, expired: true, alert: null }],
    ] as const) {
      await ingest(market(symbol, WARM_TICKS, { fromMs: at(ageMs) }));
      const { body } = await fetchJson(`/predict?symbol=${symbol}`);
      expect(body, symbol).toMatchObject({ ...expected, probability: expect.any(Number), warming_up: false });
      expect(await metric("volgate_prediction_stale", { symbol }), symbol).toBe(Number(expected.stale));
      expect(await metric("volgate_prediction_expired", { symbol }), symbol).toBe(Number(expected.expired));
    }
    const { predictions } = (await postJson("/predict", { symbols: ["DEAD-80"] })).body;
    expect(predictions[0]).toMatchObject({ stale: true, expired: true, alert: null });
  });

  it("has no negative age for a tick of a clock that is ahead", async () => {
    await ingest(market("AHEAD", 5, { fromMs: Date.now() - 500 }));
    const { body } = await fetchJson("/predict?symbol=AHEAD");
    expect(body.ts).toBeGreaterThan(Date.now());
    expect(body).toMatchObject({ age_ms: 0, stale: false, expired: false });
  });

  it("gives the smallest sufficient step for a symbol with too few ticks for its step", async () => {
    await ingest(market("SPARSE", 50, { everyMs: 25_000 }));
    const { body } = await fetchJson("/predict?symbol=SPARSE");
    expect(body).toMatchObject({ code: "too_sparse", observed_share: 0.4, smallest_step_s: 10, probability: null });
    expect((await fetchJson("/predict?symbol=WARM")).body).not.toHaveProperty("code");
  });
});

describe("POST /predict {symbols}", () => {
  it("answers for each symbol in order, also for one that is unknown", async () => {
    const { status, body } = await postJson("/predict", { symbols: ["warm-2", "NOBODY", "WARM"] });
    expect(status).toBe(200);
    expect(body.predictions).toHaveLength(3);
    expect(body.predictions[0]).toMatchObject({ symbol: "warm-2", venue: null, warming_up: false });
    expect(body.predictions[1]).toMatchObject({ symbol: "NOBODY", code: "unknown_symbol" });
    const single = (await fetchJson("/predict?symbol=WARM")).body;
    expect({ ...body.predictions[2], age_ms: 0 }).toEqual({ ...single, age_ms: 0 });
  });

  it("refuses what is no list of at most a hundred symbols", async () => {
    const bodies = [{ symbols: "WARM" }, { symbols: [1] }, { symbols: Array.from({ length: 101 }, () => "WARM") }];
    for (const body of [...bodies, { symbols: null }, {}, { symbols: [], rows: [] }, [], null, 5]) {
      expect((await postJson("/predict", body)).status, JSON.stringify(body)).toBe(400);
    }
    expect((await fetchJson("/predict", { method: "POST", body: "{" })).body.code).toBe("not_json");
  });

  it("refuses a deeply nested value without an exception", async () => {
    const deep = "[".repeat(200_000) + "]".repeat(200_000);
    for (const body of [`{"symbols":[${deep}]}`, `{"rows":[${deep}]}`, `{"rows":[{"n":${deep}}]}`, deep]) {
      const { status, body: problem } = await fetchJson("/predict", { method: "POST", body });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(problem.detail.length).toBeLessThan(300);
    }
  });
});

describe("what surrounds every answer", () => {
  it("is a correlation id: the request's own, or a new one when there is none or a bad one", async () => {
    const idOf = async (id?: string) =>
      (await fetchJson("/symbols", id === undefined ? {} : { headers: { "X-Correlation-ID": id } })).headers.get(
        "X-Correlation-ID",
      );
    expect(await idOf('order/66 "x"'.replaceAll(" ", "_"))).toBe('order/66_"x"');
    for (const bad of [undefined, "a b", "x".repeat(129), ""]) {
      expect(await idOf(bad)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    }
  });

  it("is 404 for a route that does not exist, counted without its path", async () => {
    let answer = await fetchJson("/symbols");
    const counted = await rise("http_requests_total", { endpoint: "unmatched", status: "404" }, async () => {
      answer = await fetchJson("/no/such/route");
    });
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      code: "no_such_route",
      detail: "GET /no/such/route is no route of this gateway",
    });
    expect(counted).toBe(1);
  });

  it("is 405 for a route of other methods, and names them", async () => {
    const { status, headers, body } = await fetchJson("/ingest");
    expect(status).toBe(405);
    expect(headers.get("Allow")).toBe("POST");
    expect(body).toMatchObject({ code: "method_not_allowed", detail: "method: got GET, expected POST" });
    expect((await fetchJson("/symbols/BTC-USD", { method: "DELETE" })).headers.get("Allow")).toBe("GET");
    expect((await fetchJson("/predict", { method: "PUT" })).headers.get("Allow")).toBe("GET, POST");
  });

  it("lets a browser ask from anywhere", async () => {
    const headers = { Origin: "https://example.com", "Access-Control-Request-Method": "POST" };
    const { status, headers: answer } = await fetchJson("/predict", { method: "OPTIONS", headers });
    expect(status).toBe(204);
    expect(answer.get("Access-Control-Allow-Origin")).toBe("*");
    expect((await fetchJson("/symbols/WARM")).headers.get("Access-Control-Allow-Origin")).toBe("*");
  });
});
