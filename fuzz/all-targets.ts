// All that the fuzzer knows, in the order of its table.
import type { FuzzTarget } from "./fuzz-target.ts";
import { ARTIFACT_TARGETS } from "./targets/artifacts.ts";
import { MESSAGE_TARGETS } from "./targets/messages.ts";
import { PACKED_FRAMES } from "./targets/packed-frames.ts";
import { RECORDING_TARGETS } from "./targets/recordings.ts";
import { ROUTE_TARGET } from "./targets/routes.ts";
import { STATE_TARGETS } from "./targets/stored-states.ts";
import { TEXT_TARGETS } from "./targets/texts.ts";

/** Node's types and the Worker's do not go together: the compiler must not follow this import. */
const workerTargets = new URL("./worker/worker-targets.ts", import.meta.url).href;
const { WORKER_TARGETS } = (await import(workerTargets)) as { readonly WORKER_TARGETS: readonly FuzzTarget[] };

export const TARGETS: readonly FuzzTarget[] = [
  ...MESSAGE_TARGETS,
  PACKED_FRAMES,
  ...TEXT_TARGETS,
  ...STATE_TARGETS,
  ...ARTIFACT_TARGETS,
  ...RECORDING_TARGETS,
  ...WORKER_TARGETS,
  ROUTE_TARGET,
];
