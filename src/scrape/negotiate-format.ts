// Which format a scraper gets, by its `Accept` (RFC 9110, 12.5.1).
import type { ExpositionFormat } from "./exposition.ts";
import { OPEN_METRICS } from "./open-metrics.ts";
import { PROMETHEUS_TEXT } from "./prometheus-text.ts";

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

interface Offer {
  readonly format: ExpositionFormat;
  readonly type: string;
  readonly version: string;
}

/** Of two that are wanted as much, the first is given. */
const OFFERS: readonly Offer[] = [
  { format: PROMETHEUS_TEXT, type: "text/plain", version: "0.0.4" },
  { format: OPEN_METRICS, type: "application/openmetrics-text", version: "1.0.0" },
];

/**
 * The format that is wanted most. Who accepts neither gets the text of Prometheus: a browser, or a reader that says
 * nothing.
 *
 * Example: `negotiateFormat("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5")` is
 * `OPEN_METRICS`.
 */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  const ranges = (accept ?? "*/*").split(",").flatMap((text) => readRange(text) ?? []);
  let best: { readonly format: ExpositionFormat; readonly quality: number } | undefined;
  for (const offer of OFFERS) {
    const quality = qualityOf(offer, ranges);
    if (quality > (best?.quality ?? 0)) best = { format: offer.format, quality };
  }
  return best?.format ?? PROMETHEUS_TEXT;
}

/** That of the most specific range that fits; 0 where none does. */
function qualityOf(offer: Offer, ranges: readonly MediaRange[]): number {
  let found = { specific: -1, quality: 0 };
  for (const range of ranges) {
    const specific = specificityOf(range, offer);
    if (specific > found.specific) found = { specific, quality: range.quality };
  }
  return found.quality;
}

/** -1 where the range does not fit. */
function specificityOf({ type, version }: MediaRange, offer: Offer): number {
  if (version !== undefined) return type === offer.type && version === offer.version ? 3 : -1;
  if (type === offer.type) return 2;
  if (type === `${offer.type.slice(0, offer.type.indexOf("/"))}/*`) return 1;
  return type === "*/*" ? 0 : -1;
}

/** Parameters other than `version` and `q` are not looked at, `escaping` among them: all names are of the old kind. */
function readRange(text: string): MediaRange | undefined {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  if (!type.includes("/")) return undefined;
  const values = new Map<string, string>();
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.split("=").map((part) => part.trim());
    values.set(name, value);
  }
  const quality = Number(values.get("q") ?? 1);
  if (!(quality >= 0 && quality <= 1)) return undefined;
  return { type, version: values.get("version")?.replace(/^"|"$/g, ""), quality };
}
