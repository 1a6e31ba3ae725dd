// Recordings: every layout of tables and messages, Parquet and Arrow, plain and packed, and archives of them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { KeptMarkets } from "../../recordings/kept-markets.ts";
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { newTally, recordedTicks } from "../../recordings/recorded-ticks.ts";
import type { RecordingSource } from "../../recordings/recording-source.ts";
import { UnreadableFileError } from "../../recordings/unreadable-file-error.ts";
import { zipEntries } from "../../recordings/zip-entries.ts";
import { decodeParquetTicks, encodeParquetTicks } from "../../src/durable/symbol/archive/parquet-ticks.ts";
import { TICK_FIELDS } from "../../src/features/packed-ticks.ts";
import { DEFAULT_TICK_RULES } from "../../src/features/tick.ts";
import { LAYOUT_FILES } from "../../tests/recordings/layout-files.ts";
import { zipBytes } from "../../tests/recordings/zip-bytes.ts";
import { rowsOf } from "../corpus/packed-frames.ts";
import { NATIVE_MESSAGES, OWN_MESSAGES } from "../corpus/venue-messages.ts";
import { demand, type FuzzInput, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import type { InputRandom } from "../input-random.ts";
import { mutatedBytes } from "../mutate/bytes.ts";
import { mutatedText } from "../mutate/texts.ts";
import { requirePlausible } from "../plausible-tick.ts";

/** A file as the input has it: the place of its kind in a list, then its bytes. */
interface Sample {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly symbol?: string | undefined;
  readonly reading?: ReadingOptions | undefined;
}

const WRITTEN_BY = join(import.meta.dirname, "../../tests/recordings/written-by");
const written = (file: string): Sample => ({ file, bytes: readFileSync(join(WRITTEN_BY, file)), symbol: "BTC-USD" });
const utf8 = new TextEncoder();

const TABLES: readonly Sample[] = LAYOUT_FILES.map(({ file, lines, symbol, reading }) => {
  return { file, bytes: utf8.encode(lines.join("\n") + "\n"), symbol, reading };
});
const messages = [...OWN_MESSAGES, ...Object.values(NATIVE_MESSAGES).flat()].map((message) => JSON.stringify(message));
const LINES: readonly Sample[] = [
  { file: "messages.ndjson", bytes: utf8.encode(messages.join("\n")), symbol: "BTC-USD" },
  { file: "messages.json", bytes: utf8.encode(`[${messages.join(",\n")}]`), symbol: "BTC-USD" },
];
const ARCHIVED = new Uint8Array(
  encodeParquetTicks(rowsOf(60, true), { symbol: "BTC-USD", firstBatch: 1, lastBatch: 4, stepMs: 1000 }),
);
const PARQUET: readonly Sample[] = [
  { file: "ticks/symbol=BTC-USD/date=2025-12-01/0000-0000000001.parquet", bytes: ARCHIVED },
  ...["pandas-ms.parquet", "polars.parquet", "duckdb.parquet"].map(written),
];
const PACKED: readonly Sample[] = [...TABLES.slice(0, 8), ...LINES].flatMap(({ file, bytes, ...rest }) => [
  { ...rest, file: `${file}.gz`, bytes: gzipSync(bytes) },
  { ...rest, file: `${file}.gz`, bytes: Buffer.concat([gzipSync(bytes), gzipSync(bytes)]) },
  { ...rest, file: `${file}.zst`, bytes: zstdCompressSync(bytes) },
]);
const ZIPS = [
  zipBytes({ "BTC-USD/a.csv": TABLES[0]!.bytes, "b.ndjson": LINES[0]!.bytes }),
  zipBytes({ "a.csv": TABLES[1]!.bytes }, true),
];

/**
 * Only what stands behind the pages is mutated: of a damaged run length in a page hyparquet 1.31.5 fills as many places
 * as it says, up to 2^31. decisions/0141 has the input.
 */
function mutatedFooter(bytes: Uint8Array, random: InputRandom): Uint8Array<ArrayBuffer> {
  const footerBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true) + 8;
  const from = bytes.length - footerBytes;
  return Uint8Array.from([...bytes.subarray(0, from), ...mutatedBytes([bytes.subarray(from)], random)]);
}

function sourceOf(file: string, bytes: Uint8Array): RecordingSource {
  const read = (start: number, end: number): Promise<Uint8Array> => Promise.resolve(bytes.subarray(start, end));
  return { path: `/data/${file}`, sizeBytes: bytes.length, read };
}

/** All ticks of a file, or its refusal as a whole. */
async function readRecording(
  source: RecordingSource,
  { symbol, reading }: Omit<Sample, "bytes" | "file">,
): Promise<Outcome> {
  const options = { wanted: symbol, kept: new KeptMarkets(), rules: DEFAULT_TICK_RULES, reading: reading ?? {} };
  let ticks = 0;
  try {
    for await (const batch of recordedTicks(source, options, newTally(source.path))) {
      batch.forEach(requirePlausible);
      ticks += batch.length;
    }
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    demand(error.message.length < 2_000, () => `a refusal of ${error.message.length} characters`);
    return "refused";
  }
  return ticks > 0 ? "accepted" : "refused";
}

function recordings(name: string, samples: readonly Sample[], weight: number, isText: boolean): FuzzTarget {
  const mutated = ({ file, bytes }: Sample, random: InputRandom): Uint8Array => {
    if (file.endsWith(".parquet")) return mutatedFooter(bytes, random);
    if (!isText || random.chance(0.3)) return mutatedBytes([bytes], random);
    return utf8.encode(mutatedText([new TextDecoder().decode(bytes)], random));
  };
  return {
    ...{ name: `recordings/${name}`, weight },
    make: (random) => {
      const at = random.below(samples.length);
      return Uint8Array.of(at, ...mutated(samples[at]!, random));
    },
    run: (input) => {
      const [at] = input as Uint8Array;
      const sample = samples[at!]!;
      return readRecording(sourceOf(sample.file, (input as Uint8Array).subarray(1)), sample);
    },
  };
}

const ZIP: FuzzTarget = {
  ...{ name: "recordings/zip", weight: 0.1 },
  make: (random) => mutatedBytes(ZIPS, random),
  run: async (input) => {
    let outcome: Outcome = "refused";
    try {
      for (const entry of await zipEntries(sourceOf("a.zip", input as Uint8Array))) {
        if ((await readRecording(entry, { symbol: "BTC-USD" })) === "accepted") outcome = "accepted";
      }
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) throw error;
    }
    return outcome;
  },
};

/** An object of the archive; whatever error says that it is none, it must not take the memory of an isolate. */
const ARCHIVE: FuzzTarget = {
  ...{ name: "states/archive-parquet", weight: 0.1 },
  make: (random) => mutatedFooter(ARCHIVED, random),
  run: async (input: FuzzInput) => {
    let decoded;
    try {
      decoded = await decodeParquetTicks((input as Uint8Array<ArrayBuffer>).slice().buffer);
    } catch (error) {
      demand(error instanceof Error, () => "threw what is no error");
      return "refused";
    }
    const { rows, lastBatch } = decoded;
    demand(Number.isSafeInteger(lastBatch) && rows.length < 1e6 * TICK_FIELDS, () => `read ${rows.length} numbers`);
    return "accepted";
  },
};

export const RECORDING_TARGETS: readonly FuzzTarget[] = [
  recordings("tables", TABLES, 0.1, true),
  recordings("messages", LINES, 0.1, true),
  recordings("parquet", PARQUET, 0.05, false),
  recordings("packed", PACKED, 0.05, false),
  ZIP,
  ARCHIVE,
];
