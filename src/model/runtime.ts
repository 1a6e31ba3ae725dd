// onnxruntime-web inside workerd. workerd compiles no WASM from bytes and has no import.meta.url, and onnxruntime-web
// has no hook for a compiled module; so, while a first session is created, WebAssembly.instantiate is replaced by one
// that instantiates the module that the bundler compiled, on a memory that is not shared. This is tied to the pinned
// version of onnxruntime-web.
import * as ort from "onnxruntime-web/wasm";
import { withDeadline } from "./deadline.ts";
import { onPlainMemory } from "./plain-memory.ts";
// Written by build/plain-memory.ts.
import wasm from "../../dist/ort-plain-memory.wasm";

ort.env.wasm.numThreads = 1;
// Any bytes will do: without bytes onnxruntime-web would try to load them from a URL.
ort.env.wasm.wasmBinary = new Uint8Array([0]);

const instantiate = WebAssembly.instantiate;
let firstLoads = 0;
let started = false;

/** If creating a session takes longer, the runtime of this isolate will never start. */
const START_TIMEOUT_MS = 20_000;

/** Thrown when the WASM runtime does not start: only models of our own graphs are scored then. */
export class RuntimeUnavailableError extends Error {
  override name = "RuntimeUnavailableError";
}

/**
 * Creates an inference session from the bytes of an ONNX file. Throws `RuntimeUnavailableError` if the runtime does not
 * start, otherwise onnxruntime's error for the model.
 */
export async function createSession(onnx: Uint8Array): Promise<ort.InferenceSession> {
  if (started) return await ort.InferenceSession.create(onnx);
  firstLoads += 1;
  WebAssembly.instantiate = instantiateCompiled as typeof WebAssembly.instantiate;
  try {
    // A first load can wait for one that another object began, forever if that object was aborted.
    const create = (): Promise<Session> => ort.InferenceSession.create(onnx);
    const session = await withDeadline(onPlainMemory(create), START_TIMEOUT_MS, notStarted);
    started = true;
    return session;
  } catch (error) {
    // onnxruntime-web's message when WASM did not start; it repeats at every later attempt, for any model.
    if (!String(error).includes("no available backend found")) throw error;
    throw new RuntimeUnavailableError(`runtime: ${String(error)}`);
  } finally {
    firstLoads -= 1;
    if (firstLoads === 0) WebAssembly.instantiate = instantiate;
  }
}

/**
 * Runs a session once on float32 rows [rows, columns] and returns the values of the named outputs, in their order.
 * Throws `TypeError` for an output that is not float32, and any error of onnxruntime.
 */
export async function runSession(
  session: ort.InferenceSession,
  names: { readonly input: string; readonly outputs: readonly string[] },
  rows: Float32Array,
  columns: number,
): Promise<Float32Array[]> {
  const tensor = new ort.Tensor("float32", rows, [rows.length / columns, columns]);
  const results = await session.run({ [names.input]: tensor }, names.outputs);
  return names.outputs.map((name) => {
    const output = results[name];
    if (output?.data instanceof Float32Array) return output.data;
    throw new TypeError(`output ${name}: got ${output?.type ?? "nothing"}, expected float32`);
  });
}

export type Session = ort.InferenceSession;

function notStarted(): RuntimeUnavailableError {
  return new RuntimeUnavailableError(`runtime: not started after ${START_TIMEOUT_MS} ms`);
}

async function instantiateCompiled(source: unknown, imports?: WebAssembly.Imports): Promise<unknown> {
  if (source instanceof WebAssembly.Module) return await instantiate(source, imports);
  return { module: wasm, instance: await instantiate(wasm, imports) };
}
