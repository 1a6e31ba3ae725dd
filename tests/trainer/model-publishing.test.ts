import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifestText } from "../../trainer/artifact.ts";
import { parsePublishOptions, PUBLISH_HELP, readArtifact } from "../../trainer/model-publishing.ts";
import { UserError } from "../../trainer/user-error.ts";
import { writeArtifacts } from "../../trainer/write-artifacts.ts";
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

  it("shows its help, and that of all commands, and exits with 2 for a call without operands", async () => {
    expect(await run("publish", "--help")).toEqual({ status: 0, stdout: PUBLISH_HELP, stderr: "" });
    expect((await run("--help")).stdout).toMatch(/import .*publish .*promote/s);
    expect((await run("publish")).stderr).toContain("DIR: got none");
  });
});

describe("options", () => {
  it.each([
    ["promote", ["x"], /SHA256: got x, expected 64 hexadecimal digits/],
    ["promote", [], /SHA256: got none/],
    ["promote", [sha256, "--force", "x"], /--force and --by: got one of them/],
    ["publish", ["dir", "--nope"], /nope/],
  ] as const)("of %s refuse %j", (command, args, message) => {
    expect(() => parsePublishOptions(command, args)).toThrow(UserError);
    expect(() => parsePublishOptions(command, args)).toThrow(message);
  });
});
