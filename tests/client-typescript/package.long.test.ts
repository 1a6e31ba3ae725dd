// The package as its users have it: what `npm pack` puts into it, its size in a browser, its types for other projects,
// and that it runs on the Node of this system, which may be one without WebSockets.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENT_TARGET, writeTypescriptClient } from "../../build/typescript-client.ts";
import { ticksOf, startGateway } from "./test-client.ts";

const ROOT = join(import.meta.dirname, "../..");
const CLIENT = join(ROOT, "clients/typescript");
const folder = mkdtempSync(join(tmpdir(), "volgate-client-"));
const installed = join(folder, "node_modules/@volgate/client");

beforeAll(async () => {
  await writeTypescriptClient();
  const args = ["pack", CLIENT, "--ignore-scripts", "--json", "--pack-destination", folder];
  const { status, stdout, stderr } = spawnSync("npm", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  packed = (JSON.parse(stdout) as Packed[])[0]!;
  mkdirSync(installed, { recursive: true });
  const tar = spawnSync("tar", ["-xzf", join(folder, packed.filename), "--strip-components=1", "-C", installed]);
  if (tar.status !== 0) throw new Error(String(tar.stderr));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

/** Minified and compressed, as a page gets it. */
async function sizeOf(code: string): Promise<{ readonly bytes: number; readonly text: string }> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    target: CLIENT_TARGET,
    write: false,
  });
  return { bytes: gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength, text: outputFiles[0]!.text };
}

describe("the package", () => {
  it("has its modules, their types, a README and the licence of the project, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    console.log(`npm pack: ${packed.size} bytes, ${packed.unpackedSize} unpacked, ${paths.length} files`);
    expect(paths).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js", "dist/stream.js"]),
    );
    const others = paths.filter(
      (path) => !/^(LICENSE|README\.md|package\.json)$|^dist\/(\w+(-\w+)?\.js|types\/.*\.d\.ts)$/.test(path),
    );
    expect(others).toEqual([]);
    expect(readFileSync(join(installed, "LICENSE"), "utf8")).toBe(readFileSync(join(ROOT, "LICENSE"), "utf8"));
  });

  it("depends on nothing, and says what it exports", () => {
    const its = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as Record<string, unknown>;
    expect(Object.keys(its).filter((name) => /dependencies/i.test(name))).toEqual([]);
    expect(its).toMatchObject({ name: "@volgate/client", license: "MIT", type: "module", sideEffects: false });
    const files = JSON.stringify(its["exports"]).match(/\.\/dist\/[^"]+/g)!;
    for (const path of files) expect(packed.files.map((file) => `./${file.path}`)).toContain(path);
    const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
    expect(its["version"]).toBe(own.version);
  });

  it("takes at most 14 kB of a page, and 6 kB where the page reads streams alone", async () => {
    const all = await sizeOf(`export * from "@volgate/client"`);
    const stream = await sizeOf(`export { connectionOf, streamEvents } from "@volgate/client/stream"`);
    console.log(`minified and gzip: all ${all.bytes} bytes, streams alone ${stream.bytes} bytes`);
    expect(all.bytes).toBeLessThan(14_000);
    expect(stream.bytes).toBeLessThan(6_000);
    // No ticks in what a reader loads, and nothing of Node in either.
    expect(stream.text).not.toContain("/ingest");
    expect(all.text).toContain("/ingest");
    expect(all.text).not.toMatch(/node:|process\.|require\(/);
  });

  it.each(["bundler", "nodenext"])("has types for projects with moduleResolution %s", (moduleResolution) => {
    const project = join(folder, moduleResolution);
    mkdirSync(project);
    const module = moduleResolution === "nodenext" ? "nodenext" : "esnext";
    const strict = { strict: true, skipLibCheck: false, noEmit: true, types: [], exactOptionalPropertyTypes: true };
    const compilerOptions = {
      ...strict,
      module,
      moduleResolution,
      target: "es2022",
      lib: ["es2023", "dom", "dom.iterable"],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    writeFileSync(join(project, "package.json"), '{"type":"module"}');
    writeFileSync(join(project, "use.ts"), USE);
    const tsc = join(dirname(createRequire(import.meta.url).resolve("@typescript/native/package.json")), "bin/tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
    // The one line that must not compile is the proof that the others were looked at.
    expect(stdout.split("\n").filter((line) => /^\S/.test(line))).toEqual([
      expect.stringMatching(/use\.ts\(\d+,\d+\): error TS2339: Property 'weather'/),
    ]);
  });

  it("runs on this system's Node: over a socket where it has one, and over HTTP where it has none", async () => {
    const gateway = await startGateway();
    const program = join(folder, "send.mjs");
    writeFileSync(
      program,
      `import { VolgateClient } from "@volgate/client";
       const sender = new VolgateClient({ url: ${JSON.stringify(gateway.url)} }).ticks();
       await sender.send(${JSON.stringify(ticksOf("BTC-USD", 20))});
       await sender.close();
       console.log(JSON.stringify([process.versions.node, sender.transport, sender.report.accepted]));`,
    );
    const seen = [];
    for (const node of [process.execPath, "/usr/bin/node"]) {
      const ended = await runNode(node, program);
      if (ended === undefined) continue;
      const [version, transport, accepted] = JSON.parse(ended) as [string, string, number];
      seen.push(`Node ${version}: ${transport}`);
      expect(accepted).toBe(20);
      expect(transport).toBe(Number.parseInt(version, 10) >= 22 ? "socket" : "http");
    }
    console.log(seen.join(", "));
    expect(gateway.ticks.applied.length).toBe(20 * seen.length);
  });

  it("takes the sockets of the package ws where a runtime has none", async () => {
    const gateway = await startGateway();
    const program = join(folder, "send-by-ws.mjs");
    const ws = createRequire(import.meta.url).resolve("ws");
    writeFileSync(
      program,
      `import { VolgateClient } from "@volgate/client";
       import WebSocket from ${JSON.stringify(ws)};
       const sender = new VolgateClient({ url: ${JSON.stringify(gateway.url)}, WebSocket }).ticks({ transport: "socket" });
       await sender.send(${JSON.stringify(ticksOf("BTC-USD", 20))});
       await sender.close();
       console.log(sender.report.accepted);`,
    );
    expect(await runNode("/usr/bin/node", program)).toMatch(/^20$/m);
    expect(gateway.opened).toHaveLength(1);
  });
});

const USE = `import { VolgateClient, VolgateError, type StreamEvent } from "@volgate/client";
import { connectionOf, streamEvents } from "@volgate/client/stream";
const client = new VolgateClient({ url: "http://127.0.0.1:8787", WebSocket });
export async function use(): Promise<number> {
  const prediction = await client.predict("BTC-USD");
  const { symbols } = await client.ask("GET /symbols", {});
  const sender = client.ticks({ onAck: ({ accepted }) => void accepted });
  await sender.send([{ symbol: "BTC-USD", ts: Date.now(), price: 1 }]);
  for await (const event of client.stream({ symbols })) if (event.type === "prediction") return event.probability;
  for await (const event of streamEvents(connectionOf({ url: "http://x" }), { symbols })) show(event);
  prediction.weather;
  return prediction.probability ?? 0;
}
function show(event: StreamEvent | VolgateError): void {
  if ("code" in event) throw event;
}
`;

/** What a program prints; `undefined` where this system has no such Node. */
async function runNode(node: string, program: string): Promise<string | undefined> {
  const { spawn } = await import("node:child_process");
  return await new Promise((resolve, reject) => {
    const child = spawn(node, [program], { timeout: 60_000 });
    let output = "";
    let errors = "";
    child.stdout.on("data", (data) => (output += String(data)));
    child.stderr.on("data", (data) => (errors += String(data)));
    child.on("error", (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? resolve(undefined) : reject(error)));
    child.on("close", (code) => (code === 0 ? resolve(output) : reject(new Error(errors))));
  });
}
