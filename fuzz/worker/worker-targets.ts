// The targets whose code knows the Worker's types: they are checked with those, see tsconfig.worker.json.
import type { FuzzTarget } from "../fuzz-target.ts";
import { BODY_TARGETS } from "./bodies.ts";

export const WORKER_TARGETS: readonly FuzzTarget[] = [...BODY_TARGETS];
