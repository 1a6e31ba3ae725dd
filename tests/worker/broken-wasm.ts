// A machine on which no WebAssembly starts. Import this before anything that loads the runtime.
export const attempts: number[] = [];

WebAssembly.instantiate = () => {
  attempts.push(Date.now());
  return Promise.reject(new RangeError("WebAssembly.instantiate(): Out of memory"));
};
