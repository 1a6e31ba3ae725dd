// The WASM runtime for tests in workerd, from a binding of vitest.config.ts. The test pool would send an imported WASM
// file as a JSON list of 14 million numbers to each test file, which takes seconds.
import { env } from "cloudflare:workers";

/** What vitest.config.ts and the test pool bind beside the Worker's own bindings. */
interface TestBindings {
  readonly RUNTIME_WASM: Fetcher;
  readonly __VITEST_POOL_WORKERS_UNSAFE_EVAL: { newWasmModule(bytes: ArrayBuffer): WebAssembly.Module };
}

const bindings = env as unknown as TestBindings;
const response = await bindings.RUNTIME_WASM.fetch("http://runtime.wasm/");

export default bindings.__VITEST_POOL_WORKERS_UNSAFE_EVAL.newWasmModule(await response.arrayBuffer());
