// What a gateway is asked over HTTP: paths, tokens, which failures are tried again, and the errors of the others.
import { describe, expect, it } from "vitest";
import { ANSWERS_WITH_503 } from "../../clients/typescript/src/volgate-client.ts";
import { VolgateError } from "../../clients/typescript/src/volgate-error.ts";
import { CONTRACTS } from "../../src/http/contracts.ts";
import { predictContract } from "../../src/http/predict-schema.ts";
import { problem } from "./fake-gateway.ts";
import { clientOf, startGateway } from "./test-client.ts";

const PREDICTION = { status: 200, body: predictContract.answer.example };

describe("a question", () => {
  it("has typed answers", async () => {
    const gateway = await startGateway();
    gateway.answers.set("/predict", PREDICTION);
    const prediction = await clientOf(gateway).predict("BTC-USD", { horizon: "300s" });
    expect(prediction.probability).toBe(0.0713);
    // The type says that a symbol without a closed step has no threshold.
    expect("threshold" in prediction && prediction.threshold).toBe(0.2416);
    expect(gateway.requests[0]!.url).toBe("/predict?horizon=300s&symbol=BTC-USD");
  });

  it("goes to its route with the names of its path escaped", async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway);
    const seen: string[] = [];
    const paths = ["", "/history", "/explanation", "/quality", "/drift", "/threshold", "/alerts"];
    for (const path of paths)
      gateway.answers.set(`/symbols/BTC%2FUSD${path}`, ({ url }) => (seen.push(url), { status: 200, body: {} }));
    await client.symbol("BTC/USD");
    await client.history("BTC/USD", { points: "10", grid: undefined });
    await client.explanation("BTC/USD");
    await client.quality("BTC/USD", { window: "1h" });
    await client.drift("BTC/USD");
    await client.threshold("BTC/USD");
    await client.alerts("BTC/USD");
    expect(seen.map((url) => url.slice("/symbols/BTC%2FUSD".length))).toEqual([
      "",
      "/history?points=10",
      "/explanation",
      "/quality?window=1h",
      "/drift",
      "/threshold",
      "/alerts",
    ]);
    await expect(client.symbol("")).rejects.toThrow("symbol: got , expected a text");
  });

  it("bears the token of its route", async () => {
    const gateway = await startGateway();
    for (const path of ["/symbols", "/feedback", "/admin/aliases"])
      gateway.answers.set(path, { status: 200, body: {} });
    const bearers = async (tokens: object): Promise<(string | undefined)[]> => {
      gateway.requests.length = 0;
      const client = clientOf(gateway, tokens);
      await client.symbols();
      await client.feedback([]);
      await client.ask("GET /admin/aliases", {});
      return gateway.requests.map(({ authorization }) => authorization?.slice("Bearer ".length));
    };
    expect(await bearers({ token: "in", readToken: "read", adminToken: "admin" })).toEqual(["read", "in", "admin"]);
    expect(await bearers({ token: "in", adminToken: "admin" })).toEqual(["admin", "in", "admin"]);
    expect(await bearers({ token: "in" })).toEqual(["in", "in", undefined]);
    expect(await bearers({})).toEqual([undefined, undefined, undefined]);
  });

  it("asks for the predictions of several symbols, and for scores of rows", async () => {
    const gateway = await startGateway();
    const answers = [
      { predictions: [PREDICTION.body, { symbol: "NOBODY", code: "unknown_symbol", error: "none" }] },
      {},
    ];
    gateway.answers.set("/predict", () => ({ status: 200, body: answers.shift() }));
    const client = clientOf(gateway);
    const [first, second] = await client.predictMany(["BTC-USD", "NOBODY"], { horizon: "60s" });
    expect([first!.symbol, "code" in second! && second.code]).toEqual(["BTC-USD", "unknown_symbol"]);
    await client.predictRows([{ ret_mean: 0.05, ret_std: 0.01, n: 50 }]);
    expect(gateway.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { symbols: ["BTC-USD", "NOBODY"], horizon: "60s" },
      { rows: [{ ret_mean: 0.05, ret_std: 0.01, n: 50 }] },
    ]);
  });

  it("is asked again after 429, 5xx and a broken connection, and waits as long as it is asked to", async () => {
    const gateway = await startGateway();
    const atMs: number[] = [];
    const failures = [
      problem(429, "rate_limited", "too many", { "Retry-After": "1" }),
      problem(503, "symbol_timeout", "late"),
      "reset" as const,
    ];
    gateway.answers.set("/predict", () => (atMs.push(Date.now()), failures.shift() ?? PREDICTION));
    await clientOf(gateway).predict("BTC-USD");
    expect(atMs).toHaveLength(4);
    expect(atMs[1]! - atMs[0]!).toBeGreaterThanOrEqual(995);
    expect(atMs[3]! - atMs[1]!).toBeLessThan(500);
  });

  it("gives up in time with the last answer", async () => {
    const gateway = await startGateway();
    gateway.answers.set("/predict", problem(503, "symbol_timeout", "symbol: got no answer"));
    const error = await clientOf(gateway, { giveUpAfterMs: 1_000 })
      .predict("A")
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VolgateError);
    expect(error).toMatchObject({ code: "symbol_timeout", status: 503, field: "symbol", requestId: "r-1" });
    expect((error as VolgateError).attempts).toBeGreaterThan(2);
    expect((error as VolgateError).message).toMatch(
      /^GET \/predict: 503 symbol_timeout: symbol: got no answer, after \d+ attempts$/,
    );
  });

  it("is not asked again where that cannot help", async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway);
    for (const [status, code] of [
      [404, "unknown_symbol"],
      [401, "not_authenticated"],
      [503, "not_configured"],
    ] as const) {
      gateway.answers.set("/predict", problem(status, code, "symbol: got NOBODY, which has received no tick"));
      await expect(client.predict("NOBODY")).rejects.toMatchObject({ code, status, attempts: 1, problem: { code } });
    }
    gateway.answers.set("/predict", { status: 200, body: "<html>a page of somebody else</html>" });
    await expect(client.predict("A")).rejects.toMatchObject({ code: "unreadable", status: 200 });
  });

  it("that changes something is sent once, unless it was not looked at", async () => {
    const gateway = await startGateway();
    const asked: string[] = [];
    const answers = [problem(429, "rate_limited", "too many"), problem(503, "object_timeout", "late")];
    gateway.answers.set("/admin/rollback", ({ method }) => (asked.push(method), answers.shift()!));
    const rollback = clientOf(gateway).ask("POST /admin/rollback", { body: { by: "me", reason: "worse" } });
    await expect(rollback).rejects.toMatchObject({ code: "object_timeout", attempts: 2 });
    expect(asked).toEqual(["POST", "POST"]);
  });

  it("is cut off by its time limit and by a signal", async () => {
    const gateway = await startGateway();
    gateway.answers.set("/health", () => "stall");
    const client = clientOf(gateway);
    await expect(client.health({ timeoutMs: 20, giveUpAfterMs: 60 })).rejects.toMatchObject({ code: "unreachable" });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 30);
    await expect(client.health({ signal: abort.signal })).rejects.toThrow("enough");
  });

  it("takes the 503 of a degraded gateway for an answer, and that of a proxy for a failure", async () => {
    const gateway = await startGateway();
    gateway.answers.set("/health", { status: 503, body: { status: "degraded", ready: false, reasons: [] } });
    const client = clientOf(gateway, { giveUpAfterMs: 1_000 });
    expect(await client.health()).toMatchObject({ status: "degraded" });
    gateway.answers.set("/health", { status: 503, body: { message: "no upstream" } });
    await expect(client.health()).rejects.toMatchObject({ status: 503 });
    const also = CONTRACTS.filter(({ answer }) => answer.also?.[503] !== undefined);
    expect([...ANSWERS_WITH_503]).toEqual(also.map(({ method, path }) => `${method.toUpperCase()} ${path}`));
  });
});
