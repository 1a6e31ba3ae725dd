// How answers on quality name a model.
import * as v from "valibot";
import { nullableString } from "./field-schema.ts";

export const modelName = v.object({
  aliases: v.array(v.string()),
  name: nullableString,
  version: nullableString,
  sha256: v.pipe(v.string(), v.description("Of a model without an alias, the digits that are known")),
});
