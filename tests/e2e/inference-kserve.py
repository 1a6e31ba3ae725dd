"""Every call of kserve's REST client.

Arguments: the gateway's URL, and a JSON file with rows (null is NaN), the scores to expect and the version.
"""

import asyncio
import json
import sys

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, InferResponse, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

url, path = sys.argv[1], sys.argv[2]
with open(path) as file:
    given = json.load(file)
rows = np.array(given["rows"], dtype=np.float32)
probability = np.array(given["probability"], dtype=np.float32).reshape(-1, 1)
sigma = np.array(given["sigma_ratio"], dtype=np.float32).reshape(-1, 1)
version = given["version"]


def passed(call: str) -> None:
    print("passed:", call, flush=True)


def request(values: np.ndarray, datatype: str, binary: bool, **more) -> InferRequest:
    made = InferInput("features", list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return InferRequest("champion", [made], **more)


def expect(answer: InferResponse) -> None:
    got = {output.name: output.as_numpy() for output in answer.outputs}
    assert np.array_equal(got["probability"], probability), (got["probability"][:3], probability[:3])
    assert "sigma_ratio" not in got or np.array_equal(got["sigma_ratio"], sigma)


async def main() -> None:
    async with InferenceRESTClient(RESTConfig(protocol="v2")) as client:
        assert await client.is_server_live(url) is True
        passed("is_server_live")
        assert await client.is_server_ready(url) is True
        passed("is_server_ready")
        assert await client.is_model_ready(url, "champion") is True
        assert await client.is_model_ready(url, f"champion/versions/{version}") is True
        assert await client.is_model_ready(url, "nobody") is False
        passed("is_model_ready")
        for datatype, values in (("FP32", rows), ("FP64", rows.astype(np.float64))):
            for binary in (True, False):
                sent = request(values, datatype, binary, request_id="k-1")
                answer = await client.infer(url, sent, model_name="champion")
                expect(answer)
                assert answer.id == "k-1"
                passed(f"infer, {datatype} in {'bytes' if binary else 'JSON'}")
        sent = request(rows, "FP32", True, parameters={"binary_data_output": True})
        headers: dict = {}
        expect(await client.infer(url, sent, model_name="champion", response_headers=headers))
        assert headers["content-type"] == "application/octet-stream"
        passed("infer, all outputs in bytes")
        outputs = [RequestedOutput("probability", {"binary_data": True})]
        answer = await client.infer(url, request(rows, "FP32", True, request_outputs=outputs), model_name="champion")
        expect(answer)
        assert [output.name for output in answer.outputs] == ["probability"]
        passed("infer, one output in bytes")
        plain = {"inputs": [{"name": "features", "shape": list(rows.shape), "datatype": "FP32", "data": given["rows"]}]}
        expect(await client.infer(url, plain, model_name=f"champion/versions/{version}"))
        passed("infer of a dict, nested, of a version")
        for call, sent, model, text in (
            ("of an unknown model", request(rows, "FP32", True), "nobody", "expected one of"),
            ("of other columns", request(rows[:, 1:], "FP32", True), "champion", f"expected [n, {rows.shape[1]}]"),
        ):
            try:
                await client.infer(url, sent, model_name=model)
            except httpx.HTTPStatusError as error:
                assert text in str(error), str(error)
                passed(f"infer {call} is refused with {error.response.status_code}")
            else:
                raise AssertionError(f"infer {call}: not refused")


asyncio.run(main())
