// How the demonstration makes its models: by the stages of the program itself, with settings that take a minute.
import { setTimeout as sleep } from "node:timers/promises";
import { parseCliOptions } from "../run/cli-options.ts";
import { publishTarget } from "../publish/publish-target.ts";
import type { DemoMarket } from "./demo-market.ts";
import type { GatewayAdmin } from "./gateway-admin.ts";
import { publishModels, pullAndTrain, shortSha } from "./retrain-run.ts";
import type { TimeLine } from "./time-line.ts";
import type { TrainedModels } from "./trained-models.ts";

/** Who the gateway's history names. */
export const DEMO_BY = "npm run retrain -- --demo";
/** One learned family, one fold, no runs on shifted labels: a minute instead of half an hour. */
const TRAINING = ["--families", "logistic", "--folds", "1", "--leak-shifts", "0", "--evidence", "simulated"];
/** The archive is written a quarter of an hour at a time: this far behind it holds all that is closed. */
const ARCHIVED_S = 1800;
const ARCHIVE_PATIENCE_S = 60;

export interface DemoModelsParts {
  readonly admin: GatewayAdmin;
  readonly market: DemoMarket;
  readonly line: TimeLine;
  /** Folder of the gateway's state, and one for the trainer's output. */
  readonly persist: string;
  readonly out: string;
}

export class DemoModels {
  private readonly parts: DemoModelsParts;

  constructor(parts: DemoModelsParts) {
    this.parts = parts;
  }

  /** Pulls what the gateway has archived, from `sinceMs` on where given, trains and publishes. */
  async train(sinceMs: number | undefined, options: readonly string[]): Promise<TrainedModels> {
    const { persist, out, line } = this.parts;
    await this.archived();
    const training = parseCliOptions([...TRAINING, ...options, "--persist", persist, "--out", out, "local://ticks/"]);
    const trained = await pullAndTrain({ from: training.files, sinceMs, training }, line, DEMO_BY);
    await publishModels(trained, publishTarget({ persist }), line);
    return trained;
  }

  /** Makes a model champion, by force where its gate refuses; prints which, and the gate's reasons. */
  async promote({ report, chosen }: TrainedModels, why: string): Promise<void> {
    const { admin, market, line } = this.parts;
    const sha256 = chosen.manifest.onnxSha256;
    const force = { by: DEMO_BY, reason: `${why}; a demonstration that serves nobody` };
    const { forced } = await admin.giveAlias("champion", { sha256, force, by: DEMO_BY, reason: why });
    line.add(`champion ${shortSha(sha256)}`, {
      eventMs: market.clockMs,
      figures: forced ? `${why}, BY FORCE: its gate refused it for ${report.gate.reasons.join(", ")}` : why,
    });
    const champion = (await admin.aliases())["champion"];
    if (champion !== sha256) throw new Error(`champion: got ${champion} after the promotion, expected ${sha256}`);
  }

  /**
   * Waits, a minute at most, until the archive lags by less than `ARCHIVED_S`, since the gateway archives in the
   * background. Prints how far behind it is.
   */
  private async archived(): Promise<void> {
    const { admin, market, line } = this.parts;
    let metrics = await metricsOf(admin.baseUrl);
    for (
      let waited = 0;
      waited < ARCHIVE_PATIENCE_S && metrics("volgate_archive_lag_seconds") >= ARCHIVED_S;
      waited++
    ) {
      await sleep(1000);
      metrics = await metricsOf(admin.baseUrl);
    }
    const [behind, steps, mismatches] = [
      metrics("volgate_archive_lag_seconds"),
      metrics("volgate_parity_steps_total"),
      metrics("volgate_parity_mismatch_total"),
    ];
    line.add("the gateway archives its ticks", {
      eventMs: market.clockMs,
      figures: `${behind.toFixed(0)} s behind; ${steps} served steps computed again from them, ${mismatches} differ`,
    });
  }
}

/** A reader of the gateway's metrics of now: a family's largest sample over all symbols, `NaN` without one. */
export async function metricsOf(baseUrl: string): Promise<(name: string) => number> {
  const text = await (await fetch(`${baseUrl}/metrics`, { signal: AbortSignal.timeout(30_000) })).text();
  return (name) => {
    const samples = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.eE+-]+)$`, "gm"))];
    return samples.length === 0 ? NaN : Math.max(...samples.map(([, value]) => Number(value)));
  };
}
