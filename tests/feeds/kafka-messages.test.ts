// From a Kafka record to lines for the gateway, and to a dead letter: the parts that need no Kafka.
import { describe, expect, it } from "vitest";
import { batchLength, batchRequest } from "../../feeds/kafka/batch.ts";
import { BatchOutcome } from "../../feeds/kafka/batch-outcome.ts";
import { decodeNote, encodeNote } from "../../feeds/kafka/commit-note.ts";
import { encodeLetter } from "../../feeds/kafka/dead-letter.ts";
import { FeedTotals } from "../../feeds/kafka/feed-totals.ts";
import type { KafkaRecord } from "../../feeds/kafka/kafka-record.ts";
import { messageLines } from "../../feeds/kafka/message-lines.ts";
import type { DeliveredAnswer } from "../../gateway-client/delivered-answer.ts";
import { noCounts } from "../../gateway-client/ingest-counts.ts";

const linesOf = (text: string, symbol?: string) => messageLines(Buffer.from(text), symbol);

function record(offset: number, value: string | null, key: string | null = null): KafkaRecord {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text));
  return { offset, timestampMs: 1000 + offset, key: bytes(key), value: bytes(value), headers: [] };
}

describe("the value of a record", () => {
  it.each([
    [
      "an object, as it came",
      '{"symbol":"A", "id":12345678901234567890}',
      ['{"symbol":"A", "id":12345678901234567890}'],
    ],
    ["an object over several lines", '{\n "symbol": "A"\n}\n', ['{"symbol":"A"}']],
    ["a list", '[{"a":1},{"b":2}]', ['{"a":1}', '{"b":2}']],
    ["an empty list", "[]", []],
    ["a message that is a list", '[1,{"c":["1"]},"ticker","XBT/USD"]', ['[1,{"c":["1"]},"ticker","XBT/USD"]']],
    ["one message a line", '{"a":1}\n\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    [
      "lines of a capture, without what its client sent",
      'wss://x <- 1: {}\n1618677786.80: {"a":1}',
      ['1618677786.80: {"a":1}'],
    ],
    ["JSON that is no message, which the gateway refuses", "null", ["null"]],
  ])("is %s", (_, text, lines) => {
    expect(linesOf(text)).toEqual({ lines, refusal: undefined });
  });

  it.each([
    ["text that is no JSON", "{nonsense", { field: "value", got: '"{nonsense"' }],
    ["no text", " \n", { field: "value", got: "a blank text" }],
  ])("is refused as %s", (_, text, refusal) => {
    expect(linesOf(text)).toEqual({
      lines: [],
      refusal: { reason: "not_json", expected: expect.any(String), ...refusal },
    });
  });

  it("is refused when it is no UTF-8", () => {
    expect(messageLines(Buffer.from([0x7b, 0xff, 0x7d])).refusal).toMatchObject({ got: "bytes that are no UTF-8" });
  });

  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  it.each([
    ["in a list", `[{"symbol":"A"},${deep}]`, ['{"symbol":"A"}']],
    ["over several lines", `{"symbol":"A",\n"x":${deep}}`, []],
  ])("is refused where it is nested too deeply to be written again: %s", (_, value, lines) => {
    expect(messageLines(Buffer.from(value))).toMatchObject({ lines, refusal: { reason: "too_deep" } });
  });

  it("gives its good lines and says which one is bad", () => {
    expect(linesOf('{"a":1}\nbad\n{"b":2}')).toMatchObject({
      lines: ['{"a":1}', '{"b":2}'],
      refusal: { reason: "not_json", field: "line", got: '"bad"' },
    });
  });

  it("gets the key as symbol where it names none", () => {
    expect(linesOf('[{"ts":1},{"ts":2,"symbol":"B"},{"ts":3,"product_id":"C"}]', "A").lines).toEqual([
      '{"ts":1,"symbol":"A"}',
      '{"ts":2,"symbol":"B"}',
      '{"ts":3,"product_id":"C"}',
    ]);
  });
});

describe("a batch", () => {
  it("ends at the limit of records or bytes, and has one record at least", () => {
    const records = ["a", "bb", "ccc"].map((value, i) => record(i, value));
    expect(batchLength(records, { records: 2, bytes: 100 })).toBe(2);
    expect(batchLength(records, { records: 9, bytes: 3 })).toBe(2);
    expect(batchLength(records, { records: 9, bytes: 100 })).toBe(3);
    expect(batchLength([record(0, "a".repeat(500))], { records: 9, bytes: 100 })).toBe(1);
  });

  it("knows the record of each line, and another content by its hash", () => {
    const rules = { query: "", symbolFromKey: false };
    const records = [record(5, '[{"a":1},{"a":2}]'), record(7, null), record(8, "bad"), record(9, '{"a":3}')];
    const request = batchRequest(records, rules);
    expect(request.body).toBe('{"a":1}\n{"a":2}\n{"a":3}');
    expect(request.recordOfLine.map(({ offset }) => offset)).toEqual([5, 5, 9]);
    expect([...request.refused.keys()].map(({ offset }) => offset)).toEqual([8]);
    expect(request.tombstones).toBe(1);
    expect(batchRequest(records, rules).hash).toBe(request.hash);
    expect(batchRequest(records.slice(1), rules).hash).not.toBe(request.hash);
    expect(batchRequest(records, { ...rules, query: "?format=tick" }).hash).not.toBe(request.hash);
  });
});

describe("what is committed beside an offset", () => {
  const note = { topicId: "c03e8acc", producer: "kafka.ticks.0.0a1b2c", seq: 12 };

  it("comes back as it was, with and without a batch under way", () => {
    const withIntent = { ...note, intent: { end: 345, hash: "x_-9" } };
    expect(decodeNote(encodeNote(withIntent))).toEqual(withIntent);
    expect(decodeNote(encodeNote(note))).toEqual({ ...note, intent: undefined });
    expect(encodeNote(withIntent).length).toBeLessThan(4096);
  });

  it.each([null, "", "by another program", "volgate1 {", 'volgate1 {"topic":"t","producer":"two words","seq":1}'])(
    "is nothing when another program wrote %j",
    (text) => expect(decodeNote(text)).toBeUndefined(),
  );
});

describe("the answers to a batch", () => {
  const symbol = (counts: object) => ({
    ...noCounts(),
    steps_closed: 0,
    failed: undefined,
    warnings: undefined,
    ...counts,
  });
  const failed = (code: string, retryAfter: number | null) => ({
    failed: { code, detail: `not taken: ${code}`, ticks: 3, retry_after_s: retryAfter },
  });
  const answer = (part: Partial<DeliveredAnswer>): DeliveredAnswer => {
    return { ...noCounts(), symbols: {}, errors: [], errors_omitted: 0, ...part };
  };
  const refused = { reason: "price_not_positive", field: "price", got: "0", expected: "a number above 0" };

  it("count each symbol in the answer in which it took its ticks", () => {
    const outcome = new BatchOutcome();
    const first = outcome.add(
      answer({ symbols: { A: symbol({ accepted: 2, steps_closed: 1 }), B: symbol(failed("symbol_failed", 4)) } }),
    );
    expect(first).toEqual({ symbols: ["B"], why: "not taken: symbol_failed", retryAfterS: 4 });
    expect(
      outcome.add(answer({ symbols: { A: symbol({ duplicate: 2 }), B: symbol({ accepted: 3 }) } })),
    ).toBeUndefined();
    expect(outcome.counts).toEqual({ ...noCounts(), accepted: 5 });
    expect([...outcome.closed]).toEqual(["A"]);
  });

  it("count refused messages without a symbol once, and keep the first reason of a line", () => {
    const outcome = new BatchOutcome();
    const errors = [
      { index: 0, symbol: undefined, ...refused, reason: "not_of_format" },
      { index: 1, symbol: "A", ...refused },
      { index: 1, symbol: "A", ...refused, reason: "ts_missing" },
    ];
    const both = answer({ rejected: 3, errors, symbols: { A: symbol({ rejected: 2 }), B: symbol(failed("x", 1)) } });
    outcome.add(both);
    outcome.add({ ...both, symbols: { ...both.symbols, B: symbol({ accepted: 1 }) } });
    expect(outcome.counts).toEqual({ ...noCounts(), accepted: 1, rejected: 3 });
    expect([...outcome.refusals].map(([line, { reason }]) => [line, reason])).toEqual([
      [0, "not_of_format"],
      [1, "price_not_positive"],
    ]);
  });

  it("count ticks under a used number as duplicates", () => {
    const outcome = new BatchOutcome();
    expect(outcome.add(answer({ symbols: { A: symbol(failed("sequence_conflict", null)) } }))).toBeUndefined();
    expect(outcome.counts.duplicate).toBe(3);
    expect(outcome.usedNumber).toEqual(["A"]);
  });
});

describe("a dead letter", () => {
  it("is the record as it came, with the reason, where it stood, and an id that stays the same", () => {
    const dead = { ...record(7, "bad", "A"), headers: [[Buffer.from("trace"), Buffer.from("42")] as const] };
    const refusal = { reason: "not_json", field: "value", got: '"bad"', expected: "JSON" };
    const letter = encodeLetter({ record: dead, refusal }, { cluster: "c", topic: "ticks", partition: 3 });
    expect([String(letter.key), String(letter.value)]).toEqual(["A", "bad"]);
    const headers = Object.fromEntries([...letter.headers].map(([name, value]) => [String(name), String(value)]));
    expect(headers).toEqual({
      trace: "42",
      "volgate-id": "c/ticks/3/7",
      "volgate-reason": "not_json",
      "volgate-field": "value",
      "volgate-got": '"bad"',
      "volgate-expected": "JSON",
      "volgate-topic": "ticks",
      "volgate-partition": "3",
      "volgate-offset": "7",
      "volgate-timestamp": "1007",
    });
  });
});

describe("the totals of a feed", () => {
  it("are a line of counts, and what was refused and why", () => {
    const totals = new FeedTotals();
    const outcome = new BatchOutcome();
    outcome.counts.accepted = 1200;
    outcome.skipped = 2;
    const refusals = [{ reason: "not_json", field: "value", expected: "JSON" }];
    totals.add({ records: 1203, tombstones: 1, outcome, refusals, isRecovered: true });
    totals.lost = 5;
    expect(totals.lines("written to dead")).toEqual([
      "1,203 records in 1 batches; ticks: accepted 1,200",
      "1 batches were taken over from an interrupted run",
      "2 messages without a tick",
      "1 records without a value",
      "1 messages refused, written to dead: not_json 1",
      "5 offsets were deleted by the topic's retention before they were read",
    ]);
  });
});
