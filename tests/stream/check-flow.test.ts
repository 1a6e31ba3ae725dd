import { describe, expect, it } from "vitest";
import {
  CHECK_BYTES,
  CHECK_DEADLINE_MS,
  CHECK_EVENTS,
  CheckFlow,
  MAX_UNANSWERED,
} from "../../src/stream/check-flow.ts";

/** Counts events until a check is due. */
function untilCheck(flow: CheckFlow, nowMs: number): number {
  for (;;) {
    const n = flow.count(100, nowMs);
    if (n !== undefined) return n;
  }
}

describe("the flow to a reader", () => {
  it("is checked after so many events, and after so many bytes", () => {
    const flow = new CheckFlow();
    for (let i = 1; i < CHECK_EVENTS; i++) expect(flow.count(100, 0)).toBeUndefined();
    expect(flow.count(100, 0)).toBe(1);
    expect(flow.count(CHECK_BYTES, 0)).toBe(2);
    expect(flow.count(1, 0)).toBeUndefined();
  });

  it("has no room while too many checks are unanswered, and again after an answer", () => {
    const flow = new CheckFlow();
    for (let n = 1; n <= MAX_UNANSWERED; n++) {
      expect(flow.hasRoom).toBe(true);
      expect(untilCheck(flow, n)).toBe(n);
    }
    expect([flow.hasRoom, flow.dueMs]).toEqual([false, 1 + CHECK_DEADLINE_MS]);
    expect(flow.answer(1, 50)).toBe(true);
    expect([flow.hasRoom, flow.dueMs]).toEqual([true, 50 + CHECK_DEADLINE_MS]);
    expect(flow.answer(MAX_UNANSWERED, 60)).toBe(true);
    expect(flow.dueMs).toBeUndefined();
  });

  it("takes an old answer again, and none to a check that was not sent", () => {
    const flow = new CheckFlow();
    untilCheck(flow, 0);
    untilCheck(flow, 0);
    expect([flow.answer(2, 1), flow.answer(1, 2), flow.answer(3, 3)]).toEqual([true, true, false]);
    expect(flow.dueMs).toBeUndefined();
  });

  it("goes on from its state", () => {
    const flow = new CheckFlow();
    for (let n = 1; n <= MAX_UNANSWERED; n++) untilCheck(flow, n);
    const again = new CheckFlow(flow.state);
    expect([again.hasRoom, again.dueMs]).toEqual([flow.hasRoom, flow.dueMs]);
    expect(again.answer(MAX_UNANSWERED, 9)).toBe(true);
    expect(untilCheck(again, 10)).toBe(MAX_UNANSWERED + 1);
  });
});
