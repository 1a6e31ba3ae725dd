import { describe, expect, it } from "vitest";
import {
  ALERT_PATIENCE,
  hasRefused,
  holdMs,
  judgeAttempt,
  SPIKE_PATIENCE,
} from "../../src/durable/alerts/webhook-retry.ts";
import { parseRetryAfter } from "../../src/schemas/retry-after.ts";
import { webhookSignature } from "../../src/durable/alerts/webhook-signature.ts";

describe("an attempt", () => {
  const judge = (code: number | null, more: object = {}) =>
    judgeAttempt(
      { status: code, retryAfterMs: null, detail: "why", tookMs: 1, ...more },
      { attempts: 1, createdMs: 0, nowMs: 0, backoffMs: 1000, patience: SPIKE_PATIENCE, seed: "s", ...more },
    );

  it("at a spike waits four times longer after each failure, with a jitter below it, up to six hours", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => {
      const verdict = judge(500, { attempts });
      return verdict.kind === "retry" ? verdict.atMs / (1000 * 4 ** (attempts - 1)) : NaN;
    });
    for (const wait of waits) expect(wait >= 0.5 && wait < 1).toBe(true);
    expect(new Set(waits).size).toBe(7);
    const capped = Array.from({ length: 200 }, (_, seed) => {
      const verdict = judge(500, { attempts: 7, backoffMs: 60_000, seed: `${seed}` });
      return verdict.kind === "retry" ? verdict.atMs / 3_600_000 : NaN;
    });
    expect(Math.max(...capped)).toBeGreaterThan(5.9);
    expect(Math.max(...capped)).toBeLessThanOrEqual(6);
  });

  it("draws the jitter from the message: evenly, and the same again", () => {
    const shares = Array.from({ length: 2000 }, (_, i) => {
      const verdict = judge(500, { seed: `gateway hook S-${i}:drift:1 firing`, backoffMs: 1_000_000 });
      return verdict.kind === "retry" ? verdict.atMs / 500_000 - 1 : NaN;
    });
    const tenths = Array.from({ length: 10 }, (_, k) => shares.filter((u) => Math.floor(u * 10) === k).length);
    for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(70);
    expect(judge(500)).toEqual(judge(500));
  });

  it.each([
    [200, "delivered"],
    [299, "delivered"],
    [null, "retry"],
    [408, "retry"],
    [429, "retry"],
    [500, "retry"],
    [599, "retry"],
    [302, "dead"],
    [400, "dead"],
    [422, "dead"],
  ] as const)("with status %s is %s", (code, kind) => {
    expect(judge(code).kind).toBe(kind);
  });

  it("at an alert is made every quarter of an hour at last, for a day, however often that is", () => {
    const hour = 3_600_000;
    const waits = [6, 9, 99].map((attempts) => {
      const verdict = judge(500, { attempts, patience: ALERT_PATIENCE, nowMs: 20 * hour, seed: `${attempts}` });
      return verdict.kind === "retry" ? verdict.atMs / hour - 20 : NaN;
    });
    for (const wait of waits) expect(wait > 0.05 && wait <= 0.25).toBe(true);
    expect(judge(500, { attempts: 99, patience: ALERT_PATIENCE, nowMs: 24 * hour })).toMatchObject({ kind: "dead" });
  });

  it.each([
    [null, null, false],
    [408, null, false],
    [500, null, false],
    [502, null, false],
    [504, null, false],
    [429, null, true],
    [503, null, true],
    [403, null, true],
    [403, 1000, true],
    [404, null, true],
    [302, null, true],
  ])("with status %s and Retry-After %s says that the message was not taken: %s", (code, retryAfterMs, refused) => {
    expect(hasRefused({ status: code, retryAfterMs, detail: "", tookMs: 1 })).toBe(refused);
  });

  it("at a spike is the last after eight, or when the next one would be more than a day after the first", () => {
    expect(judge(500, { attempts: 8 })).toEqual({ kind: "dead", reason: "8 attempts; the last: answered 500: why" });
    expect(judge(null, { attempts: 8 })).toEqual({ kind: "dead", reason: "8 attempts; the last: why" });
    const late = { retryAfterMs: 3_600_000, nowMs: 23 * 3_600_000 };
    expect(judge(429, late)).toMatchObject({ kind: "retry", atMs: 24 * 3_600_000 });
    expect(judge(429, { ...late, nowMs: late.nowMs + 1 })).toMatchObject({
      kind: "dead",
      reason: expect.stringMatching(/too old/),
    });
  });

  it("that was limited is made again after what Retry-After says, an hour at most, and so is GitHub's 403 with one", () => {
    for (const code of [403, 429, 503]) {
      expect(judge(code, { retryAfterMs: 60_000 })).toMatchObject({ kind: "retry", atMs: 60_000 });
      expect(judge(code, { retryAfterMs: 999_999_999_000 })).toMatchObject({ kind: "retry", atMs: 3_600_000 });
    }
    expect(judge(403)).toMatchObject({ kind: "dead" });
  });

  it("holds its webhook only where the rate of requests was limited", () => {
    const hold = (code: number | null, retryAfterMs: number | null) =>
      holdMs({ status: code, retryAfterMs, detail: "", tookMs: 1 });
    expect([hold(429, 60_000), hold(403, 60_000), hold(429, 999_999_999_000)]).toEqual([60_000, 60_000, 3_600_000]);
    expect([hold(503, 60_000), hold(429, null), hold(403, null), hold(null, null), hold(204, 60_000)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it("reads Retry-After as seconds or as a date", () => {
    expect(parseRetryAfter("120", 0)).toBe(120_000);
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:02:00 GMT", 60_000)).toBe(60_000);
    expect(parseRetryAfter("Thu, 01 Jan 1970 00:00:00 GMT", 60_000)).toBe(0);
    for (const none of [null, "", "soon", "-5"]) expect(parseRetryAfter(none, 0)).toBeNull();
  });

  it("is signed as its documentation says", async () => {
    expect(await webhookSignature("volgate-example-secret", 1_700_000_000, "{}")).toBe(
      "t=1700000000,v1=1128be9e8bb294a481359eb8803c28e5dbf1b9ee03c9701af896bd3da6031753",
    );
  });
});
