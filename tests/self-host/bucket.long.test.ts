// The folder as a bucket of workerd, beside miniflare's simulator of R2: the same script says the same of both.
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, expect, it } from "vitest";
import { freePort } from "../../local-gateway/free-port.ts";
import { workerdBinary } from "../../local-gateway/workerd-binary.ts";
import { ROOT } from "../../local-gateway/wrangler-dev.ts";
import { FolderBucket } from "../../recordings/bucket/folder-bucket.ts";
import { listenAsBucket, type R2Counts } from "../../self-host/bucket-server.ts";

const SCRIPT = join(import.meta.dirname, "r2-script.js");
const folder = mkdtempSync(join(tmpdir(), "volgate-bucket-"));
let server: Server | undefined;
let workerd: ChildProcess | undefined;

afterAll(() => {
  workerd?.kill("SIGKILL");
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function saidOfFolder(counts: R2Counts): Promise<unknown> {
  const socket = join(folder, "socket");
  server = await listenAsBucket(await FolderBucket.open(join(folder, "bucket")), socket, {
    note: (line) => expect.fail(line),
    counts,
  });
  const port = await freePort();
  copyFileSync(SCRIPT, join(folder, "script.js"));
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "script.js", esModule = embed "script.js")],
      compatibilityDate = "2026-10-01",
      bindings = [(name = "BUCKET", r2Bucket = "bucket")])),
    (name = "bucket", external = (address = "unix:${socket}", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")]);`,
  );
  workerd = spawn(workerdBinary(ROOT), ["serve", join(folder, "config.capnp")], { stdio: "inherit" });
  const ask = async (): Promise<unknown> => await (await fetch(`http://127.0.0.1:${port}`)).json();
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}`, { method: "OPTIONS" }).then(
          () => true,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true);
  return await ask();
}

async function saidOfMiniflare(): Promise<unknown> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      scriptPath: SCRIPT,
      compatibilityDate: "2026-10-01",
      r2Buckets: ["BUCKET"],
    }),
  );
  try {
    return await (await miniflare.dispatchFetch("http://localhost")).json();
  } finally {
    await miniflare.dispose();
  }
}

it("answers as miniflare's R2 does, keeps plain files, and counts what Cloudflare would bill", async () => {
  const counts: R2Counts = {};
  const [ours, theirs] = [await saidOfFolder(counts), await saidOfMiniflare()];
  expect(ours).toEqual(theirs);
  expect(existsSync(join(folder, "bucket", "objects", "b", "x", "2"))).toBe(true);
  expect(counts).toMatchObject({ put: expect.any(Number) as number, get: expect.any(Number) as number });
});
