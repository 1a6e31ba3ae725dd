// A deployment whose ALERT_RULES still has a limit of the intervals that the quality rules compared before.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { runScheduled } from "../../src/jobs/run-scheduled.ts";
import { fetchWith, ingest, predictFresh } from "./gateway.ts";
import { tick } from "./market.ts";

const FORMER = { ALERT_RULES: '{"calibration":{"widening":3}}' };
const SAID =
  "ALERT_RULES.calibration.widening: got a limit of the intervals that this rule does not compare any more, " +
  "expected none: it is decided by evidence, see ratePerMonth in docs/operations/alerts.md";

beforeAll(() => ingest([tick("FORMER", 0), tick("FORMER", 1)]));

describe("a limit that has lost its meaning", () => {
  it("closes the gateway, but for /health/live, until it is taken out; the log names it each time, answers do not", async () => {
    const log = vi.spyOn(console, "error").mockReturnValue();
    const post = { method: "POST", body: JSON.stringify(tick("FORMER", 2)) };
    for (const [path, init] of [
      ["/ingest", post],
      ["/predict?symbol=FORMER", {}],
      ["/health", {}],
      ["/metrics", {}],
      ["/admin/alerts", {}],
    ] as const) {
      log.mockClear();
      const { status, body } = await fetchWith(FORMER, path, init);
      expect([path, status, body.code]).toEqual([path, 503, "not_configured"]);
      expect(log.mock.calls.join()).toContain(SAID);
      expect(JSON.stringify(body)).not.toContain("widening");
    }
    expect((await fetchWith(FORMER, "/health/live", {})).status).toBe(200);
    log.mockClear();
    await expect(runScheduled({ ...env, ...FORMER }, "*/15 * * * *", Date.now())).rejects.toThrow(SAID);
    log.mockRestore();
    expect((await ingest(tick("FORMER", 2))).status).toBe(200);
    expect((await predictFresh("FORMER")).status).toBe(200);
  });
});
