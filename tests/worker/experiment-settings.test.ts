import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readRegistry } from "../../src/clients/registry.ts";
import { BUNDLED } from "../../src/model/bundled.ts";
import { setAlias } from "./artifacts.ts";
import { fetchJson, fetchWith, ingest } from "./gateway.ts";
import { tick } from "./market.ts";
import { answerOf, challenge, historyNow, post, putExperiment, symbolsAnswering } from "./experiment-symbols.ts";
import { WHO, against, experimentNow, named, noExperiment } from "./experiment-gateway.ts";

let passed = "";
beforeAll(async () => {
  await ingest([tick("EXP-A", 0), tick("EXP-B", 0), tick("EXP-C", 0)]);
  passed = await named("exp passed");
});
beforeEach(noExperiment);

describe("an experiment's settings", () => {
  it("are changed without a new experiment, and shown to every isolate with the aliases", async () => {
    const { body } = await challenge(passed, { auto: true });
    const { status, body: changed } = await putExperiment({ mode: "split", share: 0.25, ...WHO });
    const expected = { id: body.experiment, mode: "split", share: 0.25, auto: true, ...against(passed) };
    expect([status, changed]).toEqual([200, expect.objectContaining(expected)]);
    expect((await readRegistry(env)).experiment).toMatchObject(expected);
    const [newest] = await historyNow();
    expect(newest).toMatchObject({
      alias: "experiment",
      from: `${body.experiment} shadow auto`,
      to: `${body.experiment} split 0.25 auto`,
      ...{ by: "admin", who: "ada", reason: WHO.reason },
    });
  });

  it("are refused where they are malformed, naming field, value and expectation", async () => {
    await challenge(passed);
    const cases: readonly (readonly [unknown, string, string])[] = [
      [{ mode: "canary" }, "mode_malformed", 'mode: got "canary", expected "shadow" or "split"'],
      [{ share: 0 }, "share_malformed", "share: got 0, expected a number above 0 and at most 0.5"],
      [{ share: 0.51 }, "share_malformed", "share: got 0.51, expected a number above 0 and at most 0.5"],
      [{ share: "0.1" }, "share_malformed", 'share: got "0.1", expected a number above 0 and at most 0.5'],
      [{ auto: 1 }, "auto_malformed", "auto: got 1, expected true or false"],
      [{ auto: true, by: "" }, "by_malformed", 'by: got "", expected 1 to 200 characters'],
      [{}, "nothing_to_change", "body: got none of mode, share and auto, expected at least one"],
      [[], "body_malformed", "body: got a list, expected an object"],
      [
        { auto: true, shares: 0.2 },
        "field_unknown",
        "shares: got 0.2, expected no field but mode, share, auto, by, reason, force",
      ],
    ];
    for (const [body, code, detail] of cases) {
      const { status, body: problem } = await putExperiment(body);
      expect([status, problem.code, problem.detail]).toEqual([400, code, detail]);
    }
    const misplaced = await fetchJson("/admin/aliases/zscore", {
      method: "PUT",
      body: JSON.stringify({ sha256: BUNDLED.zscore, share: 0.1 }),
    });
    expect(misplaced.body.detail).toBe("share: got one for zscore, expected it for challenger only");
    expect(await experimentNow()).toMatchObject({ mode: "shadow", share: 0.1, auto: false });
  });

  it("that are misspelt change no alias either", async () => {
    const before = await historyNow();
    const cases: readonly (readonly [method: string, path: string, body: Record<string, unknown>, detail: string])[] = [
      [
        "PUT",
        "/admin/aliases/challenger",
        { sha256: passed, Auto: true },
        "Auto: got true, expected no field but sha256, force, replace, by, reason, mode, share, auto",
      ],
      ["DELETE", "/admin/aliases/champion", { why: "x" }, 'why: got "x", expected no field but by, reason'],
      ["POST", "/admin/rollback", { ...WHO, force: true }, "force: got true, expected no field but by, reason, sha256"],
      [
        "POST",
        "/admin/experiment/promote",
        { ...WHO, ["x".repeat(500)]: 1 },
        `${"x".repeat(40)}…: got 1, expected no field but by, reason, force, sha256`,
      ],
    ];
    for (const [method, path, body, detail] of cases) {
      const answer = await fetchJson(path, { method, body: JSON.stringify(body) });
      expect([answer.status, answer.body.code, answer.body.detail]).toEqual([400, "field_unknown", detail]);
    }
    expect(await historyNow()).toEqual(before);
  });

  it("go on under a new champion, in a new experiment without evidence; another challenger begins in shadow", async () => {
    const first = (await challenge(passed, { mode: "split", share: 0.2 })).body.experiment;
    await post("/admin/experiment/evaluate", {}, symbolsAnswering({ "EXP-A": answerOf(against(passed), 50, 0.05) }));
    expect((await fetchJson("/admin/experiment")).body.comparison.pooled.blocks).toBe(50);
    const other = await named("exp other champion");
    await setAlias("champion", other);
    const second = (await fetchJson("/admin/experiment")).body;
    expect(second.experiment).toMatchObject({ mode: "split", share: 0.2, champion: other, challenger: passed });
    expect(second.experiment.id).not.toBe(first);
    expect(second.comparison.pooled).toMatchObject({ blocks: 0, e_value: 1 });
    await challenge(await named("exp third"));
    expect(await experimentNow()).toMatchObject({ mode: "shadow", share: 0.1, champion: other });
    const ends = (await historyNow()).filter(({ alias }) => alias === "experiment");
    expect(ends[1]).toMatchObject({ from: expect.stringContaining(first) as string, figures: { blocks: 50 } });
  });
});

describe("the administrator's token", () => {
  const ROUTES = [
    ["GET", "/admin/experiment"],
    ["PUT", "/admin/experiment"],
    ["POST", "/admin/experiment/evaluate"],
    ["POST", "/admin/experiment/promote"],
    ["POST", "/admin/rollback"],
    ["GET", "/admin/history"],
    ["PUT", "/admin/aliases/challenger"],
  ] as const;

  it("is needed on every route: 401 with a wrong one, 503 where none is configured", async () => {
    for (const [method, path] of ROUTES) {
      const init = { method, headers: { Authorization: "Bearer wrong" }, ...(method === "GET" ? {} : { body: "{}" }) };
      const wrong = await fetchWith({ ADMIN_TOKEN: "right" }, path, init);
      expect([path, wrong.status, wrong.body.code]).toEqual([path, 401, "not_authenticated"]);
      const closed = await fetchWith({ ENVIRONMENT: "production", ADMIN_TOKEN: "" }, path, init);
      expect([path, closed.status, closed.body.code]).toEqual([path, 503, "not_configured"]);
    }
    const right = { headers: { Authorization: "Bearer right" } };
    expect((await fetchWith({ ADMIN_TOKEN: "right" }, "/admin/experiment", right)).status).toBe(200);
  });
});
