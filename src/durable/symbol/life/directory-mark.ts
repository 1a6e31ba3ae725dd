// Records in the directory, once, that a symbol has a database, and in the database that this was done.
import { markCreated } from "../../../clients/directory.ts";
import { isFresh } from "../../../model/is-fresh.ts";
import type { SymbolStores } from "../engine.ts";
import type { HeldSymbol } from "./held-symbol.ts";

const PAGES = "directory";
/** Pause after a directory that could not be told. */
const RETRY_MS = 60_000;

export class DirectoryMark {
  private readonly held: HeldSymbol;
  /** The database that the directory knows of, or is being told of. */
  private marked: SymbolStores | undefined;
  /** When the directory was told in vain, wall-clock ms. */
  private failedMs = -Infinity;

  constructor(held: HeldSymbol) {
    this.held = held;
  }

  /** Tried again after a pause. Never throws. */
  async ensure(symbol: string): Promise<void> {
    const { held } = this;
    const { stores } = held;
    if (this.marked === stores || held.live === undefined || isFresh(this.failedMs, RETRY_MS, Date.now())) return;
    this.marked = stores;
    try {
      if (stores.pages.load(PAGES).size > 0) return;
      await markCreated(held.env, symbol);
      // Not if it was removed meanwhile.
      if (held.stores === stores) stores.pages.save(PAGES, [{ id: "created", bytes: new ArrayBuffer(1) }]);
    } catch (error) {
      if (this.marked === stores) this.marked = undefined;
      this.failedMs = Date.now();
      held.logFault("directory_not_marked", error);
    }
  }
}
