// Where one symbol's rows stand between two ticks, as bytes: with it a run goes on as if it had never stopped.
import {
  type ContainerFormat,
  encodeContainer,
  openContainer,
  StateFormatError,
} from "../../src/features/binary-container.ts";

export interface SymbolState {
  readonly symbol: string;
  /** How far a price may lie outside its quote: it decides which ticks came. */
  readonly quoteMarginPercent: number;
  /** Name of the row whose features wait. */
  readonly row: string;
  /** What `FeatureEngine.save` gave. */
  readonly engine: ArrayBuffer;
  /** First step of the segment, time of the first tick, first step and last time of the spikes' episode. */
  readonly marks: Float64Array;
  readonly waiting: WaitingState;
}

/** Rows that wait for their label, the oldest first. */
export interface WaitingState {
  readonly step: Float64Array;
  readonly tau: Float64Array;
  readonly usable: Uint8Array;
  readonly values: Float32Array;
}

const MARKS = 4;
/** Magic "VOLR". */
const FORMAT: ContainerFormat = { name: "state of rows", magic: 0x564f4c52, version: 1, hasCount: false };

export function encodeSymbolState(state: SymbolState): ArrayBuffer {
  const { symbol, quoteMarginPercent, row, engine, marks, waiting } = state;
  const { step, tau, usable, values } = waiting;
  const lengths = { engineBytes: engine.byteLength, waiting: step.length, width: widthOf(waiting) };
  const description = { symbol, quoteMarginPercent, row, ...lengths };
  return encodeContainer(FORMAT, description, [new Uint8Array(engine), marks, step, tau, usable, values]);
}

/** Throws `StateFormatError` for other bytes. */
export function decodeSymbolState(buffer: ArrayBuffer): SymbolState {
  const { description, numbersAt } = openContainer(FORMAT, buffer);
  const { symbol, quoteMarginPercent, row, engineBytes, waiting, width } = description as Readonly<
    Record<string, unknown>
  >;
  if (typeof symbol !== "string" || typeof row !== "string") throw new StateFormatError("state of rows: no symbol");
  if (typeof quoteMarginPercent !== "number") throw new StateFormatError("state of rows: no quote margin");
  const [rows, columns] = [lengthOf(waiting), lengthOf(width)];
  let at = numbersAt;
  const take = (bytes: number): ArrayBuffer => {
    if (at + bytes > buffer.byteLength) throw new StateFormatError("state of rows: ends too early");
    const part = buffer.slice(at, at + bytes);
    at = Math.ceil((at + bytes) / 8) * 8;
    return part;
  };
  return {
    ...{ symbol, quoteMarginPercent, row },
    engine: take(lengthOf(engineBytes)),
    marks: new Float64Array(take(MARKS * 8)),
    waiting: {
      step: new Float64Array(take(rows * 8)),
      tau: new Float64Array(take(rows * 8)),
      usable: new Uint8Array(take(rows)),
      values: new Float32Array(take(rows * columns * 4)),
    },
  };
}

function widthOf({ step, values }: WaitingState): number {
  return step.length === 0 ? 0 : values.length / step.length;
}

function lengthOf(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw new StateFormatError(`state of rows: got a length of ${String(value)}`);
}
