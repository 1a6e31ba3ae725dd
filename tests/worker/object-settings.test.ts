// A variable that only an object sees as wrong: the Worker and its objects can be of different deployments for a while.
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { fetchJson, ingest, postJson, predictFresh, stubOf } from "./gateway.ts";
import { tick } from "./market.ts";

beforeAll(() => ingest([tick("SET", 0), tick("SET", 1), tick("SET", 2)]));

/** The object gets variables that its settings refuse. */
async function misconfigure(symbol: string): Promise<void> {
  await runInDurableObject(stubOf(symbol), (instance) => {
    Object.assign(instance, { env: { ...env, STEP_MS: "1s" } });
    Object.assign(instance.held, { live: undefined, readBack: () => undefined });
  });
  onTestFinished(() => evictDurableObject(stubOf(symbol)));
}

describe("an object with a wrong variable", () => {
  it("is answered for with 503 not_configured, and its error is not shown", async () => {
    await misconfigure("SET");
    for (const ask of [
      () => predictFresh("SET"),
      () => postJson("/predict", { symbols: ["SET"] }),
      () => fetchJson("/symbols/SET"),
      () => fetchJson("/symbols/SET/quality"),
    ]) {
      const { status, body } = await ask();
      expect([status, body.code]).toEqual([503, "not_configured"]);
      expect(JSON.stringify(body)).not.toContain("1s");
    }
    expect((await ingest(tick("SET", 3))).status).toBe(503);
  });
});
