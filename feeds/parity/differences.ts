// Bit equality of values from two sides: how many differ, by how much at most, and a description of the first place.
import { STEP_COLUMNS, type StepValues, type Steps } from "./step-columns.ts";

/** Collects what differs. `Object.is` value by value, so −0 differs from 0, and every `NaN` is equal. */
export class Differences {
  /** How many values differ, and 1 for each thing that `add` names. */
  count = 0;
  /** Largest |gateway − own|; `Infinity` where only one of the two is a number, or where a difference has no size. */
  largest = 0;
  first: string | undefined;

  /** @param describe names the place of a value; called for the first that differs. */
  compare(gateway: StepValues, own: StepValues, describe: (at: number) => string): void {
    const length = Math.max(gateway.length, own.length);
    for (let at = 0; at < length; at++) {
      if (Object.is(gateway[at], own[at])) continue;
      const [left, right] = [gateway[at] ?? NaN, own[at] ?? NaN];
      const size = Math.abs(left - right);
      this.add(() => `${describe(at)}: gateway ${left}, here ${right}`, Number.isNaN(size) ? Infinity : size);
    }
  }

  /**
   * Every column of the steps of one symbol; other columns are not compared when the two sides closed different steps.
   */
  compareSteps(symbol: string, gateway: Steps, own: Steps): void {
    if (gateway.count !== own.count) {
      this.add(() => `${symbol}: steps: gateway closed ${gateway.count}, here ${own.count}`);
      return;
    }
    const { index } = gateway.columns;
    for (const { name, width } of STEP_COLUMNS) {
      this.compare(gateway.columns[name], own.columns[name], (at) => {
        return `${symbol}: ${name}[${at % width}] of step ${index[Math.floor(at / width)]}`;
      });
    }
  }

  add(describe: () => string, size = Infinity): void {
    this.count += 1;
    this.largest = Math.max(this.largest, size);
    this.first ??= describe();
  }
}
