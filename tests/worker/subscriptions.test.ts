// /admin/subscriptions through the public door: what it takes, what it refuses, and what it never shows.
import { beforeEach, describe, expect, it } from "vitest";
import { admin, status, useReceivers, VARIABLES } from "./alert-gateway.ts";
import { answers, arrived, sqlOfAlerts, startEmpty } from "./alert-receiver.ts";
import { fetchJson, fetchWith } from "./gateway.ts";

useReceivers();

const SECRET = "a-secret-of-sixteen-or-more";
const WANTED = { url: "https://desk.test/hook/a-very-secret-path", symbols: ["BTC-USD", "*@kraken"] };

const send = (method: string, path: string, body?: unknown, variables: Record<string, string> = {}) =>
  fetchWith({ ...VARIABLES, ...variables }, `/admin/subscriptions${path}`, {
    method,
    headers: { Authorization: "Bearer an-administrator-token-of-32-chars" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

beforeEach(async () => {
  await startEmpty();
  await sqlOfAlerts("DELETE FROM subscriptions");
});

describe("/admin/subscriptions", () => {
  it("makes, lists, changes and ends a subscription, and shows its key once", async () => {
    const made = await send("POST", "", { ...WANTED, note: "the desk" });
    expect(made.status).toBe(201);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^sub_[0-9a-f]{12}$/),
      webhook: null,
      origin: "https://desk.test",
      format: "json",
      signed: true,
      grid: null,
      symbols: ["BTC-USD", "*@kraken"],
      on: "rise",
      threshold: null,
      fall_share: 0.8,
      fall_below: null,
      confirm_steps: 1,
      cool_down_s: 300,
      enabled: true,
      note: "the desk",
      created_at: expect.any(String),
      changed_at: expect.any(String),
      delivered: 0,
      retried: 0,
      given_up: 0,
      waiting: 0,
      dead_letters: 0,
    });
    expect((await send("GET", "")).body).toEqual({ subscriptions: [shown] });
    expect((await send("GET", `/${shown.id}`)).body).toEqual(shown);
    const changed = await send("PUT", `/${shown.id}`, { ...WANTED, symbols: "all", threshold: 0.4, enabled: false });
    expect(changed.body).toMatchObject({ id: shown.id, symbols: "all", threshold: 0.4, enabled: false, secret: null });
    expect(changed.body).toMatchObject({ note: null, created_at: shown.created_at, signed: true });
    expect((await send("DELETE", `/${shown.id}`)).body).toEqual({ id: shown.id });
    expect((await send("GET", "")).body).toEqual({ subscriptions: [] });
    for (const text of [secret, "a-very-secret-path"]) expect(JSON.stringify(shown)).not.toContain(text);
  });

  it("takes a key, or the webhook of a name, which has its own", async () => {
    const own = (await send("POST", "", { ...WANTED, secret: SECRET })).body;
    expect(own).toMatchObject({ signed: true, secret: null });
    const named = (await send("POST", "", { webhook: "slack", symbols: "all" })).body;
    expect(named).toMatchObject({ webhook: "slack", origin: null, format: null, signed: null, secret: null });
    expect(JSON.stringify(await send("GET", ""))).not.toContain(SECRET);
  });

  it.each([
    [{ symbols: "all" }, "body: got neither of url and webhook, expected exactly one"],
    [{ ...WANTED, webhook: "json" }, "body: got both of url and webhook, expected exactly one"],
    [{ webhook: "json", symbols: "all", secret: SECRET }, "secret: got one beside webhook, expected none"],
    [{ webhook: "repo", symbols: "all" }, 'webhook: got "repo", which is a repository'],
    [{ ...WANTED, format: "slack", secret: SECRET }, "secret: got one, expected none: slack"],
    [{ ...WANTED, format: "github" }, 'format: got "github", expected one of json, slack, cloudevents'],
    [{ ...WANTED, url: "http://desk.test/" }, "url: got http://desk.test, expected https"],
    [{ ...WANTED, url: "ftp://desk.test/" }, "url: got ftp://desk.test, expected https"],
    [{ ...WANTED, secret: "short" }, "secret: got "],
    [{ url: WANTED.url }, "symbols: got nothing"],
    [{ ...WANTED, symbols: [] }, "symbols: got "],
    [{ ...WANTED, symbols: ["BTC USD"] }, "symbols: got "],
    [{ ...WANTED, on: "fall" }, 'on: got "fall", expected one of rise, rise_and_fall'],
    [{ ...WANTED, threshold: 1.2 }, "threshold: got 1.2, expected a number above 0, at most 1"],
    [
      { ...WANTED, threshold: 0 },
      "threshold: got 0, expected a number above 0, at most 1: no probability falls below 0",
    ],
    [{ ...WANTED, fall_share: 0 }, "fall_share: got 0, expected a number above 0"],
    [{ ...WANTED, fall_below: 0 }, "fall_below: got 0, expected a number above 0"],
    [{ ...WANTED, threshold: 0.3, fall_below: 0.4 }, "fall_below: got 0.4, expected at most threshold, which is 0.3"],
    [{ ...WANTED, confirm_steps: 0 }, "confirm_steps: got 0, expected a whole number from 1 to 1000"],
    [{ ...WANTED, cool_down_s: -1 }, "cool_down_s: got -1"],
    [{ ...WANTED, enabled: 1 }, "enabled: got 1, expected true or false"],
  ])("refuses %j", async (body, detail) => {
    const answer = await send("POST", "", body);
    expect(answer).toMatchObject({ status: 400, body: { code: "subscription_malformed" } });
    expect(answer.body.detail).toContain(detail);
    expect((await send("GET", "")).body).toEqual({ subscriptions: [] });
  });

  it("refuses an unknown field, grid, webhook and id by their codes", async () => {
    expect((await send("POST", "", { ...WANTED, thresold: 0.5 })).body).toMatchObject({ code: "field_unknown" });
    expect((await send("POST", "", { ...WANTED, grid: "7s" })).body).toMatchObject({ code: "unknown_grid" });
    const unknown = await send("POST", "", { webhook: "nobody", symbols: "all" });
    expect(unknown).toMatchObject({ status: 404, body: { code: "unknown_webhook" } });
    expect(unknown.body.detail).toContain("one of json, events, slack, repo");
    for (const [method, path, body] of [
      ["GET", "/sub_none"],
      ["PUT", "/sub_none", WANTED],
      ["DELETE", "/sub_none"],
      ["POST", "/sub_none/test"],
    ] as const) {
      const answer = await send(method, path, body);
      expect(answer).toMatchObject({ status: 404, body: { code: "unknown_subscription" } });
    }
  });

  it("takes a hundred and no more", async () => {
    await sqlOfAlerts(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO subscriptions SELECT 'sub_' || i, i, 'unreadable' FROM n`);
    expect(await send("POST", "", WANTED)).toMatchObject({ status: 409, body: { code: "subscription_limit" } });
    expect((await send("GET", "")).body).toEqual({ subscriptions: [] });
  });

  it("is behind the administrator's token", async () => {
    const variables = { ADMIN_TOKEN: "another-administrator-token-of-32-chars" };
    expect((await send("GET", "", undefined, variables)).status).toBe(401);
  });

  it.each([
    "https://localhost/",
    "https://10.1.2.3/",
    "https://0x7f.1/",
    "https://169.254.169.254/latest",
    "https://[::1]/",
    "https://[fd00::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://intranet/",
    "https://db.internal/",
    "http://localhost:8787/",
  ])("refuses the private address %s outside development", async (url) => {
    const tokens = Object.fromEntries(
      ["ADMIN_TOKEN", "INGEST_TOKEN", "READ_TOKEN", "METRICS_TOKEN"].map((name) => [
        name,
        name === "ADMIN_TOKEN" ? "an-administrator-token-of-32-chars" : `${name}-of-thirty-two-characters-or-more`,
      ]),
    );
    const production = { ENVIRONMENT: "production", ...tokens };
    const answer = await send("POST", "", { ...WANTED, url }, production);
    expect(answer).toMatchObject({ status: 400, body: { code: "subscription_malformed" } });
    expect(answer.body.detail).toContain("expected https and a public address");
    expect((await send("POST", "", { ...WANTED, url: "https://hooks.example.com/x" }, production)).status).toBe(201);
  });
});

describe("POST /admin/subscriptions/:id/test", () => {
  it("sends a spike that is none, and says what came back", async () => {
    const { id } = (await send("POST", "", { ...WANTED, secret: SECRET })).body;
    expect((await send("POST", `/${id}/test`)).body).toMatchObject({ id, delivered: true, status: 204, detail: null });
    expect(arrived[0]!.body).toMatchObject({ type: "spike", subscription: id, symbol: "*", state: "rise" });
    expect(arrived[0]!.headers.get("X-Volgate-Signature")).toMatch(/^t=\d+,v1=/);
    answers.set("desk", status(418));
    expect((await send("POST", `/${id}/test`)).body).toMatchObject({ delivered: false, status: 418 });
    expect((await admin("/dead-letters")).body.count).toBe(0);
  });

  it("says that the webhook of its name is not configured any more", async () => {
    const { id } = (await send("POST", "", { webhook: "json", symbols: "all" })).body;
    await sqlOfAlerts(`UPDATE subscriptions SET content = replace(content, '"json"', '"gone"')`);
    expect(await send("POST", `/${id}/test`)).toMatchObject({ status: 404, body: { code: "unknown_webhook" } });
    expect((await fetchJson("/health")).status).toBe(200);
  });
});
