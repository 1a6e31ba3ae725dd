// The table of one program's command line.
import type { OptionTable } from "./option.ts";
import type { ValueType } from "./value-types.ts";

export interface Operands {
  /** A type whose placeholder names one operand, e.g. `FILE`. */
  readonly type: ValueType<string>;
  readonly least: number;
  readonly most: number;
  readonly help: string;
}

export interface Command<O extends OptionTable = OptionTable> {
  /** Begins each error, e.g. `model promote`. */
  readonly name: string;
  /** How the user starts it, up to where the options begin, e.g. `npm run model -- promote`. */
  readonly call: string;
  /** What it does: paragraphs before the options, wrapped as they are printed. */
  readonly about: string;
  /** Absent when it takes none. */
  readonly operands?: Operands;
  readonly options: O;
  /** Further notes, exit codes last: paragraphs after the options. */
  readonly notes: string;
}
