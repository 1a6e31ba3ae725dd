// Reads what some version of this gateway wrote: a part that cannot be read costs itself and not the rest, and is
// logged.
import type * as v from "valibot";
import { faultText } from "../../schemas/check.ts";
import { checkFrom } from "../../schemas/parse-or-throw.ts";
import { logWarning } from "../../log.ts";

export class LenientReader {
  private readonly faults: string[] = [];

  /** The value, or `fallback` where it is none. An absent one was never written: that is no fault. */
  field<S extends v.GenericSchema, F>(schema: S, value: unknown, name: string, fallback: F): v.InferOutput<S> | F {
    if (value === undefined) return fallback;
    const checked = checkFrom(schema, value, name);
    if (checked.ok) return checked.value;
    this.faults.push(faultText(checked.fault));
    return fallback;
  }

  /** The readable entries of a list in its order; none of what is no list. */
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

  /** Logs what could not be read, if anything. */
  report(event: string): void {
    if (this.faults.length > 0)
      logWarning(event, { faults: this.faults.slice(0, MAX_LOGGED), count: this.faults.length });
  }
}

/** Faults that one line of the log names. */
const MAX_LOGGED = 10;
