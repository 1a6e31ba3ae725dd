import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runProgram } from "../../command-line/program.ts";
import { manifestText } from "../../model-artifacts/artifact.ts";
import { publishCommand, readArtifact, rollbackCommand } from "../../trainer/publish/model-publishing.ts";
import { program as compare } from "../../trainer/compare.ts";
import { program as list } from "../../trainer/list.ts";
import { program as show } from "../../trainer/show.ts";
import { program as promote } from "../../trainer/promote.ts";
import { program as publish } from "../../trainer/publish.ts";
import { program as rollback } from "../../trainer/rollback.ts";
import { program as threshold } from "../../trainer/threshold.ts";
import { parsePromoteOptions } from "../../trainer/publish/publish-options.ts";
import { UserError } from "../../command-line/user-error.ts";
import { writeArtifacts } from "../../trainer/artifact/write-artifacts.ts";
import { artifact } from "./publish-artifact.ts";

const folder = mkdtempSync(join(tmpdir(), "volgate-publishing-"));
const sha256 = "a".repeat(64);
const asked: { url: string; body: unknown; token: string | undefined }[] = [];
let answer = { status: 200, body: {} as unknown };
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      asked.push({ url: request.url!, body: JSON.parse(text), token: request.headers.authorization });
      response
        .writeHead(answer.status, { "content-type": "application/json", connection: "close" })
        .end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const PROGRAMS = { publish, promote, rollback, threshold, list, show, compare };

/** Runs the program in this process, and collects what it prints. */
async function run(
  name: keyof typeof PROGRAMS,
  ...args: string[]
): Promise<{ status: number; stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" };
  vi.stubEnv("ADMIN_TOKEN", "secret");
  vi.spyOn(console, "log").mockImplementation((line: string) => (text.stdout += `${line}\n`));
  vi.spyOn(console, "error").mockImplementation((line: string) => (text.stderr += `${line}\n`));
  try {
    const status = await runProgram(PROGRAMS[name], args);
    return { status, ...text };
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
}
const gateway = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

describe("npm run model -- promote", () => {
  it("makes the artifact champion, with the token and the reason given", async () => {
    answer = { status: 200, body: { serving: true } };
    const forced = await run("promote", sha256, "--gateway", gateway(), "--force", "drill", "--by", "ada");
    expect(forced).toEqual({ status: 0, stdout: `promoted ${sha256} at ${gateway()}, serving\n`, stderr: "" });
    expect(asked.at(-1)).toEqual({
      url: "/admin/aliases/champion",
      body: { sha256, force: { by: "ada", reason: "drill" } },
      token: "Bearer secret",
    });
  });

  it("sends name and reason also for a promotion that is not forced", async () => {
    answer = { status: 200, body: { serving: true } };
    const args = ["--by", "ada", "--reason", "weekly", "--gateway", gateway()];
    expect((await run("promote", sha256, ...args)).status).toBe(0);
    expect(asked.at(-1)!.body).toEqual({ sha256, by: "ada", reason: "weekly" });
  });

  it("exits with 3 when the gate refused, and with 2 for any other refusal", async () => {
    answer = { status: 409, body: { code: "gate_refused", detail: "too_few_episodes" } };
    const refused = await run("promote", sha256, "--gateway", gateway());
    expect([refused.status, refused.stderr.includes("gate_refused")]).toEqual([3, true]);
    answer = { status: 409, body: { code: "artifact_not_found", detail: "nothing there" } };
    expect((await run("promote", sha256, "--gateway", gateway())).status).toBe(2);
  });
});

describe("npm run model -- publish", () => {
  it("reads artifacts as the trainer wrote them", async () => {
    const made = artifact(7);
    const [written] = await writeArtifacts(join(folder, "good"), [made]);
    expect(await readArtifact(written!)).toEqual({ manifest: made.manifest, onnx: Uint8Array.from(made.onnx) });
  });

  it("refuses a folder without an artifact, with a broken manifest, or with another file than the manifest's", async () => {
    await expect(readArtifact(join(folder, "none"))).rejects.toThrow(/model.onnx: cannot be read/);
    const [written] = await writeArtifacts(join(folder, "bad"), [artifact(7)]);
    writeFileSync(join(written!, "model.onnx"), "other bytes");
    await expect(readArtifact(written!)).rejects.toThrow(/its manifest says/);
    writeFileSync(join(written!, "manifest.json"), "{");
    await expect(readArtifact(written!)).rejects.toThrow(UserError);
    writeFileSync(
      join(written!, "manifest.json"),
      manifestText(artifact(7).manifest).replace('"format": 2', '"format": 1'),
    );
    await expect(readArtifact(written!)).rejects.toThrow(/manifest.json: manifest.format: got 1/);
  });

  it("publishes the models of a set that lie beside the given one, and names those that do not", async () => {
    const out = mkdtempSync(join(folder, "set-"));
    const beside = artifact(3);
    const learned = artifact(4);
    const set = { zscore: "b".repeat(64), persistence: beside.manifest.onnxSha256 };
    await writeArtifacts(out, [beside, { ...learned, manifest: { ...learned.manifest, family: "gbdt", set } }]);
    const { status, stdout, stderr } = await run("publish", join(out, "gbdt"), "--persist", join(out, "state"));
    expect(status).toBe(0);
    expect(stdout).toContain(`models/${learned.manifest.onnxSha256}`);
    expect(stdout).toContain(`models/${beside.manifest.onnxSha256}`);
    expect(stderr).toContain(`zscore ${"b".repeat(12)}`);
  }, 60_000);

  it("is followed by list, show and compare, which take the beginning of a hash, as promote does", async () => {
    const out = mkdtempSync(join(folder, "library-"));
    const state = ["--persist", join(out, "state")];
    const [a, b] = [artifact(5), artifact(6)];
    await writeArtifacts(join(out, "a"), [a]);
    await writeArtifacts(join(out, "b"), [b]);
    const folders = ["a", "b"].map((name) => join(out, name, a.manifest.family));
    expect((await run("publish", ...folders, ...state)).status).toBe(0);
    const [shaA, shaB] = [a, b].map(({ manifest }) => manifest.onnxSha256) as [string, string];
    const listed = (await run("list", ...state)).stdout.trim().split("\n");
    expect(listed.map((line) => line.split("  ")[0])).toEqual([shaA.slice(0, 12), shaB.slice(0, 12)]);
    const shown = await run("show", shaA.slice(0, 10), ...state);
    expect(shown.stdout).toContain(`sha256        ${shaA}\n`);
    expect(shown.stdout).toContain("gate          none");
    const whole = await run("show", shaA.slice(0, 10), "--json", ...state);
    expect(JSON.parse(whole.stdout)).toMatchObject({ onnxSha256: shaA });
    const compared = await run("compare", shaA.slice(0, 8), shaB.slice(0, 8), ...state);
    expect([compared.status, compared.stdout]).toEqual([0, expect.stringContaining("different in ")]);
    const unknown = await run("show", "00000000", ...state);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("got none of 2")]);
    answer = { status: 200, body: { serving: true } };
    expect((await run("promote", shaB.slice(0, 9), ...state, "--gateway", gateway())).status).toBe(0);
    expect(asked.at(-1)!.body).toEqual({ sha256: shaB });
  }, 60_000);

  it("exits with 2, naming --persist, when the state of wrangler dev cannot be kept there", async () => {
    const [written] = await writeArtifacts(join(folder, "kept"), [artifact(7)]);
    const file = join(folder, "afile");
    writeFileSync(file, "x");
    const { status, stdout, stderr } = await run("publish", written!, "--persist", file);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(
      `model publish: --persist: got ${file}, expected a folder that can be made and written (ENOTDIR`,
    );
    expect(stderr).not.toContain("    at ");
  });

  it("ends when only miniflare finds that the folder cannot be used", async () => {
    const [written] = await writeArtifacts(join(folder, "late"), [artifact(7)]);
    const persist = join(folder, "half");
    mkdirSync(join(persist, "v3"), { recursive: true });
    writeFileSync(join(persist, "v3", "r2"), "a file where a folder has to be");
    // A process: what miniflare has begun must not hold it.
    const args = [join(import.meta.dirname, "../../volgate.ts"), "model", "publish", written!, "--persist", persist];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain(`model publish: --persist: got ${persist}, expected`);
  });
});

describe("npm run model -- promote --alias challenger, and rollback", () => {
  it("makes the artifact the challenger under the given rule", async () => {
    answer = { status: 200, body: { serving: true } };
    const args = ["--alias", "challenger", "--split", "0.2", "--auto", "--gateway", gateway()];
    expect(await run("promote", sha256, ...args)).toEqual({
      status: 0,
      stdout: `promoted ${sha256} to challenger at ${gateway()}, serving\n`,
      stderr: "",
    });
    expect(asked.at(-1)).toMatchObject({
      url: "/admin/aliases/challenger",
      body: { sha256, mode: "split", share: 0.2, auto: true, replace: false },
    });
    await run("promote", sha256, "--replace", ...args);
    expect(asked.at(-1)).toMatchObject({ body: { replace: true } });
  });

  it("rolls champion back, and exits with 2 where the gateway refuses", async () => {
    answer = { status: 200, body: { serving: true, sha256 } };
    const args = ["--reason", "alerts fire", "--by", "ada", "--gateway", gateway()];
    const { status, stdout } = await run("rollback", ...args);
    expect([status, stdout]).toEqual([0, `champion of ${gateway()} is ${sha256} again, serving\n`]);
    expect(asked.at(-1)).toMatchObject({ url: "/admin/rollback", body: { by: "ada", reason: "alerts fire" } });
    answer = { status: 409, body: { code: "nothing_to_roll_back", detail: "history: got none" } };
    const refused = await run("rollback", ...args);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("not rolled back: nothing_to_roll_back: ");
  });
});

describe("npm run model -- threshold", () => {
  it("asks for a goal's threshold, and exits with 2 where the gateway refuses", async () => {
    const given = { alias: "rows", sha256, goal: "max F1", threshold: 0.2, manifest_threshold: 0.3, serving: true };
    answer = { status: 200, body: { ...given, operating_points: [] } };
    const args = ["--goal", "max F1", "--reason", "missed", "--by", "ada", "--alias", "rows", "--gateway", gateway()];
    const { status, stdout } = await run("threshold", ...args);
    expect([status, stdout]).toEqual([0, `rows at ${gateway()} alerts from 0.2 on (manifest: 0.3), serving\n`]);
    expect(asked.at(-1)).toMatchObject({
      url: "/admin/aliases/rows/threshold",
      body: { goal: "max F1", by: "ada", reason: "missed" },
      token: "Bearer secret",
    });
    answer = { status: 200, body: { ...given, follows: true, operating_points: [] } };
    expect((await run("threshold", ...args)).stdout).toBe(
      `rows at ${gateway()}: each symbol's threshold follows its labels again (manifest: 0.3)\n`,
    );
    answer = { status: 409, body: { code: "not_an_operating_point", detail: "goal: got max F1" } };
    const refused = await run("threshold", ...args);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("not changed: not_an_operating_point: ");
  });
});

describe("options", () => {
  it("of a forced promotion may be as long as the gateway takes them", () => {
    const long = "x".repeat(200);
    expect(parsePromoteOptions([sha256, "--force", long, "--by", long])).toMatchObject({
      force: { by: long, reason: long },
      by: undefined,
    });
  });

  it.each([
    [["x"], /SHA256: got x, expected 8 to 64 hexadecimal digits/],
    [[], /no SHA256 given/],
    [[sha256, "--force", "x"], "--force needs --by NAME"],
    [[sha256, "--force", "x", "--by", "ada", "--reason", "y"], "--force and --reason exclude each other"],
    [[sha256, "--reason", " "], /--reason: got a blank text/],
    [[sha256, "--replace"], "--replace needs --alias challenger, got champion"],
    [[sha256, "--force", " ", "--by", "ada"], /--force: got a blank text, expected 1 to 200 characters/],
    [[sha256, "--force", "x".repeat(201), "--by", "ada"], /--force: got 201 characters/],
    [[sha256, "--auto"], "--auto needs --alias challenger, got champion"],
    [[sha256, "--split", "0.1", "--alias", "rows"], "--split needs --alias challenger, got rows"],
    [
      [sha256, "--split", "0.6", "--alias", "challenger"],
      /--split: got 0.6, expected a number above 0 and at most 0.5/,
    ],
  ] as const)("of promote refuse %j", (args, message) => {
    expect(() => parsePromoteOptions(args)).toThrow(UserError);
    expect(() => parsePromoteOptions(args)).toThrow(message);
  });

  it.each([
    [[], "no DIR given: npm run model -- publish DIR…"],
    [["dir", "--gateway", "http://x"], "unknown option --gateway: expected one of --to, --persist, --help"],
  ] as const)("of publish refuse %j", async (args, message) => {
    await expect(publishCommand(args)).rejects.toThrow(message);
  });

  it.each([
    [[sha256, "--reason", "why", "--by", "ada"], /got a+, expected options only/],
    [["--reason", "why"], "--by NAME is missing: who asks, for the gateway's history"],
    [["--reason", " ", "--by", "ada"], /--reason: got a blank text/],
  ] as const)("of rollback refuse %j", async (args, message) => {
    await expect(rollbackCommand(args)).rejects.toThrow(message);
  });
});
