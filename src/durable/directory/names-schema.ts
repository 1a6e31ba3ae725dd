// Schema of the symbol names in the directory. Its callers decide whether a name may be created.
import * as v from "valibot";

export const nameSchema = v.string("a symbol's name");
export const namesSchema = v.array(nameSchema, "a list of names");
export const sinceSchema = v.record(nameSchema, v.number("a time"), "times by name");
