"""mlserver's side of the protocol: its types and codecs over any HTTP client, and its command `mlserver infer`.

Arguments: the gateway's URL, a JSON file with rows (null is NaN), the scores to expect and the version, and a folder.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import urllib3
from mlserver.codecs import NumpyCodec, NumpyRequestCodec
from mlserver.types import (
    InferenceErrorResponse,
    InferenceRequest,
    InferenceResponse,
    MetadataModelResponse,
    MetadataServerResponse,
    RepositoryIndexRequest,
    RepositoryIndexResponse,
    RequestOutput,
)

url, path, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
with open(path) as file:
    given = json.load(file)
rows = np.array(given["rows"], dtype=np.float64)
probability = np.array(given["probability"], dtype=np.float32).reshape(-1, 1)
sigma = np.array(given["sigma_ratio"], dtype=np.float32).reshape(-1, 1)
version = given["version"]


def passed(call: str) -> None:
    print("passed:", call, flush=True)


def get(path: str):
    return urllib3.request("GET", url + path, timeout=60).json()


def post(path: str, body: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("POST", url + path, body=body, headers={"Content-Type": "application/json"}, timeout=60)


def infer(request: InferenceRequest) -> urllib3.BaseHTTPResponse:
    return post("/v2/models/champion/infer", request.model_dump_json())


MetadataServerResponse.model_validate(get("/v2"))
passed("MetadataServerResponse")
described = MetadataModelResponse.model_validate(get("/v2/models/champion"))
assert described.versions == [version] and described.inputs[0].shape == [-1, rows.shape[1]]
passed("MetadataModelResponse")
index = post("/v2/repository/index", RepositoryIndexRequest(ready=True).model_dump_json())
assert "champion" in [one.name for one in RepositoryIndexResponse.model_validate(index.json())]
passed("RepositoryIndexRequest and RepositoryIndexResponse")

for name, values in (("float64", rows), ("float32", rows.astype(np.float32))):
    request = InferenceRequest(id="m-1", inputs=[NumpyCodec.encode_input("features", values)])
    answer = InferenceResponse.model_validate(infer(request).json())
    assert (answer.id, answer.model_version) == ("m-1", version)
    got = {output.name: NumpyCodec.decode_output(output) for output in answer.outputs}
    assert np.array_equal(got["probability"].astype(np.float32), probability)
    assert np.array_equal(got["sigma_ratio"].astype(np.float32), sigma)
    passed(f"InferenceRequest with NumpyCodec, {name}")
one = InferenceRequest(
    inputs=[NumpyCodec.encode_input("features", rows)],
    outputs=[RequestOutput(name="probability")],
)
decoded = NumpyRequestCodec.decode_response(InferenceResponse.model_validate(infer(one).json()))
assert np.array_equal(decoded.astype(np.float32), probability)
passed("RequestOutput with NumpyRequestCodec")
refused = infer(InferenceRequest(inputs=[NumpyCodec.encode_input("other", rows)]))
assert refused.status == 400
assert 'got "other", expected features' in InferenceErrorResponse.model_validate(refused.json()).error
passed("InferenceErrorResponse")

lines = [
    InferenceRequest(id=f"line-{i}", inputs=[NumpyCodec.encode_input("features", rows[i : i + 1])]).model_dump_json()
    for i in range(len(rows))
]
(folder / "requests.jsonl").write_text("\n".join(lines) + "\n")
for batch, flags in ((1, []), (4, []), (4, ["--binary-data"])):
    out = folder / f"answers-{batch}-{len(flags)}.jsonl"
    # By this Python: the script's own first line names the folder that it was installed in.
    mlserver = [sys.executable, str(Path(sys.executable).with_name("mlserver"))]
    command = [*mlserver, "infer", "-u", url.removeprefix("http://")]
    paths = ["-i", str(folder / "requests.jsonl"), "-o", str(out)]
    subprocess.run([*command, "-m", "champion", *paths, "-s", str(batch), "-w", "2", *flags], check=True)
    answers = sorted(map(json.loads, out.read_text().splitlines()), key=lambda one: one["parameters"]["batch_index"])
    assert len(answers) == len(rows), out.read_text()[:2000]
    for i, line in enumerate(answers):
        answer = InferenceResponse.model_validate(line)
        scores = {output.name: NumpyCodec.decode_output(output) for output in answer.outputs}
        assert np.array_equal(scores["probability"].astype(np.float32), probability[i : i + 1]), (i, line)
    passed(f"mlserver infer -s {batch} {' '.join(flags)}".strip())
