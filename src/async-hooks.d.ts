// The part of Node's `async_hooks` that the flag `nodejs_als` brings into workerd.
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, work: () => R): R;
    getStore(): T | undefined;
  }
}
