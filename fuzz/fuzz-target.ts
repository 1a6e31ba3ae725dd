// A part of the project that reads what comes from outside, as the fuzzer sees it.
import type { InputRandom } from "./input-random.ts";

/** What is read: a text or bytes. */
export type FuzzInput = string | Uint8Array<ArrayBuffer>;

/** What a reader made of an input: it took it, in whole or in part, or refused it as it says that it does. */
export type Outcome = "accepted" | "refused";

export interface FuzzTarget {
  /** Begins with its group, e.g. `messages/kraken`. */
  readonly name: string;
  /** Its share of a run's inputs beside that of the others; 1 for a reader that takes some microseconds. */
  readonly weight: number;
  /** A mutation of a valid input, or what is no input at all. */
  make(random: InputRandom): FuzzInput;
  /**
   * Reads an input. Throws for what must not happen: an exception that the reader does not declare, and a value that
   * was accepted and is nonsense.
   */
  run(input: FuzzInput): Outcome | Promise<Outcome>;
  /** Of another process: how long it may take, ms, instead of the limit of a reader's own processor time. */
  readonly mostMs?: number;
  /** Called before the first input, and what it returned after the last one. */
  open?(): Promise<() => Promise<void>>;
}

/** Something that was accepted and must not have been, or an exception that no one declares. */
export class FuzzFinding extends Error {
  override name = "FuzzFinding";
}

/** @throws FuzzFinding with the text unless `holds`. */
export function demand(holds: boolean, text: () => string): void {
  if (!holds) throw new FuzzFinding(text());
}
