// Reads one recording in the order of its rows and counts what is in it.
import { KeptMarkets } from "../../recordings/kept-markets.ts";
import type { ReadingOptions } from "../../recordings/reading-options.ts";
import { newTally, recordedTicks } from "../../recordings/recorded-ticks.ts";
import type { RecordingSource } from "../../recordings/recording-source.ts";
import type { RecordingTally } from "../../recordings/recording-tally.ts";
import { UnreadableFileError } from "../../recordings/unreadable-file-error.ts";
import { DEFAULT_TICK_RULES, type Tick } from "../../src/features/tick.ts";
import { GAP_MS, SymbolFigures } from "./symbol-figures.ts";

/** What one recording holds. */
export interface Inspection {
  readonly path: string;
  readonly sizeBytes: number;
  readonly tally: RecordingTally;
  readonly ticks: number;
  readonly symbols: ReadonlyMap<string, SymbolFigures>;
  /** Why the recording is not read, or not further. */
  readonly error: string | undefined;
}

export interface InspectorOptions {
  readonly symbol: string | undefined;
  readonly reading: ReadingOptions;
}

/** Every recording is looked at on its own: two markets under one name are no error here. */
export class FileInspector {
  private readonly options: InspectorOptions;

  constructor(options: InspectorOptions) {
    this.options = options;
  }

  async inspect(source: RecordingSource): Promise<Inspection> {
    const { symbol, reading } = this.options;
    const { path, sizeBytes } = source;
    const tally = newTally(path);
    const symbols = new Map<string, SymbolFigures>();
    let error: string | undefined;
    const options = { wanted: symbol, reading, kept: new KeptMarkets(), rules: DEFAULT_TICK_RULES };
    try {
      for await (const ticks of recordedTicks(source, options, tally)) {
        const gapMs = Math.max(GAP_MS, tally.barMs ?? 0);
        for (const tick of ticks) {
          const figures = figuresOf(tick, symbols);
          figures.gapMs = gapMs;
          figures.update(tick);
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof UnreadableFileError)) throw thrown;
      error = thrown.message.startsWith(`${path}: `) ? thrown.message.slice(path.length + 2) : thrown.message;
    }
    return { path, sizeBytes, tally, ticks: tally.ticks, symbols, error };
  }
}

function figuresOf({ symbol }: Tick, symbols: Map<string, SymbolFigures>): SymbolFigures {
  let figures = symbols.get(symbol);
  if (figures === undefined) symbols.set(symbol, (figures = new SymbolFigures()));
  return figures;
}
