// The whole of `npm run retrain` from an archive behind the S3 API to a gateway's administration, both on loopback.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { GatewayError } from "../../../gateway-client/gateway-error.ts";
import { GatewayRefusal } from "../../../trainer/retrain/gateway-admin.ts";
import { parseRetrainOptions } from "../../../trainer/retrain/retrain-options.ts";
import { retrainRun } from "../../../trainer/retrain/retrain-run.ts";
import { UserError } from "../../../command-line/user-error.ts";
import { S3Server } from "../publish-s3-server.ts";
import { FROM_MS, volatileTicks } from "../volatile-ticks.ts";
import { CHAMPION, FakeAdmin, noExperiment, running } from "./fake-admin.ts";

const bucket = new S3Server();
const gateway = new FakeAdmin();
const folder = mkdtempSync(join(tmpdir(), "volgate-retrain-test-"));
const lines: string[] = [];

beforeAll(async () => {
  await Promise.all([bucket.start(), gateway.start()]);
});
afterAll(async () => {
  await Promise.all([bucket.stop(), gateway.stop()]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const [name, value] of Object.entries(bucket.env)) vi.stubEnv(name, value);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  archive();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  bucket.reset();
  gateway.reset();
  lines.length = 0;
});

/** Two hours and a bit of ticks, a quarter of an hour in each object, as the gateway archives them. */
function archive(): void {
  const ticks = volatileTicks(7500);
  for (let from = 0; from < ticks.length; from += 900) {
    const part = ticks.slice(from, from + 900);
    const time = new Date(FROM_MS + from * 1000).toISOString();
    const key = `ticks/BTC-USD/${time.slice(0, 10)}/${time.slice(11, 13)}${time.slice(14, 16)}-${1000 + from}.parquet`;
    const columnData = [
      { name: "ts", data: part.map(({ tsMs }) => tsMs), type: "DOUBLE" as const },
      { name: "symbol", data: part.map(({ symbol }) => symbol), type: "STRING" as const },
      { name: "price", data: part.map(({ price }) => price), type: "DOUBLE" as const },
    ];
    bucket.put(key, new Uint8Array(parquetWriteBuffer({ columnData })));
  }
}

async function retrain(...args: string[]): Promise<number> {
  const quick = ["--families", "logistic", "--folds", "1", "--min-episodes", "1", "--leak-shifts", "0"];
  const where = ["--from", "r2://bucket/ticks/", "--to", "r2://bucket", "--out", join(folder, "out")];
  const options = parseRetrainOptions([...where, ...quick, "--gateway", gateway.url, ...args], Date.now());
  if (options.kind === "demo") throw new Error("expected a retraining");
  return await retrainRun(options, { command: "test", adminToken: "t", print: (line) => lines.push(line) });
}

const published = (): string[] => [...bucket.objects.keys()].filter((key) => key.startsWith("models/"));
const leftBehind = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("volgate-retrain-") && !name.includes("-test-"));

describe("retraining from an archive", () => {
  it("pulls, trains, publishes and makes the chosen model challenger, saying each, and leaves no ticks behind", async () => {
    const before = leftBehind();
    gateway.answers.set("GET /admin/experiment", { status: 200, body: running("b".repeat(64), 1.25, 12) });
    expect(await retrain("--replace")).toBe(0);
    const put = gateway.asked.find(({ method }) => method === "PUT")!;
    expect(put).toMatchObject({ path: "/admin/aliases/challenger", body: { mode: "shadow", auto: true } });
    const { sha256 } = put.body as { sha256: string };
    expect(published()).toEqual(expect.arrayContaining([`models/${sha256}/model.onnx`, "models/index.json"]));
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, "").replace(/: .*/, ""))).toEqual([
      `(–)  gateway ${gateway.url}`.replace(/: .*/, ""),
      "(2025-01-01 02:00)  ticks pulled",
      expect.stringMatching(/^\(2025-01-01 02:0\d\) {2}trained, chose logistic$/),
      expect.stringMatching(/^\(–\) {2}published 6 models in r2/),
      "(–)  the challenger before, bbbbbbbbbbbb, is replaced",
      `(–)  challenger ${sha256.slice(0, 12)}`,
      "(–)  warning",
    ]);
    expect(lines[1]).toContain("9 recordings");
    expect(leftBehind()).toEqual(before);
  });

  it("leaves a challenger alone that is being compared, before anything is pulled", async () => {
    gateway.answers.set("GET /admin/experiment", { status: 200, body: running("b".repeat(64), 1.25, 12) });
    expect(await retrain()).toBe(0);
    expect(gateway.asked.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(published()).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain("bbbbbbbbbbbb has e 1.25 after 12 blocks, too few to judge; --replace");
  });

  it("takes only what is recent with --since, and says when that is too little to learn from", async () => {
    await expect(retrain("--since", "2025-01-01T01:45:00Z")).rejects.toThrow(
      /^0\.3 h of data leave the first fold 0 training rows, 0 of them spikes/,
    );
    expect(lines.join("\n")).toContain("2 recordings");
    expect(lines.join("\n")).toContain("7 older or of other symbols left out");
    expect([published(), gateway.asked.filter(({ method }) => method === "PUT")]).toEqual([[], []]);
    await expect(retrain("--since", "2025-02-01")).rejects.toThrow(UserError);
  });

  it("watches, where asked, until the gateway has promoted it", async () => {
    const aliases = (champion: string) => ({ status: 200, body: { aliases: { champion } } });
    const experiment = (body: Record<string, unknown>) => ({ status: 200, body });
    // Whose fate it is is known only once it was asked for, so the answers follow the request.
    const sha = (): string => (gateway.asked.find(({ method }) => method === "PUT")!.body as { sha256: string }).sha256;
    const late = {
      ...running("", 3, 9),
      get experiment() {
        return { id: "1", champion: CHAMPION, challenger: sha() };
      },
    };
    gateway.answers.set("GET /admin/experiment", [
      experiment(noExperiment()),
      experiment(noExperiment()),
      experiment(late),
      experiment(noExperiment()),
    ]);
    const promoted = {
      status: 200,
      get body() {
        return { aliases: { champion: sha() } };
      },
    };
    gateway.answers.set("GET /admin/aliases", [aliases(CHAMPION), aliases(CHAMPION), promoted]);
    expect(await retrain("--watch", "--poll", "10ms")).toBe(0);
    expect(lines.at(-2)).toMatch(/experiment: e 3\.00, 9 blocks/);
    expect(lines.at(-1)).toMatch(/champion [0-9a-f]{12}: promoted by the rule/);
  });

  it("answers 3 without a challenger when a baseline was chosen, all models published", async () => {
    expect(await retrain("--families", "zscore")).toBe(3);
    expect(lines.at(-1)).toMatch(/no challenger: the training rows chose the baseline /);
    expect(published().filter((key) => key.endsWith("manifest.json"))).toHaveLength(5);
    expect(gateway.asked.some(({ method }) => method === "PUT")).toBe(false);
  });
});

describe("what is known before the long part", () => {
  it("stops before anything is pulled when the gateway does not answer or refuses the token", async () => {
    gateway.answers.set("GET /admin/aliases", {
      status: 401,
      body: { code: "not_authenticated", detail: "wrong token" },
    });
    await expect(retrain()).rejects.toThrow(GatewayRefusal);
    await expect(retrain("--gateway", "http://127.0.0.1:9")).rejects.toThrow(GatewayError);
    expect(bucket.log).toEqual([]);
    expect(lines).toEqual([]);
  });

  it("stops when the bucket's credentials are missing, before the gateway is asked", async () => {
    vi.stubEnv("R2_SECRET_ACCESS_KEY", "");
    await expect(retrain()).rejects.toThrow(/R2_SECRET_ACCESS_KEY is not set/);
    expect(gateway.asked).toEqual([]);
  });

  it("keeps what was published when the gateway refuses the model, and says what it said", async () => {
    const problem = { code: "artifact_schema_mismatch", detail: "schemaHash: another grid" };
    gateway.answers.set("PUT /admin/aliases/challenger", { status: 409, body: problem });
    await expect(retrain()).rejects.toThrow(/409 schemaHash: another grid/);
    expect(published().length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/published 6 models/);
  });
});
