// All that the fuzzer knows, in the order of its table.
import type { FuzzTarget } from "./fuzz-target.ts";
import { MESSAGE_TARGETS } from "./targets/messages.ts";

export const TARGETS: readonly FuzzTarget[] = [...MESSAGE_TARGETS];
