// Spikes of a live symbol on bare workerd, told to a real HTTP receiver that goes away, through kill -9.
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BareWorkerd } from "../../bench/bare-workerd.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { market, type Message, WARM_TICKS } from "../worker/market.ts";
import { prepareDoor } from "./door-bundle.ts";
import { reply, WebhookReceiver } from "./webhook-receiver.ts";

const SECRET = "a-secret-of-the-end-to-end-test";
const SYMBOL = "E2E-SPIKE";
/** Any probability is above the one, and none above the other. */
const RISES = { threshold: 1e-9 };
const FALLS = { threshold: 1, fall_share: 1 };
const ROUNDS = 4;
const dir = mkdtempSync(join(tmpdir(), "volgate-spikes-"));
let gateway: BareWorkerd;
let receiver: WebhookReceiver;
let ticks: readonly Message[];
let sent = 0;
let seq = 0;
let id: string;

beforeAll(async () => {
  receiver = new WebhookReceiver(await freePort());
  gateway = await prepareDoor("alert-door", dir, {
    ENVIRONMENT: "development",
    ADMIN_TOKEN: "admin",
    WEBHOOK_DEADLINE_MS: "400",
    WEBHOOK_BACKOFF_MS: "100",
  });
  await Promise.all([receiver.open(), gateway.start()]);
  const fromMs = Math.floor(Date.now() / 1000 - WARM_TICKS - 30) * 1000;
  ticks = market(SYMBOL, WARM_TICKS + 900, { fromMs });
  await ingestTo(WARM_TICKS);
});

afterAll(async () => {
  await gateway.kill();
  await receiver.close();
  rmSync(dir, { recursive: true, force: true });
});

async function ingestTo(end: number): Promise<void> {
  const response = await fetch(`${gateway.url}/ingest`, {
    method: "POST",
    headers: { "X-Producer-Id": "e2e", "X-Producer-Seq": String(++seq) },
    body: JSON.stringify(ticks.slice(sent, end)),
  });
  expect(response.status).toBe(200);
  sent = end;
}

/** Sends the ticks up to now, at least two: the newest steps are live. Waits where they would be of the future. */
async function ingestNow(): Promise<void> {
  const end = Math.max(sent + 2, Math.ceil((Date.now() - ticks[0]!.ts) / 1000));
  await sleep(Math.max(0, ticks[end - 1]!.ts - Date.now()));
  await ingestTo(end);
}

async function admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}/admin/subscriptions${path}`, {
    method,
    headers: { Authorization: "Bearer admin" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as Record<string, unknown>;
}

const subscription = (more: Record<string, unknown>) => ({
  url: `${receiver.url}/spikes`,
  symbols: ["E2E-*"],
  on: "rise_and_fall",
  cool_down_s: 0,
  ...more,
});

const toldStates = () => receiver.arrived.map(({ body }) => body["state"]);

it("tells a rise and a fall, signed, and again after a failure", async () => {
  id = (await admin("POST", "", { ...subscription(RISES), secret: SECRET }))["id"] as string;
  receiver.replies.push(reply(503));
  await ingestNow();
  await receiver.until(2);
  await admin("PUT", `/${id}`, subscription(FALLS));
  await ingestNow();
  await receiver.until(3);
  expect(toldStates()).toEqual(["rise", "rise", "fall"]);
  expect(receiver.arrived[1]!.text).toBe(receiver.arrived[0]!.text);
  for (const { text, headers, body } of receiver.arrived) {
    const [, t, hex] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(String(headers["x-volgate-signature"])) ?? [];
    expect(hex).toBe(createHmac("sha256", SECRET).update(`${t}.${text}`).digest("hex"));
    expect(body).toMatchObject({ type: "spike", subscription: id, symbol: SYMBOL, horizon_s: 60 });
    expect(headers["idempotency-key"]).toBe(body["id"]);
  }
});

it("loses and doubles none when it is killed right after a batch was acknowledged, with the receiver away", async () => {
  receiver.arrived.length = 0;
  await receiver.close();
  const states: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const isRise = round % 2 === 0;
    await admin("PUT", `/${id}`, subscription(isRise ? RISES : FALLS));
    await ingestNow();
    states.push(isRise ? "rise" : "fall");
    await gateway.kill("SIGKILL");
    await gateway.start();
    // Its feed goes on: the object is loaded, and sends what it had not sent.
    await ingestNow();
  }
  await receiver.open();
  const ids = () => [...new Set(receiver.arrived.map(({ body }) => body["id"]))];
  await expect.poll(() => ids().length, { timeout: 60_000 }).toBe(ROUNDS);
  await ingestNow();
  await expect.poll(() => admin("GET", `/${id}`), { timeout: 60_000 }).toMatchObject({ waiting: 0, dead_letters: 0 });
  expect(ids()).toHaveLength(ROUNDS);
  // Sent once each: the receiver was away, so no answer was lost.
  expect(toldStates()).toEqual(states);
  const { subscriptions } = (await admin("GET", "")) as { subscriptions: unknown };
  expect(JSON.stringify(subscriptions)).not.toContain(SECRET);
});
