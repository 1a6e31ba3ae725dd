// The databases of a gateway's symbols, while the gateway is down: for faults that damage what is stored.
import { DatabaseSync } from "node:sqlite";
import type { ChaosGateway } from "./chaos-gateway.ts";

/** Opens the database of each symbol in turn. The gateway must not run. */
export function editSymbols(gateway: ChaosGateway, edit: (database: DatabaseSync, symbol: string) => void): void {
  for (const path of gateway.databases("SymbolObject")) {
    const database = new DatabaseSync(path);
    try {
      const identity = database.prepare("SELECT symbol FROM identity").get();
      if (identity !== undefined) edit(database, String(identity["symbol"]));
    } finally {
      database.close();
    }
  }
}

/** The same bytes with one bit of another value. @param at where, as a share from 0 to 1. */
export function oneBitWrong(bytes: unknown, at: number): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new Error("the database has no bytes there");
  const copy = Uint8Array.from(bytes);
  copy[Math.min(copy.length - 1, Math.floor(at * copy.length))]! ^= 0x20;
  return copy;
}
