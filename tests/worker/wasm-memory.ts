// Watches the memory that onnxruntime-web is instantiated with. Import this before anything that loads the runtime.
const seen: WebAssembly.Memory[] = [];
const instantiate = WebAssembly.instantiate;

async function watched(module: WebAssembly.Module, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const instance = await instantiate(module, imports);
  const values = [
    ...Object.values(imports).flatMap((group) => Object.values(group)),
    ...Object.values(instance.exports),
  ];
  for (const value of values) if (value instanceof WebAssembly.Memory) seen.push(value);
  return instance;
}

WebAssembly.instantiate = watched as typeof WebAssembly.instantiate;

/** Every memory that a module was instantiated with, once for each import or export of it. */
export function watchedMemories(): readonly WebAssembly.Memory[] {
  return seen;
}

/** Bytes of the runtime's linear memory. */
export function wasmMemoryBytes(): number {
  return seen.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
