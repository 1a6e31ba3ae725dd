import { describe, expect, it } from "vitest";
import { bundledModels, publish, setAlias, variantOf } from "./artifacts.ts";
import { type Answer, postJson, predictFresh, sqlOf } from "./gateway.ts";
import { market } from "./market.ts";
import { evict, feed } from "./monitored.ts";

describe("POST /feedback", () => {
  const tell = (body: unknown): Promise<Answer> => postJson("/feedback", body);

  it("accepts a label for a prediction once, and reports what became of the others", async () => {
    await feed("TOLD", market("TOLD", 1500), 300);
    const { prediction_id: id } = (await predictFresh("TOLD")).body;
    expect((await tell({ prediction_id: id, label: true })).body).toEqual({
      accepted: 1,
      duplicate: 0,
      refused: 0,
      results: [{ prediction_id: id, outcome: "accepted" }],
    });
    await evict("TOLD");
    const [, step] = /:(\d+):/.exec(id)!;
    const { status, body } = await tell([
      { prediction_id: id, label: 1 },
      { prediction_id: id, label: 0 },
      { prediction_id: id.replace(/.{12}$/, "0123456789ab"), label: 1 },
      { prediction_id: id.replace(`:${step}:`, `:${Number(step) + 5}:`), label: 1 },
      { prediction_id: id.replace(`:${step}:`, `:${Number(step) - 90_000}:`), label: 1 },
      { prediction_id: id.replace("TOLD", "NOBODY"), label: 1 },
      { prediction_id: "no id", label: 1 },
      { prediction_id: id, label: "yes" },
      "nothing",
    ]);
    expect(status).toBe(200);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "duplicate",
      "conflict",
      "unknown_model",
      "no_prediction",
      "expired",
      "unknown_symbol",
      "malformed",
      "malformed",
      "malformed",
    ]);
    expect(body.results[6].detail).toBe(
      '[6].prediction_id: got "no id", expected <symbol>:<step>:<12 hexadecimal digits> as /predict gave it',
    );
    expect(body.results[4].detail).toContain("older than what is kept");
    expect(body).toMatchObject({ accepted: 0, duplicate: 1, refused: 8 });
  });

  it("accepts a label for the prediction that was answered after a change of models", async () => {
    const ticks = market("SWAPPED", 1500);
    await feed("SWAPPED", ticks.slice(0, 1400), 300);
    const { prediction_id: before } = (await predictFresh("SWAPPED")).body;
    await setAlias("champion", await publish(await variantOf("champion", "feedback swap")));
    const { prediction_id: after } = (await predictFresh("SWAPPED")).body;
    expect(after).not.toBe(before);
    await evict("SWAPPED");
    await feed("SWAPPED", ticks.slice(1400), 300);
    const { body } = await tell([
      { prediction_id: after, label: 1 },
      { prediction_id: before, label: 1 },
      { prediction_id: after, label: 1 },
    ]);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "accepted",
      "accepted",
      "duplicate",
    ]);
    await bundledModels();
  });

  it("keeps labels as long as predictions are kept, and no longer", async () => {
    await feed("KEEP", market("KEEP", 1500), 300);
    const { prediction_id: id } = (await predictFresh("KEEP")).body;
    await tell({ prediction_id: id, label: 0 });
    expect(await sqlOf("KEEP", "SELECT count(*) AS n FROM feedback")).toEqual([{ n: 1 }]);
    await sqlOf("KEEP", "UPDATE feedback SET step = step - 86400");
    await tell({ prediction_id: id, label: 1 });
    expect(await sqlOf("KEEP", "SELECT label FROM feedback")).toEqual([{ label: 1 }]);
  });

  it("answers 422 when nothing of a request could be taken, and 413 for more labels than one request may hold", async () => {
    expect((await tell({ prediction_id: "NOBODY:1:0123456789ab", label: 1 })).status).toBe(422);
    expect((await tell(Array.from({ length: 1001 }, () => ({})))).body).toMatchObject({ code: "too_many_labels" });
  });
});
