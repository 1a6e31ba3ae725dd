// Names of symbols as the directory keeps and answers them. Whether a name may be created is for its callers.
import * as v from "valibot";

export const nameSchema = v.string("a symbol's name");
export const namesSchema = v.array(nameSchema, "a list of names");
