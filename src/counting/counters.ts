// The two ways to count: a counter and a histogram of the catalogue, into the isolate's tally.
import { type LabelsOf, METRICS, type Metric, type SummedMetric } from "../metrics.ts";
import { type Tally, tally } from "./tally.ts";

export class Counter<Name extends SummedMetric> {
  private readonly name: Name;
  private readonly into: Tally;

  constructor(name: Name, into: Tally = tally) {
    this.name = name;
    this.into = into;
  }

  /** @param by 0 makes the series appear: a first failure is then a rise, and no new series. */
  inc(labels: LabelsOf<Name>, by = 1): void {
    this.into.valuesOf(this.name, labels)[0]! += by;
  }
}

export class Histogram<Name extends SummedMetric> {
  private readonly name: Name;
  private readonly bounds: readonly number[];
  private readonly into: Tally;

  /** @throws RangeError for a metric that has no buckets. */
  constructor(name: Name, into: Tally = tally) {
    const { buckets }: Metric = METRICS.summed[name];
    if (buckets === undefined) throw new RangeError(`name: got ${name}, expected a metric with buckets`);
    this.name = name;
    this.bounds = buckets;
    this.into = into;
  }

  /**
   * A value that equals a bound is in that bound's bucket. A negative one, of a clock that was set back, counts as 0: a
   * sum that falls would have the whole batch refused, and all that is sent with it.
   */
  observe(labels: LabelsOf<Name>, measured: number): void {
    const value = Math.max(0, measured);
    const values = this.into.valuesOf(this.name, labels);
    const at = this.bounds.findIndex((bound) => value <= bound);
    values[at < 0 ? this.bounds.length : at]! += 1;
    values[this.bounds.length + 1]! += value;
  }
}
