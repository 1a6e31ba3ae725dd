// `npm run bench -- bodies`: how much memory the worst body of each route takes, on bare workerd.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../command-line/at-exit.ts";
import { EXIT } from "../command-line/exit-code.ts";
import { parseCommandLine } from "../command-line/parse-command-line.ts";
import type { Program } from "../command-line/program.ts";
import { BareWorkerd, bundleWorker } from "./bare-workerd.ts";
import { benchCommand } from "./bench-command.ts";
import { memoryOf } from "./process-memory.ts";

const MIB = 1024 * 1024;

const BODIES = benchCommand(
  "bodies",
  "The memory that the worst bodies take: the rise of workerd's resident memory at its peak. Linux only.",
  {},
);

interface WorstBody {
  readonly what: string;
  readonly path: string;
  readonly body: Buffer;
  readonly isGzip: boolean;
  /** Content type; none by default. */
  readonly type?: string;
}

const nested = (sizeBytes: number): string => `{"rows":[${"{},".repeat(Math.floor(sizeBytes / 3) - 10)}{}]}`;
const objects = (sizeBytes: number): string => `[${"{},".repeat(Math.floor(sizeBytes / 3) - 10)}{}]`;

/** A history of `count` ticks, ten a second, with all fields. */
function history(count: number): string {
  const line = (k: number): string =>
    `{"ts":${1_764_547_200_000 + 100 * k},"price":${60_000 + (k % 97)}.25,"bid":${60_000 + (k % 97)},"ask":${60_001 + (k % 97)},` +
    `"bidSize":0.123,"askSize":0.456,"size":0.01,"id":${k},"side":"buy"}\n`;
  return Array.from({ length: count }, (_, k) => line(k)).join("");
}
const WARM = { path: "/admin/symbols/WORST/warm", type: "application/x-ndjson" };

const WORST: readonly WorstBody[] = [
  ...["/predict", "/feedback", "/ingest"].flatMap((path) => {
    const text = path === "/predict" ? nested(8 * MIB) : objects(8 * MIB);
    return [
      { what: "8 MiB of empty objects under gzip", path, body: gzipSync(text), isGzip: true },
      { what: "8 MiB of empty objects", path, body: Buffer.from(text), isGzip: false },
    ];
  }),
  { what: "1 MiB of empty objects", path: "/predict", body: Buffer.from(nested(MIB)), isGzip: false },
  { what: "19,000 empty objects", path: "/predict", body: Buffer.from(nested(57_000)), isGzip: false },
  { what: "319,000 empty objects under gzip", path: "/ingest", body: gzipSync(objects(957_000)), isGzip: true },
  { what: "30,000 ticks under gzip", ...WARM, body: gzipSync(history(30_000)), isGzip: true },
  { what: "8 MiB of empty lines", ...WARM, body: Buffer.from("\n".repeat(8 * MIB)), isGzip: false },
  { what: "8 MiB in one text", path: "/ingest", body: Buffer.from(`["${"x".repeat(8 * MIB - 10)}"]`), isGzip: false },
];

export const program: Program = {
  command: BODIES,
  run: async (args) => {
    parseCommandLine(BODIES, args);
    const dir = temporaryFolder("volgate-bench-");
    await bundleWorker(join(dir, "bundle"));
    console.log(
      `${"route".padEnd(10)} ${"body".padEnd(34)} ${"sent".padStart(10)} ${"status".padStart(6)}      memory`,
    );
    for (const worst of WORST) console.log(await measured(dir, worst));
    return EXIT.done;
  },
};

/** In a process of its own, which nothing else has grown. */
async function measured(dir: string, { what, path, body, isGzip, type }: WorstBody): Promise<string> {
  const server = await BareWorkerd.prepare(join(dir, "bundle"), join(dir, "state"));
  try {
    await server.start();
    const post = async (bytes: Buffer, headers: Record<string, string>) => {
      try {
        const response = await fetch(server.url + path, { method: "POST", body: bytes, headers });
        await response.arrayBuffer();
        return String(response.status);
      } catch {
        // Refused by its Content-Length, and the connection closed while it was still being sent.
        return "closed";
      }
    };
    for (let i = 0; i < 20; i++) await post(Buffer.from("{}"), {});
    const before = memoryOf(server.pid!, "VmRSS");
    writeFileSync(`/proc/${server.pid!}/clear_refs`, "5");
    const status = await post(body, {
      ...(isGzip && { "Content-Encoding": "gzip" }),
      ...(type !== undefined && { "Content-Type": type }),
    });
    const rise = memoryOf(server.pid!, "VmHWM") - before;
    const sent = `${body.length.toLocaleString("en-US")} B`;
    return `${path.padEnd(10)} ${what.padEnd(34)} ${sent.padStart(11)} ${status.padStart(6)} ${(rise / MIB).toFixed(1).padStart(8)} MiB`;
  } finally {
    await server.kill();
  }
}
