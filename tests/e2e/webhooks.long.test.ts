// The alerts object on bare workerd against real HTTP receivers that fail, stall, refuse and come back, and kill -9.
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BareWorkerd } from "../../bench/bare-workerd.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { prepareDoor } from "./door-bundle.ts";
import { reply, stall, stallInBody, WebhookReceiver } from "./webhook-receiver.ts";

const SECRET = "a-secret-of-the-end-to-end-test";
const DEADLINE_MS = 400;
const dir = mkdtempSync(join(tmpdir(), "volgate-webhooks-"));
let gateway: BareWorkerd;
/** Two receivers of plain JSON: one has its troubles, the other none. */
let troubled: WebhookReceiver;
let healthy: WebhookReceiver;
let serial = 0;

beforeAll(async () => {
  troubled = new WebhookReceiver(await freePort());
  healthy = new WebhookReceiver(await freePort());
  gateway = await prepareDoor("alert-door", dir, {
    ENVIRONMENT: "development",
    ADMIN_TOKEN: "admin",
    WEBHOOK_DEADLINE_MS: String(DEADLINE_MS),
    WEBHOOK_BACKOFF_MS: "100",
    WEBHOOK_GATHER_MS: "0",
    ALERT_WEBHOOKS: JSON.stringify([
      { name: "troubled", kind: "json", url: `${troubled.url}/hook?a=1`, secret: SECRET },
      { name: "healthy", kind: "json", url: `${healthy.url}/` },
    ]),
  });
  await Promise.all([troubled.open(), healthy.open(), gateway.start()]);
});

afterEach(async () => {
  await troubled.close();
  await troubled.open();
  for (const receiver of [troubled, healthy]) {
    receiver.arrived.length = 0;
    receiver.replies.length = 0;
  }
});

afterAll(async () => {
  await gateway.kill();
  await Promise.all([troubled.close(), healthy.close()]);
  rmSync(dir, { recursive: true, force: true });
});

/** A change of a symbol that no other test uses; `end` is the same alert's end. */
function newAlert() {
  const symbol = `E2E-${++serial}`;
  const atMs = 1.79e12 + serial;
  const firing = {
    id: `${symbol}:feed_silent:${atMs}`,
    symbol,
    rule: "feed_silent",
    state: "firing",
    severity: "critical",
    atMs,
    sinceMs: atMs - 60_000,
    summary: `${symbol}: the last accepted tick came 61 s ago, limit 60 s – “ü”.`,
    figures: { silent_ms: 61_000 },
    model: null,
  };
  return { symbol, firing, end: { ...firing, state: "resolved", atMs: atMs + 5000 } };
}

async function report(...changes: unknown[]): Promise<unknown[]> {
  const response = await fetch(`${gateway.url}/report`, { method: "POST", body: JSON.stringify(changes) });
  expect(response.status).toBe(200);
  return (await response.json()) as unknown[];
}

interface Admin {
  readonly dead_letters: readonly {
    readonly id: number;
    readonly reason: string;
    readonly alert: { symbol: string };
  }[];
  readonly webhooks: readonly Readonly<Record<string, unknown>>[];
  readonly active: readonly { readonly symbol: string }[];
}

async function admin(path: string, init: RequestInit = {}): Promise<{ status: number; body: Admin }> {
  const headers = { Authorization: "Bearer admin" };
  const response = await fetch(`${gateway.url}/admin/alerts${path}`, { ...init, headers });
  return { status: response.status, body: (await response.json()) as Admin };
}

function signed(text: string, header: unknown): boolean {
  const [, t, hex] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(header)) ?? [];
  return hex === createHmac("sha256", SECRET).update(`${t}.${text}`).digest("hex");
}

describe("a webhook", () => {
  it("that fails twice gets the same message a third time, later each time and signed anew", async () => {
    const { firing } = newAlert();
    troubled.replies.push(reply(500), reply(503));
    await report(firing);
    await troubled.until(3);
    const [first, second, third] = troubled.arrived;
    for (const one of troubled.arrived) {
      expect(one.url).toBe("/hook?a=1");
      expect(one.body).toEqual({
        gateway: "volgate",
        ...firing,
        at: new Date(firing.atMs).toISOString(),
        since: new Date(firing.sinceMs).toISOString(),
      });
      expect(one.headers).toMatchObject({
        "content-type": "application/json",
        "idempotency-key": `${firing.id}:firing`,
        "user-agent": "volgate-alerts",
      });
      expect(signed(one.text, one.headers["x-volgate-signature"])).toBe(true);
      expect(signed(`${one.text} `, one.headers["x-volgate-signature"])).toBe(false);
    }
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(50);
    expect(third!.atMs - second!.atMs).toBeGreaterThanOrEqual(200);
    await sleep(500);
    expect(troubled.arrived).toHaveLength(3);
    expect(healthy.names).toEqual([`${firing.symbol} firing`]);
    expect(healthy.arrived[0]!.headers["x-volgate-signature"]).toBeUndefined();
  });

  it.each([
    ["before its answer", stall],
    ["within its answer", stallInBody],
  ])(
    "that stalls %s is aborted at the deadline and tried again, and the other gets its message at once meanwhile",
    async (_, how) => {
      const [one, two] = [newAlert(), newAlert()];
      troubled.replies.push(how, how, how);
      await report(one.firing);
      await troubled.until(1);
      const reportedMs = Date.now();
      await report(two.firing);
      await healthy.until(2);
      expect(healthy.arrived[1]!.atMs - reportedMs).toBeLessThan(DEADLINE_MS);
      await troubled.until(5);
      expect(troubled.arrived[1]!.atMs - troubled.arrived[0]!.atMs).toBeGreaterThanOrEqual(DEADLINE_MS - 20);
      expect(new Set(troubled.names)).toEqual(new Set([`${one.symbol} firing`, `${two.symbol} firing`]));
      expect(healthy.arrived).toHaveLength(2);
    },
  );

  it("that asks for a pause gets it", async () => {
    const { firing } = newAlert();
    troubled.replies.push(reply(429, { "Retry-After": "2" }));
    await report(firing);
    await troubled.until(2);
    expect(troubled.arrived[1]!.atMs - troubled.arrived[0]!.atMs).toBeGreaterThanOrEqual(1990);
  });

  it("that is gone and comes back is told the ends alone of alerts that are over, in case it got their beginnings", async () => {
    const alerts = [newAlert(), newAlert(), newAlert()];
    await troubled.close();
    for (const { firing } of alerts) await report(firing);
    await report(...alerts.map(({ end }) => end));
    await healthy.until(6);
    await sleep(300);
    await troubled.open();
    await troubled.until(3);
    for (const { symbol } of alerts) {
      const ownOf = ({ names }: WebhookReceiver) => names.filter((name) => name.startsWith(`${symbol} `));
      expect(ownOf(troubled)).toEqual([`${symbol} resolved`]);
      expect(ownOf(healthy)).toEqual([`${symbol} firing`, `${symbol} resolved`]);
    }
  });

  it("gets the end of an alert after an attempt at the beginning that failed, and not the beginning again", async () => {
    const { symbol, firing, end } = newAlert();
    troubled.replies.push(reply(500), reply(500));
    await report(firing, end);
    await troubled.until(3);
    expect(troubled.names).toEqual([`${symbol} firing`, `${symbol} resolved`, `${symbol} resolved`]);
  });

  it("that refuses permanently makes a dead letter, which an operator sends again", async () => {
    const { symbol, firing, end } = newAlert();
    troubled.replies.push(reply(404));
    await report(firing, end);
    await healthy.until(2);
    await expect.poll(async () => (await admin("/dead-letters")).body.dead_letters.length, { timeout: 60_000 }).toBe(2);
    const { dead_letters } = (await admin("/dead-letters")).body;
    expect(dead_letters.map(({ reason }) => reason).sort()).toEqual([
      "answered 404: receiver says 404",
      "its firing was not delivered",
    ]);
    expect(troubled.arrived).toHaveLength(1);
    const again = await admin(`/dead-letters/${dead_letters[0]!.id}/redeliver`, { method: "POST" });
    expect(again.status).toBe(202);
    await troubled.until(3);
    expect(troubled.names).toEqual([`${symbol} firing`, `${symbol} firing`, `${symbol} resolved`]);
    await expect.poll(async () => (await admin("/dead-letters")).body.dead_letters, { timeout: 60_000 }).toEqual([]);
    expect((await fetch(`${gateway.url}/admin/alerts/dead-letters`)).status).toBe(401);
  });

  it("gets a test message, and the operator sees what came back", async () => {
    const send = () => admin("/test", { method: "POST", body: '{"webhook":"troubled"}' });
    troubled.replies.push(reply(418), stall);
    expect((await send()).body).toMatchObject({ delivered: false, status: 418, detail: "receiver says 418" });
    expect((await send()).body).toMatchObject({
      delivered: false,
      status: null,
      detail: `no answer in ${DEADLINE_MS} ms`,
    });
    expect((await send()).body).toMatchObject({ delivered: true, status: 200 });
    await troubled.close();
    expect((await send()).body).toMatchObject({
      delivered: false,
      status: null,
      detail: expect.stringMatching(/^network: /),
    });
    expect(troubled.arrived.every(({ text, headers }) => signed(text, headers["x-volgate-signature"]))).toBe(true);
  });
});

describe("kill -9", () => {
  it("loses no change that was acknowledged: what waited, and what was under way, arrives after the restart", async () => {
    const alerts = Array.from({ length: 10 }, newAlert);
    troubled.replies.push(stall);
    const acknowledged = await report(...alerts.map(({ firing }) => firing));
    await troubled.until(1);
    await gateway.kill("SIGKILL");
    expect(acknowledged).toHaveLength(10);
    const before = troubled.names.length;
    await gateway.start();
    await troubled.until(before + 10);
    expect(new Set(troubled.names.slice(before)).size).toBe(10);
    expect(await report(...alerts.map(({ firing }) => firing))).toEqual([]);
    const active = (await admin("")).body.active.map(({ symbol }) => symbol);
    expect(active).toEqual(expect.arrayContaining(alerts.map(({ symbol }) => symbol)));
    const { webhooks } = (await admin("")).body;
    expect(webhooks).toMatchObject([
      { name: "troubled", waiting: 0, dead_letters: 0 },
      { name: "healthy", waiting: 0 },
    ]);
    expect(JSON.stringify(webhooks)).not.toContain(SECRET);
  });
});
