// Ticks that wait for the next one: markets with long silences, a lone wrong time, a lone wrong price.
import { describe, expect, it } from "vitest";
import sixMinutes from "../fixtures/cases/07-sparse-market-refused-whole/six_minutes.json";
import { fetchJson, ingest, metric, predictFresh, rise } from "./gateway.ts";
import { market, tick } from "./market.ts";

describe("a market with a trade every six minutes", () => {
  it("is accepted, a segment a tick, and told which step would do", async () => {
    const { status, body } = await ingest(sixMinutes);
    expect([status, body.accepted, body.held, body.rejected]).toEqual([200, sixMinutes.length - 1, 1, 0]);
    const prediction = (await predictFresh("SPARSE")).body;
    expect(prediction).toMatchObject({ code: "too_sparse", smallest_step_s: 300, probability: null });
    expect(prediction.observed_share).toBeCloseTo(1 / 30, 6);
  });

  it("goes on after a lone time far ahead", async () => {
    const times = [0, 360, 100_000_000, 720, 1080];
    const answer = await ingest(times.map((second) => tick("SPARSE-2", second)));
    expect(answer.body).toMatchObject({ accepted: 3, held: 1, rejected: 1 });
    expect((await ingest(tick("SPARSE-2", 1440))).body).toMatchObject({ held: 1, released: 1 });
  });
});

describe("a warm market", () => {
  it("holds a lone price far away, refuses it when the next tick disagrees, and predicts as if it had not come", async () => {
    const ticks = market("JUMP", 1300);
    const wrong = { ...ticks[1250]!, bid: undefined, ask: undefined, price: 1e15, id: "wrong" };
    const refused = await rise("volgate_ticks_rejected_total", { reason: "price_outlier" }, async () => {
      const { body } = await ingest([...ticks.slice(0, 1251), wrong, ...ticks.slice(1251)]);
      expect(body).toMatchObject({ accepted: 1300, rejected: 1 });
      expect(body.errors).toMatchObject([{ index: 1251, symbol: "JUMP", reason: "price_outlier", field: "price" }]);
    });
    expect(refused).toBe(1);
    expect(await metric("volgate_ticks_total", { symbol: "JUMP", outcome: "price_outlier" })).toBe(1);
    await ingest(market("JUMP", 1300).map((message) => ({ ...message, symbol: "NO-JUMP" })));
    const [with1, without] = [(await predictFresh("JUMP")).body, (await predictFresh("NO-JUMP")).body];
    expect(with1.probability).toBe(without.probability);
    expect(with1.probability).not.toBeNull();
  });

  it("takes a jump that the next tick confirms, and counts a lone one of an earlier request in the next answer", async () => {
    await ingest(market("JUMP-2", 100));
    expect((await ingest(tick("JUMP-2", 100, 1e6))).body).toMatchObject({ accepted: 0, held: 1 });
    expect((await fetchJson("/symbols/JUMP-2")).body).toMatchObject({ holding: true });
    const { body } = await ingest(market("JUMP-2", 105).slice(101));
    expect(body).toMatchObject({ accepted: 4, rejected: 1 });
    expect((await ingest([tick("JUMP-2", 106, 1e6), tick("JUMP-2", 107, 1e6)])).body).toMatchObject({ accepted: 2 });
  });

  it("loses no true tick to one that is 4.9 s ahead", async () => {
    await ingest(market("EARLY", 100));
    const ahead = { ...tick("EARLY", 104, 100), ts: tick("EARLY", 104).ts - 100 };
    const { body } = await ingest([ahead, ...market("EARLY", 110).slice(100)]);
    expect(body).toMatchObject({ accepted: 10, late: 0, rejected: 1 });
    expect(body.errors).toMatchObject([{ index: 0, reason: "ts_outlier" }]);
  });
});
