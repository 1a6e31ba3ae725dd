// A bucket that counts its operations by the class of their price.
import { r2Operations } from "./isolate-counters.ts";

/** The labels of each method. Of an upload in parts its beginning is counted alone. */
const OPERATIONS = {
  put: { class: "A", operation: "put" },
  createMultipartUpload: { class: "A", operation: "put" },
  list: { class: "A", operation: "list" },
  get: { class: "B", operation: "get" },
  head: { class: "B", operation: "head" },
  delete: { class: "free", operation: "delete" },
} as const;

const counted = new WeakMap<R2Bucket, R2Bucket>();

/** The same bucket; one for each bucket. */
export function countedBucket(bucket: R2Bucket): R2Bucket {
  let found = counted.get(bucket);
  if (found === undefined) counted.set(bucket, (found = countOperations(bucket)));
  return found;
}

function countOperations(bucket: R2Bucket): R2Bucket {
  return new Proxy(bucket, {
    get(_, name) {
      const value: unknown = Reflect.get(bucket, name, bucket);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        if (isOperation(name)) r2Operations.inc(OPERATIONS[name]);
        return (value as (...given: unknown[]) => unknown).apply(bucket, args);
      };
    },
  });
}

function isOperation(name: PropertyKey): name is keyof typeof OPERATIONS {
  return Object.hasOwn(OPERATIONS, name);
}
