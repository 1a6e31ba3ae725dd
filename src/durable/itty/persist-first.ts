// Changing what an itty-durable object keeps, in the order that survives a failed write: storage first, then memory.

/** What itty-durable gives every object; its own types leave `state` empty. */
interface Persistent {
  readonly state: object;
  getPersistable(): object;
}

/** The key under which itty-durable keeps an object's fields, and reads them back when it is loaded. */
const ITTY_KEY = "data";

/**
 * Writes the object's fields with `changes` put over them, then makes the changes. Throws what the storage throws;
 * memory is as it was then. No other event is delivered to the object between the two: writing closes its input gate.
 */
export async function persistFirst<T extends Persistent>(object: T, changes: Partial<T>): Promise<void> {
  const { storage } = object.state as { readonly storage: DurableObjectStorage };
  await storage.put(ITTY_KEY, { ...object.getPersistable(), ...changes });
  Object.assign(object, changes);
}
