// What a recording is by the ending of its name: its compressions, and the form inside them.
import type { Codec } from "./decompressed.ts";

export interface FileKind {
  readonly form: "parquet" | "arrow" | "dbn" | "text";
  /** From the outside to the inside. */
  readonly codecs: readonly Codec[];
}

const CODECS: readonly (readonly [ending: RegExp, codec: Codec])[] = [
  [/\.gz$/i, "gzip"],
  [/\.zst$/i, "zstd"],
];
const FORMS: readonly (readonly [ending: RegExp, form: FileKind["form"]])[] = [
  [/\.(parquet|pq)$/i, "parquet"],
  [/\.(feather|arrow|ipc)$/i, "arrow"],
  [/\.dbn$/i, "dbn"],
];
const RECORDING = /\.(ndjson|jsonl|json|csv|tsv)(\.gz|\.zst)?$|\.(parquet|pq|feather|arrow|ipc)$|\.zip$/i;

/** Example: `fileKind("a.csv.gz")` is `{ form: "text", codecs: ["gzip"] }`. */
export function fileKind(path: string): FileKind {
  let name = path;
  const codecs: Codec[] = [];
  for (;;) {
    const found = CODECS.find(([ending]) => ending.test(name));
    if (found === undefined) break;
    codecs.push(found[1]);
    name = name.replace(found[0], "");
  }
  return { form: FORMS.find(([ending]) => ending.test(name))?.[1] ?? "text", codecs };
}

/** Whether a file is taken for a recording when a folder, a prefix or a zip is given. */
export function isRecordingName(name: string): boolean {
  return RECORDING.test(name);
}

/** Whether it may also be a file of settings, which its content must show. */
export function mayBeSettings(name: string): boolean {
  return /\.json(\.gz|\.zst)?$/i.test(name);
}
