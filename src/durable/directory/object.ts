// Which symbols exist: hash buckets of names, each written once per symbol. Uses itty-durable, like the registry.
import { createDurable } from "itty-durable/itty-durable.js";
import { parseOrThrow } from "../../schemas/parse-or-throw.ts";
import { LenientReader } from "../itty/lenient-reader.ts";
import { persistFirst } from "../itty/persist-first.ts";
import { nameSchema, namesSchema } from "./names-schema.ts";

export class DirectoryObject extends createDurable() {
  symbols: string[] = [];

  /** Called by itty-durable after it loaded the stored value into the field. */
  override onLoad(): Promise<void> {
    const reader = new LenientReader();
    this.symbols = reader.entries(nameSchema, this.symbols, "symbols");
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
    if (all.size > this.symbols.length) await persistFirst<DirectoryObject>(this, { symbols: [...all] });
    return this.symbols;
  }
}
