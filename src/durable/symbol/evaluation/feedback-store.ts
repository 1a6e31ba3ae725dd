// Labels from `POST /feedback`, one per prediction, durable before the answer. Sending a label again changes nothing.
// Also the predictions that were answered outside a batch, after a change of models: live quality does not have them.

/** The outcome of one label. */
export type FeedbackOutcome = "accepted" | "duplicate" | "conflict" | "unknown_model" | "no_prediction" | "expired";

/** A label and its prediction. */
export interface FeedbackLabel {
  /** Grid index of the step. */
  readonly step: number;
  /** First 12 hexadecimal digits of the model's SHA-256. */
  readonly sha12: string;
  readonly label: 0 | 1;
  /** Score bin of the prediction. */
  readonly bin: number;
}

export type AnsweredPrediction = Omit<FeedbackLabel, "label">;

/** Labels of one outcome in one score bin of a model. */
export type FeedbackCount = Pick<FeedbackLabel, "sha12" | "label" | "bin"> & { readonly count: number };

/** All methods are synchronous, like those of `SlotStore`. */
export class FeedbackStore {
  private readonly sql: SqlStorage;
  /** Names of the tables, quoted. */
  private readonly feedback: string;
  private readonly answered: string;

  /** @param grid name of a further grid, which has tables of its own: steps of two grids are not to be compared. */
  constructor(storage: DurableObjectStorage, grid?: string) {
    this.sql = storage.sql;
    [this.feedback, this.answered] = tablesOf(grid);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS ${this.feedback} (
      step INTEGER NOT NULL, sha12 TEXT NOT NULL, label INTEGER NOT NULL, bin INTEGER NOT NULL,
      PRIMARY KEY (step, sha12)) WITHOUT ROWID`);
    this.sql.exec(`CREATE TABLE IF NOT EXISTS ${this.answered} (
      step INTEGER NOT NULL, sha12 TEXT NOT NULL, bin INTEGER NOT NULL, PRIMARY KEY (step, sha12)) WITHOUT ROWID`);
  }

  /** Keeps a prediction that was answered outside a batch, so that its label can be taken. */
  keepAnswered({ step, sha12, bin }: AnsweredPrediction): void {
    this.sql.exec(`INSERT OR IGNORE INTO ${this.answered} (step, sha12, bin) VALUES (?, ?, ?)`, step, sha12, bin);
  }

  /** Score bin of a prediction that was kept so; `undefined` for any other. */
  answeredBin(step: number, sha12: string): number | undefined {
    const rows = this.sql.exec<{ bin: number }>(
      `SELECT bin FROM ${this.answered} WHERE step = ? AND sha12 = ?`,
      step,
      sha12,
    );
    return rows.toArray()[0]?.bin;
  }

  /** The first label of a prediction wins: an equal one after it is a `duplicate`, a different one a `conflict`. */
  add({ step, sha12, label, bin }: FeedbackLabel): FeedbackOutcome {
    const [known] = this.sql
      .exec<{ label: number }>(`SELECT label FROM ${this.feedback} WHERE step = ? AND sha12 = ?`, step, sha12)
      .toArray();
    if (known !== undefined) return known.label === label ? "duplicate" : "conflict";
    this.sql.exec(
      `INSERT INTO ${this.feedback} (step, sha12, label, bin) VALUES (?, ?, ?, ?)`,
      step,
      sha12,
      label,
      bin,
    );
    return "accepted";
  }

  /** Removes labels and predictions of steps before `step`. */
  expire(step: number): void {
    this.sql.exec(`DELETE FROM ${this.feedback} WHERE step < ?`, step);
    this.sql.exec(`DELETE FROM ${this.answered} WHERE step < ?`, step);
  }

  /** Number of stored labels, ordered by model, outcome and score bin. */
  counts(): FeedbackCount[] {
    const rows = this.sql.exec<{ sha12: string; label: number; bin: number; n: number }>(
      `SELECT sha12, label, bin, count(*) AS n FROM ${this.feedback} GROUP BY sha12, label, bin ORDER BY sha12, label, bin`,
    );
    return rows.toArray().map(({ sha12, label, bin, n }) => ({ sha12, label: label === 1 ? 1 : 0, bin, count: n }));
  }
}

function tablesOf(grid: string | undefined): readonly [feedback: string, answered: string] {
  return grid === undefined ? ["feedback", "answered"] : [`"feedback ${grid}"`, `"answered ${grid}"`];
}
