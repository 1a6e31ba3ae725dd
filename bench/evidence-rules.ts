// Rules of evidence to compare on the same gains: the one that ships, the one before it, and others.
import { Betting } from "../src/quality/evidence/betting.ts";
import { UnboundedTest } from "./unbounded-test.ts";

/** An e-process over gains in [−1, 1]. */
interface Process {
  readonly logE: number;
  update(gain: number): void;
}

const LOG_20 = Math.log(20);

/** Number of gains until e reaches 20; `Infinity` where it never does. */
export function reachedAt(process: Process, gains: ArrayLike<number>): number {
  for (let b = 0; b < gains.length; b++) {
    process.update(gains[b]!);
    if (process.logE >= LOG_20) return b + 1;
  }
  return Infinity;
}

/** A process whose stake is chosen by `stake` and learns by `learn`. */
function staked(stake: () => number, learn: (gain: number) => void = () => undefined): Process {
  let logE = 0;
  return {
    get logE() {
      return logE;
    },
    update(gain) {
      logE += Math.log(1 + stake() * gain);
      learn(gain);
    },
  };
}

/** The same without groups. */
function plugIn(): Process {
  let [sum, squares] = [10 * 0.05, 10 * (0.4 ** 2 + 0.05 ** 2)];
  return staked(
    () => Math.min(Math.max(sum, 0) / squares, 0.9),
    (g) => {
      sum += g;
      squares += g * g;
    },
  );
}

/** Online Newton step (Cutkosky and Orabona 2018). */
function onlineNewton(): Process {
  let [stake, curvature] = [0, 1];
  return staked(
    () => stake,
    (g) => {
      const z = -g / (1 + stake * g);
      curvature += z * z;
      stake = Math.min(Math.max(stake - ((2 / (2 - Math.log(3))) * z) / curvature, 0), 0.9);
    },
  );
}

/** Cover's mixture over ten stakes. */
function mixture(): Process {
  const stakes = Array.from({ length: 10 }, (_, i) => 0.09 * (i + 1));
  const logs = stakes.map(() => -Math.log(stakes.length));
  return {
    get logE() {
      const most = Math.max(...logs);
      return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
    },
    update(gain) {
      stakes.forEach((stake, i) => (logs[i]! += Math.log(1 + stake * gain)));
    },
  };
}

/** Predictable plug-in empirical Bernstein (Waudby-Smith and Ramdas 2024, section 3.2), on (1 + gain) / 2. */
function empiricalBernstein(): Process {
  let [count, sum, squares, logE] = [1, 0.5, 0.25, 0];
  return {
    get logE() {
      return logE;
    },
    update(gain) {
      const x = (1 + gain) / 2;
      const stake = Math.min(Math.sqrt((2 * LOG_20) / (squares * Math.log(1 + count))), 0.5);
      logE += stake * (x - 0.5) - (x - sum / count) ** 2 * (-Math.log(1 - stake) - stake);
      count += 1;
      sum += x;
      squares += (x - sum / count) ** 2;
    },
  };
}

/** On gains over their bounds. */
export const BOUNDED: Readonly<Record<string, () => Process>> = {
  "ships: plug-in, groups": () => new Betting(),
  "plug-in alone": plugIn,
  "always 0.9": () => staked(() => 0.9),
  "always ½": () => staked(() => 0.5),
  "online Newton": onlineNewton,
  "mixture of 10 stakes": mixture,
  "empirical Bernstein": empiricalBernstein,
};

/** On the gains of a row: the rule before. */
export const UNBOUNDED: Readonly<Record<string, () => Process>> = {
  "before: λ ≤ ½": () => new UnboundedTest(),
  "always ½, no bound": () => staked(() => 0.5),
};
