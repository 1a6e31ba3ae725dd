import { describe, expect, it, vi } from "vitest";
import { Observed } from "../../dashboard/app/observed.ts";
import { Connection } from "../../dashboard/gateway/connection.ts";
import { waitAfter } from "../../dashboard/gateway/poll.ts";
import { ServerClock } from "../../dashboard/gateway/server-clock.ts";
import { SessionTokens } from "../../dashboard/gateway/session-tokens.ts";

describe("the connection", () => {
  it("says since when it is lost: the last answer", () => {
    let now = 1_000;
    const connection = new Connection(() => now);
    expect(connection.state.value).toEqual({ kind: "connecting" });
    connection.answered();
    now = 9_000;
    connection.lost("nobody answers");
    now = 12_000;
    connection.lost("nobody answers");
    expect(connection.state.value).toEqual({ kind: "lost", sinceMs: 1_000, reason: "nobody answers" });
    connection.answered();
    expect(connection.state.value).toEqual({ kind: "connected" });
  });

  it("knows no last answer where there was none", () => {
    const connection = new Connection(() => 5);
    connection.lost("nobody answers");
    expect(connection.state.value).toEqual({ kind: "lost", sinceMs: null, reason: "nobody answers" });
  });

  it("tells a refusal from a loss", () => {
    const connection = new Connection(() => 5);
    connection.refused("token: got none");
    expect(connection.state.value).toEqual({ kind: "refused", reason: "token: got none" });
  });
});

describe("a poll", () => {
  it("keeps its pace while answers come, and asks ever more seldom while they do not", () => {
    const waits = [0, 1, 2, 3, 4, 5, 50].map((failures) => waitAfter(failures, 1_000, 0.5));
    expect(waits).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it("leaves a fifth to chance", () => {
    expect([waitAfter(1, 1_000, 0), waitAfter(1, 1_000, 1)]).toEqual([800, expect.closeTo(1_200)]);
  });

  it("never asks faster than its own pace because of failures", () => {
    expect(waitAfter(3, 60_000, 0.5)).toBe(60_000);
  });
});

describe("the gateway's clock", () => {
  it("goes on between answers and does not care for the browser's own", () => {
    let monotonic = 50;
    const clock = new ServerClock(
      () => monotonic,
      () => 7,
    );
    expect(clock.nowMs()).toBe(7);
    clock.update(1_000_000);
    monotonic = 1_050;
    expect(clock.nowMs()).toBe(1_001_000);
  });
});

describe("tokens", () => {
  it("are kept by name until they are emptied", () => {
    const kept = new Map<string, string>();
    const tokens = new SessionTokens({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    });
    tokens.set("READ_TOKEN", "secret");
    expect([tokens.get("READ_TOKEN"), tokens.get("ADMIN_TOKEN")]).toEqual(["secret", null]);
    tokens.set("READ_TOKEN", "");
    expect([tokens.get("READ_TOKEN"), kept.size, tokens.changes.value]).toEqual([null, 0, 2]);
  });
});

describe("an observed value", () => {
  it("tells who watches, until they stop, and nothing where nothing changed", () => {
    const observed = new Observed(1);
    const watcher = vi.fn();
    const unwatch = observed.watch(watcher);
    observed.set(1);
    observed.set(2);
    unwatch();
    observed.set(3);
    expect(watcher.mock.calls).toEqual([[1], [2]]);
  });
});
