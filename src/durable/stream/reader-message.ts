// What a reader's socket may send: the answer to a check. `ping` is answered by the runtime.
import * as v from "valibot";

const checkedSchema = v.object({
  type: v.literal("checked"),
  n: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});

/** The number of the check that is answered; `undefined` for another message. */
export function parseChecked(message: string | ArrayBuffer): number | undefined {
  if (typeof message !== "string") return undefined;
  try {
    const result = v.safeParse(checkedSchema, JSON.parse(message));
    return result.success ? result.output.n : undefined;
  } catch {
    return undefined;
  }
}
