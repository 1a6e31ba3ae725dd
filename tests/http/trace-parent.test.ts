import { describe, expect, it } from "vitest";
import { newTrace, parseTraceParent, traceParentText } from "../../src/http/trace-parent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("the header traceparent", () => {
  it("has a trace's id, and whether it is sampled", () => {
    expect(parseTraceParent(`00-${TRACE}-${PARENT}-01`)).toEqual({ traceId: TRACE, isSampled: true });
    expect(parseTraceParent(`00-${TRACE}-${PARENT}-00`)).toEqual({ traceId: TRACE, isSampled: false });
    expect(parseTraceParent(`00-${TRACE}-${PARENT}-03`)).toEqual({ traceId: TRACE, isSampled: true });
  });

  it("may have more fields in a later version", () => {
    expect(parseTraceParent(`01-${TRACE}-${PARENT}-01-what-comes`)).toEqual({ traceId: TRACE, isSampled: true });
  });

  it.each([
    undefined,
    "",
    "x",
    `ff-${TRACE}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-more`,
    `00-${"0".repeat(32)}-${PARENT}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE.slice(1)}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-1`,
    `00-${TRACE}-${PARENT}`,
  ])("is not read where it is %s", (text) => expect(parseTraceParent(text)).toBeUndefined());

  it("is written so that it can be read again, with a new name each time", () => {
    const trace = { ...newTrace(), isSampled: true };
    const texts = [traceParentText(trace), traceParentText(trace)];
    for (const text of texts) expect(parseTraceParent(text)).toEqual(trace);
    expect(texts[0]).not.toBe(texts[1]);
  });
});
