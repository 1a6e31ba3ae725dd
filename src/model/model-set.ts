// Which aliases change when a champion brings the models of its own training along.
import { type BundledSet, bundledSetOf } from "./bundled.ts";
import { type Manifest, type ModelSet, SET_ALIASES, type SetAlias } from "./manifest.ts";
import { type Aliases, wantedBy } from "./model-host.ts";

/** Artifacts by alias; `null` gives the alias back to the bundled model. */
export type SetChanges = Readonly<Partial<Record<SetAlias, string | null>>>;

/** The bundled models that serve with the bundled champion. */
export function besideChampion(bundled: BundledSet): ModelSet {
  return Object.fromEntries(SET_ALIASES.map((alias) => [alias, bundled[alias]]));
}

/** The set of a champion; `undefined` for an artifact without one. */
export function setOf({ onnxSha256, set }: Manifest): ModelSet | undefined {
  const bundled = bundledSetOf(onnxSha256);
  return bundled === undefined ? set : besideChampion(bundled);
}

/**
 * The changes that make `set` serve; without a set there are none. The alias `rows` follows only while its holder
 * is the bundled model or the served `zscore`: an artifact that an operator gave it stays. The reference of a set that
 * names none is its persistence.
 */
export function setChanges(aliases: Aliases, set: ModelSet | undefined, bundled: BundledSet): SetChanges {
  const changes: Partial<Record<SetAlias, string | null>> = {};
  for (const alias of SET_ALIASES) {
    const sha256 = alias === "reference" ? (set?.reference ?? set?.persistence) : set?.[alias];
    // An unnamed reference follows persistence, so what the set changes before it counts.
    if (sha256 === undefined || sha256 === wantedBy(changed(aliases, changes), alias, bundled)) continue;
    if (alias === "rows" && !followsSet(aliases, bundled)) continue;
    changes[alias] = storedHolder(alias, sha256, bundled);
  }
  return changes;
}

/** The aliases after some of them changed. */
function changed(aliases: Aliases, changes: SetChanges): Aliases {
  const known = Object.entries({ ...aliases, ...changes }).filter(([, sha256]) => sha256 !== null);
  return Object.fromEntries(known);
}

/** `null` for the bundled model of the gateway's grid, so that the next deployment can bundle a better one. */
export function storedHolder(alias: "champion" | SetAlias, sha256: string, bundled: BundledSet): string | null {
  return sha256 === bundled[alias] ? null : sha256;
}

function followsSet(aliases: Aliases, bundled: BundledSet): boolean {
  const rows = wantedBy(aliases, "rows", bundled);
  return rows === bundled.rows || rows === wantedBy(aliases, "zscore", bundled);
}
