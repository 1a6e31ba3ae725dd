// States of symbols on disk, one for each symbol and day: where its rows stood when the day began.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../command-line/user-error.ts";
import { decodeSymbolState, encodeSymbolState, type SymbolState } from "./symbol-state.ts";

/** The files `DIR/symbol=<percent-encoded>/date=YYYY-MM-DD.state`. */
export class StateFiles {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * The states at the beginning of a day: of one symbol, or of all.
   * @throws UserError for a file that cannot be read.
   */
  read(dayMs: number, symbol: string | undefined): SymbolState[] {
    if (!existsSync(this.folder)) return [];
    const folders = readdirSync(this.folder).filter((name) => name.startsWith("symbol="));
    const wanted = symbol === undefined ? folders : folders.filter((name) => name === folderOf(symbol));
    const paths = wanted.sort().map((name) => join(this.folder, name, fileOf(dayMs)));
    return paths.filter((path) => existsSync(path)).map(readState);
  }

  /** Replaces what was there. */
  write(dayMs: number, state: SymbolState): void {
    const path = join(this.folder, folderOf(state.symbol), fileOf(dayMs));
    const partial = `${path}.${process.pid}.partial`;
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(partial, new Uint8Array(encodeSymbolState(state)));
      renameSync(partial, path);
    } catch (error) {
      throw new UserError(`--state ${this.folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
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
