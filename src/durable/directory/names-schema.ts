// Schema of the symbol names in the directory. Its callers decide whether a name may be created.
import * as v from "valibot";
import { SYMBOL_FORM } from "../../features/symbol-name.ts";

const EXPECTED = "a symbol's name";
export const nameSchema = v.pipe(v.string(EXPECTED), v.regex(SYMBOL_FORM, EXPECTED));
export const namesSchema = v.array(nameSchema, "a list of names");
