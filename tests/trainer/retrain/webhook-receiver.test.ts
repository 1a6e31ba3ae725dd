import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { isSigned, type ReceivedAlert, WebhookReceiver } from "../../../trainer/retrain/webhook-receiver.ts";

const SECRET = "volgate-example-secret";

function signature(body: string, t: number, secret = SECRET): string {
  return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`;
}

describe("a signature", () => {
  it("is the example of the gateway's documentation", () => {
    const v1 = "1128be9e8bb294a481359eb8803c28e5dbf1b9ee03c9701af896bd3da6031753";
    expect(isSigned(`t=1700000000,v1=${v1}`, "{}", SECRET, 1_700_000_000_000)).toBe(true);
  });

  it("fails for another body, key or time, for one too long ago, and for what is none", () => {
    const nowMs = 1_700_000_000_000;
    const good = signature("{}", 1_700_000_000);
    expect(isSigned(good, "{ }", SECRET, nowMs)).toBe(false);
    expect(isSigned(good, "{}", `${SECRET}x`, nowMs)).toBe(false);
    expect(isSigned(good.replace("t=17", "t=18"), "{}", SECRET, nowMs)).toBe(false);
    expect(isSigned(good, "{}", SECRET, nowMs + 300_000)).toBe(true);
    expect(isSigned(good, "{}", SECRET, nowMs + 300_001)).toBe(false);
    for (const none of ["", "undefined", "t=1700000000", good.toUpperCase(), `${good}0`]) {
      expect(isSigned(none, "{}", SECRET, nowMs)).toBe(false);
    }
  });
});

describe("a receiver of alerts", () => {
  const told: ReceivedAlert[] = [];
  const receiver = new WebhookReceiver(SECRET, (alert) => told.push(alert));
  afterEach(() => receiver.stop());

  it("reports each signed alert once, and answers 401 to the others", async () => {
    const url = await receiver.start();
    const post = async (body: string, header: string): Promise<number> =>
      (await fetch(url, { method: "POST", body, headers: { "X-Volgate-Signature": header } })).status;
    const t = Math.floor(Date.now() / 1000);
    const alert = { id: "BTC-USD:drift:1", rule: "drift", state: "firing", symbol: "BTC-USD", summary: "far" };
    const firing = JSON.stringify({ ...alert, figures: { window_end_ms: 5 } });
    const resolved = JSON.stringify({ ...alert, state: "resolved" });
    expect(await post(firing, signature(firing, t))).toBe(204);
    expect(await post(firing, signature(firing, t))).toBe(204);
    expect(await post(resolved, signature(resolved, t))).toBe(204);
    expect(await post("{}", signature("{}", t))).toBe(400);
    expect(await post(firing, signature(resolved, t))).toBe(401);
    expect(await post(firing, signature(firing, t, "another secret"))).toBe(401);
    expect(told).toEqual([
      { ...alert, figures: { window_end_ms: 5 } },
      { ...alert, state: "resolved", figures: {} },
    ]);
    expect(receiver.alerts).toEqual(told);
    expect(receiver.refused).toBe(2);
  });
});
