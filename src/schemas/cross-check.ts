// Checks beyond a single field's schema: fields against one another, or a value that must not be shown.
import * as v from "valibot";

/** The fault that a `crossCheck` found. */
export interface Finding {
  /** Path from the checked value: `["windows", 0, "name"]`; empty for the value itself. */
  readonly path: readonly (string | number)[];
  /** As text; values are formatted by `shown`. */
  readonly got: string;
  readonly expected: string;
}

/** For `v.pipe`: refuses a value if `find` returns a finding, and reports it for the finding's path. */
export function crossCheck<T>(find: (value: T) => Finding | undefined): v.RawCheckAction<T> {
  return v.rawCheck(({ dataset, addIssue }) => {
    const found = dataset.typed ? find(dataset.value) : undefined;
    if (found === undefined) return;
    const [first, ...rest] = found.path.map(pathItem);
    addIssue({
      received: found.got,
      message: found.expected,
      ...(first === undefined ? {} : { path: [first, ...rest] }),
    });
  });
}

function pathItem(key: string | number): v.UnknownPathItem {
  return { type: "unknown", origin: "value", input: undefined, key, value: undefined };
}
