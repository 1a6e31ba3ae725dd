// Checks that a schema cannot say of one value alone: fields against one another, or a value that must not be shown.
import * as v from "valibot";

/** What a `crossCheck` found wrong. */
export interface Finding {
  /** Where, from the checked value on: `["windows", 0, "name"]`; empty for the value itself. */
  readonly path: readonly (string | number)[];
  /** In words; a value as `shown` gives it. */
  readonly got: string;
  readonly expected: string;
}

/** For `v.pipe`: refuses a value of which `find` finds something wrong, in the field that it names. */
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
