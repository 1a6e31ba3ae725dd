// The two inner loops of histograms as a WebAssembly module of 128-bit integer additions, written out as bytes: faster
// than the same loops over typed arrays (docs/decisions/0012). It knows addresses only.
import { MAX_PAGES, wasm, type WasmMemory } from "./wasm-memory.ts";

/** Addresses are bytes in the shared memory. */
export interface HistogramKernel {
  /**
   * For each row number in [rowsAt, rowsEnd): loads the row's four bin bytes at `binsAt` + 4 · row and its pair of 64-bit
   * sums at `pairsAt` + 16 · row, and adds the pair to bin b of histogram c at `histogramsAt` + 4096 · c + 16 · b.
   */
  addRows(binsAt: number, rowsAt: number, rowsEnd: number, pairsAt: number, histogramsAt: number): void;
  /** Takes the pairs of 64-bit sums at `otherAt` from those in [at, end). */
  subtract(at: number, end: number, otherAt: number): void;
}

const I32 = 0x7f;
const V128 = 0x7b;
const GET = 0x20;
const SET = 0x21;
const CONST = 0x41;
const ADD = 0x6a;
const AND = 0x71;
const SHL = 0x74;
const SHR_U = 0x76;
const BELOW = 0x49;
const NOT_BELOW = 0x4f;
const LOAD_32 = [0x28, 2, 0];
const LOAD_128 = [0xfd, 0x00, 4];
const STORE_128 = [0xfd, 0x0b, 4];
const ADD_64X2 = [0xfd, 0xce, 0x01];
const SUBTRACT_64X2 = [0xfd, 0xd1, 0x01];

/** The kernel over a memory; each thread makes its own over the same memory. */
export function histogramKernel(memory: WasmMemory): HistogramKernel {
  compiled ??= new wasm.Module(moduleBytes());
  return new wasm.Instance(compiled, { volgate: { memory } }).exports as HistogramKernel;
}

let compiled: object | undefined;

function moduleBytes(): Uint8Array {
  const types = list([
    [0x60, ...list([[I32], [I32], [I32], [I32], [I32]]), 0],
    [0x60, ...list([[I32], [I32], [I32]]), 0],
  ]);
  const sharedWithMaximum = 3;
  const memory = [...text("volgate"), ...text("memory"), 2, sharedWithMaximum, ...unsigned(1), ...unsigned(MAX_PAGES)];
  const exported = list([
    [...text("addRows"), 0, 0],
    [...text("subtract"), 0, 1],
  ]);
  const bodies = list([sized(addRowsBody()), sized(subtractBody())]);
  const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, list([memory])),
    ...section(3, list([[0], [1]])),
    ...section(7, exported),
    ...section(10, bodies),
  ]);
}

function addRowsBody(): number[] {
  const [bins, rows, end, pairs, histograms, address, four, row, pair] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const lane = (c: number): number[] => {
    const offset = unsigned(c * 4096);
    const by = 8 * c - 4; // a bin is 16 bytes: byte c of `four` goes to bits 4 … 11
    return [
      ...[GET, histograms, GET, four, CONST, Math.abs(by), by < 0 ? SHL : SHR_U],
      ...[CONST, ...signed(4080), AND, ADD, SET, address, GET, address],
      ...[GET, address, ...LOAD_128, ...offset, GET, pair, ...ADD_64X2, ...STORE_128, ...offset],
    ];
  };
  return [
    ...[2, 3, I32, 1, V128],
    ...whileBelow(rows, end, [
      ...[GET, rows, ...LOAD_32, SET, row],
      ...[GET, bins, GET, row, CONST, 2, SHL, ADD, ...LOAD_32, SET, four],
      ...[GET, pairs, GET, row, CONST, 4, SHL, ADD, ...LOAD_128, 0, SET, pair],
      ...[0, 1, 2, 3].flatMap(lane),
      ...[GET, rows, CONST, 4, ADD, SET, rows],
    ]),
  ];
}

function subtractBody(): number[] {
  const [at, end, other] = [0, 1, 2] as const;
  return [
    0,
    ...whileBelow(at, end, [
      ...[GET, at, GET, at, ...LOAD_128, 0, GET, other, ...LOAD_128, 0, ...SUBTRACT_64X2, ...STORE_128, 0],
      ...[GET, at, CONST, 16, ADD, SET, at, GET, other, CONST, 16, ADD, SET, other],
    ]),
  ];
}

/** `while (locals[a] < locals[b]) body`, and the end of the function. */
function whileBelow(a: number, b: number, body: readonly number[]): number[] {
  const empty = 0x40;
  return [
    ...[0x02, empty, GET, a, GET, b, NOT_BELOW, 0x0d, 0, 0x03, empty],
    ...body,
    ...[GET, a, GET, b, BELOW, 0x0d, 0, 0x0b, 0x0b, 0x0b],
  ];
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}

function text(value: string): number[] {
  return [value.length, ...Buffer.from(value, "latin1")];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}
