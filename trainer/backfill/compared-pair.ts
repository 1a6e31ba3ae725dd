// The experiment that a gateway runs, and up to where each symbol takes blocks of the archive.
import * as v from "valibot";
import { UserError } from "../../command-line/user-error.ts";
import { experimentSchema } from "../../src/http/experiment-schema.ts";
import { RECALIBRATION_MODES } from "../../src/recalibration/recalibration-mode.ts";
import { GatewayAdmin } from "../retrain/gateway-admin.ts";
import type { BackfillOptions } from "./backfill-options.ts";

const reportSchema = v.object({
  experiment: v.nullable(v.pick(experimentSchema, ["id", "champion", "challenger", "tries"])),
  comparison: v.nullable(
    v.object({ symbols: v.array(v.object({ symbol: v.string(), archive_to: v.nullable(v.string()) })) }),
  ),
  // Absent in answers of an older version.
  recalibration: v.optional(v.picklist(RECALIBRATION_MODES)),
});

/** The experiment that is backfilled. */
export interface ComparedPair {
  readonly id: string;
  readonly champion: string;
  readonly challenger: string;
  /** Which comparison with this champion it is: 1 for the first. */
  readonly tries: number;
  /** End of the last block of each symbol that may come from the archive, ms since 1970; none without a limit. */
  readonly archiveToMs: ReadonlyMap<string, number>;
  /** Whether the gateway answers recalibrated probabilities once that is proven. */
  readonly recalibrates: boolean;
}

/**
 * The running experiment.
 * @throws UserError when its challenger is another one than is meant, or for another recalibration than the gateway's;
 * GatewayError and GatewayRefusal.
 */
export async function comparedPair(
  { gateway, grid, challenger, recalibration }: BackfillOptions,
  token: string | undefined,
): Promise<ComparedPair> {
  const query = grid === undefined ? "" : `?grid=${encodeURIComponent(grid)}`;
  const admin = new GatewayAdmin(gateway, token);
  const { experiment, comparison, ...deployed } = await admin.get(`/admin/experiment${query}`, reportSchema);
  if (experiment === null || !experiment.challenger.startsWith(challenger)) {
    const running = experiment === null ? "no experiment" : `an experiment of ${experiment.challenger}`;
    const call = `npm run model -- promote ${challenger} --alias challenger`;
    throw new UserError(`${challenger}: the gateway runs ${running}; make it challenger first: ${call}`);
  }
  const archiveToMs = new Map<string, number>();
  for (const { symbol, archive_to: end } of comparison?.symbols ?? []) {
    if (end !== null) archiveToMs.set(symbol, Date.parse(end));
  }
  const own = deployed.recalibration ?? recalibration ?? "on";
  if (recalibration !== undefined && recalibration !== own) {
    throw new UserError(`--recalibration ${recalibration}: the gateway's is ${own}, and what it answers is compared`);
  }
  return { ...experiment, archiveToMs, recalibrates: own === "on" };
}
