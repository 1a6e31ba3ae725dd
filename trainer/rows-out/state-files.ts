// States of symbols on disk, one for each symbol and day: where its rows stood when the day began.
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../command-line/user-error.ts";
import { decodeSymbolState, encodeSymbolState, type SymbolState } from "./symbol-state.ts";

/** The files `DIR/symbol=<percent-encoded>/date=YYYY-MM-DD.state`. */
export class StateFiles {
  private readonly folder: string;
  private readonly written = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** How many states this run has left. */
  get left(): number {
    return this.written.size;
  }

  /**
   * The state of a symbol at the beginning of a day, where there is one.
   * @throws UserError for a file that cannot be read.
   */
  read(dayMs: number, symbol: string): SymbolState | undefined {
    const path = this.pathOf(dayMs, symbol);
    return existsSync(path) ? readState(path) : undefined;
  }

  /** Replaces what was there. */
  write(dayMs: number, state: SymbolState): void {
    const path = this.pathOf(dayMs, state.symbol);
    const partial = `${path}.${process.pid}.partial`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(partial, new Uint8Array(encodeSymbolState(state)));
      renameSync(partial, path);
      this.written.add(path);
    } catch (error) {
      throw this.unusable(error);
    }
  }

  /**
   * Takes states of one day over to another: of all symbols but some, where the other day has none yet.
   */
  carry(fromMs: number, toMs: number, except: Iterable<string>): void {
    if (!existsSync(this.folder)) return;
    const others = new Set([...except].map(folderOf));
    const folders = readdirSync(this.folder).filter((name) => name.startsWith("symbol=") && !others.has(name));
    for (const name of folders) this.carryOne(join(this.folder, name), fileOf(fromMs), fileOf(toMs));
  }

  private carryOne(folder: string, from: string, to: string): void {
    const [source, target] = [join(folder, from), join(folder, to)];
    if (!existsSync(source) || existsSync(target)) return;
    try {
      copyFileSync(source, target, constants.COPYFILE_EXCL);
      this.written.add(target);
    } catch (error) {
      // Another run has just left one.
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
      throw this.unusable(error);
    }
  }

  private pathOf(dayMs: number, symbol: string): string {
    return join(this.folder, folderOf(symbol), fileOf(dayMs));
  }

  private unusable(error: unknown): UserError {
    return new UserError(`--state ${this.folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function folderOf(symbol: string): string {
  return `symbol=${encodeURIComponent(symbol)}`;
}

function fileOf(dayMs: number): string {
  return `date=${new Date(dayMs).toISOString().slice(0, 10)}.state`;
}

function readState(path: string): SymbolState {
  try {
    return decodeSymbolState(new Uint8Array(readFileSync(path)).slice().buffer);
  } catch (error) {
    throw new UserError(`${path}: ${error instanceof Error ? error.message : String(error)}; remove it to begin anew`);
  }
}
