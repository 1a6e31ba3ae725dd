// Several questions at once, each with a deadline: what cannot be answered is null, and named with the reason.
import { ObjectTimeoutError } from "../clients/deadlined.ts";
import { logError } from "../log.ts";
import { withDeadline } from "../model/deadline.ts";

/** Why a part is not known, in words that an answer may show. */
export class UnknownPartError extends Error {
  override name = "UnknownPartError";
}

export interface UnknownPart {
  readonly part: string;
  readonly reason: string;
}

/** Values by part; `null` for a part of `unknown`. */
export interface AskedParts<Parts> {
  readonly values: { readonly [Name in keyof Parts]: Parts[Name] | null };
  readonly unknown: readonly UnknownPart[];
}

/** Never throws. An error that is no `UnknownPartError` is logged, and the answer says no more of it than that. */
export async function askParts<Parts extends object>(
  questions: { readonly [Name in keyof Parts]: () => Promise<Parts[Name]> },
  withinMs: number,
): Promise<AskedParts<Parts>> {
  const unknown: UnknownPart[] = [];
  const names = Object.keys(questions) as (keyof Parts & string)[];
  const asked = names.map(async (part) => {
    const late = (): Error => new UnknownPartError(`no answer in ${withinMs} ms`);
    try {
      return await withDeadline(questions[part](), withinMs, late);
    } catch (error) {
      unknown.push({ part, reason: reasonOf(part, error) });
      return null;
    }
  });
  const answers = await Promise.all(asked);
  const values = Object.fromEntries(names.map((part, i) => [part, answers[i]])) as AskedParts<Parts>["values"];
  return { values, unknown: unknown.sort((a, b) => names.indexOf(a.part as never) - names.indexOf(b.part as never)) };
}

function reasonOf(part: string, error: unknown): string {
  if (error instanceof UnknownPartError) return error.message;
  logError("operations_part_failed", { part, error: String(error) });
  return error instanceof ObjectTimeoutError ? error.message : "an error, which the log has";
}
