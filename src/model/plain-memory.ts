// Starts onnxruntime-web on unshared memory. Its glue code creates a shared memory and uses `Atomics.waitAsync`; while
// `onPlainMemory` runs, it gets a plain memory and no `waitAsync`. onnxruntime-web has no hook for this, so the code is
// tied to its pinned version. Runs in workerd and in Node.
import { MAX_RUNTIME_BYTES } from "./artifact-limits.ts";

interface Descriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

type MemoryConstructor = new (descriptor: Descriptor) => object;

/** The replaced globals. The types of Node and Workers lack some of them or declare them read-only. */
interface Replaceable {
  readonly WebAssembly: { Memory: MemoryConstructor };
  readonly Atomics: { waitAsync?: unknown };
}

const { WebAssembly: wasm, Atomics: atomics } = globalThis as unknown as Replaceable;
const { Memory } = wasm;

/** The runtime then reports a failed allocation, and goes on. */
const MAX_PAGES = MAX_RUNTIME_BYTES / 65_536;

const { waitAsync } = atomics;

/**
 * Memory sizes that the glue code requests, in pages of 64 kB: its memory, and a probe if SharedArrayBuffer is absent.
 */
const RUNTIME_PAGES = new Set(["256/65536", "0/0"]);

let open = 0;

/** Runs `start` with the globals replaced. Calls may overlap; the last one to end restores the globals. */
export async function onPlainMemory<T>(start: () => Promise<T>): Promise<T> {
  open += 1;
  wasm.Memory = PlainMemory;
  atomics.waitAsync = undefined;
  try {
    return await start();
  } finally {
    open -= 1;
    if (open === 0) {
      wasm.Memory = Memory;
      atomics.waitAsync = waitAsync;
    }
  }
}

/** Creates the runtime's memory without `shared` and with at most `MAX_PAGES`, and any other memory as requested. */
const PlainMemory = new Proxy(Memory, {
  construct(target, [descriptor]: [Descriptor]) {
    const { initial, maximum, shared } = descriptor;
    const isRuntime = shared === true && RUNTIME_PAGES.has(`${initial}/${maximum}`);
    return new target(isRuntime ? { initial, maximum: Math.min(maximum ?? initial, MAX_PAGES) } : descriptor);
  },
});
