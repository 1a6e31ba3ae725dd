// Sees that the recordings of one run do not merge two markets under one symbol.
import { UnreadableFileError } from "./unreadable-file-error.ts";

/** Shared by all recordings of a run; each row and each file may be told more than once. */
export class KeptMarkets {
  private readonly ofRows = new Map<string, { readonly kept: string; readonly path: string }>();
  private readonly ofFiles = new Map<string, { readonly words: string; readonly path: string }>();

  /**
   * Takes what columns beside the symbol say of a row's market, such as its exchange.
   * @throws UnreadableFileError when they said something else of this symbol before.
   */
  addRow(symbol: string, kept: string, path: string, place: string): void {
    const before = this.ofRows.get(symbol);
    if (before === undefined) this.ofRows.set(symbol, { kept, path });
    else if (before.kept !== kept) {
      throw new UnreadableFileError(
        path,
        `${place}: got ${symbol} with ${kept}, after ${before.kept} in ${before.path}: two markets would become one; ` +
          "give their recordings apart, or a symbol of its own to each",
      );
    }
  }

  /**
   * Takes a file whose rows name no symbol, and the words of its path that files of one market share.
   * @throws UnreadableFileError when another file of this symbol has other words.
   */
  addFile(symbol: string, words: string, path: string): void {
    const before = this.ofFiles.get(symbol);
    if (before === undefined) this.ofFiles.set(symbol, { words, path });
    else if (before.words !== words) {
      throw new UnreadableFileError(
        path,
        `may be of another market than ${before.path}, as both name no symbol and their names differ: give one of them, ` +
          `or put both into a folder symbol=${symbol}`,
      );
    }
  }
}
