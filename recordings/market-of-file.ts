// Whose ticks the rows of a recording are, where the rows do not say it.
import { dirname } from "node:path";
import { symbolKey } from "../src/features/symbol-name.ts";
import type { KeptMarkets } from "./kept-markets.ts";
import { folderSymbol, isSameMarket, lastingWords, nameHasMarket, recordingName } from "./recording-name.ts";
import { UnreadableFileError } from "./unreadable-file-error.ts";

/**
 * The symbol of a recording whose rows name none: that of a folder `symbol=…`; else of the file's name, where that is
 * the symbol asked for in any spelling, or certainly another one (see `recordingName`); else the symbol asked for.
 *
 * @param wanted the symbol asked for. Without one only the name of a file of bars is trusted.
 * @returns `undefined` when nothing says it.
 * @throws UnreadableFileError for a malformed `symbol=`, and when two files of one symbol may be of two markets.
 */
export function marketOfFile(
  path: string,
  wanted: string | undefined,
  kept: KeptMarkets,
  kind: "bars" | "ticks",
): string | undefined {
  const folder = folderSymbol(path);
  if (folder !== undefined) return symbolOfFolder(path, folder, wanted);
  const named = recordingName(path).symbol;
  const isNamed = wanted === undefined ? kind === "bars" : named !== undefined || nameHasMarket(path, wanted);
  const symbol = wanted !== undefined && (named === undefined || nameHasMarket(path, wanted)) ? wanted : named;
  if (symbol === undefined || (wanted === undefined && !isNamed)) return undefined;
  kept.addFile(symbol, isNamed ? `its name in ${lastingWords(`${dirname(path)}/`)}` : lastingWords(path), path);
  return symbol;
}

function symbolOfFolder(path: string, folder: string, wanted: string | undefined): string {
  if (wanted !== undefined && isSameMarket(folder, wanted)) return wanted;
  const symbol = symbolKey(folder);
  if (symbol !== undefined) return symbol;
  throw new UnreadableFileError(path, `got the folder symbol=${folder}, expected a symbol such as symbol=BTC-USD`);
}
