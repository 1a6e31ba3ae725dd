import { beforeEach, describe, expect, it } from "vitest";
import {
  answers,
  arrived,
  change,
  JSON_SECRET,
  REPO_TOKEN,
  stalls,
  startEmpty,
  stub,
  WEBHOOKS,
} from "./alert-receiver.ts";
import { fetchWith } from "./gateway.ts";
import { VARIABLES, admin, post, status, until, useReceivers } from "./alert-gateway.ts";

useReceivers();

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

  it("refuses malformed requests and names the field", async () => {
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
