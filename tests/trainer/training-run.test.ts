// What a run publishes, promotes and answers, against a bucket and a gateway on loopback.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { parseManifest } from "../../src/model/manifest.ts";
import { type CliOptions, parseCliOptions } from "../../trainer/run/cli-options.ts";
import { readArtifact } from "../../trainer/publish/model-publishing.ts";
import { publishTarget } from "../../trainer/publish/publish-target.ts";
import { publishRun } from "../../trainer/run/publish-run.ts";
import type { RunReport } from "../../trainer/run/run-report.ts";
import { trainingRun } from "../../trainer/run/training-run.ts";
import { UserError } from "../../command-line/user-error.ts";
import { S3Server } from "./publish-s3-server.ts";
import { FROM_MS, seededUniform, volatileTicks } from "./volatile-ticks.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-run-"));
const bucket = new S3Server();
const asked: unknown[] = [];
let lines: string[] = [];
let answer = { status: 200, body: { serving: true } as unknown };
const gateway = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => (text += String(chunk)));
  request.on("end", () => {
    asked.push(JSON.parse(text));
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
});

beforeAll(async () => {
  await bucket.start();
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  for (const [name, value] of Object.entries(bucket.env)) vi.stubEnv(name, value);
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  bucket.reset();
  asked.length = 0;
  lines = [];
  answer = { status: 200, body: { serving: true } };
});
afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await bucket.stop();
  gateway.close();
  rmSync(folder, { recursive: true });
});

function recording(name: string, ticks: readonly { tsMs: number; price: number }[]): string {
  const path = join(folder, name);
  writeFileSync(path, ticks.map(({ tsMs, price }) => JSON.stringify({ symbol: "X", ts: tsMs, price })).join("\n"));
  return path;
}
function options(file: string, out: string, ...args: string[]): CliOptions {
  const quick = ["--families", "har", "--min-episodes", "1", "--resamples", "100", "--leak-shifts", "0"];
  return parseCliOptions([file, "--out", join(folder, out), ...quick, ...args]);
}
const to = ["--publish", "--to", "r2://bucket"];
const at = (): string[] => ["--promote", `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`];
const good = recording("good.ndjson", volatileTicks(7500));

/** What the gate decides, and what the gateway answers, does not depend on the training: one serves them all. */
describe("a run whose gate refuses", () => {
  const forced = ["--force", "drill", "--by", "ada"];
  /** Publishes what the first test trained, as another call of the program would. */
  async function publishAgain(...args: string[]): Promise<number> {
    const { config } = options(good, "a", ...to, ...at(), ...args);
    const report = JSON.parse(readFileSync(join(folder, "a", "report.json"), "utf8")) as RunReport;
    const fitted = report.families.filter(({ sha256 }) => sha256 !== null);
    const artifacts = await Promise.all(fitted.map(({ family }) => readArtifact(join(folder, "a", family))));
    const run = { artifacts, choice: { family: report.chosen.refitted }, gate: report.gate };
    return await publishRun(run, config, publishTarget(config.bucket), (line) => void lines.push(line));
  }

  it("publishes all artifacts, contacts no gateway, says how to force it, and exits with 3", async () => {
    expect(await trainingRun(options(good, "a", ...to, ...at()), "test")).toBe(3);
    const manifests = [...bucket.objects.keys()].filter((key) => key.endsWith("manifest.json"));
    expect(manifests).toHaveLength(4);
    expect(asked).toEqual([]);
    expect(lines.join("\n")).toMatch(/not promoted: the gate refused it\nserve it: .* --force REASON --by NAME/);
  });

  it("is promoted when someone forces it with a reason, and answers 0", async () => {
    expect(await publishAgain(...forced)).toBe(0);
    expect(asked).toEqual([{ sha256: expect.any(String), force: { by: "ada", reason: "drill" } }]);
    expect(lines.join("\n")).toMatch(/promoted (har|persistence|zscore|threshold-only) [0-9a-f]{64} .*, serving/);
  });

  it("answers 2 when the gateway has another reason to refuse, 3 when it is the gate", async () => {
    answer = { status: 401, body: { code: "not_authenticated", detail: "no token" } };
    expect(await publishAgain(...forced)).toBe(2);
    answer = { status: 409, body: { code: "gate_refused", detail: "too_few_episodes" } };
    expect(await publishAgain(...forced)).toBe(3);
  });
});

describe("a run whose leak check fails", () => {
  /**
   * Volatility without memory: whatever is predicted of it is chance, so the real lift is no higher than shifted ones.
   */
  const uniform = seededUniform(11);
  let price = 100;
  const memoryless = Array.from({ length: 22_000 }, (_, second) => {
    price *= 1 + (uniform() < 0.02 ? 30 : 1) * 1e-5 * (uniform() + uniform() + uniform() - 1.5);
    return { tsMs: FROM_MS + second * 1000 + 500, price };
  });

  it("answers 1, publishes and promotes nothing, and says so in the report and the manifests", async () => {
    const file = recording("memoryless.ndjson", memoryless);
    const run = options(file, "leak", ...to, ...at(), "--leak-shifts", "20", "--families", "zscore");
    expect(await trainingRun(run, "test")).toBe(1);
    expect([...bucket.objects.keys()]).toEqual([]);
    expect(asked).toEqual([]);
    expect(lines.join("\n")).toMatch(/WARNING: leak check label-shift: FAILED/);
    const report = JSON.parse(readFileSync(join(folder, "leak", "report.json"), "utf8"));
    expect(report.gate).toMatchObject({ verdict: "refused", reasons: expect.arrayContaining(["leak_check_failed"]) });
    const path = join(folder, "leak", report.chosen.refitted, "manifest.json");
    expect(parseManifest(JSON.parse(readFileSync(path, "utf8"))).gate?.reasons).toContain("leak_check_failed");
  });
});

describe("a run that cannot begin", () => {
  it("names the folder that cannot be made before anything is read", async () => {
    const blocked = options(good, "x");
    const run = { ...blocked, config: { ...blocked.config, out: join(good, "below") } };
    await expect(trainingRun(run, "test")).rejects.toThrow(UserError);
    await expect(trainingRun(run, "test")).rejects.toThrow(/--out .*below/);
    expect(lines.join("\n")).not.toContain("ticks");
  });

  it("says that there is no tick of the symbol, or none at all", async () => {
    await expect(trainingRun(options(good, "y", "--symbol", "NOPE"), "test")).rejects.toThrow(
      /no tick of --symbol NOPE/,
    );
    const garbage = join(folder, "garbage.ndjson");
    writeFileSync(garbage, "nothing\nhere\n");
    await expect(trainingRun(options(garbage, "z"), "test")).rejects.toThrow(/no line is JSON, the first is "nothing"/);
    expect(existsSync(join(folder, "z", "report.json"))).toBe(false);
  });
});
