// An object's storage that counts the rows it writes, as they are billed.
import { rowsWritten } from "./isolate-counters.ts";
import type { LabelsOf } from "../metrics.ts";

type ObjectKind = LabelsOf<"volgate_rows_written_total">["object"];

/** Methods of a storage and of its `kv` that write one row for each key, an alarm's row included. */
const WRITES_KEYS = new Set(["put", "delete", "setAlarm", "deleteAlarm"]);

type Parts = Readonly<Partial<Record<PropertyKey, object>>>;

const counted = new WeakMap<DurableObjectStorage, DurableObjectStorage>();

/** The same storage; one for each storage. Rows of `deleteAll` are not counted: their number is not told. */
export function countedStorage(storage: DurableObjectStorage, object: ObjectKind): DurableObjectStorage {
  let found = counted.get(storage);
  if (found === undefined) counted.set(storage, (found = countRows(storage, object)));
  return found;
}

function countRows(storage: DurableObjectStorage, object: ObjectKind): DurableObjectStorage {
  const count = (rows: number): void => {
    if (rows > 0) rowsWritten.inc({ object }, rows);
  };
  const parts = { sql: countedSql(storage.sql, count), kv: countedKeys(storage.kv, count) };
  return countedKeys(storage, count, parts);
}

function countedSql(sql: SqlStorage, count: (rows: number) => void): SqlStorage {
  const exec = (query: string, ...bindings: unknown[]) => {
    const cursor = sql.exec(query, ...bindings);
    // A statement that writes has run when `exec` returns; one that reads writes nothing.
    count(cursor.rowsWritten);
    return cursor;
  };
  return bound(sql, (name) => (name === "exec" ? exec : undefined));
}

function countedKeys<T extends object>(target: T, count: (rows: number) => void, parts: Parts = {}): T {
  return bound(target, (name, value) => {
    if (parts[name] !== undefined) return parts[name];
    if (typeof name !== "string" || !WRITES_KEYS.has(name)) return undefined;
    return (...args: unknown[]): unknown => {
      count(keysOf(args[0]));
      return (value as (...given: unknown[]) => unknown).apply(target, args);
    };
  });
}

/** One key, or as many as a list or an object of entries has. */
function keysOf(given: unknown): number {
  if (Array.isArray(given)) return given.length;
  return typeof given === "object" && given !== null && !(given instanceof Date) ? Object.keys(given).length : 1;
}

/** `target` with some properties replaced; its methods are called on itself, as the platform demands. */
function bound<T extends object>(target: T, replaced: (name: PropertyKey, value: unknown) => unknown): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target);
      const other = replaced(name, value);
      if (other !== undefined) return other;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
