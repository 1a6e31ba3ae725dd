// The wall clock may be set back: nothing that was kept before counts as fresh for the time that comes again.
import { env } from "cloudflare:workers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { listSymbols } from "../../src/clients/directory.ts";
import { claimRegistryRead, readRegistry } from "../../src/clients/registry.ts";
import { gridConfig } from "../../src/features/event-grid.ts";
import { predictionCache } from "../../src/http/prediction-cache.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { r2ArtifactStore } from "../../src/model/artifact-store.ts";
import { ModelHost } from "../../src/model/model-host.ts";
import { FAILING, Desk, atDesk, steady } from "./archive-desk.ts";
import { ingest, predictionClock } from "./gateway.ts";
import { tick } from "./market.ts";

const HOUR_MS = 3_600_000;

describe("after the clock was set back by an hour", () => {
  it("an isolate asks the symbol's object again", async () => {
    let nowMs = Date.now();
    predictionCache.useClock(() => nowMs);
    onTestFinished(() => predictionCache.useClock(predictionClock));
    let asked = 0;
    const get = () => predictionCache.get("SET-BACK", () => Promise.resolve(void asked++));
    await get();
    await get();
    expect(asked).toBe(1);
    nowMs -= HOUR_MS;
    await get();
    expect(asked).toBe(2);
  });

  it("an isolate reads the registry again", async () => {
    await readRegistry(env);
    const nowMs = Date.now() + HOUR_MS;
    expect([claimRegistryRead(nowMs), claimRegistryRead(nowMs + 9_999)]).toEqual([true, false]);
    expect(claimRegistryRead(nowMs - HOUR_MS)).toBe(true);
  });

  it("an isolate lists the symbols again", async () => {
    await ingest(tick("LISTED", 0));
    const nowMs = Date.now() + HOUR_MS;
    const clock = vi.spyOn(Date, "now").mockReturnValue(nowMs);
    onTestFinished(() => clock.mockRestore());
    await listSymbols(env);
    let reads = 0;
    const get = (id: DurableObjectId) => {
      reads += 1;
      return env.DIRECTORY.get(id);
    };
    const counted = { idFromName: (name: string) => env.DIRECTORY.idFromName(name), get };
    const watched = Object.assign({}, env, { DIRECTORY: counted as unknown as DurableObjectNamespace });
    clock.mockReturnValue(nowMs + 9_999);
    await listSymbols(watched);
    expect(reads).toBe(0);
    clock.mockReturnValue(nowMs - HOUR_MS);
    expect(await listSymbols(watched)).toContain("LISTED");
    expect(reads).toBe(16);
  });

  it("an update of the models that hangs is not waited for", async () => {
    const host = new ModelHost();
    const nowMs = Date.now();
    const context = {
      store: r2ArtifactStore(env.BUCKET),
      grid: gridConfig(),
      aliasesKnown: true,
      bundled: BUNDLED,
    };
    await host.update({}, { ...context, nowMs });
    let asked = 0;
    const read = () => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    const aliases = { zscore: "7".repeat(64) };
    void host.update(aliases, { ...context, store: { read }, nowMs });
    await host.update(aliases, { ...context, store: { read }, nowMs: nowMs + 1 });
    await vi.waitFor(() => expect(asked).toBe(1));
    void host.update(aliases, { ...context, store: { read }, nowMs: nowMs - HOUR_MS });
    await vi.waitFor(() => expect(asked).toBe(2));
  });

  it("the archive does not wait an hour for its next attempt", async () => {
    await atDesk("PAUSED", async (_, storage) => {
      const away = new Desk("PAUSED", storage, FAILING);
      await away.apply(steady(901));
      await away.archive.run(away.nowMs);
      expect(away.archive.failures).toBe(1);
      const nowMs = away.nowMs - HOUR_MS;
      expect(away.archive.nextDueMs(nowMs)).toBeLessThanOrEqual(nowMs + 5_000);
      await away.archive.run(nowMs);
      expect(away.archive.failures).toBe(2);
    });
  });
});
