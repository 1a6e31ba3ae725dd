// The models as the Open Inference Protocol knows them: by name, each with its versions.
import { ALIASES, type Refusal, type ServedModels } from "../model/model-host.ts";
import type { Scorer } from "../model/artifact.ts";

/** An artifact under one of its names. */
export interface ModelVersion {
  /** SHA-256 of the ONNX file. */
  readonly version: string;
  /** Absent for an artifact that holds an alias in the registry and was refused. */
  readonly scorer?: Scorer;
  /** Under an alias: whether it serves in place of the artifact that the registry names. */
  readonly standIn: boolean;
  /** Why it does not serve; empty for one that does. */
  readonly reason: string;
}

/** By name, each name's default version first. A name has one version at least. */
export type NamedVersions = ReadonlyMap<string, readonly ModelVersion[]>;

const ALIAS_NAMES: ReadonlySet<string> = new Set(ALIASES);

/**
 * Every alias is a name, of the artifact that holds it; so is the name in an artifact's manifest, of all artifacts that
 * have it, in the order of their aliases. A manifest's name that is also an alias is the alias.
 */
export function namedVersions({ byAlias, standIns }: ServedModels, refusals: readonly Refusal[]): NamedVersions {
  const named = new Map<string, ModelVersion[]>();
  const add = (name: string, added: ModelVersion): void => {
    const known = named.get(name) ?? [];
    if (!known.some(({ version }) => version === added.version)) named.set(name, [...known, added]);
  };
  for (const alias of ALIASES) {
    const scorer = byAlias[alias];
    const version = scorer?.manifest.onnxSha256;
    if (scorer !== undefined && version !== undefined) {
      const served = { version, scorer, reason: "" };
      add(alias, { ...served, standIn: standIns.has(alias) });
      if (!ALIAS_NAMES.has(scorer.manifest.name)) add(scorer.manifest.name, { ...served, standIn: false });
    }
    for (const { sha256, code, message } of refusals.filter((one) => one.alias === alias)) {
      add(alias, { version: sha256, standIn: false, reason: `${code}: ${message}` });
    }
  }
  return named;
}
