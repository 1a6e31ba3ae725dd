// Splits what a run logs into batches that an MLflow server accepts.

/** Bodies for `runs/log-batch`, without the run's id. */
export interface LogBatch {
  readonly params?: readonly Entry[];
  readonly metrics?: readonly Metric[];
  readonly tags?: readonly Entry[];
}

interface Entry {
  readonly key: string;
  readonly value: string;
}

interface Metric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

// MLflow's own limits (mlflow/utils/validation.py): a request beyond them is refused whole.
const MAX_PARAMS_OR_TAGS = 100;
const MAX_METRICS = 1000;
const MAX_KEY = 250;
const MAX_PARAM = 6000;
const MAX_TAG = 8000;
/** Of 1,000,000 in a whole request. */
const MAX_BYTES = 900_000;

/**
 * Parameters, metrics and tags as batches of one kind each: at most 100 parameters or tags, 1,000 metrics and 900 kB.
 * Names keep 250 characters of those that MLflow takes, with `_` for the others; values are cut to what fits. Metrics
 * that are no finite number are left out: `dropped` has their names. Nothing to log gives no batch.
 */
export function logBatches(
  params: Readonly<Record<string, string>>,
  metrics: Readonly<Record<string, number>>,
  tags: Readonly<Record<string, string>>,
  timestamp: number,
): { batches: LogBatch[]; dropped: string[] } {
  const finite = Object.entries(metrics).filter(([, value]) => Number.isFinite(value));
  const measured = finite.map(([key, value]): Metric => ({ key: mlflowKey(key), value, timestamp, step: 0 }));
  return {
    batches: [
      ...chunks(entries(params, MAX_PARAM), MAX_PARAMS_OR_TAGS).map((chunk) => ({ params: chunk })),
      ...chunks(measured, MAX_METRICS).map((chunk) => ({ metrics: chunk })),
      ...chunks(entries(tags, MAX_TAG), MAX_PARAMS_OR_TAGS).map((chunk) => ({ tags: chunk })),
    ],
    dropped: Object.keys(metrics).filter((key) => !Number.isFinite(metrics[key])),
  };
}

/** A name that MLflow takes: letters, digits, `_`, `-`, `.`, space, `:` and `/`; `brier[0]` becomes `brier_0_`. */
export function mlflowKey(name: string): string {
  return name.replace(/[^\w\-. :/]/g, "_").slice(0, MAX_KEY);
}

function entries(values: Readonly<Record<string, string>>, maxLength: number): Entry[] {
  return Object.entries(values).map(([key, value]) => ({ key: mlflowKey(key), value: value.slice(0, maxLength) }));
}

function chunks<T>(items: readonly T[], maxCount: number): T[][] {
  const result: T[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    const current = result.at(-1);
    if (current === undefined || current.length === maxCount || bytes + size > MAX_BYTES) {
      result.push([item]);
      bytes = size;
    } else {
      current.push(item);
      bytes += size;
    }
  }
  return result;
}
