// What a run publishes, promotes and answers, against a bucket and a gateway on loopback.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readArtifact } from "../../trainer/publish/model-publishing.ts";
import { publishTarget } from "../../trainer/publish/publish-target.ts";
import { publishRun } from "../../trainer/run/publish-run.ts";
import type { RunReport } from "../../trainer/run/run-report.ts";
import { trainingRun } from "../../trainer/run/training-run.ts";
import { UserError } from "../../command-line/user-error.ts";
import { TrainingDesk } from "./training-desk.ts";
import { volatileTicks } from "./volatile-ticks.ts";

const desk = new TrainingDesk();
const { folder, bucket, asked, lines } = desk;
const good = desk.recording("good.ndjson", volatileTicks(7500));

beforeAll(() => desk.start());
afterEach(() => desk.reset());
afterAll(() => desk.stop());

/** What the gate decides, and what the gateway answers, does not depend on the training: one serves them all. */
describe("a run whose gate refuses", () => {
  const forced = ["--force", "drill", "--by", "ada"];
  /** Publishes what the first test trained, as another call of the program would. */
  async function publishAgain(...args: string[]): Promise<number> {
    const { config } = desk.publishing(good, "a", ...args);
    const report = JSON.parse(readFileSync(join(folder, "a", "report.json"), "utf8")) as RunReport;
    const fitted = report.families.filter(({ sha256 }) => sha256 !== null);
    const artifacts = await Promise.all(fitted.map(({ family }) => readArtifact(join(folder, "a", family))));
    const run = { artifacts, choice: { family: report.chosen.refitted }, gate: report.gate };
    return await publishRun(run, config, publishTarget(config.bucket), (line) => void lines.push(line));
  }

  it("publishes all artifacts, contacts no gateway, says how to force it, and exits with 3", async () => {
    expect(await trainingRun(desk.publishing(good, "a"), "test")).toBe(3);
    const manifests = [...bucket.objects.keys()].filter((key) => key.endsWith("manifest.json"));
    expect(manifests).toHaveLength(6);
    expect(asked).toEqual([]);
    expect(lines.join("\n")).toMatch(/not promoted: the gate refused it\nserve it: .* --force REASON --by NAME/);
  });

  it("is promoted when someone forces it with a reason, and answers 0", async () => {
    expect(await publishAgain(...forced)).toBe(0);
    expect(asked).toEqual([{ sha256: expect.any(String), force: { by: "ada", reason: "drill" } }]);
    expect(lines.join("\n")).toMatch(
      /promoted (logistic|har|persistence|recent|zscore|threshold-only) [0-9a-f]{64} .*, serving/,
    );
  });

  it("answers 2 when the gateway has another reason to refuse, 3 when it is the gate", async () => {
    desk.answer = { status: 401, body: { code: "not_authenticated", detail: "no token" } };
    expect(await publishAgain(...forced)).toBe(2);
    desk.answer = { status: 409, body: { code: "gate_refused", detail: "too_few_episodes" } };
    expect(await publishAgain(...forced)).toBe(3);
  });
});

describe("a run that cannot begin", () => {
  it("names the folder that cannot be made before anything is read", async () => {
    const blocked = desk.quick(good, "x");
    const run = { ...blocked, config: { ...blocked.config, out: join(good, "below") } };
    await expect(trainingRun(run, "test")).rejects.toThrow(UserError);
    await expect(trainingRun(run, "test")).rejects.toThrow(/--out .*below/);
    expect(lines.join("\n")).not.toContain("ticks");
  });

  it("says that there is no tick of the symbol, or none at all", async () => {
    await expect(trainingRun(desk.quick(good, "y", "--symbol", "NOPE"), "test")).rejects.toThrow(
      /no tick of --symbol NOPE/,
    );
    const garbage = join(folder, "garbage.ndjson");
    writeFileSync(garbage, "nothing\nhere\n");
    await expect(trainingRun(desk.quick(garbage, "z"), "test")).rejects.toThrow(
      /no line is JSON, the first is "nothing"/,
    );
    expect(existsSync(join(folder, "z", "report.json"))).toBe(false);
  });
});
