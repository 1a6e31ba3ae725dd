// How answers name a model.
import type { NamedModel } from "../model/named-models.ts";
import type { Immutable } from "./contract.ts";
import type { ModelQuality } from "./quality-schema.ts";

/** Names a model by the first digits of its SHA-256. A model without an alias has no name here. */
export function nameOf(models: readonly NamedModel[], sha: string): Immutable<ModelQuality["model"]> {
  const found = models.find(({ sha256 }) => sha256.startsWith(sha));
  if (found === undefined) return { aliases: [], name: null, version: null, sha256: sha };
  const { aliases, name, version, sha256 } = found;
  return { aliases, name, version, sha256 };
}
