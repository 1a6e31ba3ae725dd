import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifestText } from "../../trainer/artifact/artifact.ts";
import { readArtifact } from "../../trainer/publish/model-publishing.ts";
import { parsePublishOptions, PUBLISH_HELP } from "../../trainer/publish/publish-options.ts";
import { UserError } from "../../trainer/run/user-error.ts";
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
      response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const cli = join(import.meta.dirname, "../../trainer/model-cli.ts");
  const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, ADMIN_TOKEN: "secret" } });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { status, ...text };
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

  it("sends who asks and why where it is not forced either", async () => {
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

  it("exits with 2, naming --persist, when the state of wrangler dev cannot be kept there", async () => {
    const [written] = await writeArtifacts(join(folder, "kept"), [artifact(7)]);
    const file = join(folder, "afile");
    writeFileSync(file, "x");
    const { status, stdout, stderr } = await run("publish", written!, "--persist", file);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`model: --persist: got ${file}, expected a folder that can be made and written (ENOTDIR`);
    expect(stderr).not.toContain("    at ");
  });

  it("ends when only miniflare finds that the folder cannot be used", async () => {
    const [written] = await writeArtifacts(join(folder, "late"), [artifact(7)]);
    const persist = join(folder, "half");
    mkdirSync(join(persist, "v3"), { recursive: true });
    writeFileSync(join(persist, "v3", "r2"), "a file where a folder has to be");
    const { status, stderr } = await run("publish", written!, "--persist", persist);
    expect(status).toBe(2);
    expect(stderr).toContain(`model: --persist: got ${persist}, expected`);
  });

  it("shows its help, and that of all commands, and exits with 2 for a call without operands", async () => {
    expect(await run("publish", "--help")).toEqual({ status: 0, stdout: PUBLISH_HELP, stderr: "" });
    expect((await run("--help")).stdout).toMatch(/import .*publish .*promote/s);
    expect((await run("publish")).stderr).toContain("DIR: got none");
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
      body: { sha256, mode: "split", share: 0.2, auto: true },
    });
  });

  it("gives champion back, and exits with 2 where the gateway refuses", async () => {
    answer = { status: 200, body: { serving: true, sha256 } };
    const args = ["rollback", "--reason", "alerts fire", "--by", "ada", "--gateway", gateway()];
    const { status, stdout } = await run(...args);
    expect([status, stdout]).toEqual([0, `champion of ${gateway()} is ${sha256} again, serving\n`]);
    expect(asked.at(-1)).toMatchObject({ url: "/admin/rollback", body: { by: "ada", reason: "alerts fire" } });
    answer = { status: 409, body: { code: "nothing_to_roll_back", detail: "history: got none" } };
    const refused = await run(...args);
    expect([refused.status, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toContain("not rolled back: nothing_to_roll_back: ");
  });
});

describe("options", () => {
  it("of a forced promotion may be as long as the gateway takes them", () => {
    const long = "x".repeat(200);
    expect(parsePublishOptions("promote", [sha256, "--force", long, "--by", long])).toMatchObject({
      force: { by: long, reason: long },
    });
  });

  it.each([
    ["promote", ["x"], /SHA256: got x, expected 64 hexadecimal digits/],
    ["promote", [], /SHA256: got none/],
    ["promote", [sha256, "--force", "x"], /--force: got one without --by/],
    ["promote", [sha256, "--force", "x", "--by", "ada", "--reason", "y"], /--reason: got one beside --force/],
    ["promote", [sha256, "--reason", " "], /--reason: got a blank text/],
    ["publish", ["dir", "--nope"], /nope/],
    ["publish", ["dir", "--gateway", "http://x"], /--gateway: does nothing for publish, expected only --to, --persist/],
    ["publish", ["dir", "--force", "why", "--by", "ada"], /--force: does nothing for publish/],
    ["publish", ["dir", "--by", "ada"], /--by: does nothing for publish/],
    [
      "promote",
      [sha256, "--to", "r2://b"],
      /--to: does nothing for promote, expected only --gateway, --force, --by, --reason, --alias/,
    ],
    ["promote", [sha256, "--persist", "d"], /--persist: does nothing for promote/],
    ["promote", [sha256, "--force", " ", "--by", "ada"], /--force: got a blank text, expected 1 to 200 characters/],
    ["promote", [sha256, "--force", "why", "--by", ""], /--by: got a blank text/],
    ["promote", [sha256, "--force", "x".repeat(201), "--by", "ada"], /--force: got 201 characters/],
    ["promote", [sha256, "--force", "why", "--by", "x".repeat(201)], /--by: got 201 characters/],
    ["promote", [sha256, "--auto"], /--auto: got one for champion, expected --alias challenger with it/],
    [
      "promote",
      [sha256, "--split", "0.1", "--alias", "rows"],
      /--split: got one for rows, expected --alias challenger/,
    ],
    ["promote", [sha256, "--split", "0.6", "--alias", "challenger"], /--split: got 0.6, expected a number above 0 and/],
    ["promote", [sha256, "--split", "x", "--alias", "challenger"], /--split: got x, expected a number/],
    ["rollback", [sha256, "--reason", "why", "--by", "ada"], /rollback: got a+, expected no operand/],
    ["rollback", ["--reason", "why"], /--reason and --by: got why, expected both/],
    ["rollback", [], /--reason and --by: got neither, expected both/],
    ["rollback", ["--reason", " ", "--by", "ada"], /--reason: got a blank text/],
    ["rollback", ["--auto", "--reason", "why", "--by", "ada"], /--auto: does nothing for rollback/],
  ] as const)("of %s refuse %j", (command, args, message) => {
    expect(() => parsePublishOptions(command, args)).toThrow(UserError);
    expect(() => parsePublishOptions(command, args)).toThrow(message);
  });
});
