// What the data of a run can carry, and what to do next where it cannot carry a learned model.
import { MIN_GATE_EPISODES } from "../gate/gate.ts";
import { hoursText } from "../rows/hours-of-data.ts";
import type { RunReport } from "./run-report.ts";

/** The parts of a report that the advice stands on. */
export type AdviceFacts = Pick<RunReport, "folds" | "test" | "families" | "chosen" | "settings">;

/** Whether the run chose a baseline: then there is no learned model to judge or to serve. */
export function choseBaseline({ families, chosen }: Pick<AdviceFacts, "families" | "chosen">): boolean {
  return families.some(({ family, baseline }) => baseline && family === chosen.refitted);
}

/**
 * Sentences without a full stop; none where the data carries a learned model through the gate's least number of
 * episodes. The hours needed follow from the episodes so far: twice the hours hold twice the episodes.
 *
 * @param hours of data, as `hoursOfData` counts them.
 *
 * Example: 20 h with 3 training episodes in the first fold and 8 test episodes, least numbers 10 and 30: 75 h in all,
 * 55 h more.
 */
export function dataAdvice(facts: AdviceFacts, hours: number): string[] {
  const { folds, test, settings } = facts;
  const least = Number(settings["min-episodes"] ?? 0);
  const training = Math.min(...folds.map(({ train }) => train.episodes));
  const fewTraining = training < least;
  const fewTest = test.episodes < MIN_GATE_EPISODES;
  if (!fewTraining && !fewTest) return choseBaseline(facts) ? [nothingBetter(facts)] : [];
  const share = Math.max(fewTraining ? least / training : 0, fewTest ? MIN_GATE_EPISODES / test.episodes : 0);
  const more = Number.isFinite(share)
    ? `about ${hoursText(hours * (share - 1))} more of such a market are needed`
    : "a market with more episodes of high volatility is needed; how much of it cannot be told from none";
  const carries =
    `${hoursText(hours)} of data hold ${training} training episodes in the smallest fold and ${test.episodes} test ` +
    `episodes; a learned model is fitted on at least ${least} and passes the gate with at least ${MIN_GATE_EPISODES}`;
  const steps = [`${carries}: ${more}`];
  if (fewTraining) {
    const lower = Math.max(1, training);
    steps.push(
      `to see learned families on this data all the same, lower --min-episodes to ${lower}: their figures may be chance`,
    );
  }
  if (settings["step"] === "1s") {
    steps.push(
      "one-minute bars of months are easier to get than ticks: --step 60s, with a label such as " +
        `--label '{"measure":"parkinson","horizonSteps":1,"windowSteps":1440}'`,
    );
  }
  return steps;
}

function nothingBetter({ chosen }: AdviceFacts): string {
  return `no learned family was better than ${chosen.refitted} on the training rows: there is nothing to promote`;
}
