// Times that are written as texts, in the forms that files of vendors have.
import { parseTsMs } from "../src/features/tick-time.ts";
import type { TimeZone } from "../src/markets/time-zone.ts";

/** Forms besides ISO 8601 that a layout may have. */
export type TimeForm = "date" | "compact" | "dotted";

const WITH_ZONE = /\d[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}(:?\d{2})?)$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** `20200101 170000065`, of HistData; `20090501 00:00:00.304`, of TrueFX. */
const COMPACT = /^(\d{4})(\d{2})(\d{2}) (\d{2}):?(\d{2}):?(\d{2})(?:\.?(\d{3}))?$/;
/** `01.02.2020 00:00:00.123`, of Dukascopy, `GMT+0200` behind it where it is a local time. */
const DOTTED = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)(?: GMT([+-]\d{4}))?$/;

/**
 * Whole ms since 1970 UTC of a text; a text without a zone is of `zone`, or UTC. `undefined` for what is no time in one
 * of the forms, or does not exist once in the zone.
 *
 * Example: `msOfTimeText("20200101 170000065", { forms: ["compact"], zone: EST })` is 1577916000065.
 */
export function msOfTimeText(
  text: string,
  { forms, zone }: { readonly forms: readonly TimeForm[]; readonly zone: TimeZone | undefined },
): number | undefined {
  const iso = isoOf(text, forms);
  if (iso === undefined) return undefined;
  const wallMs = parseTsMs(iso);
  if (Number.isNaN(wallMs)) return undefined;
  return zone === undefined || WITH_ZONE.test(iso) ? wallMs : zone.utcMs(wallMs);
}

function isoOf(text: string, forms: readonly TimeForm[]): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}[T ]/.test(text)) return text;
  if (forms.includes("date") && DATE.test(text)) return `${text}T00:00`;
  const compact = forms.includes("compact") ? COMPACT.exec(text) : null;
  if (compact !== null) {
    const [, year, month, day, hour, minute, second, ms = "000"] = compact;
    return `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}`;
  }
  const dotted = forms.includes("dotted") ? DOTTED.exec(text) : null;
  if (dotted === null) return undefined;
  const [, day, month, year, clock, offset = ""] = dotted;
  return `${year}-${month}-${day}T${clock}${offset}`;
}
