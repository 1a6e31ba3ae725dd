// The models that are scored, by name, and which of them are compared.
import { labelSpecText } from "../features/label-spec.ts";
import type { Manifest } from "./manifest.ts";
import type { ServedModels } from "./model-host.ts";
import { SCORED, type ScoredAlias } from "./scored-alias.ts";

/** A model that currently holds one or more scored aliases. */
export interface NamedModel {
  readonly sha256: string;
  readonly aliases: readonly ScoredAlias[];
  readonly name: string;
  readonly version: string;
  readonly family: string;
  readonly threshold: number;
  /** `labelSpecText` of the model's label spec. */
  readonly labelText: string;
}

/** The models of the scored aliases, each once with all its aliases. */
export function namedModels({ byAlias }: ServedModels): NamedModel[] {
  const named: NamedModel[] = [];
  for (const alias of SCORED) {
    const manifest = byAlias[alias]?.manifest;
    if (manifest === undefined || named.some(({ sha256 }) => sha256 === manifest.onnxSha256)) continue;
    named.push(describeModel(manifest, aliasesOf(byAlias, manifest)));
  }
  return named;
}

/**
 * The standard comparisons as [reference, model]: the champion over each baseline, and the challenger over the
 * champion. A model is not compared with itself.
 */
export function comparedPairs({ byAlias }: ServedModels): (readonly [reference: string, model: string])[] {
  const champion = byAlias.champion?.manifest.onnxSha256;
  const pairs: (readonly [string, string])[] = [];
  for (const alias of SCORED) {
    const other = byAlias[alias]?.manifest.onnxSha256;
    if (champion === undefined || other === undefined || other === champion) continue;
    pairs.push(alias === "challenger" ? [champion, other] : [other, champion]);
  }
  return pairs.filter(([a, b], i) => pairs.findIndex(([c, d]) => a === c && b === d) === i);
}

function aliasesOf(byAlias: ServedModels["byAlias"], { onnxSha256 }: Manifest): ScoredAlias[] {
  return SCORED.filter((alias) => byAlias[alias]?.manifest.onnxSha256 === onnxSha256);
}

function describeModel(manifest: Manifest, aliases: readonly ScoredAlias[]): NamedModel {
  const { onnxSha256: sha256, name, version, family, threshold, label } = manifest;
  return { sha256, aliases, name, version, family, threshold, labelText: labelSpecText(label) };
}
