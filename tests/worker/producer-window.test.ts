// What a symbol remembers of its producers' numbers, and what it answers to a number that it has not seen, has seen, or
// cannot know.
import { evictDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { QUOTE_FIELDS } from "../../src/features/packed-ticks.ts";
import { REMEMBERED } from "../../src/http/ingest-schema.ts";
import { fetchJson, fetchWith, ingestAs, rise, sqlOf, stubOf } from "./gateway.ts";
import { START_MS, tick } from "./market.ts";

const acceptedOf = async (symbol: string): Promise<number> =>
  (await fetchJson(`/symbols/${symbol}`)).body.ticks.accepted;
const failureOf = async (producer: string, seq: number, ticks: readonly { symbol: string }[]) => {
  const { status, body } = await ingestAs(producer, seq, ticks);
  return { status, code: body.code, failed: body.symbols[ticks[0]!.symbol].failed };
};

describe("the number of a producer's batch", () => {
  it("that was never seen is applied, also when higher ones came first", async () => {
    expect((await ingestAs("p", 10, tick("OVERTAKE", 0))).body).toMatchObject({ accepted: 1 });
    expect((await ingestAs("p", 9, [{ ...tick("OVERTAKE", 0), price: 101 }])).body).toMatchObject({ accepted: 1 });
    expect((await ingestAs("p", 9, [{ ...tick("OVERTAKE", 0), price: 101 }])).body).toMatchObject({ duplicate: 1 });
    expect(await acceptedOf("OVERTAKE")).toBe(2);
  });

  it("that was seen with other ticks is refused with 409 and a code of its own, and counted", async () => {
    // A bot that restarts under its old id and counts from 1 again.
    const batch = (second: number) =>
      Array.from({ length: 5 }, (_, k) => tick("RESTART", second + k, 100 + second + k));
    for (const seq of [1, 2, 3]) expect((await ingestAs("bot-1", seq, batch(seq * 5))).body.accepted).toBe(5);
    let refused: unknown;
    const counted = await rise("volgate_sequence_refusals_total", { code: "sequence_conflict" }, async () => {
      refused = await failureOf("bot-1", 1, batch(20));
    });
    const failed = { code: "sequence_conflict", retry_after_s: null };
    expect(refused).toMatchObject({ status: 409, code: "sequence_conflict", failed });
    expect(counted).toBe(1);
    expect((await ingestAs("bot-1", 3, batch(15))).body).toMatchObject({ accepted: 0, duplicate: 5 });
    expect(await acceptedOf("RESTART")).toBe(15);
  });

  it("is known for the highest 128, and refused below them as too old to know", async () => {
    expect(REMEMBERED.numbers).toBe(128);
    for (let seq = 1; seq <= 129; seq++) await ingestAs("p", seq, tick("WINDOW", seq));
    expect((await ingestAs("p", 2, tick("WINDOW", 2))).body).toMatchObject({ accepted: 0, duplicate: 1 });
    for (const seq of [0, 1]) {
      const old = { status: 409, code: "sequence_too_old", failed: { code: "sequence_too_old", retry_after_s: null } };
      expect(await failureOf("p", seq, [tick("WINDOW", 200)])).toMatchObject(old);
    }
    await evictDurableObject(stubOf("WINDOW"));
    expect((await ingestAs("p", 2, tick("WINDOW", 2))).body).toMatchObject({ duplicate: 1 });
    expect(await failureOf("p", 2, [tick("WINDOW", 3)])).toMatchObject({ status: 409, code: "sequence_conflict" });
    expect(await failureOf("p", 1, [tick("WINDOW", 1)])).toMatchObject({ status: 409, code: "sequence_too_old" });
  });

  it("is compared by the ticks, whether they are in a snapshot or in a slot", async () => {
    await ingestAs("p", 1, { ...tick("CONTENT", 1), bid: 99, ask: 101 });
    for (let seq = 2; seq <= 70; seq++) await ingestAs("p", seq, tick("CONTENT", seq));
    await evictDurableObject(stubOf("CONTENT"));
    expect((await ingestAs("p", 1, { ...tick("CONTENT", 1), bid: 99, ask: 101 })).body.duplicate).toBe(1);
    expect((await ingestAs("p", 70, tick("CONTENT", 70))).body.duplicate).toBe(1);
    expect((await ingestAs("p", 1, { ...tick("CONTENT", 1), bid: 99 })).status).toBe(409);
    expect((await ingestAs("p", 70, tick("CONTENT", 70, 100.5))).status).toBe(409);
  });

  it("is read from a snapshot that knows only the last number: equal is a duplicate, lower is too old", async () => {
    for (let seq = 1; seq <= 66; seq++) await ingestAs("p", seq, tick("VERSION-1", seq));
    // As the version before wrote it; the slots after batch 64 are replayed on top.
    await sqlOf(
      "VERSION-1",
      `UPDATE snapshot SET checksum = NULL, meta = '{"version":1,"producers":[["p",64],["other",7]]}'`,
    );
    await evictDurableObject(stubOf("VERSION-1"));
    for (const seq of [64, 65, 66]) {
      expect((await ingestAs("p", seq, tick("VERSION-1", seq))).body).toMatchObject({ accepted: 0, duplicate: 1 });
    }
    expect(await failureOf("p", 63, [tick("VERSION-1", 63)])).toMatchObject({ code: "sequence_too_old" });
    expect((await ingestAs("other", 7, tick("VERSION-1", 70))).body).toMatchObject({ accepted: 0, duplicate: 1 });
    expect((await ingestAs("other", 8, tick("VERSION-1", 67))).body).toMatchObject({ accepted: 1 });
    expect((await ingestAs("p", 67, tick("VERSION-1", 68))).body).toMatchObject({ accepted: 1 });
  });

  it("is too old below the first one that a rebuild finds", async () => {
    for (let seq = 5; seq <= 75; seq++) await ingestAs("p", seq, tick("REBUILT", seq));
    await sqlOf("REBUILT", "UPDATE snapshot SET meta = 'broken'");
    await sqlOf("REBUILT", "DELETE FROM slots WHERE seq = 1");
    await evictDurableObject(stubOf("REBUILT"));
    expect((await ingestAs("p", 6, tick("REBUILT", 6))).body).toMatchObject({ duplicate: 1 });
    expect(await failureOf("p", 5, [tick("REBUILT", 5)])).toMatchObject({ code: "sequence_too_old" });
    // A producer that begins after the rebuild is known from its first number on.
    for (const seq of [2, 1]) expect((await ingestAs("later", seq, tick("REBUILT", 75 + seq))).status).toBe(200);
  });

  it("is known from the first on where a rebuild finds every slot", async () => {
    for (let seq = 5; seq <= 75; seq++) await ingestAs("p", seq, tick("WHOLE", seq));
    await sqlOf("WHOLE", "UPDATE snapshot SET meta = 'broken'");
    await evictDurableObject(stubOf("WHOLE"));
    expect((await fetchJson("/symbols/WHOLE")).body.recovery).toMatchObject({ how: "rebuilt", damaged_batches: 0 });
    expect((await ingestAs("p", 4, tick("WHOLE", 76))).body).toMatchObject({ accepted: 1 });
  });

  it("is a duplicate when a setting or the time now takes what was refused, also after a restart", async () => {
    const [a, b] = [
      tick("RULES", 0),
      { ...tick("RULES", 1), symbol: undefined, product_id: "rules", bid: 103, ask: 104 },
    ];
    const send = async (seq: number, ticks: unknown, QUOTE_MARGIN_PERCENT?: string) => {
      const headers = { "X-Producer-Id": "p", "X-Producer-Seq": String(seq) };
      const init = { method: "POST", headers, body: JSON.stringify(ticks) };
      return await fetchWith(QUOTE_MARGIN_PERCENT === undefined ? {} : { QUOTE_MARGIN_PERCENT }, "/ingest", init);
    };
    expect((await send(1, [a, b], "1")).body).toMatchObject({ accepted: 1, rejected: 1 });
    expect((await send(1, [a, b])).body).toMatchObject({ accepted: 0, duplicate: 2, rejected: 0 });
    expect((await send(1, [a, { ...b, bid: 102 }])).status).toBe(409);
    await evictDurableObject(stubOf("RULES"));
    expect((await send(1, [a, b])).body).toMatchObject({ accepted: 0, duplicate: 2, rejected: 0 });
    expect((await send(1, [a, { ...b, bid: 102 }])).status).toBe(409);
  });

  it("is a duplicate where only the number is known: of a version with another hash, and of one with none", async () => {
    for (let seq = 1; seq <= 66; seq++) await ingestAs("p", seq, tick("HASHES", seq));
    await sqlOf("HASHES", `UPDATE snapshot SET checksum = NULL, meta = '{"version":2,"producers":[["p",-1,[1,5]]]}'`);
    const rows = new Float64Array(QUOTE_FIELDS).fill(NaN);
    rows.set([START_MS + 67_000, 101]);
    const batch = { symbol: "HASHES", rows, producer: "p", producerSeq: 67, maxTraceBytes: null };
    expect(await stubOf("HASHES").ingest(batch)).toMatchObject({ accepted: 1 });
    // What a version without the column leaves in the slot that it writes again.
    await sqlOf("HASHES", "UPDATE slots SET content_hash = 7 WHERE producer_seq = 67");
    await evictDurableObject(stubOf("HASHES"));
    for (const seq of [1, 67])
      expect((await ingestAs("p", seq, tick("HASHES", 90))).body).toMatchObject({ duplicate: 1 });
    expect((await ingestAs("p", 66, tick("HASHES", 90))).status).toBe(409);
    await sqlOf("HASHES", "UPDATE slots SET content_hash = 7 WHERE producer_seq = 66");
    await evictDurableObject(stubOf("HASHES"));
    expect((await fetchJson("/symbols/HASHES")).body.recovery).toMatchObject({ damaged_batches: 1 });
  });
});
