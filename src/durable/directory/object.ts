// Which symbols exist: hash buckets of names, each written once per symbol. Uses itty-durable, like the registry.
import { createDurable } from "itty-durable/itty-durable.js";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { LenientReader } from "../itty/lenient-reader.ts";
import { persistFirst } from "../itty/persist-first.ts";
import { nameSchema, namesSchema, sinceSchema } from "./names-schema.ts";

export class DirectoryObject extends createDurable() {
  symbols: string[] = [];
  /** When each was added, ms since 1970; names of before this was kept have none. */
  since: Record<string, number> = {};

  /** Called by itty-durable after it loaded the stored value into the field. */
  override onLoad(): Promise<void> {
    const reader = new LenientReader();
    this.symbols = reader.entries(nameSchema, this.symbols, "symbols");
    this.since = reader.field(sinceSchema, this.since, "since", {});
    reader.report("directory_state_unreadable");
    return Promise.resolve();
  }

  list(): string[] {
    return this.symbols;
  }

  /**
   * Adds symbols; durable before the answer. Adding one again changes nothing. Throws `TypeError` for an invalid name.
   */
  async add(...symbols: string[]): Promise<string[]> {
    const names = parseOrThrow(namesSchema, symbols, { name: "symbols", refuse: (text) => new TypeError(text) });
    const all = new Set([...this.symbols, ...names]);
    if (all.size === this.symbols.length) return this.symbols;
    const nowMs = Date.now();
    const added = [...all].slice(this.symbols.length).map((name) => [name, nowMs] as const);
    const since = { ...this.since, ...Object.fromEntries(added) };
    await persistFirst<DirectoryObject>(this, { symbols: [...all], since });
    return this.symbols;
  }

  /** Since when a symbol is known, ms since 1970; 0 for longer than that is kept, `null` for an unknown one. */
  sinceMs(symbol: string): number | null {
    return this.symbols.includes(symbol) ? (this.since[symbol] ?? 0) : null;
  }

  /** Removes a symbol; durable before the answer. Returns whether it was there. */
  async remove(symbol: string): Promise<boolean> {
    if (!this.symbols.includes(symbol)) return false;
    const since = Object.fromEntries(Object.entries(this.since).filter(([name]) => name !== symbol));
    await persistFirst<DirectoryObject>(this, { symbols: this.symbols.filter((name) => name !== symbol), since });
    return true;
  }
}
