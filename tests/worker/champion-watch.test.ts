// The champion is watched: by its predecessor and by the strongest baseline.
import { env } from "cloudflare:workers";
import { evictDurableObject } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { alertsOf } from "../../src/clients/alerts.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { watchChampion } from "../../src/jobs/experiment/watch-champion.ts";
import { runScheduled } from "../../src/jobs/run-scheduled.ts";
import { DEFAULT_LABEL_SPEC } from "../../src/features/label-spec.ts";
import { modelHost } from "../../src/model/model-host.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import type { GuardGains } from "../../src/quality/live-quality.ts";
import type { BlockGain } from "../../src/quality/quality-series.ts";
import type { Env } from "../../src/settings.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { clearAlias, historyNow, put } from "./experiment-symbols.ts";
import { tick } from "./market.ts";
import { named, noExperiment, registryStub, WHO } from "./experiment-gateway.ts";
import { servedSha } from "./artifacts.ts";

const HOUR = 3_600_000;
const AUTO = { DEMOTION: "auto" } as const;
/** Later in each test, so that every look is due. */
let nowMs = Date.now();
let passed = "";

beforeAll(async () => {
  await ingest([tick("WATCH-A", 0)]);
  passed = await named("watch passed");
});
beforeEach(async () => {
  await noExperiment();
  await fetchJson("/admin/notices", { method: "DELETE" });
  nowMs += 100 * 24 * HOUR;
});

/** Objects that answer with these gains, of 0.2 that are possible. */
function symbols(gain: number, pair: Omit<GuardGains, "blocks">, count = 60): Partial<Env> {
  const of = (block: number, rows: number): BlockGain => {
    const sums = { gainSum: gain * rows, betSum: gain * rows, bound: 0.2 * rows };
    return { block, rows, ...sums, positives: 20, episodes: 1, complete: rows > 0 };
  };
  const blocks = [...Array.from({ length: count }, (_, block) => of(block, 840)), of(count + 4, 0)];
  const get = () => ({ guardGains: () => Promise.resolve([{ ...pair, blocks }]) });
  return { SYMBOLS: { idFromName: (name: string) => name, get } as unknown as Env["SYMBOLS"] };
}

const makeChampion = async (sha256: string) => await put("/admin/aliases/champion", { sha256, ...WHO });
const aliases = async () => (await fetchJson("/admin/aliases")).body.aliases as Record<string, string>;
const notices = async () => (await registryOf(env).read()).notices.map(({ code }) => code);

async function look(variables: Partial<Env>): Promise<Awaited<ReturnType<typeof watchChampion>>> {
  nowMs += 2 * HOUR;
  const log = vi.spyOn(console, "warn").mockReturnValue();
  const outcomes = await watchChampion({ ...env, ...variables }, nowMs);
  log.mockRestore();
  return outcomes;
}

const predecessor = () => ({ role: "predecessor", champion: passed, rival: BUNDLED.champion }) as const;
const reference = () => ({ role: "reference", champion: passed, rival: BUNDLED.reference }) as const;

describe("a champion that is replaced", () => {
  it("becomes predecessor and is scored beside its successor, until an operator clears it", async () => {
    await makeChampion(passed);
    expect(await aliases()).toMatchObject({ champion: passed, predecessor: BUNDLED.champion });
    expect(servedSha("predecessor")).toBe(BUNDLED.champion);
    expect((await historyNow()).slice(0, 2)).toMatchObject([
      { alias: "champion", to: passed },
      { alias: "predecessor", from: null, to: BUNDLED.champion },
    ]);
    expect((await clearAlias("predecessor")).body).toEqual({ alias: "predecessor", sha256: null });
    expect([(await aliases())["predecessor"], servedSha("predecessor")]).toEqual([undefined, undefined]);
  });

  it("cannot be given by hand, and is nobody after a rollback", async () => {
    const { status, body } = await put("/admin/aliases/predecessor", { sha256: passed });
    expect([status, body.code]).toEqual([404, "unknown_alias"]);
    await makeChampion(passed);
    await fetchJson("/admin/rollback", { method: "POST", body: JSON.stringify(WHO) });
    const now = await aliases();
    expect([now["champion"], now["predecessor"]]).toEqual([BUNDLED.champion, undefined]);
  });
});

describe("a champion that is worse than its predecessor", () => {
  it("is told of once where DEMOTION is tell, which is the default", async () => {
    await makeChampion(passed);
    const worse = symbols(0.05, predecessor());
    expect(await look(worse)).toMatchObject([{ role: "predecessor", did: "told", verdict: { code: "worse" } }, {}]);
    expect(await look(worse)).toMatchObject([{ role: "predecessor", did: "nothing" }, {}]);
    expect(servedSha("champion")).toBe(passed);
    expect(await notices()).toEqual(["champion_worse"]);
    const { body } = await fetchJson("/experiment");
    expect(body).toMatchObject({ code: "no_experiment", demotion: "tell" });
    expect(body.watches[0]).toMatchObject({ guard: "predecessor", code: "worse", rival: BUNDLED.champion });
    expect(body.watches[0].worse).toMatchObject({ verdict: "promote", blocks: 60, episodes: 60, missing: [] });
    const metrics = (await fetchJson("/metrics")).body as string;
    expect(metrics).toContain('volgate_champion_worse{guard="predecessor"} 1');
    expect(metrics).toContain('volgate_watch_blocks{guard="predecessor"} 60');
  });

  it("goes where DEMOTION is auto: the predecessor is champion again, with its set, and nobody watches it", async () => {
    await makeChampion(passed);
    const auto = { ...symbols(0.05, predecessor()), ...AUTO };
    expect(await look(auto)).toMatchObject([{ did: "demoted" }]);
    const now = await aliases();
    expect([now["champion"], now["predecessor"]]).toEqual([BUNDLED.champion, undefined]);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    const change = (await historyNow()).find(({ alias }) => alias === "champion")!;
    expect(change).toMatchObject({ from: passed, to: BUNDLED.champion, by: "rule", figures: { blocks: 60 } });
    expect(change["reason"]).toMatch(
      /^champion .{8} is worse than its predecessor .{8}: e value .* of 20 after 60 blo/,
    );
    expect(await notices()).toEqual(["champion_demoted"]);
    // What was demoted is nobody's rival any more, whatever symbols say.
    expect((await registryOf(env).readWatches()).predecessor).toBeUndefined();
    expect((await look(auto)).filter(({ did }) => did !== "nothing")).toEqual([]);
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });

  it("stays where another champion serves by the time that the verdict is carried out", async () => {
    await makeChampion(passed);
    const { SYMBOLS } = symbols(0.05, predecessor());
    const get = (id: DurableObjectId) => ({
      guardGains: async () => {
        await clearAlias("champion");
        return await SYMBOLS!.get(id).guardGains();
      },
    });
    const changing = { SYMBOLS: { idFromName: SYMBOLS!.idFromName, get } as unknown as Env["SYMBOLS"] };
    expect((await look({ ...changing, ...AUTO })).filter(({ did }) => did === "demoted")).toEqual([]);
    expect((await aliases())["champion"]).toBe(BUNDLED.champion);
  });
});

describe("the alert champion_demoted", () => {
  const alertNow = async () =>
    (await alertsOf(env).list()).active.filter(({ rule }) => rule === "champion_demoted").map(({ summary }) => summary);
  const cron = async (variables: Partial<Env>) => {
    nowMs += 2 * HOUR;
    const log = vi.spyOn(console, "warn").mockReturnValue();
    await runScheduled({ ...env, ...variables }, "*/15 * * * *", nowMs);
    log.mockRestore();
  };

  it("lasts while a champion that is worse serves, and ends after its demotion", async () => {
    await makeChampion(passed);
    const worse = symbols(0.05, predecessor());
    await cron(worse);
    expect(await alertNow()).toEqual([
      expect.stringMatching(/^\*: champion .* is worse than its predecessor .*; it still s/),
    ]);
    await cron({ ...worse, ...AUTO });
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    await cron(worse);
    expect(await alertNow()).toEqual([]);
  });
});

describe("a watch", () => {
  it("ends when the champion is shown better, and says so in the history", async () => {
    await makeChampion(passed);
    expect(await look(symbols(-0.05, predecessor()))).toMatchObject([{ did: "ended", verdict: { code: "kept" } }, {}]);
    expect((await aliases())["predecessor"]).toBeUndefined();
    const [change] = await historyNow();
    expect(change).toMatchObject({ alias: "predecessor", to: null, by: "rule" });
    expect(change!["reason"]).toMatch(/^the champion is shown better: e value .* after 60 blocks$/);
  });

  it("ends undecided after thirty days", async () => {
    await makeChampion(passed);
    expect(await look(symbols(0, predecessor()))).toMatchObject([
      { did: "nothing", verdict: { code: "watching" } },
      {},
    ]);
    nowMs += 31 * 24 * HOUR;
    expect(await look(symbols(0, predecessor()))).toMatchObject([{ did: "ended", verdict: { code: "over" } }, {}]);
    expect((await aliases())["predecessor"]).toBeUndefined();
  });

  it("ends at once where the predecessor predicts another label", async () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const label = { ...DEFAULT_LABEL_SPEC, horizonSteps: 30 };
    await makeChampion(await named("watch label", undefined, { label }));
    await makeChampion(passed);
    expect((await aliases())["predecessor"]).not.toBe(BUNDLED.champion);
    expect(servedSha("predecessor")).toBeUndefined();
    expect((await look(symbols(0, predecessor()))).map(({ role }) => role)).toEqual(["reference"]);
    expect((await aliases())["predecessor"]).toBeUndefined();
    const [change] = await historyNow();
    expect(change!["reason"]).toBe("its artifact cannot be compared with the champion: schema_mismatch");
    log.mockRestore();
  });

  it.each([true, false])(
    "goes on while the predecessor cannot be read, until its time is over: read before %s",
    async (wasRead) => {
      const before = await named(`watch unread ${wasRead}`);
      await makeChampion(before);
      await makeChampion(passed);
      const pair = { ...predecessor(), rival: before };
      if (wasRead) await look(symbols(0.01, pair));
      const others = { ...modelHost.serving.byAlias };
      delete others.predecessor;
      const current = vi.spyOn(modelHost, "serving", "get");
      current.mockReturnValue({ ...modelHost.serving, byAlias: others });
      expect(await look(symbols(0.01, pair))).toMatchObject([{ role: "reference" }]);
      expect((await aliases())["predecessor"]).toBe(before);
      expect((await registryOf(env).readWatches()).predecessor?.worse.sums.blocks).toBe(wasRead ? 60 : 0);
      nowMs += 31 * 24 * HOUR;
      await look(symbols(0.01, pair));
      current.mockRestore();
      expect((await aliases())["predecessor"]).toBeUndefined();
    },
  );

  it("asks nobody before an hour has passed, and survives the registry's restart", async () => {
    await makeChampion(passed);
    await look(symbols(0.01, predecessor()));
    await evictDurableObject(registryStub());
    const before = (await registryOf(env).readWatches()).predecessor!;
    expect(before.worse.sums.blocks).toBe(60);
    const broken = {
      SYMBOLS: {
        idFromName: () => {
          throw new Error("asked");
        },
      } as unknown as Env["SYMBOLS"],
    };
    expect(await watchChampion({ ...env, ...broken }, nowMs + HOUR / 2)).toEqual([]);
  });

  it("decides nothing while more than a fifth of the symbols do not answer", async () => {
    await makeChampion(passed);
    const get = () => ({ guardGains: () => Promise.reject(new Error("overloaded")) });
    const SYMBOLS = { idFromName: (name: string) => name, get } as unknown as Env["SYMBOLS"];
    const log = vi.spyOn(console, "error").mockReturnValue();
    expect(await look({ SYMBOLS, ...AUTO })).toEqual([]);
    log.mockRestore();
    expect((await registryOf(env).readWatches()).predecessor).toBeUndefined();
  });

  it("begins anew where the stored one is unreadable", async () => {
    await makeChampion(passed);
    await look(symbols(0.01, predecessor()));
    const { runInDurableObject } = await import("cloudflare:test");
    await runInDurableObject(registryStub(), async (_, { storage }) => {
      const data = (await storage.get<object>("data"))!;
      await storage.put("data", { ...data, watches: { predecessor: { look: 0 } } });
    });
    await evictDurableObject(registryStub());
    expect(await look(symbols(0.01, predecessor(), 10))).toMatchObject([{ verdict: { worse: { blocks: 10 } } }, {}]);
  });
});

describe("the strongest baseline", () => {
  it("becomes champion where it is shown better and no predecessor serves", async () => {
    await makeChampion(passed);
    const auto = { ...symbols(0.05, reference()), ...AUTO };
    expect(await look(auto)).toMatchObject([{ role: "predecessor" }, { role: "reference", did: "told" }]);
    expect(servedSha("champion")).toBe(passed);
    await clearAlias("predecessor");
    expect(await look(auto)).toMatchObject([{ role: "reference", did: "demoted" }]);
    expect(servedSha("champion")).toBe(BUNDLED.reference);
    expect(await aliases()).toMatchObject({ zscore: BUNDLED.zscore, reference: BUNDLED.reference });
  });

  it("is watched in looks of thirty days, each of which needs more", async () => {
    await clearAlias("champion");
    const pair = { ...reference(), champion: BUNDLED.champion };
    await look(symbols(0, pair));
    nowMs += 31 * 24 * HOUR;
    expect(await look(symbols(0, pair, 70))).toMatchObject([{ did: "nothing", watch: { look: 2 } }]);
    const again = await look(symbols(0.05, pair, 170));
    expect(again).toMatchObject([{ verdict: { worse: { blocks: 100, needs: { eValue: 40 } } } }]);
  });

  it("begins a look without evidence also after one in which the champion was shown better", async () => {
    await makeChampion(passed);
    await clearAlias("predecessor");
    const pair = reference();
    expect(await look(symbols(-0.05, pair))).toMatchObject([{ did: "nothing", verdict: { code: "kept" } }]);
    nowMs += 31 * 24 * HOUR;
    expect(await look(symbols(-0.05, pair, 70))).toMatchObject([
      { did: "nothing", watch: { look: 2, worse: { sums: { blocks: 0 } }, better: { sums: { blocks: 0 } } } },
    ]);
  });
});
