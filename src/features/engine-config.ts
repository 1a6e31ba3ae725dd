// Checks what is stored of an engine's configuration.
import { StateFormatError } from "./binary-container.ts";
import { gridConfig, type GridConfig } from "./event-grid.ts";
import { type LabelSpec, parseLabelSpec } from "./label-spec.ts";

/** What a symbol is created with. */
interface StoredConfig {
  readonly grid: GridConfig;
  readonly label: LabelSpec;
}

interface StoredHeader {
  readonly config: StoredConfig;
  readonly labels: readonly LabelSpec[];
  /** `declarationText` of the own columns whose statistics end the state; empty without. */
  readonly own: string;
}

/** At most this many distinct label specs per symbol. */
export const MAX_LABEL_SPECS = 2;

/** Checks a stored configuration. Throws `TypeError` or `RangeError` naming the field. */
export function parseEngineConfig(value: unknown): StoredConfig {
  const { grid, label } = (value ?? {}) as { grid?: Partial<GridConfig>; label?: unknown };
  const { stepMs = NaN, maxAgeMs = NaN, gapSteps = NaN, source, horizonMs } = grid ?? {};
  if (source !== "last" && source !== "mid")
    throw new TypeError(`grid.source: got ${String(source)}, expected last or mid`);
  if (!(maxAgeMs > 0)) throw new RangeError(`grid.maxAgeMs: got ${maxAgeMs}, expected a number above 0`);
  if (!(gapSteps > 0)) throw new RangeError(`grid.gapSteps: got ${gapSteps}, expected a number above 0`);
  if (horizonMs !== undefined && !(horizonMs > 0)) {
    throw new RangeError(`grid.horizonMs: got ${horizonMs}, expected a number above 0`);
  }
  const own = horizonMs === undefined ? {} : { horizonMs };
  return { grid: { ...gridConfig(stepMs, source), maxAgeMs, gapSteps, ...own }, label: parseLabelSpec(label) };
}

/** The header of a stored engine. Throws `StateFormatError`. */
export function parseStateHeader(header: unknown): StoredHeader {
  try {
    const {
      grid,
      label,
      labels,
      own = "",
    } = header as Readonly<Record<"grid" | "label" | "own", unknown>> & {
      labels: unknown[];
    };
    if (typeof own !== "string") throw new TypeError(`own: got ${typeof own}, expected a text`);
    if (labels.length < 1 || labels.length > MAX_LABEL_SPECS) {
      throw new RangeError(`labels: got ${labels.length}, expected 1 to ${MAX_LABEL_SPECS}`);
    }
    return { config: parseEngineConfig({ grid, label }), labels: labels.map(parseLabelSpec), own };
  } catch (error) {
    throw new StateFormatError(`state header: ${error instanceof Error ? error.message : String(error)}`);
  }
}
