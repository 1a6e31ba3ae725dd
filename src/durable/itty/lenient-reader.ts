// Reads values that any version of this gateway wrote. An unreadable part is logged and dropped; the rest is kept.
import type * as v from "valibot";
import { faultText } from "../../schemas/check.ts";
import { checkFrom } from "../../schemas/parse-or-throw.ts";
import { logWarning } from "../../log.ts";

export class LenientReader {
  private readonly faults: string[] = [];

  /** The value, or `fallback` if it does not match the schema. An absent value is not logged. */
  field<S extends v.GenericSchema, F>(schema: S, value: unknown, name: string, fallback: F): v.InferOutput<S> | F {
    if (value === undefined) return fallback;
    const checked = checkFrom(schema, value, name);
    if (checked.ok) return checked.value;
    this.faults.push(faultText(checked.fault));
    return fallback;
  }

  /** The readable entries of a list, in order; empty if the value is not a list. */
  entries<S extends v.GenericSchema>(schema: S, value: unknown, name: string): v.InferOutput<S>[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.faults.push(`${name}: got ${typeof value}, expected a list`);
      return [];
    }
    return value.flatMap((entry: unknown, i) => {
      const read = this.field(schema, entry ?? null, `${name}[${i}]`, undefined);
      return read === undefined ? [] : [read];
    });
  }

  /** Logs the parts that could not be read, if any. */
  report(event: string): void {
    if (this.faults.length > 0)
      logWarning(event, { faults: this.faults.slice(0, MAX_LOGGED), count: this.faults.length });
  }
}

/** Most faults named in one log line. */
const MAX_LOGGED = 10;
