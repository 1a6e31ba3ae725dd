// What is stored of a symbol and read again: damaged, or whole and with other content, as another version writes it.
import { decodeProgress, encodeProgress } from "../../src/durable/symbol/archive/archive-progress.ts";
import {
  decodePredictionProgress,
  encodePredictionProgress,
} from "../../src/durable/symbol/archive/prediction-progress.ts";
import { StateFormatError } from "../../src/features/binary-container.ts";
import { FeatureEngine } from "../../src/features/feature-engine.ts";
import { decodePage, encodePage } from "../../src/features/page-buffer.ts";
import { LiveQuality } from "../../src/quality/live-quality.ts";
import { StepChunk } from "../../src/steps/step-chunk.ts";
import { rowsOf } from "../corpus/packed-frames.ts";
import { ENGINE_STATES, feed, QUALITY_PAGES, STEP_CHUNKS } from "../corpus/stored-states.ts";
import { demand, type FuzzInput, type FuzzTarget, type Outcome } from "../fuzz-target.ts";
import { mutatedContainer } from "../mutate/sealed.ts";

/** The outcome of a reader that refuses with `StateFormatError` alone. */
function refusedByFormat(read: () => void): Outcome {
  try {
    read();
    return "accepted";
  } catch (error) {
    if (error instanceof StateFormatError) return "refused";
    throw error;
  }
}

const bufferOf = (input: FuzzInput): ArrayBuffer => (input as Uint8Array<ArrayBuffer>).slice().buffer;

function container(name: string, samples: readonly Uint8Array[], read: (bytes: ArrayBuffer) => void, weight = 0.3) {
  return {
    ...{ name: `states/${name}`, weight },
    make: (random) => mutatedContainer(samples, random),
    run: (input) => refusedByFormat(() => read(bufferOf(input))),
  } satisfies FuzzTarget;
}

const ENGINE = container("engine", ENGINE_STATES, (bytes) => {
  const engine = FeatureEngine.load(bytes);
  // What is loaded goes on, and is stored again.
  feed(engine, rowsOf(40, true));
  FeatureEngine.load(engine.save());
});

const PAGE = container(
  "page",
  [
    new Uint8Array(encodePage("test 1", { numbers: { a: 1, b: "x", c: null }, arrays: [Float64Array.of(1, 2)] })),
    new Uint8Array(encodePage("test 1", { numbers: {}, arrays: [Uint8Array.of(1, 2, 3), new Float32Array(5)] })),
  ],
  (bytes) => {
    const { numbers, arrays } = decodePage("test 1", bytes);
    const again = decodePage("test 1", encodePage("test 1", { numbers, arrays }));
    const isSame = again.arrays.every((array, i) => Buffer.from(array.buffer).equals(Buffer.from(arrays[i]!.buffer)));
    demand(isSame && again.arrays.length === arrays.length, () => "another page after encoding");
  },
);

const CHUNK = container("step-chunk", STEP_CHUNKS, (bytes) => {
  const chunk = StepChunk.decode(bytes);
  demand(Number.isSafeInteger(chunk.number) && chunk.number >= 0, () => `a chunk of number ${chunk.number}`);
  const again = StepChunk.decode(chunk.encode());
  demand(again.number === chunk.number, () => "another chunk after encoding");
});

const range = { throughSeq: 9, fromSeq: 4, key: "ticks/symbol=A/date=2025-12-01/0000-0000000004.parquet" };
const ledger = { fromSeq: 4, watermarkMs: 1_764_547_200_000, namedMs: 1_764_547_200_000, ticks: 90, lostBatches: 0 };
const PROGRESS = container(
  "archive-progress",
  [
    { ...ledger, decided: range, held: rowsOf(1, true) },
    { ...ledger, decided: null, held: null, watermarkMs: null },
  ].map((progress) => new Uint8Array(encodeProgress(progress))),
  (bytes) => {
    const { fromSeq, ticks, lostBatches, namedMs, watermarkMs, decided } = decodeProgress(bytes);
    const counts = [fromSeq, ticks, lostBatches, namedMs];
    demand(
      counts.every((n) => Number.isSafeInteger(n) && n >= 0),
      () => `progress of ${counts.join()}`,
    );
    demand(watermarkMs === null || Number.isFinite(watermarkMs), () => `a watermark of ${String(watermarkMs)}`);
    if (decided !== null) {
      demand(Number.isSafeInteger(decided.throughSeq) && typeof decided.key === "string", () =>
        JSON.stringify(decided),
      );
    }
  },
);

const chunks = [{ firstStep: 1, lastStep: 300, rows: 300, settledBy: 360, key: null }];
const PREDICTIONS = container(
  "prediction-progress",
  [new Uint8Array(encodePredictionProgress({ archived: 5, lost: 0, sealedThrough: 300, chunks }))],
  (bytes) => {
    const progress = decodePredictionProgress(bytes);
    const counts = [progress.archived, progress.lost, progress.sealedThrough + 1];
    demand(
      counts.every((n) => Number.isSafeInteger(n) && n >= 0),
      () => `progress of ${counts.join()}`,
    );
    for (const chunk of progress.chunks) {
      const numbers = [chunk.firstStep, chunk.lastStep, chunk.rows, chunk.settledBy];
      demand(numbers.every(Number.isSafeInteger), () => `a chunk of ${JSON.stringify(chunk)}`);
    }
  },
);

/** A damaged page costs its own part: the rest is there, and goes on. */
const QUALITY: FuzzTarget = {
  ...{ name: "states/quality", weight: 0.05 },
  make: (random) => {
    const at = random.below(QUALITY_PAGES.length);
    const page = mutatedContainer([new Uint8Array(QUALITY_PAGES[at]!.bytes)], random);
    return Uint8Array.of(at, ...page);
  },
  run: (input) => {
    const [at] = input as Uint8Array;
    const pages = new Map(QUALITY_PAGES.map(({ id, bytes }) => [id, bytes.slice(0)]));
    const page = QUALITY_PAGES[at! % QUALITY_PAGES.length];
    if (page !== undefined) pages.set(page.id, (input as Uint8Array<ArrayBuffer>).slice(1).buffer);
    const quality = LiveQuality.load(60_000, pages);
    for (const name of ["1h", "24h", "30d"] as const) quality.window(name);
    quality.dirtyPages();
    return quality.damagedPages > 0 ? "refused" : "accepted";
  },
};

export const STATE_TARGETS: readonly FuzzTarget[] = [ENGINE, PAGE, CHUNK, PROGRESS, PREDICTIONS, QUALITY];
