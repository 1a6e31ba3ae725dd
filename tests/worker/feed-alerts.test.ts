// A feed's alert book beside an alerts object that takes its time.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { FeedAlerts } from "../../src/durable/feed/feed-alerts.ts";
import type { AlertChange } from "../../src/quality/alerts/alert-change.ts";
import type { Env } from "../../src/settings.ts";

/** A place for the book, and an alerts object whose answers come when they are let go. */
function slowAlerts() {
  const calls: { readonly states: string[]; readonly answer: (error?: Error) => void }[] = [];
  const report = (changes: readonly AlertChange[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const answer = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      calls.push({ states: changes.map(({ state }) => state), answer });
    });
  const kept = new Map<string, unknown>();
  const kv = {
    get: (key: string) => kept.get(key),
    put: (key: string, value: unknown) => void kept.set(key, value),
  } as unknown as DurableObjectStorage["kv"];
  const slow: Env = { ...env, ALERTS: { idFromName: () => "id", get: () => ({ report }) } as unknown as Env["ALERTS"] };
  return { calls, slow, open: () => new FeedAlerts(kv, "kraken", slow) };
}

it("is told by one call at a time; what changes meanwhile follows, and a failed call is made again", async () => {
  const { calls, slow, open } = slowAlerts();
  const alerts = open();
  alerts.judge(120_000, "no connection", 1_790_000_000_000);
  const first = alerts.notify(slow);
  const second = alerts.notify(slow);
  expect(calls.map(({ states }) => states)).toEqual([["firing"]]);
  alerts.withdraw(1_790_000_060_000);
  calls[0]!.answer();
  await expect.poll(() => calls.map(({ states }) => states)).toEqual([["firing"], ["resolved"]]);
  calls[1]!.answer(new Error("away"));
  for (const waiting of [first, second]) await expect(waiting).rejects.toThrow("away");
  const restarted = open();
  const third = restarted.notify(slow);
  expect(calls[2]!.states).toEqual(["resolved"]);
  calls[2]!.answer();
  await third;
  await restarted.notify(slow);
  expect(calls).toHaveLength(3);
});
