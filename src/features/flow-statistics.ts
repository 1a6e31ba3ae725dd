// What was traded lately against what is usual: the flow columns of `default-2`.
import type { ClosedStep } from "./closed-step.ts";
import { FLOW_HALF_LIVES, FLOW_WINDOWS, LEAST_FLOW_RATIO, SIGNED_HALF_LIFE, SIGNED_WINDOWS } from "./default-2.ts";
import { EwmaBank } from "./ewma-bank.ts";
import { ln } from "./exact-math.ts";
import { horizonMinCount } from "./horizon-window.ts";
import { RollingSums } from "./rolling-sums.ts";
import type { StateReader, StateWriter } from "./state-buffer.ts";

/** A sum of volumes below this part of what is usual is what rounding left of none. */
const NO_VOLUME = 1e-6;

/** Volume, trades and signed volume of closed steps. A step whose feed does not give one of them is left out of it. */
export class FlowStatistics {
  private readonly volumes: RollingSums;
  private readonly trades: RollingSums;
  private readonly signed: RollingSums;
  private readonly usualVolumes: EwmaBank;
  private readonly usualTrades: EwmaBank;
  private readonly usualSigned: EwmaBank;
  /** Of the steps with a signed volume. */
  private readonly usualSides: EwmaBank;
  private readonly halfLifeCounts: readonly number[];
  private readonly windowCounts: readonly number[];
  private readonly signedCounts: readonly number[];
  private readonly sideCount: number;

  constructor(horizonSteps: number) {
    const inSteps = (horizons: readonly number[]): number[] => horizons.map((h) => h * horizonSteps);
    this.volumes = new RollingSums(inSteps(SIGNED_WINDOWS));
    this.trades = new RollingSums(inSteps(FLOW_WINDOWS));
    this.signed = new RollingSums(inSteps(SIGNED_WINDOWS));
    this.usualVolumes = new EwmaBank(inSteps(FLOW_HALF_LIVES));
    this.usualTrades = new EwmaBank(inSteps(FLOW_HALF_LIVES));
    this.usualSigned = new EwmaBank([SIGNED_HALF_LIFE * horizonSteps]);
    this.usualSides = new EwmaBank([SIGNED_HALF_LIFE * horizonSteps]);
    this.halfLifeCounts = inSteps(FLOW_HALF_LIVES).map(horizonMinCount);
    this.windowCounts = inSteps(FLOW_WINDOWS).map(horizonMinCount);
    this.signedCounts = inSteps(SIGNED_WINDOWS).map(horizonMinCount);
    this.sideCount = horizonMinCount(SIGNED_HALF_LIFE * horizonSteps);
  }

  update({ volume, trades, signedVolume }: ClosedStep): void {
    this.volumes.push(volume);
    this.trades.push(trades);
    this.signed.push(signedVolume);
    this.usualVolumes.update(volume);
    this.usualTrades.update(trades);
    if (signedVolume !== signedVolume) return;
    this.usualSigned.update(signedVolume);
    this.usualSides.update(volume);
  }

  /** Writes its columns into `out` from `at` on; returns the place after the last. */
  write(out: Float64Array, at: number): number {
    const { volumes, trades, usualVolumes, usualTrades, halfLifeCounts, windowCounts } = this;
    at = this.writeRatios(volumes, usualVolumes, out, at);
    at = this.writeRatios(trades, usualTrades, out, at);
    const usualSize = usualVolumes.value(0, halfLifeCounts[0]!) / usualTrades.value(0, halfLifeCounts[0]!);
    const count = trades.mean(1, windowCounts[1]!);
    out[at++] = count > 0 ? logRatio(volumes.mean(1, windowCounts[1]!) / count, usualSize) : NaN;
    const least = NO_VOLUME * usualVolumes.value(0, 1);
    for (let k = 0; k < SIGNED_WINDOWS.length; k++) out[at++] = this.signedShare(k, least);
    const side = this.usualSides.value(0, this.sideCount);
    out[at++] = side > 0 ? this.usualSigned.value(0, this.sideCount) / side : side;
    return at;
  }

  reset(): void {
    for (const part of this.parts()) part.reset();
  }

  save(to: StateWriter): void {
    for (const part of this.parts()) part.save(to);
  }

  load(from: StateReader): void {
    for (const part of this.parts()) part.load(from);
  }

  private writeRatios(sums: RollingSums, usual: EwmaBank, out: Float64Array, at: number): number {
    const { halfLifeCounts, windowCounts } = this;
    for (let h = 0; h < halfLifeCounts.length; h++) {
      const mean = usual.value(h, halfLifeCounts[h]!);
      for (let w = 0; w < windowCounts.length; w++) out[at++] = logRatio(sums.mean(w, windowCounts[w]!), mean);
    }
    return at;
  }

  /** `NaN` unless the signed volume is known of every step in the window whose volume is. */
  private signedShare(k: number, least: number): number {
    const { volumes, signed } = this;
    const count = volumes.count(k);
    if (signed.count(k) !== count || count < this.signedCounts[k]!) return NaN;
    const volume = volumes.sum(k);
    if (volume <= least * count) return 0;
    return Math.max(-1, Math.min(1, signed.sum(k) / volume));
  }

  private parts(): readonly (RollingSums | EwmaBank)[] {
    return [
      this.volumes,
      this.trades,
      this.signed,
      this.usualVolumes,
      this.usualTrades,
      this.usualSigned,
      this.usualSides,
    ];
  }
}

/** ln(x / usual), at least ln of `LEAST_FLOW_RATIO`; `NaN` where nothing is usual. */
function logRatio(x: number, usual: number): number {
  return usual > 0 ? ln(Math.max(x / usual, LEAST_FLOW_RATIO)) : NaN;
}
