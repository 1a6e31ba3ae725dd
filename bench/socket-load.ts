// The load of `npm run bench -- sockets`, made before it is sent: the load generator must use little of the two cores.
import { tickJson } from "../gateway-client/tick-json.ts";
import { simulateTicks } from "../simulator/simulator.ts";
import { PackedTicks } from "../src/features/packed-ticks.ts";
import type { Tick } from "../src/features/tick.ts";
import { encodeTickFrame } from "../src/markets/tick-frame.ts";
import type { Way } from "./socket-channels.ts";

const FROM_MS = Date.parse("2025-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;
/** More than a way can take in a second, of all symbols; a run ends earlier when it has sent all. */
const MOST_TICKS_A_SECOND = { http: 100_000, text: 150_000, packed: 500_000 } as const;

export interface PreparedLoad {
  /** The first messages of each symbol: an hour of market as it is, so that all models score what follows. */
  readonly warm: ReadonlyMap<string, readonly (string | Uint8Array)[]>;
  /** Those to be measured, in the order of the symbols. */
  readonly frames: readonly (readonly (string | Uint8Array)[])[];
}

interface LoadOptions {
  readonly symbols: number;
  readonly frame: number;
  /** How many times as many ticks in a step. */
  readonly denser: number;
  readonly seconds: number;
}

/** The same ticks whatever the way. */
export function prepareLoad(way: Way, { symbols, frame, denser, seconds }: LoadOptions): PreparedLoad {
  const perSymbol = Math.ceil((MOST_TICKS_A_SECOND[way] * seconds) / symbols / frame);
  const warm = new Map<string, readonly (string | Uint8Array)[]>();
  const frames: (string | Uint8Array)[][] = [];
  for (let i = 0; i < symbols; i++) {
    const symbol = `SIM${i}-USD`;
    const hour = hourOf(symbol, i + 1);
    const messages = messagesOf(way, symbol, ticksOf(hour, denser), frame);
    const take = (count: number) => Array.from({ length: count }, () => messages.next().value!);
    warm.set(symbol, take(Math.ceil(hour.length / frame)));
    frames.push(take(perSymbol));
  }
  return { warm, frames };
}

function hourOf(symbol: string, seed: number): readonly Tick[] {
  return [...simulateTicks({ seed, symbol, fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS })];
}

/** The hour as it is, and then again and again, `denser` times as fast. */
function* ticksOf(hour: readonly Tick[], denser: number): Generator<Tick, undefined> {
  yield* hour;
  for (let round = 0; ; round++) {
    for (const tick of hour) {
      const passedMs = Math.floor((tick.tsMs - FROM_MS + round * HOUR_MS) / denser);
      yield { ...tick, tsMs: FROM_MS + HOUR_MS + passedMs };
    }
  }
}

function* messagesOf(
  way: Way,
  symbol: string,
  ticks: Generator<Tick, undefined>,
  size: number,
): Generator<string | Uint8Array, undefined> {
  for (let seq = 0; ; seq++) {
    const frame = Array.from({ length: size }, () => ticks.next().value!);
    if (way === "http") yield JSON.stringify(frame.map(tickJson));
    else if (way === "text") yield JSON.stringify({ seq, ticks: frame.map(tickJson) });
    else {
      const packed = new PackedTicks(size);
      for (const tick of frame) packed.add(tick);
      yield encodeTickFrame(seq, [{ name: symbol, venue: "", rows: packed.rows() }]);
    }
  }
}
