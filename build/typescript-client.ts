// Writes clients/typescript/dist, the published shape: one module for each entry, which share what they have in common,
// and their types.
import { spawnSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const CLIENT = join(ROOT, "clients", "typescript");

/** The entries of `exports`, by the name of their file. */
const CLIENT_ENTRIES = { index: "src/index.ts", stream: "src/stream/index.ts" } as const;

/** What runs in every browser with WebSockets and `AbortSignal.any`, and in Node 20. */
export const CLIENT_TARGET = "es2022";

/** @param out folder that is written anew. */
export async function writeTypescriptClient(out = join(CLIENT, "dist")): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await build({
    entryPoints: Object.fromEntries(Object.entries(CLIENT_ENTRIES).map(([name, path]) => [name, join(CLIENT, path)])),
    outdir: out,
    chunkNames: "shared-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: CLIENT_TARGET,
    legalComments: "none",
    logLevel: "warning",
    absWorkingDir: ROOT,
  });
  await writeTypes(join(out, "types"));
}

/** Of the client's own files: no type of the gateway's code is in its interface. */
async function writeTypes(out: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "volgate-client-types-"));
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve("@typescript/native/package.json")), "bin", "tsc");
    const options = [
      "--noEmit",
      "false",
      "--declaration",
      "--emitDeclarationOnly",
      "--rootDir",
      ROOT,
      "--outDir",
      folder,
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, "-p", CLIENT, ...options], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`tsc could not write the client's types: ${stdout}${stderr}`);
    await cp(join(folder, "clients", "typescript", "src"), out, { recursive: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
