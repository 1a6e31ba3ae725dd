// A fault as the list of faults has it, and what it may do in a trial.
import type { SeededRandom } from "../src/features/seeded-random.ts";
import type { ChaosGateway } from "./chaos-gateway.ts";
import type { Load } from "./load.ts";
import type { SentBatch } from "./sent-log.ts";
import type { SmallDisk } from "./small-disk.ts";
import type { Witness } from "./witness.ts";

/** What a fault has at hand. */
export interface Scene {
  readonly gateway: ChaosGateway;
  /** The databases' disk, where the fault has `diskMegabytes`. */
  readonly disk?: SmallDisk;
  /** Warmed up and settled when the fault begins. */
  readonly load: Load;
  /** Seeded by the run, the trial and the fault. */
  readonly random: SeededRandom;
  /** A number between two bounds. */
  between(least: number, most: number): number;
  /** Counts one more injury, as one kill of several. */
  injured(): void;
  /** Waits until the gateway has told what it must; a fault that heals by itself may heal then. */
  untilTold(): Promise<void>;
  /** Waits until `/health` no longer has a reason; it is a violation when that does not happen. */
  untilGone(reason: string): Promise<void>;
  /** A batch that the fault may cost, if the gateway says so. */
  forfeit(batch: SentBatch): void;
  /** A sentence, where something is amiss that the comparison cannot see. */
  violation(text: string): void;
}

export interface Fault {
  readonly name: string;
  /** One line for the help and the documents. */
  readonly about: string;
  /** What must tell of it. */
  readonly told: readonly Witness[];
  /** Parts of a symbol's account that it may change: `state`, `history`, `quality`, `further ticks`. */
  readonly excused?: readonly string[];
  /** Megabytes of a disk of its own for the databases; the trial is left out where none can be made. */
  readonly diskMegabytes?: number;
  /** Does harm while the load runs or between two loads; ends with a gateway that runs and is healed. */
  run(scene: Scene): Promise<void>;
}
