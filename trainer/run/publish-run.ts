// Puts a run's artifacts into the bucket, and promotes the chosen one at a gateway unless its gate refused it.
import { EXIT } from "../../command-line/exit-code.ts";
import { BASELINE_FAMILIES } from "../../src/model/manifest.ts";
import { promote } from "../publish/promote.ts";
import type { PublishTarget } from "../publish/publish-target.ts";
import type { TrainingConfig } from "./config.ts";
import type { TrainingResult } from "./train.ts";

/** A training run's artifacts and its choice. */
export interface PublishableRun {
  readonly artifacts: TrainingResult["artifacts"];
  readonly choice: Pick<TrainingResult["choice"], "family">;
  readonly gate: Pick<TrainingResult["gate"], "verdict">;
}

/** Publishes all artifacts and, where asked, promotes the chosen one; returns the exit code. */
export async function publishRun(
  { artifacts, choice, gate }: PublishableRun,
  { promote: gateway, force }: Pick<TrainingConfig, "promote" | "force">,
  target: PublishTarget,
  say: (line: string) => void,
): Promise<number> {
  const entries = await target.publish(artifacts);
  for (const { name, sha256 } of entries) say(`published ${name} as models/${sha256} in ${target.name}`);
  const chosen = entries.find(({ family }) => family === choice.family);
  if (chosen === undefined) throw new Error(`${choice.family} was chosen and not published`);
  if (BASELINE_FAMILIES.includes(choice.family) && force === undefined) {
    say(
      `${gateway === undefined ? "" : "not promoted: "}no learned model was chosen, and the baseline ${choice.family} is what one has to beat`,
    );
    return EXIT.refused;
  }
  const refused = gate.verdict === "refused";
  if (gateway === undefined || (refused && force === undefined)) {
    if (gateway !== undefined) say("not promoted: the gate refused it");
    say(`serve it: npm run model -- promote ${chosen.sha256}${refused ? " --force REASON --by NAME" : ""}`);
    return refused ? EXIT.refused : EXIT.done;
  }
  const result = await promote({ gateway, token: process.env["ADMIN_TOKEN"], sha256: chosen.sha256, force });
  if (!result.ok) {
    say(`not promoted: ${result.code}: ${result.detail}`);
    return result.code === "gate_refused" ? EXIT.refused : EXIT.mistake;
  }
  say(`promoted ${chosen.name} ${chosen.sha256} at ${gateway}${result.serving ? ", serving" : ""}`);
  return EXIT.done;
}
