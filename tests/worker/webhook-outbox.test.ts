import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { PageStore } from "../../src/durable/symbol/storage/page-store.ts";
import { SymbolAlerts } from "../../src/durable/symbol/alerts/symbol-alerts.ts";
import type { DeliveryGroup } from "../../src/durable/alerts/webhook-delivery.ts";
import type { Verdict } from "../../src/durable/alerts/webhook-retry.ts";
import { readDeadLetters, requeueDeadLetter } from "../../src/durable/alerts/webhook-dead-letters.ts";
import { WebhookOutbox } from "../../src/durable/alerts/webhook-outbox.ts";
import { blackOut, charsToRead, hiddenWords } from "../../src/durable/alerts/webhook-secrets.ts";
import { DEFAULT_ALERT_LIMITS } from "../../src/quality/alerts/alert-limits.ts";
import { change } from "./alert-receiver.ts";

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const DELIVERED = { kind: "delivered" } as const;
const alert = (symbol: string, state: "firing" | "resolved" = "firing") => change("drift", state, { symbol });
let serial = 0;

/** Does something with the storage of an object that nobody else uses. */
function withStorage(work: (storage: DurableObjectStorage) => void): Promise<void> {
  const stub = env.ALERTS.get(env.ALERTS.idFromName(`outbox-${serial++}`));
  return runInDurableObject(stub, (_, { storage }) => work(storage));
}

const withOutbox = (work: (outbox: WebhookOutbox, sql: SqlStorage) => void): Promise<void> =>
  withStorage(({ sql }) => work(new WebhookOutbox(sql), sql));

/** Stores one outcome for all changes of a message. */
function settle(
  outbox: WebhookOutbox,
  group: DeliveryGroup,
  verdict: Verdict,
  nowMs: number,
  receiver?: Parameters<WebhookOutbox["settle"]>[3],
): void {
  for (const delivery of group) outbox.settle(delivery, verdict, nowMs, receiver);
}

const toldIn = (sql: SqlStorage) => sql.exec("SELECT * FROM told").toArray();

const symbolsOf = (group: DeliveryGroup | undefined) => group?.map((delivery) => delivery.change.symbol);

/** Storage that counts the rows which a piece of work reads and writes. */
function counting(sql: SqlStorage) {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const exec = (query: string, ...bindings: SqlStorageValue[]) => {
    const cursor = sql.exec(query, ...bindings);
    cursors.push(cursor);
    return cursor;
  };
  const cost = (work: () => void) => {
    cursors.length = 0;
    work();
    const sum = (rowsOf: (cursor: (typeof cursors)[number]) => number) => cursors.reduce((n, c) => n + rowsOf(c), 0);
    return { read: sum((cursor) => cursor.rowsRead), written: sum((cursor) => cursor.rowsWritten) };
  };
  return { sql: { exec } as unknown as SqlStorage, cost };
}

describe("a webhook that asked for a pause", () => {
  it("gets nothing until it is over, nor what is queued or queued again meanwhile; then everything", () =>
    withOutbox((outbox, sql) => {
      for (const symbol of ["A", "B"]) outbox.add("ops", alert(symbol), NOW);
      outbox.add("other", alert("A"), NOW);
      const first = outbox.next("ops", NOW)!;
      settle(outbox, first, { kind: "retry", atMs: NOW + 20 }, NOW);
      outbox.hold("ops", NOW + HOUR);
      outbox.add("ops", alert("C"), NOW + 1);
      settle(outbox, outbox.next("other", NOW)!, { kind: "dead", reason: "answered 404" }, NOW);
      requeueDeadLetter(sql, readDeadLetters(sql)[0]!.seq, NOW + 1);
      expect(outbox.next("ops", NOW + HOUR - 1)).toBeUndefined();
      expect(outbox.dueTimes()).toEqual([
        { webhook: "ops", dueMs: NOW + HOUR },
        { webhook: "other", dueMs: NOW + 1 },
      ]);
      const loaded = new WebhookOutbox(sql);
      expect(loaded.next("ops", NOW + HOUR - 1)).toBeUndefined();
      const group = loaded.next("ops", NOW + HOUR)!;
      expect(symbolsOf(group)).toEqual(["C", "A", "B"]);
      settle(loaded, group, DELIVERED, NOW + HOUR);
      expect(loaded.dueTimes()).toEqual([{ webhook: "other", dueMs: NOW + 1 }]);
    }));

  it("and never comes back loses what still fires to the dead letters after a day, each counted once", () =>
    withOutbox((outbox, sql) => {
      for (const symbol of ["A", "B", "C"]) outbox.add("ops", alert(symbol), NOW);
      outbox.add("ops", alert("A", "resolved"), NOW + HOUR);
      let hours = 0;
      for (; outbox.dueTimes().length > 0; hours++) {
        const nowMs = outbox.dueTimes()[0]!.dueMs;
        const delivery = outbox.next("ops", nowMs);
        if (delivery === undefined) break;
        outbox.lease(delivery, nowMs + 15_000);
        settle(outbox, delivery, { kind: "retry", atMs: nowMs + HOUR }, nowMs);
        outbox.hold("ops", nowMs + HOUR);
      }
      expect(hours).toBe(25);
      expect(outbox.sizes()).toEqual([{ webhook: "ops", waiting: 0, dead: 2 }]);
      expect(outbox.counts()).toContainEqual({ webhook: "ops", outcome: "dead", count: 2 });
      expect(outbox.counts()).toContainEqual({ webhook: "ops", outcome: "collapsed", count: 1 });
      const letters = readDeadLetters(sql).map(({ change: { symbol, state }, reason }) => [symbol, state, reason]);
      expect(letters.sort()).toEqual([
        ["B", "firing", "not delivered within 24 h"],
        ["C", "firing", "not delivered within 24 h"],
      ]);
    }));
});

describe("an outbox in which a thousand messages wait", () => {
  it("reads and writes a few rows for each change of an attempt", () =>
    withStorage((storage) => {
      const { sql, cost } = counting(storage.sql);
      const outbox = new WebhookOutbox(sql);
      for (const webhook of ["big", "small"]) outbox.add(webhook, alert("FIRST"), NOW);
      for (let i = 0; i < 999; i++) outbox.add("big", alert(`S-${i}`), NOW);
      expect(outbox.sizes()).toContainEqual({ webhook: "big", waiting: 1000, dead: 0 });
      expect(cost(() => outbox.dueTimes()).read).toBeLessThan(20);
      let group!: DeliveryGroup;
      const attempt = cost(() => {
        group = outbox.next("big", NOW)!;
        outbox.lease(group, NOW + 15_000);
        settle(outbox, group, DELIVERED, NOW);
      });
      expect(group).toHaveLength(500);
      expect(attempt.read / 500).toBeLessThan(30);
      expect(attempt.written / 500).toBeLessThan(20);
      const held = cost(() => outbox.hold("big", NOW + HOUR));
      expect(held.written).toBeLessThan(10);
      expect(cost(() => outbox.next("big", NOW + 1)).read).toBeLessThan(10);
      const added = cost(() => outbox.add("big", alert("LATE"), NOW));
      expect(added.read).toBeLessThan(20);
      expect(added.written).toBeLessThan(10);
    }));

  it("reads no more than each of them a few times where all are ends that wait for their beginnings", () =>
    withStorage((storage) => {
      const { sql, cost } = counting(storage.sql);
      const outbox = new WebhookOutbox(sql);
      for (let i = 0; i < 500; i++) outbox.add("big", alert(`S-${i}`), NOW);
      // Under way, so that an end does not take its beginning out of the queue.
      outbox.lease(outbox.next("big", NOW)!, NOW + HOUR);
      for (let i = 0; i < 500; i++) outbox.add("big", alert(`S-${i}`, "resolved"), NOW);
      let due: unknown;
      expect(cost(() => (due = outbox.dueTimes())).read).toBeLessThan(3100);
      expect(due).toEqual([{ webhook: "big", dueMs: NOW + HOUR }]);
      expect(cost(() => outbox.next("big", NOW)).read).toBeLessThan(3100);
    }));

  it("gives up the one that is too many, and all of them when a day has passed, the last 1,000 to be seen", () =>
    withStorage((storage) => {
      const { sql, cost } = counting(storage.sql);
      let outbox = new WebhookOutbox(sql);
      for (let i = 0; i < 1000; i++) outbox.add("big", alert(`S-${i}`), NOW);
      // Further rows without their cost in time.
      storage.sql.exec(
        `INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms, topic)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)
          SELECT webhook, 'more ' || i, change, 0, created_ms, next_ms, topic FROM n, deliveries WHERE seq = 1`,
      );
      // It counts them when it is loaded.
      outbox = new WebhookOutbox(sql);
      outbox.add("big", alert("LATE"), NOW);
      expect(readDeadLetters(sql).map(({ reason }) => reason)).toEqual([
        "10000 alerts wait for it or are open at it already",
      ]);
      let next: unknown = "not asked";
      const { read } = cost(() => (next = outbox.next("big", NOW + 24 * HOUR + 1)));
      expect(next).toBeUndefined();
      expect(read).toBeLessThan(400_000);
      expect(outbox.sizes()).toEqual([{ webhook: "big", waiting: 0, dead: 1000 }]);
      expect(outbox.counts()).toEqual([{ webhook: "big", outcome: "dead", count: 10_001 }]);
    }));
});

describe("dead letters", () => {
  const dead = { kind: "dead", reason: "answered 404" } as const;

  it("of a subscription push out none of another webhook, nor hide it in the list", () =>
    withOutbox((outbox, sql) => {
      outbox.add("ops", alert("A"), NOW);
      settle(outbox, outbox.next("ops", NOW)!, dead, NOW);
      const queue = "subscription:sub_1";
      for (let i = 0; i < 120; i++) {
        outbox.add(queue, alert(`S-${i}`), NOW + i);
        settle(outbox, outbox.next(queue, NOW + i)!, dead, NOW + i);
      }
      expect(outbox.sizes()).toEqual([
        { webhook: "ops", waiting: 0, dead: 1 },
        { webhook: queue, waiting: 0, dead: 100 },
      ]);
      // Rows without their cost in time.
      sql.exec(`INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms, topic, dead_ms)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
        SELECT 'big', 'more ' || i, change, 1, created_ms, next_ms, topic, dead_ms + 1000 FROM n, deliveries WHERE seq = 1`);
      const letters = readDeadLetters(sql);
      expect(letters).toHaveLength(1000);
      expect(letters.at(-1)).toMatchObject({ webhook: "ops", change: { symbol: "A" } });
      expect(letters.filter(({ webhook }) => webhook === queue)).toHaveLength(100);
    }));
});

describe("an end whose beginning was delivered", () => {
  /** A webhook that knows of an alert, and goes away before it ends. */
  function endWaits(outbox: WebhookOutbox): void {
    outbox.add("pager", alert("A"), NOW);
    settle(outbox, outbox.next("pager", NOW)!, DELIVERED, NOW);
    outbox.add("pager", alert("A", "resolved"), NOW + 1);
  }

  it("is tried again until it arrives, whatever the webhook answers, though it is away for weeks", () =>
    withOutbox((outbox, sql) => {
      endWaits(outbox);
      let nowMs = NOW + 1;
      const verdicts: Verdict[] = [
        { kind: "dead", reason: "answered 404" },
        { kind: "dead", reason: "too old for another attempt" },
      ];
      for (const verdict of verdicts) {
        settle(outbox, outbox.next("pager", nowMs)!, verdict, nowMs);
        expect(outbox.dueTimes()).toEqual([{ webhook: "pager", dueMs: nowMs + HOUR / 4 }]);
        nowMs += HOUR / 4;
      }
      nowMs = NOW + 60 * 24 * HOUR;
      settle(outbox, outbox.next("pager", nowMs)!, verdicts[1]!, nowMs);
      expect(readDeadLetters(sql)).toEqual([]);
      nowMs += HOUR;
      const group = outbox.next("pager", nowMs)!;
      expect(group[0].change.state).toBe("resolved");
      settle(outbox, group, DELIVERED, nowMs);
      expect(outbox.sizes()).toEqual([]);
      expect(toldIn(sql)).toEqual([]);
    }));

  it("is kept too when the beginning may have arrived without an answer", () =>
    withOutbox((outbox) => {
      outbox.add("pager", alert("A"), NOW);
      const group = outbox.next("pager", NOW)!;
      outbox.lease(group, NOW + 15_000);
      outbox.add("pager", alert("A", "resolved"), NOW + 1);
      const dead = { kind: "dead", reason: "8 attempts; the last: no answer" } as const;
      settle(outbox, group, dead, NOW + 2, { hasRefused: false });
      expect(outbox.sizes()).toEqual([{ webhook: "pager", waiting: 1, dead: 1 }]);
      expect(outbox.next("pager", NOW + 2)![0].change.state).toBe("resolved");
    }));

  it("waits also behind a full queue while its beginning is on the way", () =>
    withOutbox((outbox, sql) => {
      outbox.add("pager", alert("A"), NOW);
      const group = outbox.next("pager", NOW)!;
      outbox.lease(group, NOW + 15_000);
      // Rows without their cost in time.
      sql.exec(
        `INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms, topic)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
          SELECT webhook, 'more ' || i, change, 0, created_ms, next_ms, topic FROM n, deliveries WHERE seq = 1`,
      );
      // Another one counts them when it is loaded.
      new WebhookOutbox(sql).add("pager", alert("B"), NOW + 1);
      outbox.add("pager", alert("A", "resolved"), NOW + 2);
      settle(outbox, group, DELIVERED, NOW + 3);
      expect(readDeadLetters(sql).map((letter) => [letter.change.symbol, letter.change.state])).toEqual([
        ["B", "firing"],
      ]);
    }));

  it("is not remembered of a webhook that wants no ends, nor of an alert that fires no more", () =>
    withOutbox((outbox, sql) => {
      for (const symbol of ["A", "B", "C"]) {
        outbox.add("pager", alert(symbol), NOW);
        outbox.add("github", alert(symbol), NOW);
      }
      settle(outbox, outbox.next("github", NOW)!, DELIVERED, NOW, { wantsEnds: false });
      settle(outbox, outbox.next("pager", NOW)!, DELIVERED, NOW);
      outbox.add("pager", alert("A", "resolved"), NOW + 1);
      outbox.told.forgetEnded((id) => id === alert("B").id);
      expect(toldIn(sql)).toEqual(["A", "B"].map((symbol) => ({ webhook: "pager", alert: alert(symbol).id })));
      outbox.told.forget("pager", alert("B").id);
      expect(toldIn(sql)).toHaveLength(1);
    }));

  it("waits a week for a webhook that is configured no more, then is a dead letter, which can be sent again", () =>
    withOutbox((outbox, sql) => {
      endWaits(outbox);
      outbox.add("pager", alert("B"), NOW + 1);
      outbox.abandon("pager", NOW + 2);
      expect(outbox.dueTimes()).toEqual([{ webhook: "pager", dueMs: NOW + 2 + HOUR / 4 }]);
      expect(readDeadLetters(sql)).toMatchObject([{ change: { symbol: "B" } }]);
      const overMs = NOW + 1 + 7 * 24 * HOUR;
      outbox.abandon("pager", overMs - 1);
      expect(outbox.sizes()).toEqual([{ webhook: "pager", waiting: 1, dead: 1 }]);
      outbox.abandon("pager", overMs);
      expect(outbox.dueTimes()).toEqual([]);
      expect(toldIn(sql)).toEqual([]);
      const [letter] = readDeadLetters(sql);
      expect(letter?.reason).toBe(
        "no such webhook is configured any more for 7 days; its firing was delivered, so redeliver this when it is",
      );
      requeueDeadLetter(sql, letter!.seq, overMs + 1);
      settle(outbox, outbox.next("pager", overMs + 1)!, DELIVERED, overMs + 1);
      expect(outbox.sizes()).toEqual([{ webhook: "pager", waiting: 0, dead: 1 }]);
    }));
});

describe("a storm of alerts", () => {
  const GATHER = 60_000;

  /** Messages that a webhook gets until nothing waits; each answer takes no time. */
  function deliverAll(outbox: WebhookOutbox, fromMs: number): number[] {
    const sizes: number[] = [];
    for (let [due] = outbox.dueTimes(); due !== undefined; [due] = outbox.dueTimes()) {
      const nowMs = Math.max(due.dueMs, fromMs);
      for (let group = outbox.next(due.webhook, nowMs); group; group = outbox.next(due.webhook, nowMs)) {
        sizes.push(group.length);
        settle(outbox, group, DELIVERED, nowMs);
      }
    }
    return sizes;
  }

  it("of 1,000 symbols within a minute is a handful of messages, the first of them at once", () =>
    withOutbox((outbox) => {
      const at = (i: number) => NOW + i * 60;
      for (let i = 0; i < 1000; i++) outbox.add("pager", alert(`S-${i}`), at(i), GATHER);
      expect(symbolsOf(outbox.next("pager", NOW))).toEqual(["S-0"]);
      expect(deliverAll(outbox, NOW)).toEqual([1, 500, 499]);
      for (let i = 0; i < 1000; i++) outbox.add("pager", alert(`S-${i}`, "resolved"), at(i) + HOUR, GATHER);
      expect(deliverAll(outbox, NOW + HOUR)).toEqual([1, 500, 499]);
      expect(outbox.counts()).toEqual([{ webhook: "pager", outcome: "delivered", count: 2000 }]);
    }));

  it("that began and ended while the webhook was away leaves nothing to send", () =>
    withOutbox((outbox) => {
      outbox.hold("pager", NOW + HOUR);
      for (let i = 0; i < 100; i++) outbox.add("pager", alert(`S-${i}`), NOW, GATHER);
      for (let i = 0; i < 100; i++) outbox.add("pager", alert(`S-${i}`, "resolved"), NOW + 1, GATHER);
      expect(outbox.dueTimes()).toEqual([]);
      expect(outbox.counts()).toEqual([{ webhook: "pager", outcome: "collapsed", count: 100 }]);
    }));

  it("is split where its changes are large", () =>
    withOutbox((outbox) => {
      const summary = "x".repeat(100_000);
      for (let i = 0; i < 5; i++) outbox.add("pager", change("drift", "firing", { symbol: `S-${i}`, summary }), NOW);
      outbox.add("pager", change("drift", "firing", { symbol: "HUGE", summary: "x".repeat(400_000) }), NOW);
      expect(deliverAll(outbox, NOW)).toEqual([2, 2, 1, 1]);
    }));

  it("fails and is tried again as one message", () =>
    withOutbox((outbox) => {
      for (let i = 0; i < 3; i++) outbox.add("pager", alert(`S-${i}`), NOW, GATHER);
      settle(outbox, outbox.next("pager", NOW)!, { kind: "retry", atMs: NOW + 5000 }, NOW);
      expect(outbox.next("pager", NOW + 4999)).toBeUndefined();
      expect(symbolsOf(outbox.next("pager", NOW + 5000))).toEqual(["S-0", "S-1", "S-2"]);
    }));

  it("does not mix rules, nor beginnings with ends", () =>
    withOutbox((outbox) => {
      for (const rule of ["drift", "feed_silent"] as const) {
        for (const symbol of ["A", "B"]) outbox.add("pager", change(rule, "firing", { symbol }), NOW);
      }
      expect(deliverAll(outbox, NOW)).toEqual([2, 2]);
      outbox.add("pager", alert("A", "resolved"), NOW + 1);
      outbox.add("pager", alert("C"), NOW + 1);
      expect(deliverAll(outbox, NOW + 1)).toEqual([1, 1]);
    }));

  it("is gathered in a table of before changes were grouped", () =>
    withStorage(({ sql }) => {
      sql.exec("DROP TABLE deliveries");
      sql.exec(`CREATE TABLE deliveries (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, alert TEXT NOT NULL, change TEXT NOT NULL,
        attempts INTEGER NOT NULL, created_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, dead_ms INTEGER, reason TEXT
      )`);
      for (const symbol of ["A", "B"]) {
        const { id, ...rest } = alert(symbol);
        sql.exec(
          "INSERT INTO deliveries (webhook, alert, change, attempts, created_ms, next_ms) VALUES ('pager', ?, ?, 0, ?, ?)",
          ...[id, JSON.stringify({ id, ...rest }), NOW, NOW],
        );
      }
      expect(symbolsOf(new WebhookOutbox(sql).next("pager", NOW))).toEqual(["A", "B"]);
    }));
});

describe("what a webhook is shown to have answered", () => {
  const KEY = "SECRETQUERYTOKEN1234567890";
  const SEGMENT = "XyZ0123456789abcdefghijk";
  const hook = {
    url: `https://a.test/services/T1/${SEGMENT}?key=${KEY}&v=1&name=with%20a%20space`,
    secret: "a-secret-of-some-length",
    token: "TOKEN_ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  };
  const words = hiddenWords(hook);

  it.each([
    [`bad request ${hook.url}!`, "bad request ***!"],
    [`bad request /services/T1/${SEGMENT}?key=${KEY}&v=1&name=with%20a%20space`, "bad request ******"],
    [`no such key: ${KEY}, v 1`, "no such key: ***, v 1"],
    [`no such name: with a space, with%20a%20space`, "no such name: ***, ***"],
    [`unknown hook ${SEGMENT}`, "unknown hook ***"],
    [`Bearer ${hook.token} ${hook.secret}`, "Bearer *** ***"],
    ["answers 1 and T1 are fine", "answers 1 and T1 are fine"],
  ])("has %j shown as %j", (text, shown) => {
    expect(blackOut(text, words, 200, false)).toBe(shown);
  });

  it("never has a part of a secret in it, wherever the answer is cut", () => {
    for (const secret of [hook.token, hook.secret, KEY, hook.url]) {
      for (let before = 0; before <= 260; before++) {
        const text = `${"x".repeat(before)}${secret} ${"y".repeat(400)}`.slice(0, charsToRead(words, 200));
        const shown = blackOut(text, words, 200, true);
        expect(shown).toBe(`${"x".repeat(before)}*** ${"y".repeat(400)}`.slice(0, 200));
      }
    }
    for (let at = 1; at < hook.token.length; at++) {
      expect(blackOut(`abc ${hook.token.slice(0, at)}`, words, 200, true)).toBe("abc ");
    }
    expect(blackOut("key=topsecret!", ["topsecret"], 200, false)).toBe("key=***!");
    expect(blackOut("key=tops", ["topsecret"], 200, true)).toBe("key=");
  });

  it("hides nothing of an address without a path, and takes an empty answer", () => {
    expect(hiddenWords({ url: "https://a.test/", secret: undefined, token: undefined })).toEqual(["https://a.test/"]);
    expect(blackOut("", [], 200, true)).toBe("");
  });
});

describe("one symbol's alert book", () => {
  it("is written when something in it changed, not at every look", () =>
    withStorage((storage) => {
      const store = new PageStore(storage);
      let saves = 0;
      const pages = {
        load: (prefix: string) => store.load(prefix),
        save: (...page: Parameters<PageStore["save"]>) => {
          saves += 1;
          store.save(...page);
        },
      } as unknown as PageStore;
      const open = () => new SymbolAlerts("S", 1000, DEFAULT_ALERT_LIMITS, pages);
      const look = (alerts: SymbolAlerts, silentMs: number, minute: number) => {
        saves = 0;
        alerts.update({ silentMs }, NOW + minute * 60_000);
        return saves;
      };
      const alerts = open();
      expect([look(alerts, 500, 0), look(alerts, 500, 1), look(alerts, 500, 2)]).toEqual([1, 0, 0]);
      expect([look(alerts, 90_000, 3), look(alerts, 150_000, 4)]).toEqual([1, 0]);
      const restarted = open();
      expect(restarted.isFiring("feed_silent")).toBe(true);
      expect([look(restarted, 210_000, 5), look(restarted, 500, 6), look(restarted, 500, 7)]).toEqual([0, 1, 1]);
      expect(look(restarted, 500, 8)).toBe(1);
      expect(open().isFiring("feed_silent")).toBe(false);
      expect(open().isPending).toBe(true);
    }));
});
