import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { updateModels } from "../../src/model-refresh.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { PASSED, bundledModels, handMade, publish, servedSha, setAlias } from "./artifacts.ts";
import { fetchJson } from "./gateway.ts";
import {
  FORCE,
  REASONS,
  REFUSED,
  aliasesNow,
  clear,
  forcedNow,
  gated,
  historyNow,
  registryStub,
} from "./gated-models.ts";

beforeEach(bundledModels);

describe("a model that its gate refused", () => {
  let sha256 = "";
  beforeAll(async () => {
    await updateModels(env);
    sha256 = await gated("refused", REFUSED);
  });

  it("is not made champion, and the reasons are named", async () => {
    const { status, body } = await setAlias("champion", sha256);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "gate_refused", reasons: REASONS });
    expect(body.detail).toBe(
      "gate: got a model refused for too_few_episodes: 12, expected 30, no_gain_over_persistence, " +
        "expected one that passed, or force with by and reason",
    );
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
    expect(servedSha("champion")).toBe(BUNDLED.champion);
  });

  it("is made champion by force, which is kept with who, why and against what, after a restart too", async () => {
    const before = Date.now();
    const { status, body } = await setAlias("champion", sha256, FORCE);
    expect([status, body]).toEqual([200, expect.objectContaining({ alias: "champion", serving: true, forced: true })]);
    expect(servedSha("champion")).toBe(sha256);
    const { champion, ...others } = await forcedNow();
    expect(others).toEqual({});
    expect(champion).toEqual({ sha256, at: expect.stringMatching(/Z$/), ...FORCE, gate_reasons: REASONS });
    expect(Date.parse(champion.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(champion.at)).toBeLessThanOrEqual(Date.now());
    await evictDurableObject(registryStub());
    expect(await forcedNow()).toEqual({ champion });
    expect((await fetchJson("/admin/aliases")).body.aliases).toEqual({
      ...BUNDLED,
      champion: sha256,
      predecessor: BUNDLED.champion,
    });
  });

  it("is forced no more once the alias goes to another, or to none", async () => {
    const other = await gated("passed", PASSED);
    await setAlias("champion", sha256, FORCE);
    expect((await setAlias("champion", other)).body).toMatchObject({ serving: true, forced: false });
    expect(await forcedNow()).toEqual({});
    await setAlias("champion", sha256, FORCE);
    await setAlias("zscore", BUNDLED.persistence);
    expect(await forcedNow()).toMatchObject({ champion: { sha256 } });
    await clear("zscore");
    await clear();
    await clear("predecessor");
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
  });

  it("may hold other aliases, which have no gate", async () => {
    const baseline = await gated("baseline", REFUSED, "persistence");
    expect((await setAlias("persistence", baseline)).body).toMatchObject({ serving: true, forced: false });
    expect(await forcedNow()).toEqual({});
    await clear("persistence");
  });

  it("needs a name and a reason of 1 to 200 characters each", async () => {
    const long = "x".repeat(201);
    const cases: readonly (readonly [unknown, string])[] = [
      [true, "force: got true, expected an object with by and reason"],
      [null, "force: got null, expected an object with by and reason"],
      [[], "force: got a list, expected an object with by and reason"],
      [{}, "force.by: got nothing, expected 1 to 200 characters"],
      [{ by: "me" }, "force.reason: got nothing, expected 1 to 200 characters"],
      [{ by: " ", reason: "r" }, 'force.by: got " ", expected 1 to 200 characters'],
      [{ by: "me", reason: "" }, 'force.reason: got "", expected 1 to 200 characters'],
      [{ by: long, reason: "r" }, "force.by: got 201 characters, expected 1 to 200 characters"],
      [{ by: "me", reason: 7 }, "force.reason: got 7, expected 1 to 200 characters"],
    ];
    for (const [force, detail] of cases) {
      const { status, body } = await setAlias("champion", sha256, force);
      expect([status, body.code, body.detail]).toEqual([400, "force_malformed", detail]);
    }
    expect(await aliasesNow()).toEqual({ aliases: BUNDLED, forced: {} });
    expect((await setAlias("champion", sha256, { by: "m", reason: "x".repeat(200) })).status).toBe(200);
    await clear();
  });
});

describe("a model that passed its gate, or needs none", () => {
  it("is made champion without force, and force changes nothing", async () => {
    const before = await historyNow();
    const models: readonly (readonly [string, string])[] = [
      ["one that passed", await gated("gate passed", PASSED)],
      ["a baseline", await gated("baseline without a gate", null, "persistence")],
      ["a bundled one", BUNDLED.champion],
    ];
    for (const [what, sha256] of models) {
      for (const force of [undefined, FORCE]) {
        const { status, body } = await setAlias("champion", sha256, force);
        expect([what, status, body]).toEqual([what, 200, expect.objectContaining({ serving: true, forced: false })]);
        expect(await forcedNow()).toEqual({});
      }
    }
    expect(await historyNow()).toEqual(before);
    await clear();
  });
});

describe("a model whose manifest has no verdict", () => {
  it("is refused as no_gate, unless it is forced", async () => {
    const sha256 = await gated("null", null);
    const { status, body } = await setAlias("champion", sha256);
    expect([status, body.code, body.reasons]).toEqual([409, "gate_refused", ["no_gate"]]);
    expect(body.detail).toBe(
      "gate: got a model without a verdict, expected one that passed, or force with by and reason",
    );
    expect(servedSha("champion")).toBe(BUNDLED.champion);
    expect((await setAlias("champion", sha256, FORCE)).body).toMatchObject({ serving: true, forced: true });
    expect(await forcedNow()).toMatchObject({ champion: { sha256, gate_reasons: ["no_gate"] } });
    await clear();
  });

  it("cannot leave the gate out", async () => {
    const { status, body } = await setAlias("champion", await gated("absent", undefined), FORCE);
    expect([status, body.code]).toEqual([409, "artifact_manifest_invalid"]);
    expect(body.detail).toContain("manifest.gate: got nothing, expected an object, or null where no gate applies");
  });

  it("may hold aliases that have no gate", async () => {
    const sha256 = await publish(await handMade("good", { family: "foreign", gate: null }, "no gate"));
    expect((await setAlias("persistence", sha256)).body).toMatchObject({ serving: true, forced: false });
    await clear("persistence");
  });
});
