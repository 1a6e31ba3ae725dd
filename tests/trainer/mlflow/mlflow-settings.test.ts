import { describe, expect, it } from "vitest";
import { mlflowSettings } from "../../../trainer/run/mlflow/mlflow-settings.ts";

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("settings", () => {
  it("have no credentials and the experiment volgate by default", () => {
    expect(mlflowSettings("http://127.0.0.1:5000/", {})).toEqual({
      uri: "http://127.0.0.1:5000",
      experiment: "volgate",
      authorization: undefined,
    });
    expect(mlflowSettings("https://x.example/mlflow/?a=1", { MLFLOW_EXPERIMENT_NAME: "e" })).toMatchObject({
      uri: "https://x.example/mlflow",
      experiment: "e",
    });
  });

  it("prefer name and password, then those in the address, then the token", () => {
    const token = { MLFLOW_TRACKING_TOKEN: "t" };
    const named = { ...token, MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" };
    expect(mlflowSettings("http://h", named)).toMatchObject({ authorization: basic("u:p") });
    expect(mlflowSettings("http://a:b%40@h", token)).toMatchObject({ authorization: basic("a:b@"), uri: "http://h" });
    expect(mlflowSettings("http://h", token)).toMatchObject({ authorization: "Bearer t" });
    expect(mlflowSettings("http://h", { MLFLOW_TRACKING_USERNAME: "u" })).toMatchObject({ authorization: undefined });
  });

  it("refuse a name or password with a % that begins no escape, without showing it", () => {
    for (const uri of ["http://us%er:secret@host/", "http://user:secret%zz@host/", "http://u:secret%E0%A4@host"]) {
      const refused = mlflowSettings(uri, {});
      expect(refused).toMatch(/^MLFLOW_TRACKING_URI: got a name or password with a % .*, expected %25/);
      expect(refused).not.toContain("secret");
    }
  });

  it("refuse other addresses, without showing what may hold a password", () => {
    for (const uri of ["", "mlruns", "sqlite:///mlflow.db", "databricks", "postgresql://me:secret@host/db"]) {
      const refused = mlflowSettings(uri, {});
      expect(refused).toMatch(/^MLFLOW_TRACKING_URI: got .*, expected http:\/\/ or https:\/\//);
      expect(refused).not.toContain("secret");
    }
  });
});
