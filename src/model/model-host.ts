// The models that serve, one set per isolate, shared by every object in it. Only finished models are shared, never the
// promise of a load: an object that waits for a load that another object began hangs for ever when that one is aborted.
import { ArtifactError, type RefusalCode, type Scorer, loadArtifact } from "./artifact.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { BUNDLED, bundledArtifact } from "./bundled.ts";
import { persistenceFormula } from "./formula.ts";
import { BASELINES, type Manifest } from "./manifest.ts";
import { RuntimeUnavailableError } from "./runtime.ts";

/**
 * The places a model can hold. `rows` answers stateless `POST /predict {rows}`. `challenger` is scored beside the
 * champion by an experiment, and nobody holds it until it is given to an artifact.
 */
export const ALIASES = ["champion", "challenger", "rows", ...BASELINES] as const;
export type Alias = (typeof ALIASES)[number];

/** Which artifact holds which alias; one that is not named is held by the bundled model, `challenger` by none. */
export type Aliases = Readonly<Partial<Record<Alias, string>>>;

/** An artifact that was wanted and refused. */
export interface Refusal {
  readonly alias: Alias;
  readonly sha256: string;
  readonly code: RefusalCode;
  readonly message: string;
  readonly atMs: number;
}

/** A finished set of models. A new set is a new object with a higher `version`. */
export interface ServedModels {
  readonly version: number;
  /** An alias without a usable artifact is absent. */
  readonly byAlias: Readonly<Partial<Record<Alias, Scorer>>>;
  /** Set when the WASM runtime did not start and `persistence` answers by formula. */
  readonly runtimeError: string | undefined;
  /**
   * Whether something else may be wanted than what serves: the aliases could not be read, or an artifact could not be
   * fetched. What was learned of other models must not give way to such a set.
   */
  readonly provisional: boolean;
}

/** What an update needs from outside. */
interface UpdateContext {
  readonly store: ArtifactStore;
  /** Schema hashes of this gateway's grid; an artifact made for another one is refused. */
  readonly schemaHashes: ReadonlySet<string>;
  readonly nowMs: number;
  /** Whether the aliases are those that the registry gave, now or before. */
  readonly aliasesKnown: boolean;
}

/** Refusals worth another try with the same artifact. */
const TRANSIENT: ReadonlySet<RefusalCode> = new Set(["not_found", "store_unavailable"]);

/** After this long an update that did not finish is taken for dead (its object was aborted). */
const UPDATE_TIMEOUT_MS = 60_000;

/** Loads new, warms up, swaps, releases old. Nothing it does can leave the isolate without a serving set. */
export class ModelHost {
  private served: ServedModels | undefined;
  private refused: readonly Refusal[] = [];
  private swaps = 0;
  private updating: Update | undefined;

  /** The serving set, `undefined` before the first `update`. */
  get current(): ServedModels | undefined {
    return this.served;
  }

  /**
   * The serving set, for a caller about to use its models: read it and start the runs without an `await` between, since
   * a swap releases what it replaces. Throws before the first `update`.
   */
  get serving(): ServedModels {
    if (this.served === undefined) throw new Error("models: none loaded yet");
    return this.served;
  }

  /** Artifacts refused at the last update, for `/health`. */
  get refusals(): readonly Refusal[] {
    return this.refused;
  }

  /** How often a set was replaced by another. */
  get swapCount(): number {
    return this.swaps;
  }

  /**
   * Makes the aliases serve, and answers the set that serves then. A refused artifact changes nothing for its alias:
   * what served goes on, or the bundled model starts; only a refused challenger leaves its place empty. While another
   * object's update to the same aliases is under way this one does nothing, except for the first of an isolate. Never
   * throws for a bad artifact.
   */
  async update(aliases: Aliases, context: UpdateContext): Promise<ServedModels> {
    this.refused = this.refused.filter(({ alias, sha256 }) => sha256 === wantedBy(aliases, alias));
    if (this.served !== undefined && !(this.served.provisional && context.aliasesKnown)) {
      if (this.serves(aliases) || this.isUpdatingTo(aliases, context.nowMs)) return this.served;
    }
    const update = new Update(this.served, aliases, context);
    this.updating = update;
    try {
      return await update.run((done) => this.swap(done));
    } finally {
      if (this.updating === update) this.updating = undefined;
    }
  }

  private isUpdatingTo(aliases: Aliases, nowMs: number): boolean {
    const { updating } = this;
    if (updating === undefined || nowMs - updating.context.nowMs >= UPDATE_TIMEOUT_MS) return false;
    return ALIASES.every((alias) => updating.aliases[alias] === aliases[alias]);
  }

  /** Whether every alias is served as asked, or was refused for a reason that will not go away by itself. */
  private serves(aliases: Aliases): boolean {
    return ALIASES.every((alias) => {
      const wanted = wantedBy(aliases, alias);
      if (shaOf(this.served?.byAlias[alias]) === wanted) return true;
      return this.refused.some((r) => r.alias === alias && r.sha256 === wanted && !TRANSIENT.has(r.code));
    });
  }

  /**
   * Synchronous: between a finished load and the swap nobody else runs. Returns the scorers to release. An update that
   * began on another set than the one that serves now was overtaken, and may hold scorers that are released: it is
   * dropped, and the next one sees what it wanted.
   */
  private swap(update: Update): { served: ServedModels; leftOver: Set<Scorer> } {
    const before = this.served;
    if (before !== undefined && before !== update.before) {
      return { served: before, leftOver: new Set(update.fresh.values()) };
    }
    const byAlias = { ...update.byAlias };
    const changed = before === undefined || ALIASES.some((alias) => before.byAlias[alias] !== byAlias[alias]);
    const version = (before?.version ?? 0) + (changed ? 1 : 0);
    const unfetched = update.refusals.some(({ alias, code }) => alias !== "rows" && code === "store_unavailable");
    const provisional = !update.context.aliasesKnown || unfetched;
    this.served = { version, byAlias, runtimeError: update.runtimeError, provisional };
    this.refused = update.refusals;
    if (changed && before !== undefined) this.swaps += 1;
    const leftOver = new Set([...scorersOf(before), ...update.fresh.values()]);
    for (const scorer of scorersOf(this.served)) leftOver.delete(scorer);
    return { served: this.served, leftOver };
  }
}

/** One pass over the aliases: what to load, what was refused, what serves instead. */
class Update {
  readonly byAlias: Partial<Record<Alias, Scorer>> = {};
  readonly refusals: Refusal[] = [];
  readonly fresh = new Map<string, Scorer>();
  runtimeError: string | undefined;
  readonly before: ServedModels | undefined;
  readonly aliases: Aliases;
  readonly context: UpdateContext;

  constructor(before: ServedModels | undefined, aliases: Aliases, context: UpdateContext) {
    this.before = before;
    this.aliases = aliases;
    this.context = context;
  }

  async run(swap: (update: Update) => { served: ServedModels; leftOver: Set<Scorer> }): Promise<ServedModels> {
    for (const alias of ALIASES) {
      const wanted = wantedBy(this.aliases, alias);
      const loaded = wanted === undefined ? undefined : await this.tryLoad(alias, wanted);
      const scorer = loaded ?? (await this.insteadOf(alias));
      if (scorer !== undefined) this.byAlias[alias] = scorer;
    }
    const { served, leftOver } = swap(this);
    for (const scorer of leftOver) await scorer.release();
    return served;
  }

  /** What serves where the artifact that is wanted does not. Another model must not answer for an experiment's. */
  private async insteadOf(alias: Alias): Promise<Scorer | undefined> {
    if (alias === "challenger") return undefined;
    return (
      this.before?.byAlias[alias] ??
      (this.aliases[alias] === undefined ? undefined : await this.tryLoad(alias, BUNDLED[alias])) ??
      this.formula(alias)
    );
  }

  private async tryLoad(alias: Alias, sha256: string): Promise<Scorer | undefined> {
    try {
      let scorer = scorersOf(this.before).find((known) => shaOf(known) === sha256) ?? this.fresh.get(sha256);
      if (scorer === undefined) {
        if (this.runtimeError !== undefined) return undefined;
        const files = bundledArtifact(sha256) ?? (await this.context.store.read(sha256));
        scorer = await loadArtifact(files, sha256, this.context.schemaHashes);
        this.fresh.set(sha256, scorer);
      }
      requireFit(alias, scorer.manifest);
      return scorer;
    } catch (error) {
      if (error instanceof RuntimeUnavailableError) {
        this.runtimeError = error.message;
      } else if (error instanceof ArtifactError) {
        this.refusals.push({ alias, sha256, code: error.code, message: error.message, atMs: this.context.nowMs });
      } else {
        throw error;
      }
      return undefined;
    }
  }

  private formula(alias: Alias): Scorer | undefined {
    if (this.runtimeError === undefined || (alias !== "champion" && alias !== "persistence")) return undefined;
    const formula = persistenceFormula();
    return this.context.schemaHashes.has(formula.manifest.schemaHash) ? formula : undefined;
  }
}

/** The SHA-256 of the artifact that shall hold an alias; `undefined` for a challenger that nobody set. */
export function wantedBy(aliases: Aliases, alias: Alias): string | undefined {
  return aliases[alias] ?? (alias === "challenger" ? undefined : BUNDLED[alias]);
}

/** Throws `ArtifactError` when the alias serves another kind of row than the model takes. */
export function requireFit(alias: Alias, { row }: Manifest): void {
  if (alias !== "rows" || row === "peer-10") return;
  throw new ArtifactError("schema_mismatch", `row: got ${row}, expected peer-10 for the alias rows`);
}

function scorersOf(served: ServedModels | undefined): Scorer[] {
  return served === undefined ? [] : Object.values(served.byAlias);
}

/** The artifact behind a scorer; the formula has none, and so is replaced as soon as the runtime starts. */
function shaOf(scorer: Scorer | undefined): string | undefined {
  return scorer?.manifest.onnxSha256;
}

/** The isolate's own. */
export const modelHost = new ModelHost();
