// Every command of docs/operations/runbook.md, as it stands, against gateways on this machine. What is for Cloudflare's
// account goes to a stand-in for it (runbook-desk.ts).
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareWorkerd, bundleWorker } from "../../bench/bare-workerd.ts";
import { publishDefaultModels } from "../../feeds/default-models.ts";
import { freePort } from "../../local-gateway/free-port.ts";
import { ROOT } from "../../local-gateway/wrangler-dev.ts";
import { sha256Hex } from "../../model-artifacts/sha256.ts";
import { openLocalBucket } from "../../recordings/bucket/local-bucket.ts";
import { DemoMarket } from "../../trainer/retrain/demo-market.ts";
import { runSuccessfully } from "../processes/child-program.ts";
import { blocksOf, sectionsOf } from "../processes/document-sections.ts";
import { RunbookShell, startGateway } from "./runbook-desk.ts";
import { reply, WebhookReceiver } from "./webhook-receiver.ts";

const PAGE = join(ROOT, "docs/operations/runbook.md");
const ADMIN_TOKEN = "admin-token-of-16-or-more";
const BUNDLED = join(ROOT, "src/model/bundled");
const HOUR_MS = 3_600_000;

const folder = mkdtempSync(join(tmpdir(), "volgate-runbook-"));
const state = join(folder, "state");
const shell = new RunbookShell(folder);
const blocks = sectionsOf(readFileSync(PAGE, "utf8")).flatMap(({ anchor, within, text }) =>
  blocksOf(text, "sh").map((block) => ({ anchor, within, block })),
);
const ran = new Set<string>();
const own = ownArtifact();

let gateway: Awaited<ReturnType<typeof startGateway>>;
/** A gateway of its own on bare workerd: another account, and the one whose secrets are changed. */
let other: BareWorkerd;
let receiver: WebhookReceiver;
let environment: Record<string, string>;

/** Runs the blocks of a section, or one of them. Answers what each wrote. */
async function follow(anchor: string, which?: number, more: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const written: string[] = [];
  const own = blocks.filter((one) => one.anchor === anchor);
  for (const { block } of which === undefined ? own : [own[which]!]) {
    written.push(await shell.run(block, { ...environment, ...more }));
    ran.add(`${anchor}\n${block}`);
  }
  return written;
}

async function ask<T = Record<string, unknown>>(path: string, init: RequestInit = {}): Promise<T> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, ...init.headers };
  const response = await fetch(gateway.url + path, { ...init, headers });
  expect(response.status, `${init.method ?? "GET"} ${path}`).toBe(200);
  return (await response.json()) as T;
}

interface Health {
  readonly models: { readonly champion: { readonly sha256: string; readonly stand_in: boolean } };
}
const champion = async (): Promise<Health["models"]["champion"]> => (await ask<Health>("/health")).models.champion;

/** A folder with the bundled z-score as a file of its own: a bundled artifact needs no bucket. */
function ownArtifact(): { readonly path: string; readonly sha256: string } {
  const path = join(folder, "artifact");
  mkdirSync(path);
  // ONNX is protobuf: a doc_string (field 6) that is appended changes the bytes and not the model.
  const onnx = Buffer.concat([readFileSync(join(BUNDLED, "zscore.onnx")), Buffer.from("\x32\x03own", "latin1")]);
  const sha256 = sha256Hex(onnx);
  const manifest = JSON.parse(readFileSync(join(BUNDLED, "zscore.json"), "utf8")) as object;
  writeFileSync(join(path, "model.onnx"), onnx);
  writeFileSync(join(path, "manifest.json"), JSON.stringify({ ...manifest, onnxSha256: sha256 }));
  return { path, sha256 };
}

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}

/** A copy of the archive as files, once it has so many objects. */
async function copyArchive(to: string, atLeast: number): Promise<void> {
  const { recordings, close } = await openLocalBucket(state);
  try {
    const listed = async () => await collected(recordings.list("ticks/"));
    await expect.poll(async () => (await listed()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(atLeast);
    for (const object of await listed()) {
      const path = join(to, object.key.slice("ticks/".length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, await recordings.readRange(object, 0, object.sizeBytes));
    }
  } finally {
    await close();
  }
}

beforeAll(async () => {
  receiver = new WebhookReceiver(await freePort());
  receiver.replies.push(...Array.from({ length: 5 }, () => reply(404)));
  await receiver.open();
  await publishDefaultModels(state, BUNDLED);
  gateway = await startGateway(state, {
    ADMIN_TOKEN,
    // Nothing here may reach a venue.
    VENUE_ENDPOINTS: JSON.stringify({ kraken: { stream: "ws://127.0.0.1:9", rest: "http://127.0.0.1:9" } }),
    ALERT_WEBHOOKS: JSON.stringify([{ name: "ops", kind: "json", url: `${receiver.url}/` }]),
    ALERT_RULES: JSON.stringify({ feed_down: { fireAt: 1000 } }),
    WEBHOOK_GATHER_MS: "0",
  });
  const bundle = join(folder, "bundle");
  await bundleWorker(bundle);
  other = await BareWorkerd.prepare(bundle, join(folder, "other"));
  await other.start();
  environment = {
    ...{ GATEWAY: gateway.url, ADMIN_TOKEN, BUCKET: `--persist ${state}`, OTHER_GATEWAY: other.url },
    ...{ SYMBOL: "BTC-USD", LOST_SYMBOL: "ETH-USD", MISTYPED: "BTC-UDS", VENUE: "kraken", WEBHOOK: "ops" },
    ...{ ARCHIVE: join(folder, "archive"), MODELS: own.path, REAL_NPX: "npx" },
    // Named by what is before its section.
    ...{ SHA: "", LETTER: "" },
  };
  const toMs = Date.now() - 5_000;
  for (const symbol of ["BTC-USD", "ETH-USD"]) {
    const market = new DemoMarket({
      baseUrl: gateway.url,
      symbol,
      seed: 5,
      fromMs: toMs - HOUR_MS,
      dynamics: [],
    });
    await market.feedTo(toMs);
  }
}, 300_000);

afterAll(async () => {
  await (gateway as typeof gateway | undefined)?.process.stop();
  await (other as BareWorkerd | undefined)?.kill();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the runbook, followed from top to bottom", () => {
  it("shows health, version and a prediction at start-up", async () => {
    await follow("runbook");
    const [written] = await follow("start-up");
    expect(written).toMatch(/"ready":\s*true/);
    expect(written).toContain("BTC-USD");
    expect(written).toMatch(/"probability":\s*0\.\d/);
  });

  it("holds a threshold at another goal", async () => {
    const [written] = await follow("hold-a-threshold");
    expect(written).toContain('"mode":"shadow"');
    const now = async () => (await ask<{ models: object[] }>("/symbols/BTC-USD/threshold")).models[0];
    await expect.poll(now, { timeout: 60_000 }).toMatchObject({ source: "operator", goal: "recall at least 0.5" });
    const body = JSON.stringify({ goal: "max F1", by: "test", reason: "as it was" });
    await ask("/admin/aliases/champion/threshold", { method: "PUT", body });
  });

  it("rolls a model back, and undoes that", async () => {
    const before = await champion();
    const cli = async (...args: string[]): Promise<unknown> =>
      await runSuccessfully(process.execPath, ["volgate.ts", "model", ...args], { env: { ADMIN_TOKEN } });
    await cli("publish", own.path, "--persist", state);
    const force = ["--by", "test", "--force", "a champion to roll back"];
    await cli("promote", own.sha256, "--gateway", gateway.url, ...force);
    const promoted = own.sha256;
    await expect.poll(async () => (await champion()).sha256, { timeout: 60_000 }).toBe(promoted);
    environment["SHA"] = promoted;
    await follow("roll-a-model-back", 0);
    await expect.poll(async () => (await champion()).sha256, { timeout: 60_000 }).toBe(before.sha256);
    await follow("roll-a-model-back", 1);
    await expect.poll(async () => (await champion()).sha256, { timeout: 60_000 }).toBe(promoted);
  });

  it("fills the windows of a symbol whose database is gone from its archive", async () => {
    await copyArchive(environment["ARCHIVE"]!, 6);
    // Its database goes, its archive stays.
    await ask("/admin/symbols/ETH-USD", { method: "DELETE" });
    const [warmed] = await follow("restore-from-the-archive", 0);
    expect(JSON.parse(warmed!)).toMatchObject({ symbol: "ETH-USD", warm: { source: "archive" } });
    expect((JSON.parse(warmed!) as { probability: unknown }).probability).not.toBeNull();
  });

  it("sends the archive to another gateway, which then predicts", async () => {
    await follow("restore-from-the-archive", 1);
    const response = await fetch(`${other.url}/symbols/BTC-USD`);
    expect(response.status).toBe(200);
    const { ticks } = (await response.json()) as { ticks: { accepted: number; late: number } };
    expect(ticks.accepted).toBeGreaterThan(3_000);
    const prediction = (await (await fetch(`${other.url}/predict?symbol=BTC-USD`)).json()) as { probability: unknown };
    expect(prediction.probability).toEqual(expect.any(Number));
    expect(ticks.late).toBe(0);
  });

  it("begins a stuck feed anew, and its alert becomes a message that was given up, which is sent again", async () => {
    const wish = { method: "PUT", body: JSON.stringify({ symbols: ["XBT/USD"] }) };
    await ask("/admin/feeds/kraken", wish);
    const [look] = await follow("a-stuck-feed");
    expect(JSON.parse(look!)).toMatchObject({ venue: "kraken", last_fault: {} });
    const letters = async () =>
      (await ask<{ dead_letters: { id: number }[] }>("/admin/alerts/dead-letters")).dead_letters;
    await expect.poll(async () => (await letters()).length, { timeout: 60_000, interval: 500 }).toBeGreaterThan(0);
    environment["LETTER"] = String((await letters())[0]!.id);
    receiver.replies.length = 0;
    await follow("a-message-that-was-given-up");
    await expect.poll(async () => (await letters()).length, { timeout: 60_000 }).toBe(0);
    await ask("/admin/feeds/kraken", { method: "DELETE" });
  });

  it("removes a symbol, makes another one again, and acknowledges notices", async () => {
    const tick = { symbol: "BTC-UDS", ts: Date.now(), price: 1 };
    expect((await fetch(`${gateway.url}/ingest`, { method: "POST", body: JSON.stringify([tick]) })).status).toBe(200);
    await follow("remove-a-symbol");
    expect((await fetch(`${gateway.url}/symbols/BTC-UDS`)).status).toBe(404);
    const [again] = await follow("make-a-symbol-again");
    expect(JSON.parse(again!.slice(0, again!.indexOf("}{") + 1))).toMatchObject({
      symbol: "BTC-USD",
      label: { windowSteps: 1800 },
    });
    await follow("acknowledge-a-notice");
  });

  it("answers every command of the alerts' sections", async () => {
    // GETs, but for muting a symbol and taking that back.
    const others = new Set(blocks.filter(({ within }) => !within.includes("Procedures")).map(({ anchor }) => anchor));
    others.delete("runbook");
    await ask("/admin/feeds/kraken", { method: "PUT", body: JSON.stringify({ symbols: ["XBT/USD"] }) });
    for (const anchor of others) await follow(anchor);
    await ask("/admin/feeds/kraken", { method: "DELETE" });
    expect(others.size).toBeGreaterThan(10);
  });

  it("asks the account for a rollback of code", async () => {
    await follow("a-bad-deploy");
    expect(shell.calls().slice(-2)).toEqual(["deployments list", "rollback --yes --message errors after the deploy"]);
  });

  it("brings the models back after the bucket was lost, without a restart", async () => {
    const { sha256 } = await champion();
    expect(sha256).toBe(own.sha256);
    await gateway.process.stop();
    rmSync(join(state, "v3", "r2"), { recursive: true });
    gateway = await startGateway(state, { ADMIN_TOKEN });
    environment["GATEWAY"] = gateway.url;
    await expect.poll(champion, { timeout: 60_000 }).toMatchObject({ stand_in: true });
    await follow("a-lost-bucket");
    await expect.poll(champion, { timeout: 60_000, interval: 500 }).toMatchObject({ sha256, stand_in: false });
    expect(shell.calls()).toContain("r2 bucket create volgate");
  });

  it("rotates a token without refusing a client", async () => {
    const post = async (token: string): Promise<number> =>
      (
        await fetch(`${other.url}/ingest`, {
          method: "POST",
          body: "[]",
          headers: { Authorization: `Bearer ${token}` },
        })
      ).status;
    const OLD = "the-old-token-of-16-or-more";
    const deploy = async (): Promise<void> => {
      await other.kill();
      const variables = { ENVIRONMENT: "production", INGEST_TOKEN: OLD, ...shell.secrets() };
      other = await BareWorkerd.prepare(join(folder, "bundle"), join(folder, "other"), variables);
      await other.start();
    };
    await deploy();
    const more = (): Record<string, string> => ({ GATEWAY: other.url });
    await follow("rotate-a-token", 0);
    await deploy();
    const next = shell.secrets()["INGEST_TOKEN_NEXT"]!;
    expect(next).toMatch(/^[0-9a-f]{64}$/);
    expect([await post(OLD), await post(next), await post("another-token-of-16-or-more")]).toEqual([200, 200, 401]);
    await follow("rotate-a-token", 1, more());
    await follow("rotate-a-token", 2);
    await deploy();
    expect(shell.secrets()).toEqual({ INGEST_TOKEN: next });
    expect([await post(OLD), await post(next)]).toEqual([401, 200]);
  });

  it("left no command out", () => {
    expect(blocks.map(({ anchor, block }) => `${anchor}\n${block}`).filter((block) => !ran.has(block))).toEqual([]);
  });

  it("calls wrangler as the wrangler here takes it", () => {
    const known = new Map([
      ["deployments list", []],
      ["rollback", ["--yes", "--message"]],
      ["secret put", []],
      ["secret delete", []],
      ["r2 bucket create", []],
    ]);
    for (const call of shell.calls()) {
      const command = [...known.keys()].find((name) => call.startsWith(name))!;
      expect(command, call).toBeDefined();
    }
    for (const [command, options] of known) {
      const help = execFileSync(
        process.execPath,
        ["node_modules/wrangler/bin/wrangler.js", ...command.split(" "), "--help"],
        {
          ...{ encoding: "utf8", cwd: ROOT, env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
        },
      );
      expect(help).toContain(`wrangler ${command}`);
      for (const option of options) expect(help).toContain(option);
    }
  });
});
