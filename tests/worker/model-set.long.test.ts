// A champion brings along what was trained with it: its baselines, and the scorer of stateless rows.
import { env, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { registryOf } from "../../src/clients/registry.ts";
import { readStoredRegistry } from "../../src/durable/registry/registry-state.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { bundledModels, publish, servedSha, setAlias, variantOf } from "./artifacts.ts";
import { fetchJson, postJson } from "./gateway.ts";
import { registryStub } from "./gated-models.ts";

const WHO = { by: "ada", reason: "a test" };
const SET_ALIASES = ["rows", "zscore", "persistence", "threshold-only", "reference"] as const;

interface Trained {
  readonly champion: string;
  readonly set: Record<string, string>;
}

/** A run's models: a champion, and the baselines that its manifest names. */
async function trained(note: string): Promise<Trained> {
  const zscore = await publish(await variantOf("zscore", `${note} z`));
  const persistence = await publish(await variantOf("persistence", `${note} p`));
  const thresholdOnly = await publish(await variantOf("threshold-only", `${note} t`));
  const reference = await publish(await variantOf("persistence", `${note} r`, { family: "har", gate: null }));
  const set = { rows: zscore, zscore, persistence, "threshold-only": thresholdOnly, reference };
  return { champion: await publish(await variantOf("champion", note, { set })), set };
}

/** Without the champion that was replaced last, which is no part of a set. */
const aliases = async () => {
  const held = (await fetchJson("/admin/aliases")).body.aliases as Record<string, string>;
  return Object.fromEntries(Object.entries(held).filter(([alias]) => alias !== "predecessor"));
};
const rollBack = () => postJson("/admin/rollback", WHO);
const history = async () =>
  (await fetchJson("/admin/history")).body.history as { seq: number; alias: string; with: number | null }[];

afterEach(async () => {
  vi.restoreAllMocks();
  await bundledModels();
});

describe("a set", () => {
  it("is promoted as a whole, and a rollback gives back all of it", async () => {
    const [a, b] = [await trained("set a"), await trained("set b")];
    const first = await setAlias("champion", a.champion);
    expect([first.status, first.body.set]).toEqual([200, a.set]);
    expect(await aliases()).toEqual({ champion: a.champion, ...a.set });
    for (const alias of SET_ALIASES) expect(servedSha(alias)).toBe(a.set[alias]);
    await setAlias("champion", b.champion);
    expect(await aliases()).toEqual({ champion: b.champion, ...b.set });
    const [champion] = (await history()).filter(({ alias }) => alias === "champion");
    const along = (await history()).filter(({ with: seq }) => seq === champion!.seq);
    expect(along.map(({ alias }) => alias).sort()).toEqual([...SET_ALIASES].sort());
    expect((await rollBack()).body).toMatchObject({ sha256: a.champion });
    expect(await aliases()).toEqual({ champion: a.champion, ...a.set });
    expect((await rollBack()).body).toMatchObject({ sha256: BUNDLED.champion });
    expect(await aliases()).toEqual(BUNDLED);
    // No explicit alias: the next deployment may bundle better ones.
    expect((await registryOf(env).read()).aliases).toEqual({});
  });

  it("goes when the champion's alias is taken away", async () => {
    const { champion } = await trained("set gone");
    await setAlias("champion", champion);
    await fetchJson("/admin/aliases/champion", { method: "DELETE" });
    expect(await aliases()).toEqual(BUNDLED);
  });

  it("leaves an artifact that an operator gave the alias rows, and a baseline that was changed since", async () => {
    const own = await publish(await variantOf("zscore", "own rows"));
    await setAlias("rows", own);
    const { champion, set } = await trained("set rows");
    expect((await setAlias("champion", champion)).body.set).toEqual({ ...set, rows: undefined });
    expect(await aliases()).toEqual({ champion, ...set, rows: own });
    const other = await publish(await variantOf("zscore", "other z"));
    await setAlias("zscore", other);
    await rollBack();
    expect(await aliases()).toEqual({ ...BUNDLED, rows: own, zscore: other });
  });

  it("that names no reference has its persistence for one, whatever the set before had", async () => {
    const [named, unnamed] = [await trained("set named"), await trained("set unnamed")];
    const set: Record<string, string> = { ...unnamed.set };
    delete set["reference"];
    const champion = await publish(await variantOf("champion", "champion of an earlier version", { set }));
    await setAlias("champion", named.champion);
    expect((await setAlias("champion", champion)).body.set).toEqual({ ...set, reference: set["persistence"] });
    expect(servedSha("reference")).toBe(set["persistence"]);
    await rollBack();
    expect(await aliases()).toEqual({ champion: named.champion, ...named.set });
  });

  it("is not promoted in part: with a model missing nothing changes", async () => {
    const { champion, set } = await trained("set torn");
    await env.BUCKET.delete(`models/${set["persistence"]!}/model.onnx`);
    const { status, body } = await setAlias("champion", champion);
    expect([status, body.code]).toEqual([409, "artifact_not_found"]);
    expect(body.detail).toContain("persistence, which was trained with this champion");
    expect(await aliases()).toEqual(BUNDLED);
  });

  it("comes with a challenger that is promoted", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const { champion, set } = await trained("set challenger");
    await setAlias("challenger", champion);
    expect(await aliases()).toEqual({ ...BUNDLED, challenger: champion });
    expect((await postJson("/admin/experiment/promote", { ...WHO, force: true })).status).toBe(200);
    expect(await aliases()).toEqual({ champion, ...set });
    await rollBack();
    expect(await aliases()).toEqual(BUNDLED);
  });

  it("is not part of history entries of an earlier version, whose rollback gives back the champion alone", async () => {
    const { champion, set } = await trained("set old");
    await setAlias("champion", champion);
    await runInDurableObject(registryStub(), (object) => {
      const registry = object as unknown as { changes: { with?: number }[] };
      for (const change of registry.changes) delete change.with;
      Object.assign(registry, readStoredRegistry(registry as never, BUNDLED));
    });
    await rollBack();
    expect(await aliases()).toEqual({ ...BUNDLED, ...set });
  });
});

describe("a challenger that is being compared", () => {
  it("is replaced only by a request that does not forbid it", async () => {
    const [first, second] = [await trained("kept"), await trained("newer")];
    const challenge = (sha256: string, body: object) =>
      fetchJson("/admin/aliases/challenger", { method: "PUT", body: JSON.stringify({ sha256, ...body }) });
    expect((await challenge(first.champion, { replace: false })).status).toBe(200);
    const refused = await challenge(second.champion, { replace: false });
    expect([refused.status, refused.body.code]).toEqual([409, "experiment_running"]);
    expect(refused.body.detail).toContain(first.champion);
    // The same one again only changes its settings.
    expect((await challenge(first.champion, { replace: false, auto: true })).status).toBe(200);
    expect((await challenge(second.champion, { replace: true })).status).toBe(200);
    expect((await setAlias("zscore", BUNDLED.zscore)).status).toBe(200);
    const misplaced = await fetchJson("/admin/aliases/champion", {
      method: "PUT",
      body: JSON.stringify({ sha256: first.champion, replace: true }),
    });
    expect(misplaced.body.code).toBe("replace_misplaced");
    const malformed = await challenge(first.champion, { replace: "yes" });
    expect([malformed.status, malformed.body.code]).toEqual([400, "replace_malformed"]);
  });
});
