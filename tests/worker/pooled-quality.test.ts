import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Env } from "../../src/settings.ts";
import { type Answer, fetchJson, fetchWith, ingest } from "./gateway.ts";
import { market } from "./market.ts";
import { feedLong } from "./quality-symbols.ts";

type Body = Answer["body"];

beforeAll(async () => {
  await feedLong("P-ONE", 3);
  await feedLong("P-TWO", 4);
  await ingest(market("P-COLD", 20));
});

/** The symbols' objects, of which those named answer otherwise; `calls` are those of `qualityPart`. */
function objects(answers: Readonly<Record<string, () => Promise<unknown>>> = {}) {
  const calls: string[] = [];
  const SYMBOLS = {
    idFromName: (name: string) => name,
    get: (name: string) => {
      const stub = env.SYMBOLS.get(env.SYMBOLS.idFromName(name));
      const qualityPart = (...args: [never, never]) => {
        calls.push(name);
        return answers[name]?.() ?? stub.qualityPart(...args);
      };
      return { qualityPart };
    },
  } as unknown as Env["SYMBOLS"];
  return { SYMBOLS, calls };
}

const championOf = ({ labels }: Body): Body =>
  labels[0].models.find(({ model }: Body) => model.aliases.includes("champion"));
const reasonsOf = ({ symbols }: Body): Record<string, string | null> =>
  Object.fromEntries(symbols.map(({ symbol, reason }: Body) => [symbol, reason]));

describe("GET /quality", () => {
  it("adds up every model over the symbols, with intervals, pairs and curves", async () => {
    const { status, body } = await fetchJson("/quality?curves=1");
    expect(status).toBe(200);
    expect([body.symbol, body.window, body.step_ms, body.block_steps]).toEqual([null, "24h", 1000, 900]);
    const own = await Promise.all(["P-ONE", "P-TWO"].map((symbol) => fetchJson(`/symbols/${symbol}/quality`)));
    const [x, y] = own.map((answer) => championOf(answer.body)) as [Body, Body];
    const champion = championOf(body);
    expect(champion.resolved).toBe(x.resolved + y.resolved);
    for (const key of ["tp", "fp", "fn", "tn"]) {
      expect(champion.confusion[key]).toBe(x.confusion[key] + y.confusion[key]);
    }
    const aliases = ({ labels }: Body) => labels[0].models.map(({ model }: Body) => model.aliases);
    expect(aliases(body)).toEqual(aliases(own[0]!.body));
    expect(body.pairs.map(({ reference }: Body) => reference.aliases)).toEqual(
      own[0]!.body.pairs.map(({ reference }: Body) => reference.aliases),
    );
    for (const model of body.labels[0].models) {
      expect(model.episodes).toBe(body.labels[0].episodes);
      expect(model.curves.reliability).toHaveLength(10);
      if (model.pr_auc === null) {
        expect(model.missing.length).toBeGreaterThan(0);
        continue;
      }
      const precisions = model.curves.precision_recall.map(({ precision }: Body) => precision);
      const mean = precisions.reduce((sum: number, p: number) => sum + p, 0) / 20;
      expect(mean).toBeCloseTo(model.pr_auc.value, 10);
    }
    expect(reasonsOf(body)).toMatchObject({ "P-ONE": null, "P-TWO": null });
  });

  it("has the figures of a symbol's own hour where the others are left out, and names each with its reason", async () => {
    const all = Object.fromEntries(
      (await fetchJson("/symbols")).body.symbols.map((symbol: string) => [symbol, () => Promise.resolve(undefined)]),
    );
    const part = (await env.SYMBOLS.get(env.SYMBOLS.idFromName("P-TWO")).qualityPart("1h"))!;
    const { SYMBOLS } = objects({
      ...all,
      "P-ONE": () => env.SYMBOLS.get(env.SYMBOLS.idFromName("P-ONE")).qualityPart("1h"),
      "P-TWO": () => Promise.resolve({ ...part, part: { ...part.part, stepMs: 60_000 } }),
    });
    const { body } = await fetchWith({ SYMBOLS }, "/quality?window=1h");
    const own = (await fetchJson("/symbols/P-ONE/quality?window=1h")).body;
    const [found, mine] = [championOf(body), championOf(own)];
    expect([body.from, body.to]).toEqual([own.from, own.to]);
    expect([found.brier, found.ece, found.confusion]).toEqual([mine.brier, mine.ece, mine.confusion]);
    expect(found.pr_auc.value).toBeCloseTo(mine.pr_auc.value, 2);
    expect(found).not.toHaveProperty("curves");
    expect(reasonsOf(body)).toMatchObject({
      "P-ONE": null,
      "P-TWO": "its steps are of 60000 ms, the gateway's of 1000 ms",
      "P-COLD": "no step has been scored by the champion",
    });
  });

  it("names symbols that do not answer, or that another champion serves, and shows the rest", async () => {
    const stub = env.SYMBOLS.get(env.SYMBOLS.idFromName("P-TWO"));
    const { SYMBOLS } = objects({
      "P-ONE": () => Promise.reject(new Error("overloaded")),
      "P-COLD": async () => ({ ...(await stub.qualityPart("24h"))!, champion: "another" }),
    });
    const { status, body } = await fetchWith({ SYMBOLS }, "/quality");
    expect(status).toBe(200);
    expect(reasonsOf(body)).toMatchObject({
      "P-ONE": "its object did not answer",
      "P-TWO": null,
      "P-COLD": "another champion serves it still",
    });
    expect(championOf(body).resolved).toBe(championOf((await fetchJson("/symbols/P-TWO/quality")).body).resolved);
  });

  it("says in how many symbols a model is that is not in all of them", async () => {
    const { SYMBOLS } = objects({
      "P-TWO": async () => {
        const own = (await env.SYMBOLS.get(env.SYMBOLS.idFromName("P-TWO")).qualityPart("24h"))!;
        const champion = own.part!.series.filter(({ sha256 }) => sha256 === own.champion);
        return { ...own, part: { ...own.part, series: champion } };
      },
    });
    const { body } = await fetchWith({ SYMBOLS }, "/quality");
    const included = body.symbols.filter((one: Body) => one.included).length;
    expect(body.missing).toContain(
      `zscore: ${included - 1} of ${included} symbols have steps of it, its figures are of those alone`,
    );
    expect(body.missing.join()).not.toContain("champion");
  });

  it("has no label where no symbol has figures, and says so", async () => {
    const failing = () => Promise.reject(new Error("away"));
    const { symbols } = (await fetchJson("/symbols")).body;
    const { SYMBOLS } = objects(Object.fromEntries(symbols.map((symbol: string) => [symbol, failing])));
    const { status, body } = await fetchWith({ SYMBOLS }, "/quality?window=30d");
    expect([status, body.labels, body.from]).toEqual([200, [], null]);
    expect(body.missing).toEqual([`labels: none of ${symbols.length} symbols has figures of the gateway's champion`]);
  });

  it("asks each object once for many readers, and refuses what is no window", async () => {
    const { SYMBOLS, calls } = objects();
    const variables = { SYMBOLS, READ_CACHE_MS: "5000" };
    await Promise.all(Array.from({ length: 8 }, () => fetchWith(variables, "/quality?window=24h&curves=0")));
    expect(calls).toHaveLength(new Set(calls).size);
    expect(calls).toContain("P-ONE");
    expect(await fetchJson("/quality?window=7d")).toMatchObject({ status: 400, body: { code: "window_malformed" } });
    expect(await fetchJson("/quality?curves=x")).toMatchObject({ status: 400, body: { code: "curves_malformed" } });
    expect(await fetchJson("/quality?grid=7s")).toMatchObject({ status: 400, body: { code: "unknown_grid" } });
  });
});
