// A small MLflow server that a test can make fail: it answers as the real one does, and remembers what was asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** What a request is answered with instead of the usual; `"stall"` never answers. */
export type Answer = { readonly status: number; readonly body: string } | "stall" | undefined;

export interface FakeMlflow {
  readonly uri: string;
  readonly asked: Asked[];
  stop(): void;
}

/** `answer` may replace any answer; it gets the request and how often the same path came before. */
export async function startFakeMlflow(
  answer: (asked: Asked, before: number) => Answer = () => undefined,
  artifactUri = "mlflow-artifacts:/0/run1/artifacts",
): Promise<FakeMlflow> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    void read(request).then((body) => {
      const path = (request.url ?? "").split("?")[0]!;
      const now = { method: request.method ?? "", path, authorization: request.headers.authorization, body };
      const before = asked.filter((earlier) => earlier.path === path).length;
      asked.push(now);
      const special = answer(now, before);
      if (special === "stall") return;
      const usual = { status: 200, body: JSON.stringify(usualAnswer(path, artifactUri)) };
      const { status, body: text } = special ?? usual;
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { uri: `http://127.0.0.1:${address.port}`, asked, stop };
}

function usualAnswer(path: string, artifactUri: string): unknown {
  if (path.endsWith("/experiments/get-by-name"))
    return { experiment: { experiment_id: "7", lifecycle_stage: "active" } };
  if (path.endsWith("/runs/create")) return { run: { info: { run_id: "run1", artifact_uri: artifactUri } } };
  if (path.endsWith("/model-versions/create")) return { model_version: { version: "3" } };
  return {};
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
