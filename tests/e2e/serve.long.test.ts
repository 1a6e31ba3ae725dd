// `npm run volgate -- serve` as a user runs it: what it serves, and what is lost when workerd or all of it is killed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { BareWorkerd } from "../../bench/bare-workerd.ts";
import { distinctBatches, lives } from "../../bench/kill-market.ts";
import { type KillableServer, runKills } from "../../bench/kill-run.ts";
import { bundleWorker } from "../../local-gateway/bundle-worker.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { openLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import { ChildProgram } from "../processes/child-program.ts";
import { Program } from "../processes/program.ts";

const INGEST_TOKEN = "ingest-token-of-this-test";
const dir = mkdtempSync(join(tmpdir(), "volgate-serve-test-"));
const bundle = join(dir, "bundle");
let programs = 0;

beforeAll(() => bundleWorker(bundle));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** One folder of state, and the program on it. */
class Serving implements KillableServer {
  readonly url: string;
  readonly state: string;
  readonly args: readonly string[];
  private program: Program | undefined;
  private kills = 0;

  constructor(port: number, name: string, options: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.state = join(dir, name);
    this.args = ["volgate.ts", "serve", "--state", this.state, "--port", String(port), "--bundle", bundle, ...options];
  }

  /** Starts it, or waits until it has started workerd again. */
  async start(): Promise<void> {
    if (this.program === undefined) {
      this.program = new Program(this.args, join(dir, `tmp-${programs++}`));
      await this.program.until(({ output }) => output.includes("the gateway answers at"));
    }
    await expect.poll(() => isAnswering(this.url), { timeout: 60_000 }).toBe(true);
  }

  /** In turn workerd alone and the whole program. */
  async kill(): Promise<void> {
    const program = this.program!;
    const [workerd] = program.tree.pidsOf("workerd");
    if (this.kills++ % 2 === 0) {
      process.kill(workerd!, "SIGKILL");
    } else {
      this.program = undefined;
      program.send("SIGKILL", "program");
      const { processes } = await program.end();
      expect(processes).toEqual([]);
    }
    await expect.poll(() => program.tree.pidsOf("workerd").includes(workerd!), { timeout: 60_000 }).toBe(false);
  }

  async stop(signal: NodeJS.Signals) {
    this.program!.send(signal, "program");
    return await this.program!.end();
  }
}

async function isAnswering(url: string): Promise<boolean> {
  return await fetch(`${url}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );
}

it("serves routes and pages, closed without a token, and ends on SIGTERM with nothing left", async () => {
  const envFile = join(dir, "env");
  writeFileSync(envFile, `INGEST_TOKEN=${INGEST_TOKEN}\nADMIN_TOKEN=${"a".repeat(16)}\n`);
  const serving = new Serving(await freePort(), "closed", ["--env-file", envFile]);
  const { url, state } = serving;
  await serving.start();
  const page = await fetch(`${url}/docs`);
  expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'self'");
  expect((await fetch(`${url}/docs.html`)).url).toBe(`${url}/docs`);
  const headers = { "If-None-Match": page.headers.get("ETag")! };
  expect((await fetch(`${url}/docs`, { headers })).status).toBe(304);
  expect((await fetch(`${url}/ingest`, { method: "POST", body: "[]" })).status).toBe(401);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(spawnSync("grep", ["-rl", INGEST_TOKEN, state], { encoding: "utf8" })).toMatchObject({
    status: 1,
    stdout: "",
  });

  const second = new ChildProgram(process.execPath, [...serving.args, "--port", String(await freePort())]);
  const refused = await second.ended;
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("is in use by process")]);

  const ended = await serving.stop("SIGTERM");
  expect([ended.code, ended.processes, ended.files]).toEqual([0, [], []]);
  expect(await isAnswering(url)).toBe(false);
});

it("loses nothing that it acknowledged, when workerd or all of it is killed, and archives it to the folder", async () => {
  const variables = { ENVIRONMENT: "development", MAX_SYMBOLS: "1000" };
  const victim = new Serving(await freePort(), "killed", ["--var", "ENVIRONMENT=development"]);
  const control = await BareWorkerd.prepare(bundle, join(dir, "control"), variables);
  try {
    const result = await runKills(victim, control, {
      kills: 4,
      symbol: "BTC-USD",
      batches: distinctBatches("BTC-USD", 7, 200),
      lifeMs: lives(7, 600, 1_200),
    });
    expect(result).toMatchObject({ lost: 0, appliedTwice: 0, same: true, resent: 4 });
    expect(result.ticksAcknowledged).toBe(result.ticksSent);
    expect(result.probability).not.toBeNull();
    const ticks = join(victim.state, "bucket", "objects", "ticks");
    await expect.poll(() => existsSync(ticks) && filesIn(ticks).length, { timeout: 60_000 }).toBeGreaterThan(0);
    expect(
      readFileSync(join(ticks, filesIn(ticks)[0]!))
        .subarray(0, 4)
        .toString(),
    ).toBe("PAR1");
    const { recordings, close } = await openLocalBucket(victim.state);
    const listed = await recordings.list("ticks/")[Symbol.asyncIterator]().next();
    expect(listed.value).toMatchObject({ key: expect.stringMatching(/^ticks\/.*\.parquet$/) as string });
    await close();
    const ended = await victim.stop("SIGINT");
    expect([ended.code, ended.processes, ended.files]).toEqual([0, [], []]);
  } finally {
    await control.kill();
  }
});

function filesIn(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(".parquet"));
}

it("exits with 1 and says why when the port is taken", async () => {
  const port = await freePort();
  const first = new Serving(port, "first", []);
  await first.start();
  const second = new Serving(port, "second", []);
  const { status, stdout, stderr } = await new ChildProgram(process.execPath, second.args).ended;
  expect([status, `${stdout}${stderr}`]).toEqual([1, expect.stringContaining("Address already in use")]);
  await first.stop("SIGTERM");
});
