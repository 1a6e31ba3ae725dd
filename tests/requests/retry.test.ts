import { describe, expect, it, vi } from "vitest";
import { type Attempt, type FailedAttempt, retry, type RetryPlan } from "../../requests/retry.ts";
import { backoffMs, retryAfterMs } from "../../requests/retry-delay.ts";
import { RecordedClock } from "./recorded-clock.ts";

const BUSY: FailedAttempt = { status: 503, why: "503 SlowDown", isFinal: false };

class GaveUpError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

function attemptsOf(...results: Attempt<string>[]): () => Promise<Attempt<string>> {
  return () => Promise.resolve(results.shift() ?? { value: "done" });
}

function planOf(plan: Partial<RetryPlan<FailedAttempt>> = {}) {
  const clock = new RecordedClock();
  const lines: string[] = [];
  return {
    clock,
    lines,
    plan: {
      request: "GET https://host/bucket/key",
      errorOf: ({ message, failure }) => new GaveUpError(message, failure.status),
      onWait: ({ line }) => lines.push(line),
      clock,
      ...plan,
    } satisfies RetryPlan<FailedAttempt>,
  };
}

describe("retry", () => {
  it("waits longer after each failure, and says what it waits for, how long, and which attempt comes next", async () => {
    const { plan, clock, lines } = planOf({ attempts: 6 });
    expect(await retry(attemptsOf(BUSY, { ...BUSY, status: 0, why: "socket hang up" }), plan)).toBe("done");
    expect(clock.waitsMs).toEqual([200, 400]);
    expect(lines).toEqual([
      "GET https://host/bucket/key: 503 SlowDown; attempt 2 of 6 in 0.2 s",
      "GET https://host/bucket/key: socket hang up; attempt 3 of 6 in 0.4 s",
    ]);
  });

  it("obeys a Retry-After of seconds or a date, but for a minute at most", async () => {
    const { plan, clock, lines } = planOf();
    const after = (retryAfter: string): FailedAttempt => ({ ...BUSY, retryAfter });
    await retry(attemptsOf(after("2"), after("Thu, 01 Jan 1970 00:00:07 GMT"), after("3600")), plan);
    expect(clock.waitsMs).toEqual([2000, 5000, 60_000]);
    expect(lines[2]).toBe(
      "GET https://host/bucket/key: 503 SlowDown; attempt 4 in 60.0 s, though the server asks for 3600 s",
    );
  });

  it("gives up within six minutes on a server whose Retry-After is always an hour", async () => {
    const { plan, clock } = planOf({ attempts: 6 });
    const hour = Array.from({ length: 6 }, () => ({ ...BUSY, retryAfter: "3600" }));
    await expect(retry(attemptsOf(...hour), plan)).rejects.toThrow(
      "GET https://host/bucket/key: 503 SlowDown, after 6 attempts",
    );
    expect(clock.nowMs()).toBe(300_000);
  });

  it("throws the caller's error with the last status when its attempts are used up", async () => {
    const { plan } = planOf({ attempts: 2 });
    const failing = retry(attemptsOf(BUSY, { ...BUSY, status: 502, why: "502 Bad Gateway" }), plan);
    await expect(failing).rejects.toBeInstanceOf(GaveUpError);
    await expect(failing).rejects.toMatchObject({ status: 502, message: expect.stringContaining("502 Bad Gateway") });
  });

  it("does not repeat what cannot succeed", async () => {
    const { plan, clock } = planOf();
    const refused = { status: 403, why: "403 SignatureDoesNotMatch", isFinal: true };
    await expect(retry(attemptsOf(refused), plan)).rejects.toThrow(
      /^GET https:\/\/host\/bucket\/key: 403 SignatureDoesNotMatch$/,
    );
    expect(clock.waitsMs).toEqual([]);
  });

  it("gives up when the next attempt would begin too late, and passes each attempt the time that is left", async () => {
    const { plan, clock } = planOf({ giveUpAfterMs: 1000 });
    const left: number[] = [];
    const slow = (leftMs: number): Promise<Attempt<string>> => {
      left.push(leftMs);
      clock.pass(100);
      return Promise.resolve(BUSY);
    };
    await expect(retry(slow, plan)).rejects.toThrow("after 3 attempts");
    expect(left).toEqual([1000, 700, 200]);
  });

  it("does not wait for a Retry-After that lies beyond its time", async () => {
    const { plan, clock } = planOf({ giveUpAfterMs: 5000 });
    await expect(retry(attemptsOf({ ...BUSY, retryAfter: "6" }), plan)).rejects.toThrow("after 1 attempt");
    expect(clock.waitsMs).toEqual([]);
  });

  it("ends a wait on the system's clock with the signal's reason, and makes no further attempt", async () => {
    const stop = new AbortController();
    const attempt = vi.fn(() => Promise.resolve<Attempt<string>>({ ...BUSY, retryAfter: "30" }));
    const { plan } = planOf({ signal: stop.signal, onWait: () => stop.abort(new Error("stopped")) });
    await expect(retry(attempt, { ...plan, clock: undefined })).rejects.toThrow("stopped");
    await expect(retry(attempt, plan)).rejects.toThrow("stopped");
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it("throws what an attempt throws: that is a bug and no failed request", async () => {
    const broken = (): Promise<Attempt<string>> => Promise.reject(new TypeError("a bug"));
    await expect(retry(broken, planOf().plan)).rejects.toThrow(TypeError);
  });

  it("prints on stderr what it waits for, unless the caller takes the line", async () => {
    const stderr = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const { plan } = planOf();
    await retry(attemptsOf(BUSY), { ...plan, onWait: undefined });
    expect(stderr.mock.calls).toEqual([["GET https://host/bucket/key: 503 SlowDown; attempt 2 in 0.2 s"]]);
    stderr.mockRestore();
  });
});

describe("backoffMs", () => {
  it("doubles from 200 ms up to 5 s", () => {
    expect([1, 2, 3, 9].map(backoffMs)).toEqual([200, 400, 800, 5000]);
  });
});

describe("retryAfterMs", () => {
  it("reads seconds and dates, and is 0 for what is neither, is past or is absent", () => {
    expect(retryAfterMs("2", 0)).toBe(2000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:07 GMT", 1000)).toBe(6000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:07 GMT", 9000)).toBe(0);
    for (const nothing of ["soon", "", " ", "-5", null, undefined]) expect(retryAfterMs(nothing, 0)).toBe(0);
  });
});
