// Two symbols have learnt; a third begins with their line.
import { env } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readRegistry, registryOf } from "../../src/clients/registry.ts";
import { NO_PRIORS } from "../../src/durable/registry/kept-priors.ts";
import { readRegistrySnapshot } from "../../src/durable/registry/registry-state.ts";
import { poolPriors } from "../../src/jobs/pool-priors.ts";
import { runScheduled } from "../../src/jobs/run-scheduled.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import type { Env } from "../../src/settings.ts";
import { type Answer, fetchJson, ingest, stubOf } from "./gateway.ts";
import { market } from "./market.ts";
import { feedLong } from "./quality-symbols.ts";

const HOUR_MS = 3_600_000;
/** The tests' symbols have an hour of labels. */
const RULE = { symbols: 2, horizons: 10 } as const;
const NOW_MS = Date.now();

type Body = Answer["body"];

async function championOf(symbol: string): Promise<Body> {
  const { recalibrations } = (await fetchJson(`/symbols/${symbol}/quality?window=24h`)).body;
  return recalibrations.find(({ model }: Body) => model.sha256 === BUNDLED.champion);
}

const championsPrior = async () => (await registryOf(env).read()).priors.models[BUNDLED.champion];

beforeAll(async () => {
  await feedLong("PRIOR-A", 1);
  await feedLong("PRIOR-B", 2);
});

describe("the prior of a young symbol", () => {
  it("is none while too little stands behind it", async () => {
    await runScheduled(env, "*/15 * * * *", NOW_MS);
    expect((await registryOf(env).read()).priors).toEqual({ atMs: NOW_MS, models: {} });
    expect((await championOf("PRIOR-A")).prior).toBeNull();
  });

  it("is pooled once an hour from the symbols that answer", async () => {
    await poolPriors(env, NOW_MS + 1000, RULE);
    expect(await championsPrior()).toBeUndefined();
    const atMs = NOW_MS + HOUR_MS;
    await poolPriors(env, atMs, RULE);
    const lines = [await championOf("PRIOR-A"), await championOf("PRIOR-B")];
    const labels = lines.map((line) => line.labels as number);
    const prior = (await championsPrior())!;
    expect(prior).toMatchObject({ symbols: 2, horizons: (labels[0]! + labels[1]!) / 60, atMs });
    const mean = (lines[0].level * labels[0]! + lines[1].level * labels[1]!) / (labels[0]! + labels[1]!);
    expect(prior.level).toBeCloseTo(mean, 9);
    expect(prior.level).not.toBe(0);
  });

  it("is taken once, before the first step, and survives eviction and later pools", async () => {
    await readRegistry(env);
    const { slope, level, symbols, horizons, atMs } = (await championsPrior())!;
    const taken = { slope, level, symbols, horizons, at: atMs };
    await ingest([market("PRIOR-C", 1, { seed: 3 })[0]!]);
    expect(await championOf("PRIOR-C")).toMatchObject({ slope, level, labels: 0, state: "learning", prior: taken });
    await registryOf(env).keepPriors({
      atMs: atMs + 1,
      models: { [BUNDLED.champion]: { slope: 0.5, level: 3, symbols: 9, horizons: 9999, atMs: atMs + 1 } },
    });
    await readRegistry(env);
    await evictDurableObject(stubOf("PRIOR-C"));
    await feedLong("PRIOR-C", 3);
    const champion = await championOf("PRIOR-C");
    expect(champion.prior).toEqual(taken);
    expect(champion.labels).toBeGreaterThan(0);
    expect(Object.keys((await fetchJson("/predict?symbol=PRIOR-C")).body.recalibration)).not.toContain("symbols");
    // Symbols with a history keep what they began with.
    expect((await championOf("PRIOR-A")).prior).toBeNull();
  });

  it("stays as it is where a later pool has too little, and is not asked for with RECALIBRATION=off", async () => {
    const before = (await registryOf(env).read()).priors;
    await poolPriors({ ...env, RECALIBRATION: "off" }, before.atMs + HOUR_MS, RULE);
    expect((await registryOf(env).read()).priors).toEqual(before);
    const log = vi.spyOn(console, "error").mockReturnValue();
    const get = () => ({ learntLines: () => Promise.reject(new Error("no answer")) });
    const SYMBOLS = { idFromName: (name: string) => name, get } as unknown as Env["SYMBOLS"];
    await poolPriors({ ...env, SYMBOLS }, before.atMs + HOUR_MS, RULE);
    expect(log.mock.calls.flat().join()).toContain("prior_symbol_failed");
    log.mockRestore();
    expect((await registryOf(env).read()).priors).toEqual({ atMs: before.atMs + HOUR_MS, models: before.models });
  });

  it("is none in an older registry's answer, and in one that cannot be read", () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    expect(readRegistrySnapshot({ aliases: {} }, BUNDLED).priors).toEqual(NO_PRIORS);
    const broken = {
      atMs: 1,
      models: { [BUNDLED.champion]: { slope: -1, level: 0, symbols: 2, horizons: 1, atMs: 1 } },
    };
    const calls = log.mock.calls.length;
    expect(readRegistrySnapshot({ aliases: {}, priors: broken }, BUNDLED).priors).toEqual(NO_PRIORS);
    expect(log.mock.calls.length).toBe(calls + 1);
    log.mockRestore();
  });
});
