// The window in which onnxruntime-web starts on a memory that is not shared. Its glue makes a shared memory and asks
// `Atomics.waitAsync` to wait on it; inside the window it gets a plain one and finds no `waitAsync`. There is no hook
// for this: it is tied to the pinned version of onnxruntime-web. Runs in workerd and in Node.

interface Descriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

type MemoryConstructor = new (descriptor: Descriptor) => object;

/** What is replaced. Neither the types of Node nor those of Workers have all of it, or have it writable. */
interface Replaceable {
  readonly WebAssembly: { Memory: MemoryConstructor };
  readonly Atomics: { waitAsync?: unknown };
}

const { WebAssembly: wasm, Atomics: atomics } = globalThis as unknown as Replaceable;
const { Memory } = wasm;
const { waitAsync } = atomics;

/** What the glue asks for, in pages of 64 kB: its memory, and a probe where SharedArrayBuffer is absent. */
const RUNTIME_PAGES = new Set(["256/65536", "0/0"]);

let open = 0;

/** Runs `start` inside the window. Windows may overlap; all is as before when the last one ends. */
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

/** The runtime's memory without `shared`, every other one as asked for. */
const PlainMemory = new Proxy(Memory, {
  construct(target, [descriptor]: [Descriptor]) {
    const { initial, maximum, shared } = descriptor;
    const isRuntime = shared === true && RUNTIME_PAGES.has(`${initial}/${maximum}`);
    return new target(isRuntime ? { initial, maximum: maximum ?? initial } : descriptor);
  },
});
