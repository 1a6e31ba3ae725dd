// Takes what must not be shown out of an answer, wherever a text has it.
import type { Settings } from "../settings.ts";
import type { Immutable } from "./contract.ts";

const WITHHELD = "[withheld]";
/** A shorter text could be a part of any word; tokens of a deployment have 16 at least. */
const FEWEST_CHARACTERS = 8;

/** The secrets and addresses of a deployment: tokens, webhooks, and where a proxy of a venue is. */
export function secretsOf({
  ingestTokens,
  adminTokens,
  readTokens,
  metricsTokens,
  alerts: { webhooks },
  venueEndpoints,
}: Pick<
  Settings,
  "ingestTokens" | "adminTokens" | "readTokens" | "metricsTokens" | "alerts" | "venueEndpoints"
>): string[] {
  const addresses = Object.values(venueEndpoints).flatMap(({ stream, rest }) => [stream, rest]);
  const tokens = [ingestTokens, adminTokens, readTokens, metricsTokens];
  const hooks = webhooks.flatMap(({ url, secret, token }) => [url, secret, token]);
  const parts = addresses.flatMap((address) => (address === undefined ? [] : partsOf(new URL(address))));
  const all = [...tokens, ...hooks, ...addresses, ...parts].flat();
  const shown = all.filter((text): text is string => text !== undefined && text.length >= FEWEST_CHARACTERS);
  // The longest first: an address before the host that it holds.
  return [...new Set(shown)].sort((a, b) => b.length - a.length);
}

/** What of an address may stand alone in an error. */
function partsOf({ host, pathname, search, username, password }: URL): string[] {
  return [host, pathname.slice(1), search.slice(1), username, password];
}

/**
 * The same value, each of whose texts has `[withheld]` in place of a secret and of every address with a scheme.
 *
 * Example: `{ text: "got 502 from wss://proxy.example/x?key=1" }` becomes `{ text: "got 502 from [withheld]" }`.
 */
export function redacted<T>(value: Immutable<T>, secrets: readonly string[]): Immutable<T> {
  return changed(value, (text) =>
    secrets
      .reduce((clean, secret) => clean.replaceAll(secret, WITHHELD), text)
      .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, WITHHELD),
  ) as Immutable<T>;
}

function changed(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((one) => changed(one, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, changed(one, clean)]));
}
