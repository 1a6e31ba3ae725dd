import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type Env, parseSettings } from "../../src/settings.ts";
import { holdMs, judgeAttempt } from "../../src/durable/alerts/webhook-retry.ts";
import { parseRetryAfter } from "../../src/durable/alerts/webhook-send.ts";
import { webhookSignature } from "../../src/durable/alerts/webhook-signature.ts";
import {
  answers,
  arrived,
  arrivedAt,
  change,
  hurry,
  JSON_SECRET,
  openReceivers,
  REPO_TOKEN,
  sqlOfAlerts,
  stalls,
  startEmpty,
  stub,
  WEBHOOKS,
} from "./alert-receiver.ts";
import { fetchWith } from "./gateway.ts";

const VARIABLES = {
  ALERT_WEBHOOKS: JSON.stringify(WEBHOOKS),
  GATEWAY_NAME: "edge-1",
  WEBHOOK_DEADLINE_MS: "300",
  WEBHOOK_BACKOFF_MS: "100000",
};
const status = (code: number, headers: Record<string, string> = {}) =>
  vi.fn(() => new Response(`body of ${code}`, { status: code, headers }));
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const admin = (path: string, init?: RequestInit) => fetchWith(VARIABLES, `/admin/alerts${path}`, init);
const post = (path: string, body: unknown = {}) => admin(path, { method: "POST", body: JSON.stringify(body) });
const metricsNow = async () => (await fetchWith(VARIABLES, "/metrics")).body as string;
const deadNow = async () => (await admin("/dead-letters")).body.dead_letters;

/** Gives the loaded object other variables, as a deployment would; gone when it is loaded again. */
async function configure(variables: Record<string, string>): Promise<void> {
  await runInDurableObject(stub(), (object) => {
    Object.assign(object, { env: { ...env, ...variables } });
  });
}

beforeAll(() => {
  openReceivers();
  Object.assign(env, VARIABLES);
});
afterAll(() => {
  vi.restoreAllMocks();
  for (const name of Object.keys(VARIABLES)) delete (env as unknown as Record<string, unknown>)[name];
});

describe("a reported change", () => {
  beforeEach(startEmpty);

  it("is kept and told although the object is lost before anyone was told", async () => {
    answers.set("json", () => Promise.reject(new Error("connection refused")));
    expect(await stub().report([change("calibration")])).toHaveLength(1);
    await until(() => expect(arrivedAt("json")).toHaveLength(1));
    await evictDurableObject(stub());
    expect((await stub().list()).active).toEqual([change("calibration")]);
    answers.delete("json");
    await hurry();
    await until(() => expect(arrivedAt("json")).toEqual(["calibration firing", "calibration firing"]));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
  });

  it("is told once however often it is reported", async () => {
    const both = [change("feed_silent"), change("feed_silent", "resolved")];
    const answersOf = await Promise.all([1, 2, 3].map(() => stub().report(both)));
    expect(answersOf.map((fresh) => fresh.length).sort()).toEqual([0, 0, 2]);
    await evictDurableObject(stub());
    expect(await stub().report(both)).toEqual([]);
    await until(() => expect(arrivedAt("json")).toEqual(["feed_silent firing", "feed_silent resolved"]));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
    expect(arrivedAt("json")).toHaveLength(2);
    expect(await stub().list()).toEqual({ active: [], recent: [{ firing: both[0], resolved: both[1] }] });
  });

  it("of a reporter that lost its memory is the alert that fires already, and ends it under its first id", async () => {
    const [first, second] = [change("drift"), change("drift", "firing", { id: "BTC-USD:drift:9", atMs: 1.8e12 })];
    await stub().report([first]);
    expect(await stub().report([second])).toEqual([]);
    expect(await stub().active("BTC-USD")).toEqual([first]);
    expect(await stub().active("ETH-USD")).toEqual([]);
    const [ended] = await stub().report([{ ...second, state: "resolved", sinceMs: 1.79e12, atMs: 1.81e12 }]);
    expect(ended).toMatchObject({ id: first.id, state: "resolved", sinceMs: first.sinceMs, atMs: 1.81e12 });
  });

  it("that ends what never began is dropped, and so is one that ends it again", async () => {
    expect(await stub().report([change("drift", "resolved")])).toEqual([]);
    await stub().report([change("drift"), change("drift", "resolved")]);
    const next = change("drift", "firing", { id: "BTC-USD:drift:10", atMs: 1.8e12 });
    await stub().report([next]);
    expect(await stub().report([change("drift", "resolved")])).toEqual([]);
    expect((await stub().list()).active).toEqual([next]);
  });

  it("that is none is refused whole", async () => {
    const bad = { ...change("drift"), state: "burning" } as never;
    const refused = runInDurableObject(stub(), (object) => object.report([change("calibration"), bad]));
    await expect(refused).rejects.toThrow("expected an alert change of a rule");
    expect((await stub().list()).active).toEqual([]);
  });

  it("stays in the list of the last 200 after its end, and no longer", async () => {
    const many = Array.from({ length: 205 }, (_, i) =>
      change("drift", "firing", { symbol: `S-${i}`, atMs: 1.79e12 + i }),
    );
    await stub().report(many);
    await stub().report(many.map((one) => ({ ...one, state: "resolved" as const })));
    const { active, recent } = await stub().list();
    expect(active).toEqual([]);
    expect(recent.map(({ firing }) => firing.symbol)).toEqual(Array.from({ length: 200 }, (_, i) => `S-${204 - i}`));
  });
});

describe("what arrives", () => {
  beforeEach(startEmpty);

  const byHost = (host: string) => arrived.filter((one) => one.host === host);
  const DETAILS = {
    id: "BTC-USD:pr_auc_fell:1790000000000",
    symbol: "BTC-USD",
    rule: "pr_auc_fell",
    severity: "warning",
    summary: "BTC-USD: something & <other>.",
    figures: { share: 0.5, worst: "a,b", none: null },
    model: "c".repeat(64),
  };
  const TIMES = { at: "2026-09-21T14:13:20.000Z", since: "2026-09-21T13:56:40.000Z" };

  beforeEach(async () => {
    await stub().report([change("pr_auc_fell")]);
    await until(() => expect(arrived).toHaveLength(4));
    await stub().report([change("pr_auc_fell", "resolved")]);
    await until(() => expect(arrived).toHaveLength(7));
    await stub().report([change("feed_silent", "firing", { severity: "info" })]);
    await until(() => expect(arrived).toHaveLength(9));
  });

  it("as plain JSON is the change and the gateway, signed", async () => {
    const [one] = byHost("json");
    expect(arrivedAt("json")).toEqual(["pr_auc_fell firing", "pr_auc_fell resolved", "feed_silent firing"]);
    expect([one!.method, one!.url]).toEqual(["POST", "https://json.test/hook"]);
    expect(one!.body).toEqual({
      gateway: "edge-1",
      ...DETAILS,
      state: "firing",
      atMs: 1.79e12,
      sinceMs: 1_789_999_000_000,
      ...TIMES,
    });
    expect(one!.headers.get("Content-Type")).toBe("application/json");
    expect(one!.headers.get("Idempotency-Key")).toBe(`${DETAILS.id}:firing`);
    expect(one!.headers.get("Authorization")).toBeNull();
    const [, t, hex] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(one!.headers.get("X-Volgate-Signature")!)!;
    expect(Math.abs(Number(t) - Date.now() / 1000)).toBeLessThan(10);
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(JSON_SECRET),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const digest = Uint8Array.from(hex!.match(/../g)!, (pair) => parseInt(pair, 16));
    const verify = (text: string) => crypto.subtle.verify("HMAC", key, digest, new TextEncoder().encode(text));
    expect(await verify(`${t}.${one!.text}`)).toBe(true);
    expect(await verify(`${t}.${one!.text} `)).toBe(false);
    expect(await verify(`${Number(t) + 1}.${one!.text}`)).toBe(false);
  });

  it("as a CloudEvent is one of version 1.0", () => {
    const [firing, resolved] = byHost("events");
    expect(firing!.headers.get("Content-Type")).toBe("application/cloudevents+json; charset=utf-8");
    expect(firing!.headers.get("Authorization")).toBe("Bearer events-token");
    expect(firing!.headers.get("X-Volgate-Signature")).toBeNull();
    const { data, ...attributes } = firing!.body;
    expect(attributes).toEqual({
      specversion: "1.0",
      id: `${DETAILS.id}:firing`,
      source: "/volgate/edge-1",
      type: "dev.volgate.alert.firing",
      subject: "BTC-USD/pr_auc_fell",
      time: TIMES.at,
      datacontenttype: "application/json",
    });
    expect(data).toMatchObject({ ...DETAILS, gateway: "edge-1" });
    expect(resolved!.body).toMatchObject({ id: `${DETAILS.id}:resolved`, type: "dev.volgate.alert.resolved" });
  });

  it("as a Slack message has a text and blocks, with the three characters escaped that Slack reads as markup", () => {
    const [firing, resolved, ...rest] = byHost("slack");
    expect(rest).toEqual([]);
    expect(firing!.body).toEqual({
      text: "⚠️ Firing: pr_auc_fell – BTC-USD: something &amp; &lt;other&gt;.",
      blocks: [
        {
          type: "section",
          text: { type: "mrkdwn", text: "*⚠️ Firing: pr_auc_fell*\nBTC-USD: something &amp; &lt;other&gt;." },
        },
        {
          type: "context",
          elements: [
            {
              type: "mrkdwn",
              text: `gateway edge-1 · severity warning · since ${TIMES.since} · model cccccccccccc`,
            },
          ],
        },
      ],
    });
    expect(resolved!.body.text).toMatch(/^✅ Resolved: pr_auc_fell/);
    expect(resolved!.body.blocks[1].elements[0].text).toContain(`until ${TIMES.at}`);
  });

  it("at a repository is a dispatch, only when an alert begins that retraining may mend", () => {
    const [dispatch, ...rest] = byHost("repo");
    expect(rest).toEqual([]);
    expect(dispatch!.url).toBe("https://repo.test/repos/me/mine/dispatches");
    expect(dispatch!.body).toEqual({
      event_type: "volgate-pr-auc-fell",
      client_payload: { gateway: "edge-1", ...DETAILS, ...TIMES },
    });
    expect(Object.keys(dispatch!.body.client_payload).length).toBeLessThanOrEqual(10);
    expect(Object.fromEntries(dispatch!.headers)).toMatchObject({
      accept: "application/vnd.github+json",
      authorization: `Bearer ${REPO_TOKEN}`,
      "user-agent": "volgate-alerts",
      "x-github-api-version": "2022-11-28",
    });
  });
});

describe("a webhook that does not take its messages", () => {
  beforeEach(startEmpty);

  it("gets eight attempts, then the message is a dead letter, the end of its alert with it; both come when sent again", async () => {
    answers.set("json", status(500));
    await stub().report([change("drift")]);
    for (let attempt = 1; attempt <= 8; attempt++) {
      await until(() => expect(arrivedAt("json")).toHaveLength(attempt));
      await until(async () =>
        expect((await sqlOfAlerts("SELECT attempts, dead_ms FROM deliveries"))[0]).toMatchObject({
          attempts: attempt,
          dead_ms: attempt < 8 ? null : expect.any(Number),
        }),
      );
      await hurry();
    }
    await stub().report([change("drift", "resolved")]);
    expect(await deadNow()).toMatchObject([
      { webhook: "json", attempts: 0, reason: "its firing was not delivered", alert: { state: "resolved" } },
      { webhook: "json", attempts: 8, reason: "8 attempts; the last: answered 500: body of 500" },
    ]);
    await hurry();
    expect(arrivedAt("json")).toHaveLength(8);
    expect(arrivedAt("events")).toEqual(["drift firing", "drift resolved"]);
    const text = await metricsNow();
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="json",outcome="retried"} 7');
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="json",outcome="dead"} 2');
    expect(text).toContain('volgate_webhook_deliveries_total{webhook="events",outcome="delivered"} 2');
    expect(text).toContain('volgate_webhook_dead_letters{webhook="json"} 2');

    answers.delete("json");
    arrived.length = 0;
    const [letter] = await deadNow();
    const { status: code, body } = await post(`/dead-letters/${letter.id}/redeliver`);
    expect(code).toBe(202);
    expect(body.requeued.map((one: { state: string }) => one.state)).toEqual(["firing", "resolved"]);
    await until(() => expect(arrivedAt("json")).toEqual(["drift firing", "drift resolved"]));
    await until(async () => expect(await metricsNow()).not.toContain("volgate_webhook_dead_letters{"));
    expect((await post(`/dead-letters/${letter.id}/redeliver`)).status).toBe(404);
  });

  it.each([400, 401, 404, 410, 301])("with %i loses the message at once, to the dead letters", async (code) => {
    answers.set("events", status(code, { Location: "https://elsewhere.test/" }));
    await stub().report([change("drift")]);
    await until(async () => expect(await deadNow()).toHaveLength(1));
    expect(await deadNow()).toMatchObject([
      { webhook: "events", attempts: 1, reason: `answered ${code}: body of ${code}`, alert: { rule: "drift" } },
    ]);
    expect(arrived.map(({ host }) => host)).not.toContain("elsewhere");
  });

  it.each([408, 429, 500, 503])("with %i gets the message again", async (code) => {
    answers.set("events", status(code));
    await stub().report([change("drift")]);
    await until(() => expect(arrivedAt("events")).toHaveLength(1));
    answers.delete("events");
    await until(async () =>
      expect((await stub().figures()).queues).toEqual([{ webhook: "events", waiting: 1, dead: 0 }]),
    );
    await hurry();
    await until(() => expect(arrivedAt("events")).toHaveLength(2));
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
  });

  it("shows none of its secrets by echoing them", async () => {
    const echo = ({ headers, url }: { headers: Headers; url: string }) =>
      new Response(`${headers.get("Authorization")} ${url}`, { status: 403 });
    answers.set("repo", echo);
    answers.set("slack", echo);
    answers.set(
      "events",
      ({ headers }) => new Response("x".repeat(192) + headers.get("Authorization"), { status: 400 }),
    );
    await stub().report([change("drift")]);
    await until(async () => expect(await deadNow()).toHaveLength(3));
    const shown = JSON.stringify([await deadNow(), (await admin("")).body]);
    expect(shown).toContain("answered 403: Bearer ***");
    for (const secret of [REPO_TOKEN, "hidden", JSON_SECRET, "xBearer e"]) expect(shown).not.toContain(secret);
  });

  it("is left alone for as long as it asked by Retry-After, with all of its messages", async () => {
    answers.set("events", status(429, { "Retry-After": "500" }));
    const before = Date.now();
    const alarmOf = () => runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    await stub().report([change("drift"), change("drift", "firing", { symbol: "ETH-USD" })]);
    await until(async () => expect(await alarmOf()).toBeGreaterThanOrEqual(before + 500_000));
    answers.delete("events");
    await stub().report([change("drift", "firing", { symbol: "SOL-USD" })]);
    await until(() => expect(arrivedAt("json")).toHaveLength(3));
    await until(async () => expect(await alarmOf()).toBeGreaterThanOrEqual(before + 500_000));
    expect(arrivedAt("events")).toHaveLength(1);
    await hurry();
    await until(() => expect(arrivedAt("events")).toHaveLength(4));
  });

  it.each([429, 403])("that asks by %i for a pause of weeks is asked again within the hour", async (code) => {
    answers.set("repo", status(code, { "Retry-After": "9999999" }));
    const before = Date.now();
    const symbols = ["A", "B", "C"];
    await stub().report(symbols.map((symbol) => change("drift", "firing", { symbol })));
    await until(async () => {
      const rows = await sqlOfAlerts("SELECT until_ms FROM holds WHERE webhook = 'repo'");
      expect(Number(rows[0]?.["until_ms"])).toBeGreaterThanOrEqual(before + 3_600_000);
    });
    expect(await deadNow()).toEqual([]);
    const alarm = await runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + 3_600_000);
    answers.delete("repo");
    await hurry();
    await until(() => expect(arrived.filter(({ host }) => host === "repo")).toHaveLength(4));
  });

  it("does not hear of an end before the beginning", async () => {
    answers.set("events", status(503));
    await stub().report([change("drift")]);
    await until(async () => expect((await stub().figures()).queues).toMatchObject([{ webhook: "events", waiting: 1 }]));
    answers.delete("events");
    await stub().report([change("drift", "resolved"), change("calibration")]);
    await until(() => expect(arrivedAt("events")).toContain("calibration firing"));
    await until(async () => expect((await stub().figures()).queues).toMatchObject([{ webhook: "events", waiting: 2 }]));
    expect(arrivedAt("events")).toEqual(["drift firing", "calibration firing"]);
    await hurry();
    await until(() => expect(arrivedAt("events").slice(2)).toEqual(["drift firing", "drift resolved"]));
  });

  it("holds up no other while it stalls, and is given up on at the deadline", async () => {
    answers.set("json", stalls);
    const many = Array.from({ length: 20 }, (_, i) => change("drift", "firing", { symbol: `S-${i}` }));
    const started = Date.now();
    await stub().report(many.slice(0, 10));
    await until(() => expect(arrivedAt("events")).toHaveLength(10));
    await stub().report(many.slice(10));
    await until(() => expect(arrivedAt("events")).toHaveLength(20));
    // Twenty stalls of 300 ms one after the other would take 6 s.
    expect(Date.now() - started).toBeLessThan(3000);
    await until(async () => {
      const counts = (await stub().figures()).deliveries.find(({ webhook }) => webhook === "json");
      expect(counts).toMatchObject({ outcome: "retried" });
    });
    answers.delete("json");
  });

  it("is given up on when it is configured no more", async () => {
    answers.set("events", status(503));
    await stub().report([change("drift")]);
    await until(() => expect(arrivedAt("events")).toHaveLength(1));
    await configure({ ALERT_WEBHOOKS: "[]" });
    await hurry();
    await until(async () =>
      expect(await deadNow()).toMatchObject([{ webhook: "events", reason: "no such webhook is configured any more" }]),
    );
  });
});

describe("the alarm", () => {
  beforeEach(startEmpty);

  it("never throws, and rings again, under variables that are wrong; what waits is told once they are right", async () => {
    answers.set("json", status(503));
    await stub().report([change("drift", "firing", { severity: "info" })]);
    await until(() => expect(arrivedAt("json")).toHaveLength(1));
    answers.delete("json");
    await configure({ ALERT_WEBHOOKS: "{" });
    await sqlOfAlerts("UPDATE deliveries SET next_ms = 0");
    const errors = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await runInDurableObject(stub(), (_, state) => state.storage.setAlarm(Date.now() + 3_600_000));
    await runDurableObjectAlarm(stub());
    const alarm = await runInDurableObject(stub(), (_, state) => state.storage.getAlarm());
    expect(alarm).toBeGreaterThan(Date.now() + 50_000);
    expect(alarm).toBeLessThan(Date.now() + 70_000);
    expect(errors).toHaveBeenCalled();
    errors.mockRestore();
    await configure(VARIABLES);
    await hurry();
    await until(() => expect(arrivedAt("json")).toHaveLength(2));
  });
});

describe("a fact about the whole gateway", () => {
  beforeEach(startEmpty);

  const ready = {
    ready: true,
    eValue: 25,
    blocks: 120,
    episodes: 31,
    meanGain: { value: 0.01, low: 0.002, high: 0.02 },
  };

  it("is told once, over a restart too, until it is over", async () => {
    const facts = { model: "d".repeat(64), challenger: ready };
    const [fired] = await stub().observe(facts);
    expect(fired).toMatchObject({ symbol: "*", rule: "challenger_ready", severity: "info", model: facts.model });
    await evictDurableObject(stub());
    expect(await stub().observe(facts)).toEqual([]);
    expect(await metricsNow()).toContain('volgate_alert_active{symbol="*",rule="challenger_ready"} 1');
    expect(await stub().observe({ model: null })).toMatchObject([{ id: fired!.id, state: "resolved" }]);
    expect(await metricsNow()).not.toContain("volgate_alert_active{");
    await until(() => expect(arrivedAt("json")).toEqual(["challenger_ready firing", "challenger_ready resolved"]));
  });
});

describe("/admin/alerts", () => {
  beforeEach(startEmpty);

  it("shows what fires, what did, and the webhooks without their secrets", async () => {
    await stub().report([change("drift"), change("calibration"), change("calibration", "resolved")]);
    await until(async () => expect((await stub().figures()).queues).toEqual([]));
    const { status: code, body } = await admin("");
    expect(code).toBe(200);
    expect(body.active).toMatchObject([{ rule: "drift", state: "firing", at: "2026-09-21T14:13:20.000Z" }]);
    expect(body.recent).toMatchObject([
      {
        rule: "calibration",
        state: "resolved",
        resolved_at: "2026-09-21T14:13:20.000Z",
        resolved_summary: expect.any(String),
      },
    ]);
    expect(body.webhooks[0]).toEqual({
      name: "json",
      kind: "json",
      origin: "https://json.test",
      signed: true,
      has_token: false,
      rules: expect.arrayContaining(["feed_silent"]),
      min_severity: "info",
      delivered: 3,
      retried: 0,
      given_up: 0,
      waiting: 0,
      dead_letters: 0,
    });
    expect(body.webhooks[3]).toMatchObject({ rules: ["pr_auc_fell", "drift", "calibration"], delivered: 2 });
    for (const secret of [REPO_TOKEN, "hidden", JSON_SECRET]) expect(JSON.stringify(body)).not.toContain(secret);
  });

  it.each(WEBHOOKS.map(({ name }) => name))("sends a test message to %s and says what came back", async (webhook) => {
    const { body } = await post("/test", { webhook });
    expect(body).toEqual({ webhook, delivered: true, status: 204, detail: null, took_ms: expect.any(Number) });
    expect(arrived).toHaveLength(1);
    expect(arrived[0]!.text).toContain("A test message from edge-1; nothing is wrong.");
    answers.set(webhook, status(403));
    expect((await post("/test", { webhook })).body).toMatchObject({
      delivered: false,
      status: 403,
      detail: "body of 403",
    });
    answers.set(webhook, stalls);
    expect((await post("/test", { webhook })).body).toMatchObject({
      delivered: false,
      status: null,
      detail: "no answer in 300 ms",
    });
    answers.set(webhook, () => Promise.reject(new Error("connection refused")));
    expect((await post("/test", { webhook })).body).toMatchObject({
      delivered: false,
      detail: expect.stringContaining("refused"),
    });
    expect((await stub().figures()).deliveries).toEqual([]);
  });

  it("refuses what it does not understand and names the field", async () => {
    const cases = [
      [post("/test", {}), 400, "webhook: got nothing, expected one of json, events, slack, repo"],
      [post("/test", null), 400, "body: got null, expected an object"],
      [post("/test", { webhook: "pager" }), 404, 'webhook: got "pager", expected one of json'],
      [post("/dead-letters/x/redeliver"), 400, 'id: got "x", expected a whole number'],
      [post("/dead-letters/7/redeliver"), 404, "id: got 7, expected one of a dead letter"],
      [
        fetchWith({ ALERT_WEBHOOKS: "" }, "/admin/alerts/test", { method: "POST", body: '{"webhook":"a"}' }),
        404,
        "none is configured",
      ],
    ] as const;
    for (const [answer, code, detail] of cases) {
      const { status: got, body } = await answer;
      expect([got, body.detail]).toEqual([code, expect.stringContaining(detail)]);
    }
  });

  it("is closed without the token", async () => {
    for (const [path, method] of [
      ["", "GET"],
      ["/dead-letters", "GET"],
      ["/test", "POST"],
      ["/dead-letters/1/redeliver", "POST"],
    ]) {
      const init = { method: method! };
      const closed = await fetchWith({ ...VARIABLES, ADMIN_TOKEN: "token" }, `/admin/alerts${path}`, init);
      expect(closed.status).toBe(401);
      expect((await fetchWith({ ...VARIABLES, ENVIRONMENT: "production" }, `/admin/alerts${path}`, init)).status).toBe(
        503,
      );
    }
  });
});

describe("an attempt", () => {
  const judge = (code: number | null, more: object = {}) =>
    judgeAttempt(
      { status: code, retryAfterMs: null, detail: "why", tookMs: 1, ...more },
      { attempts: 1, createdMs: 0, nowMs: 0, backoffMs: 1000, seed: "s", ...more },
    );

  it("waits four times longer after each failure, with a jitter below it, up to six hours", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((attempts) => {
      const verdict = judge(500, { attempts });
      return verdict.kind === "retry" ? verdict.atMs / (1000 * 4 ** (attempts - 1)) : NaN;
    });
    for (const wait of waits) expect(wait >= 0.5 && wait < 1).toBe(true);
    expect(new Set(waits).size).toBe(7);
    const capped = judge(500, { attempts: 7, backoffMs: 60_000 });
    expect(capped.kind === "retry" && capped.atMs <= 6 * 3_600_000).toBe(true);
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

  it("is the last after eight, or when the next one would be more than a day after the first", () => {
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

describe("the alert variables", () => {
  const parseAlertSettings = (variables: object) => parseSettings(variables as Env).alerts;
  const hook = (more: object) => JSON.stringify([{ name: "a", kind: "json", url: "https://a.test/x", ...more }]);

  it("give no webhooks and the defaults when they are not set", () => {
    const defaults = { gateway: "volgate", webhooks: [], deadlineMs: 10_000, backoffMs: 5000 };
    expect(parseAlertSettings({})).toMatchObject(defaults);
    expect(parseAlertSettings({ ALERT_WEBHOOKS: " ", ALERT_RULES: "", GATEWAY_NAME: "" })).toMatchObject(defaults);
    expect(parseAlertSettings({ ALERT_RULES: '{"drift":{"fireAfter":1}}' }).limits.drift.fireAfter).toBe(1);
  });

  it("allow http on loopback, in development alone", () => {
    for (const url of ["http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]:80/x"]) {
      expect(parseAlertSettings({ ALERT_WEBHOOKS: hook({ url }), ENVIRONMENT: "development" }).webhooks).toHaveLength(
        1,
      );
      expect(() => parseAlertSettings({ ALERT_WEBHOOKS: hook({ url }) })).toThrow(
        "expected https, or http on loopback",
      );
    }
    const other = { ALERT_WEBHOOKS: hook({ url: "http://127.0.0.1.evil.test/" }), ENVIRONMENT: "development" };
    expect(() => parseAlertSettings(other)).toThrow("got http://127.0.0.1.evil.test, expected https");
  });

  it.each([
    ["{", "ALERT_WEBHOOKS: got 1 characters that are no JSON, expected JSON"],
    ["{}", "ALERT_WEBHOOKS: got an object, expected a list of webhooks"],
    [JSON.stringify(Array(11).fill(JSON.parse(hook({}))[0])), "ALERT_WEBHOOKS: got 11 entries, expected at most 10"],
    ["[7]", "ALERT_WEBHOOKS[0]: got 7, expected an object"],
    [hook({ urll: 1 }), "ALERT_WEBHOOKS[0].urll: got an unknown field, expected name, kind, url"],
    [hook({ name: "A b" }), 'ALERT_WEBHOOKS[0].name: got "A b", expected 1 to 32 of'],
    [hook({ kind: "pager" }), 'ALERT_WEBHOOKS[0].kind: got "pager", expected one of slack, json, cloudevents, github'],
    [hook({ url: 7 }), "ALERT_WEBHOOKS[0].url: got 7, expected https"],
    [hook({ url: "nowhere" }), "ALERT_WEBHOOKS[0].url: got no address, expected https"],
    [hook({ url: "ftp://a.test/" }), "ALERT_WEBHOOKS[0].url: got ftp://a.test, expected https"],
    [hook({ url: "https://me:pass@a.test/" }), "ALERT_WEBHOOKS[0].url: got an address with a password"],
    [hook({ secret: "short" }), "ALERT_WEBHOOKS[0].secret: got 5 characters, expected 16 to 256 characters"],
    [hook({ token: "a b" }), "ALERT_WEBHOOKS[0].token: got 3 characters, expected 1 to 512 printable"],
    [hook({ kind: "github" }), "ALERT_WEBHOOKS[0].token: got nothing, expected a token for the repository"],
    [hook({ kind: "slack", token: "abc" }), "ALERT_WEBHOOKS[0].token: got one, expected none"],
    [hook({ kind: "slack", secret: "x".repeat(16) }), "ALERT_WEBHOOKS[0].secret: got one, expected none"],
    [hook({ rules: "drift" }), 'ALERT_WEBHOOKS[0].rules: got "drift", expected a list of rules'],
    [hook({ rules: ["drift", "x"] }), 'ALERT_WEBHOOKS[0].rules[1]: got "x", expected one of pr_auc_fell, '],
    [
      hook({ minSeverity: "page" }),
      'ALERT_WEBHOOKS[0].minSeverity: got "page", expected one of info, warning, critical',
    ],
    [`[${hook({}).slice(1, -1)},${hook({}).slice(1, -1)}]`, "ALERT_WEBHOOKS[1].name: got a again, expected names that"],
  ])("refuse webhooks %s", (text, message) => {
    expect(() => parseAlertSettings({ ALERT_WEBHOOKS: text })).toThrow(message);
  });

  it("refuse other values and name the variable", () => {
    expect(() => parseAlertSettings({ ALERT_RULES: '{"drift":{"fireAfter":0}}' })).toThrow(
      "ALERT_RULES.drift.fireAfter: got 0",
    );
    expect(() => parseAlertSettings({ ALERT_RULES: "[" })).toThrow("ALERT_RULES: got 1 characters that are no JSON");
    expect(() => parseAlertSettings({ GATEWAY_NAME: "a b" })).toThrow('GATEWAY_NAME: got "a b"');
    expect(() => parseAlertSettings({ WEBHOOK_DEADLINE_MS: "1" })).toThrow('WEBHOOK_DEADLINE_MS: got "1", expected');
    expect(() => parseAlertSettings({ WEBHOOK_BACKOFF_MS: "x" })).toThrow('WEBHOOK_BACKOFF_MS: got "x", expected');
  });

  it("never show a secret in what they are refused with", () => {
    const secret = "s3cret-s3cret-s3cret";
    const texts = [
      `[{"secret":"${secret}"`,
      hook({ secret: `${secret}\u0000`.repeat(20) }),
      hook({ kind: "slack", secret }),
      hook({ kind: "slack", token: secret }),
      hook({ url: `http://a.test/${secret}` }),
      hook({ url: `https://x:${secret}@a.test/` }),
      hook({ url: `bad address ${secret}` }),
      hook({ token: `${secret} with a space` }),
    ];
    for (const text of texts) {
      let message = "";
      try {
        parseAlertSettings({ ALERT_WEBHOOKS: text });
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/^SettingsError: ALERT_WEBHOOKS/);
      expect(message).not.toContain(secret);
    }
  });
});
