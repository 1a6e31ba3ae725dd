// Changes the state of an itty-durable object so that a failed write is harmless: storage first, then memory.
import { rowsWritten } from "../../counting/isolate-counters.ts";
import { type IttyState, sendObjectCounts } from "./itty-state.ts";

/** Members of every itty-durable object; the library's own types leave `state` empty. */
interface Persistent {
  readonly state: object;
  getPersistable(): object;
}

/** The key under which itty-durable keeps an object's fields, and reads them back when it is loaded. */
const ITTY_KEY = "data";

/**
 * Writes the object's fields with `changes` applied, then applies the changes in memory. Throws what the storage throws
 * and then leaves memory unchanged. No other event is delivered in between, because a write closes the input gate.
 */
export async function persistFirst<T extends Persistent>(object: T, changes: Partial<T>): Promise<void> {
  const state = object.state as IttyState;
  rowsWritten.inc({ object: "registry" });
  await state.storage.put(ITTY_KEY, { ...object.getPersistable(), ...changes });
  Object.assign(object, changes);
  sendObjectCounts(state);
}
