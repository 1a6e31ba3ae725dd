// The WASM runtime for tests. The test pool sends an imported WASM file as a JSON list of 14 million numbers, once a test
// file, which takes seconds; this module takes the same bytes from a service binding instead.
import { env } from "cloudflare:workers";

/** What vitest.config.ts and the test pool bind beside the Worker's own bindings. */
interface TestBindings {
  readonly RUNTIME_WASM: Fetcher;
  readonly __VITEST_POOL_WORKERS_UNSAFE_EVAL: { newWasmModule(bytes: ArrayBuffer): WebAssembly.Module };
}

const bindings = env as unknown as TestBindings;
const response = await bindings.RUNTIME_WASM.fetch("http://runtime.wasm/");

export default bindings.__VITEST_POOL_WORKERS_UNSAFE_EVAL.newWasmModule(await response.arrayBuffer());
