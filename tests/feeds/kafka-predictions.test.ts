// The predictions that a Kafka feed publishes, beside a gateway that answers from memory for a while.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { PredictionTopic } from "../../feeds/kafka/prediction-topic.ts";
import { predictContract } from "../../src/http/predict-schema.ts";

let server: Server;
let baseUrl: string;
/** The ids of the answers to come; the last one stays. */
let ids: (string | null)[] = [];
let asked = 0;

beforeEach(async () => {
  asked = 0;
  server = createServer((_, response) => {
    asked += 1;
    const id = ids.length > 1 ? ids.shift() : ids[0];
    response.end(JSON.stringify({ ...(predictContract.answer.example as object), prediction_id: id }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => void server.close());

function topic() {
  const written: string[] = [];
  const notes: string[] = [];
  const predictions = new PredictionTopic({
    ...{ baseUrl, readToken: undefined, signal: new AbortController().signal },
    note: (line) => notes.push(line),
    writer: {
      write: async (records) => {
        for (const { value } of records)
          written.push((JSON.parse(String(value)) as { prediction_id: string }).prediction_id);
      },
    },
  });
  return { predictions, written, notes };
}

it("writes the prediction of each closed step, though the gateway first answers that of the step before", async () => {
  const { predictions, written, notes } = topic();
  ids = ["S:1:m", "S:1:m", "S:1:m", "S:2:m"];
  for (let step = 1; step <= 2; step++) {
    predictions.closed(["S"]);
    await predictions.flush();
  }
  expect({ written, notes }).toEqual({ written: ["S:1:m", "S:2:m"], notes: [] });
  expect(predictions.published).toBe(2);
});

it("asks once for a symbol that has no prediction yet", async () => {
  const { predictions, written } = topic();
  ids = [null];
  predictions.closed(["S"]);
  await predictions.flush();
  expect({ written, asked }).toEqual({ written: [], asked: 1 });
});

it("goes on without a prediction that stays the same", async () => {
  const { predictions, written } = topic();
  ids = ["S:1:m"];
  for (let step = 1; step <= 2; step++) {
    predictions.closed(["S"]);
    await predictions.flush();
  }
  expect(written).toEqual(["S:1:m"]);
});
