// Bit equality of columns: the first place where two arrays differ, told so that one can find it.
import { STEP_COLUMNS, type StepValues, type Steps } from "./step-columns.ts";

/** The first difference of two sets of steps, `undefined` when every value has the same bits (`NaN` equals `NaN`). */
export function firstDifference(gateway: Steps, trainer: Steps): string | undefined {
  if (gateway.count !== trainer.count) return `steps: gateway closed ${gateway.count}, trainer ${trainer.count}`;
  for (const { name, width } of STEP_COLUMNS) {
    const found = differentValue(gateway.columns[name], trainer.columns[name]);
    if (found === undefined) continue;
    const step = gateway.columns.index[Math.floor(found.at / width)];
    return `${name}[${found.at % width}] of step ${step}: gateway ${found.left}, trainer ${found.right}`;
  }
  return undefined;
}

export interface Different {
  readonly at: number;
  readonly left: number;
  readonly right: number;
}

/** `Object.is` value by value, which tells −0 from 0 and takes every `NaN` for equal. */
export function differentValue(left: StepValues, right: StepValues): Different | undefined {
  const length = Math.max(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (!Object.is(left[at], right[at])) return { at, left: left[at] ?? NaN, right: right[at] ?? NaN };
  }
  return undefined;
}
