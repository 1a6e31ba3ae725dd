// What `serve` takes as variables is what the gateway reads.
import { expect, it } from "vitest";
import { VARIABLE_NAMES } from "../../self-host/variable-names.ts";
import { VARIABLE_NAMES as READ_BY_GATEWAY } from "../../src/settings.ts";

it("names every variable of the gateway for a self-hosted one, and no other", () => {
  expect([...VARIABLE_NAMES].sort()).toEqual([...READ_BY_GATEWAY].sort());
});
