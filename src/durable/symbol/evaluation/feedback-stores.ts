// The feedback store of each grid of a symbol, made when it is first needed.
import { gridName } from "../../../features/grid-name.ts";
import type { LiveGrid, LiveSymbol } from "../live-symbol.ts";
import { FeedbackStore } from "./feedback-store.ts";

export class FeedbackStores {
  private readonly storage: DurableObjectStorage;
  /** By the name of the grid, that of the symbol's own under "". */
  private readonly known = new Map<string, FeedbackStore>();

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
  }

  /** @param grid of the symbol. */
  of(grid: LiveGrid, live: LiveSymbol | undefined): FeedbackStore {
    const name = grid === live ? "" : gridName(grid.engine.features.config.grid);
    let store = this.known.get(name);
    if (store === undefined) {
      store = new FeedbackStore(this.storage, name === "" ? undefined : name);
      this.known.set(name, store);
    }
    return store;
  }

  /** Call it when the database was emptied: the tables are made anew. */
  clear(): void {
    this.known.clear();
  }
}
