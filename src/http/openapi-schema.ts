// GET /openapi.json: the description of every route.
import * as v from "valibot";
import { contract } from "./contract.ts";

export const openApiContract = contract({
  method: "get",
  path: "/openapi.json",
  tag: "Operations",
  summary: "This document",
  description: "OpenAPI 3.1. A page that shows it is at `/docs`.",
  answer: {
    description: "The document",
    schema: v.looseObject({
      openapi: v.string(),
      info: v.looseObject({ title: v.string(), version: v.string() }),
      paths: v.record(v.string(), v.unknown()),
    }),
    example: { openapi: "3.1.0", info: { title: "volgate", version: "0.1.0" }, paths: {} },
  },
  errors: [],
});
