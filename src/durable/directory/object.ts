// Which symbols exist: hash buckets of names, each written once per symbol. On itty-durable, like the registry.
import { createDurable } from "itty-durable/itty-durable.js";
import { persistFirst } from "../registry/persist-first.ts";

export class DirectoryObject extends createDurable() {
  symbols: string[] = [];

  list(): string[] {
    return this.symbols;
  }

  /** Adds symbols; durable before the answer. Adding one again changes nothing. */
  async add(...symbols: string[]): Promise<string[]> {
    const all = new Set([...this.symbols, ...symbols]);
    if (all.size > this.symbols.length) await persistFirst<DirectoryObject>(this, { symbols: [...all] });
    return this.symbols;
  }
}
