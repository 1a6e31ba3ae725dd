import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { forgetSymbol } from "../../src/clients/directory.ts";
import { fnv1aOfText } from "../../src/features/fnv1a.ts";
import { collectBlocks } from "../../src/jobs/experiment/collect-blocks.ts";
import { collectWeeklyReport } from "../../src/jobs/weekly-report/weekly-report.ts";
import type { Env } from "../../src/settings.ts";
import { type Answer, fetchWith, ingest, metric } from "./gateway.ts";
import { tick } from "./market.ts";

/** Long enough for an object that does answer, on a machine with other work. */
const DEADLINE_MS = 2_000;
const QUICK = { OBJECT_DEADLINE_MS: String(DEADLINE_MS) };
const NO_ANSWER = `no answer in ${DEADLINE_MS} ms`;
const never = () => new Promise<never>(() => undefined);
const HUNG = env.SYMBOLS.idFromName("D-HUNG");

const BROKEN = env.SYMBOLS.idFromName("D-BROKEN");
const fail = () => Promise.reject(new Error("storage is broken"));

/** The symbols' objects, of which D-HUNG never answers, and D-BROKEN fails. */
const SYMBOLS = {
  idFromName: (name: string) => env.SYMBOLS.idFromName(name),
  get: (id: DurableObjectId) => {
    if (id.equals(BROKEN)) return new Proxy({}, { get: () => fail });
    return id.equals(HUNG) ? new Proxy({}, { get: () => never }) : env.SYMBOLS.get(id);
  },
} as unknown as Env["SYMBOLS"];
const HANGING = { ...QUICK, SYMBOLS };

beforeAll(async () => {
  await ingest(["D-GOOD", "D-HUNG", "D-BROKEN"].flatMap((symbol) => [tick(symbol, 0), tick(symbol, 1)]));
});

let newSecond = 5;

const timeouts = (object: string): Promise<number> => metric("volgate_object_timeouts_total", { object });

describe("an object that never answers", () => {
  it("costs an ingest its own symbol only: the others are applied, and it is counted", async () => {
    const before = await timeouts("symbol");
    // Another one when it is tried again.
    const second = newSecond++;
    const body = JSON.stringify([tick("D-HUNG", second), tick("D-GOOD", second)]);
    const answer: Answer = await fetchWith(HANGING, "/ingest", { method: "POST", body });
    expect(answer.body.symbols["D-GOOD"]).toMatchObject({ accepted: 1 });
    expect(answer.body.symbols["D-HUNG"]?.accepted ?? 0).toBe(0);
    expect(await timeouts("symbol")).toBe(before + 1);
  });

  it("is down in a scrape that all others are in", async () => {
    const { status, body } = await fetchWith(HANGING, "/metrics");
    expect(status).toBe(200);
    expect(body).toContain('volgate_symbol_up{symbol="D-HUNG"} 0\n');
    expect(body).toContain('volgate_symbol_up{symbol="D-GOOD"} 1\n');
  });

  it("makes its own prediction 503 symbol_timeout, to be asked again", async () => {
    const { status, headers, body } = await fetchWith(HANGING, "/predict?symbol=D-HUNG");
    expect([status, body.code, headers.get("Retry-After")]).toEqual([503, "symbol_timeout", "1"]);
    expect(body.detail).toBe(`symbol D-HUNG: ${NO_ANSWER}`);
  });

  it("costs a request for several predictions its own only", async () => {
    const symbols = ["D-HUNG", "D-GOOD", "D-NONE"];
    const { status, body } = await fetchWith(HANGING, "/predict", {
      method: "POST",
      body: JSON.stringify({ symbols }),
    });
    expect(status).toBe(200);
    expect(body.predictions[0]).toEqual({
      symbol: "D-HUNG",
      code: "symbol_timeout",
      error: `symbol D-HUNG: ${NO_ANSWER}`,
    });
    expect(body.predictions[1].symbol).toBe("D-GOOD");
    expect(body.predictions[2].code).toBe("unknown_symbol");
  });

  it("is named and left out of the live performance", async () => {
    const { status, body } = await fetchWith(HANGING, "/metrics/live-performance");
    expect(status).toBe(200);
    expect(body.symbols).toContainEqual({ symbol: "D-HUNG", included: false, reason: "its object did not answer" });
  });

  it("is named by the scheduled jobs", async () => {
    const hanging = Object.assign({}, env, HANGING);
    const rule = { throughBlock: null, lagBlocks: 1, minRows: 1 };
    const parts = await collectBlocks(hanging, { id: "none", tries: 1 }, rule);
    expect(parts.find(({ symbol }) => symbol === "D-HUNG")).toMatchObject({ failed: true });
    const { symbols } = await collectWeeklyReport(hanging, Date.now());
    expect([...symbols].find(({ symbol }) => symbol === "D-HUNG")!.missing).toEqual(["its object did not answer"]);
  });
});

describe("an object that fails", () => {
  it("makes every answer about its symbol 503 symbol_failed, to be asked again; the log has the error", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => void log.mockRestore());
    const paths = [
      "/predict?symbol=D-BROKEN",
      ...["", "/quality", "/drift", "/alerts"].map((p) => `/symbols/D-BROKEN${p}`),
    ];
    for (const path of paths) {
      log.mockClear();
      const { status, headers, body } = await fetchWith(HANGING, path);
      expect([status, body.code, headers.get("Retry-After")], path).toEqual([503, "symbol_failed", "1"]);
      expect(body.detail, path).toBe("symbol D-BROKEN: an error, which the log has");
      expect(log.mock.calls.flat().join(), path).toContain("storage is broken");
    }
  });

  it("costs a request for several predictions its own only, as does a part of the directory", async () => {
    const taken = new Set(["D-GOOD", "D-BROKEN"].map((symbol) => fnv1aOfText(symbol) % 16));
    const elsewhere = Array.from({ length: 40 }, (_, i) => `D-ELSE-${i}`).find((s) => !taken.has(fnv1aOfText(s) % 16))!;
    const body = JSON.stringify({ symbols: ["D-BROKEN", "D-GOOD", elsewhere] });
    forgetSymbol(elsewhere);
    const variables = { ...HANGING, DIRECTORY: SILENT };
    const answer = await fetchWith(variables, "/predict", { method: "POST", body });
    forgetSymbol(elsewhere);
    expect(answer.status).toBe(200);
    const [broken, good, other] = answer.body.predictions;
    const error = "symbol D-BROKEN: an error, which the log has";
    expect(broken).toEqual({ symbol: "D-BROKEN", code: "symbol_failed", error });
    expect(good).toMatchObject({ symbol: "D-GOOD", probability: null });
    expect(other).toMatchObject({ symbol: elsewhere, code: "directory_unavailable" });
  });
});

/** A namespace whose objects answer nothing. */
const SILENT = {
  idFromName: (name: string) => env.REGISTRY.idFromName(name),
  get: () => ({ fetch: never, figures: never, list: never }),
} as unknown as DurableObjectNamespace<never>;

describe("the gateway's own objects", () => {
  it("do not hold an answer either: 503 object_timeout", async () => {
    const registry = await fetchWith({ ...QUICK, REGISTRY: SILENT }, "/admin/history");
    expect([registry.status, registry.body.code]).toEqual([503, "object_timeout"]);
    expect(registry.body.detail).toBe(`registry: ${NO_ANSWER}`);
    const alerts = await fetchWith({ ...QUICK, ALERTS: SILENT }, "/admin/alerts");
    expect([alerts.status, alerts.body.code]).toEqual([503, "object_timeout"]);
  });

  it("leave the scrape what is not theirs", async () => {
    const { status, body } = await fetchWith({ ...QUICK, ALERTS: SILENT }, "/metrics");
    expect(status).toBe(200);
    expect(body).toContain("volgate_alerts_up 0\n");
    expect(body).toContain('volgate_symbol_up{symbol="D-GOOD"} 1\n');
  });
});
