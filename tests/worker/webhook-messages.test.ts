import * as v from "valibot";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeWebhook } from "../../src/durable/alerts/encode-webhook.ts";
import { webhooksSchema } from "../../src/settings/webhook-schema.ts";
import { arrived, arrivedAt, change, JSON_SECRET, REPO_TOKEN, startEmpty, stub, WEBHOOKS } from "./alert-receiver.ts";
import { until, useReceivers } from "./alert-gateway.ts";

useReceivers();

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

  it("at a repository is a dispatch, only when an alert begins that retraining may resolve", () => {
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

describe("changes of many symbols", () => {
  beforeEach(startEmpty);

  const many = Array.from({ length: 30 }, (_, i) =>
    change("drift", "firing", {
      symbol: `S-${i}`,
      severity: i === 7 ? "critical" : "warning",
      sinceMs: 1_789_999_000_000 - i,
      model: i === 9 ? null : "c".repeat(64),
    }),
  );
  const symbols = Array.from({ length: 20 }, (_, i) => `S-${i}`).join(", ");

  it("arrive as one message each, which names them and has all of them beside it", async () => {
    await stub().report(many);
    await until(() => expect(arrived).toHaveLength(4));
    const [json, events, slack, repo] = ["json", "events", "slack", "repo"].map((name) =>
      arrived.find(({ host }) => host === name)!,
    );
    const message = {
      id: "S-0:drift:1790000000000+29.b3b4f17e",
      symbol: "*",
      rule: "drift",
      state: "firing",
      severity: "critical",
      sinceMs: 1_789_999_000_000 - 29,
      summary: `30 symbols drifted: ${symbols} and 10 more. The first: S-0: something & <other>.`,
      figures: { symbols: 30 },
      model: null,
    };
    expect(json!.body).toMatchObject({ gateway: "edge-1", ...message, changes: many });
    expect(events!.body).toMatchObject({ subject: "*/drift", data: { ...message, changes: many } });
    expect(slack!.body.text).toContain("🚨 Firing: drift – 30 symbols drifted: S-0, S-1");
    expect(repo!.body.client_payload).toMatchObject({ symbol: "*", figures: { symbols: 30 } });
    expect(Object.keys(repo!.body.client_payload).length).toBeLessThanOrEqual(10);
    expect(json!.headers.get("Idempotency-Key")).toBe("S-0:drift:1790000000000+29.b3b4f17e:firing");
  });

  it.each([
    ["feed_silent", "firing", 1000, "30 of 1,000 symbols silent: "],
    ["feed_silent", "resolved", 1000, "30 of 1,000 symbols no longer silent: "],
    ["feed_down", "firing", 1000, "30 feeds down: "],
    ["drift", "firing", 7, "30 symbols drifted: "],
  ] as const)("of %s %s say how many of %s they are", (rule, state, known, said) => {
    const changes = Array.from({ length: 30 }, (_, i) => change(rule, state, { symbol: `S-${i}` }));
    const webhook = v.parse(webhooksSchema, [WEBHOOKS[0]])[0]!;
    const { summary, figures } = JSON.parse(encodeWebhook(changes, webhook, "edge-1", known).body);
    expect(summary).toBe(`${said}${symbols} and 10 more. The first: S-0: something & <other>.`);
    expect(figures).toEqual({ symbols: 30, known_symbols: known });
  });
});
