import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { registryOf } from "../../src/clients/registry.ts";
import { recordLog } from "../../src/log.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { servedSha, setAlias } from "./artifacts.ts";
import { fetchJson, ingest } from "./gateway.ts";
import { tick } from "./market.ts";
import { challenge, clearAlias, historyNow, post } from "./experiment-symbols.ts";
import { WHO, WORSE, experimentNow, named, noExperiment, registryStub } from "./experiment-gateway.ts";

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
beforeEach(noExperiment);

describe("rolling back", () => {
  it("restores the previous champion at once, step by step, and is recorded itself", async () => {
    const [a, b] = [await named("roll a"), await named("roll b")];
    await setAlias("champion", a);
    await setAlias("champion", b);
    const first = await post("/admin/rollback", WHO);
    expect([first.status, first.body]).toEqual([
      200,
      expect.objectContaining({ alias: "champion", sha256: a, serving: true, version: "roll a" }),
    ]);
    expect(servedSha("champion")).toBe(a);
    expect((await historyNow())[0]).toMatchObject({ alias: "champion", from: b, to: a, by: "rollback", who: "ada" });
    expect((await post("/admin/rollback", WHO)).body).toMatchObject({ sha256: BUNDLED.champion, serving: true });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual(BUNDLED);
  });

  it("of a promotion by force makes the force of before hold again", async () => {
    const log = vi.spyOn(console, "warn").mockReturnValue();
    const forced = await named("roll forced", WORSE);
    await setAlias("champion", forced, WHO);
    log.mockRestore();
    await setAlias("champion", await named("roll good"));
    expect((await fetchJson("/admin/aliases")).body.forced).toEqual({});
    await post("/admin/rollback", WHO);
    expect((await fetchJson("/admin/aliases")).body.forced).toMatchObject({ champion: { sha256: forced, by: "ada" } });
  });

  it("ends the experiment and begins one against the restored champion", async () => {
    await setAlias("champion", passed);
    await challenge(await named("roll challenger"));
    await post("/admin/rollback", WHO);
    expect(await experimentNow()).toMatchObject({ champion: BUNDLED.champion });
  });

  it("restores the bundled model of that time, not what a later deployment bundles", async () => {
    await setAlias("champion", passed);
    const [newest] = await historyNow();
    expect(newest).toMatchObject({ alias: "champion", from: BUNDLED.champion, to: passed });
    const bundledThen = async (from: string | null) =>
      await runInDurableObject(registryStub(), (object) => {
        const registry = object as unknown as { changes: { from: string | null }[] };
        registry.changes = [...registry.changes.slice(0, -1), { ...registry.changes.at(-1)!, from }];
      });
    await bundledThen("4".repeat(64));
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "artifact_not_found"]);
    expect(body.detail).toContain("4".repeat(64));
    expect(servedSha("champion")).toBe(passed);
    // As versions wrote it that did not know which model was meant.
    await bundledThen(null);
    expect((await post("/admin/rollback", WHO)).body).toMatchObject({ sha256: BUNDLED.champion, serving: true });
    expect((await registryOf(env).read()).aliases).toEqual({});
  });

  it("changes nothing where the model of before does not load any more", async () => {
    const gone = await named("roll gone");
    await setAlias("champion", gone);
    await setAlias("champion", passed);
    await env.BUCKET.delete(`models/${gone}/manifest.json`);
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "artifact_not_found"]);
    expect(servedSha("champion")).toBe(passed);
  });

  it("needs a name, a reason, and a change to undo", async () => {
    expect((await post("/admin/rollback", { by: "ada" })).body.detail).toContain("reason: got nothing");
    await runInDurableObject(registryStub(), (object) => void Object.assign(object, { changes: [] }));
    const { status, body } = await post("/admin/rollback", WHO);
    expect([status, body.code]).toEqual([409, "nothing_to_roll_back"]);
    const cause = { atMs: 0, by: "rollback", who: null, reason: null } as const;
    expect(await registryOf(env).rollBack(1, cause)).toEqual({ ok: false, code: "nothing_to_roll_back" });
    await setAlias("champion", passed);
    expect(await registryOf(env).rollBack(1, cause)).toEqual({ ok: false, code: "history_changed" });
    expect(servedSha("champion")).toBe(passed);
  });
});

describe("the history", () => {
  it("is newest first, numbered without gaps, and keeps the last 200 however long their texts are", async () => {
    const long = "长".repeat(200);
    const cause = JSON.stringify({ atMs: 1, by: "admin", who: long, reason: long });
    const [a, b] = [BUNDLED.persistence, BUNDLED.zscore];
    await runInDurableObject(registryStub(), async (object, { storage }) => {
      const registry = object as unknown as Record<"setAlias", (...args: unknown[]) => Promise<unknown>>;
      for (let i = 0; i < 205; i++) await registry.setAlias("champion", i % 2 === 0 ? a : b, null, cause, null);
      expect((await storage.get<{ changes: unknown[] }>("data"))?.changes).toHaveLength(200);
    });
    await evictDurableObject(registryStub());
    const history = await historyNow();
    expect(history).toHaveLength(200);
    const newest = history[0]!["seq"] as number;
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 200 }, (_, i) => newest - i));
    expect(history[0]).toMatchObject({
      alias: "champion",
      to: a,
      who: long,
      reason: long,
      at: "1970-01-01T00:00:00.001Z",
    });
    expect((await registryOf(env).read()).experiment).toBeNull();
  });

  it("has name and reason of the removal of an alias, where they were given", async () => {
    await setAlias("champion", passed);
    await clearAlias("champion", WHO);
    const taken = {
      alias: "champion",
      from: passed,
      to: BUNDLED.champion,
      by: "admin",
      who: "ada",
      reason: WHO.reason,
    };
    expect((await historyNow())[0]).toMatchObject(taken);
    await challenge(passed);
    await clearAlias("challenger");
    expect((await historyNow())[1]).toMatchObject({ alias: "challenger", from: passed, to: null, who: null });
    const malformed = await clearAlias("champion", { by: "" });
    expect([malformed.status, malformed.body.code]).toEqual([400, "by_malformed"]);
  });

  it("has no entry for what changes nothing", async () => {
    const before = await historyNow();
    await setAlias("champion", BUNDLED.champion);
    await clearAlias("challenger");
    expect(await historyNow()).toEqual(before);
  });

  it("and the experiment are read without what is none", () => {
    const good = {
      seq: 1,
      atMs: 1,
      what: "champion",
      from: null,
      to: "x",
      by: "rule",
      who: null,
      reason: null,
      figures: null,
      with: null,
    };
    const events: unknown[] = [];
    recordLog((level, event, fields) =>
      events.push([level, event, fields["count"], (fields["faults"] as string[])[0]]),
    );
    const changes = [null, 7, { ...good, by: "me" }, { ...good, what: "emperor" }, good];
    expect(readStoredRegistry({ changes }, BUNDLED).changes).toEqual([good]);
    expect(events).toEqual([["warn", "registry_state_unreadable", 4, "changes[0]: got null, expected an object"]]);
    expect(readStoredRegistry({ changes: {} }, BUNDLED).changes).toEqual([]);
    const running = { id: "1", mode: "split", share: 0.5, auto: false, startedMs: 1, champion: "a", challenger: "b" };
    const read = (experiment: unknown) => readStoredRegistry({ experiment }, BUNDLED).experiment;
    expect(read(running)).toEqual({ ...running, tries: 1 });
    for (const wrong of [{ share: 0.6 }, { share: NaN }, { mode: "x" }, { auto: 1 }, { id: 7 }, { startedMs: "1" }]) {
      expect(read({ ...running, ...wrong })).toBeNull();
    }
    expect([read(null), read("x"), read(undefined)]).toEqual([null, null, null]);
    expect(events).toHaveLength(9);
    recordLog();
  });
});
