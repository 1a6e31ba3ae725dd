// Fields of ticks over HTTP: names that are known, names that are not, empty sides, ids and times.
import { describe, expect, it } from "vitest";
import digitTimes from "../fixtures/cases/09-digit-string-times/okx_like.json";
import canonicalRows from "../fixtures/cases/14-canonical-rows-posted/rows.json";
import { fetchWith, ingest, predictFresh, rise } from "./gateway.ts";
import { START_MS, market, tick } from "./market.ts";

describe("POST /ingest", () => {
  it("keeps five trades of one millisecond apart by the ids and sizes of canonical rows", async () => {
    const { status, body } = await ingest(canonicalRows);
    expect([status, body.accepted, body.duplicate, body.ignored]).toEqual([200, 5, 0, undefined]);
  });

  it("reads times that come as digits", async () => {
    expect((await ingest(digitTimes)).body).toMatchObject({ accepted: digitTimes.length, rejected: 0 });
  });

  it("takes known other names and names what it did not read", async () => {
    const message = { ...tick("NAMES", 0), bid_size: 1, ask_size: 2, qty: 3, bidsize: 4, note: "X" };
    expect((await ingest([message, message])).body).toMatchObject({ accepted: 1, ignored: ["bidsize", "note"] });
    const { ts, ...rest } = tick("NAMES", 1);
    expect((await ingest({ ...rest, timestamp: ts })).body).toMatchObject({ accepted: 1 });
  });

  it("counts the trade beside an empty side, and takes ids that no number can hold", async () => {
    const trades = [tick("ZERO", 0, 100), tick("ZERO", 1, 101)].map((message) => ({ ...message, bid: 0, ask: "0" }));
    const ids = [-1, 2 ** 60, "12345678901234567890"].map((id) => ({ ...tick("ZERO", 2, 100), id }));
    const { body } = await ingest([...trades, ...ids]);
    expect(body).toMatchObject({ accepted: 5, rejected: 0, ignored: ["id (rounded above 2^53: send it as text)"] });
  });

  it("refuses a price far outside its own quote, counted, and answers as if it had not come", async () => {
    await ingest(market("QUOTE", 1200));
    const before = (await predictFresh("QUOTE")).body;
    const wrong = { ...tick("QUOTE", 1200, 1e15), bid: 100, ask: 100.1 };
    const refused = await rise("volgate_ticks_rejected_total", { reason: "price_outside_quote" }, async () => {
      const { status, body } = await ingest(wrong);
      expect([status, body.errors[0].reason]).toEqual([422, "price_outside_quote"]);
    });
    expect(refused).toBe(1);
    expect((await predictFresh("QUOTE")).body.prediction_id).toBe(before.prediction_id);
  });

  it("has settings for the margin to the quote and for clocks that are ahead", async () => {
    const post = (body: unknown) => ({ method: "POST", body: JSON.stringify(body) });
    const wide = { ...tick("SET", 0, 130), bid: 100, ask: 101 };
    expect((await ingest(wide)).status).toBe(422);
    expect((await fetchWith({ QUOTE_MARGIN_PERCENT: "50" }, "/ingest", post(wide))).body.accepted).toBe(1);
    const ahead = { symbol: "AHEAD", ts: Date.now() + 10_000, price: 1 };
    expect((await ingest(ahead)).body.errors[0].reason).toBe("ts_in_future");
    expect((await fetchWith({ FUTURE_TOLERANCE_MS: "15000" }, "/ingest", post(ahead))).body.accepted).toBe(1);
  });

  it("refuses times of another unit by its name", async () => {
    const { body } = await ingest([{ ...tick("UNIT", 0), ts: START_MS * 1000 }]);
    expect(body.errors[0]).toMatchObject({ reason: "ts_out_of_range", field: "ts" });
    expect(body.errors[0].expected).toContain("this looks like microseconds");
  });
});
