"""Every call of tritonclient's HTTP clients that the gateway answers, and those that it refuses.

Arguments: the gateway's URL, and a JSON file with rows (null is NaN), the scores to expect and the version.
"""

import asyncio
import json
import sys

import numpy as np
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from tritonclient.utils import InferenceServerException

url, path = sys.argv[1].removeprefix("http://"), sys.argv[2]
with open(path) as file:
    given = json.load(file)
rows = np.array(given["rows"], dtype=np.float32)
probability = np.array(given["probability"], dtype=np.float32).reshape(-1, 1)
sigma = np.array(given["sigma_ratio"], dtype=np.float32).reshape(-1, 1)
complete = ~np.isnan(rows).any(axis=1)
version = given["version"]


def passed(call: str) -> None:
    print("passed:", call, flush=True)


def tensor(values: np.ndarray, datatype: str, binary: bool = True) -> triton.InferInput:
    made = triton.InferInput("features", list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


def expect(result: triton.InferResult, wanted: np.ndarray = probability) -> None:
    got = result.as_numpy("probability")
    assert got.dtype == np.float32 and got.shape == wanted.shape, (got.dtype, got.shape)
    assert np.array_equal(got, wanted), (got[:3], wanted[:3])
    assert result.get_response()["model_version"] == version


def expect_refusal(call: str, act, status: str, text: str) -> None:
    try:
        act()
    except InferenceServerException as error:
        assert error.status() == status and text in error.message(), (error.status(), error.message())
        passed(f"{call} is refused with {status}")
    else:
        raise AssertionError(f"{call}: not refused")


client = triton.InferenceServerClient(url)
assert client.is_server_live()
passed("is_server_live")
assert client.is_server_ready()
passed("is_server_ready")
assert client.get_server_metadata()["name"] == "volgate"
assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
passed("get_server_metadata")
assert client.is_model_ready("champion") and client.is_model_ready("champion", version)
assert not client.is_model_ready("nobody") and not client.is_model_ready("champion", "1")
passed("is_model_ready, with a version and without")
described = client.get_model_metadata("champion")
assert described == client.get_model_metadata("champion", version)
assert described["inputs"] == [{"name": "features", "datatype": "FP32", "shape": [-1, rows.shape[1]]}]
passed("get_model_metadata, with a version and without")
index = client.get_model_repository_index()
assert {"name": "champion", "version": version, "state": "READY", "reason": ""} in index
passed("get_model_repository_index")

expect(client.infer("champion", [tensor(rows, "FP32")]))
passed("infer, binary in and out")
expect(client.infer("champion", [tensor(rows.astype(np.float64), "FP64")], model_version=version))
passed("infer of a version, float64")
expect(client.infer("champion", [tensor(rows[complete], "FP32", binary=False)]), probability[complete])
passed("infer, JSON in and binary out")
expect(client.infer("champion", [tensor(rows, "FP32", binary=False)]))
passed("infer, JSON with NaN in")
for binary in (True, False):
    wanted = [triton.InferRequestedOutput(name, binary_data=binary) for name in ("sigma_ratio", "probability")]
    result = client.infer("champion", [tensor(rows, "FP32")], outputs=wanted, request_id="a-1")
    expect(result)
    assert np.array_equal(result.as_numpy("sigma_ratio"), sigma)
    assert result.get_response()["id"] == "a-1"
    assert [output["name"] for output in result.get_response()["outputs"]] == ["sigma_ratio", "probability"]
    passed(f"infer of named outputs, {'binary' if binary else 'JSON'} out")
# Enough that the answer is worth it.
many_rows, many = np.tile(rows, (10, 1)), np.tile(probability, (10, 1))
for algorithm in ("gzip", "deflate"):
    asked = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
    expect(client.infer("champion", [tensor(many_rows, "FP32")], **asked), many)
    passed(f"infer, {algorithm} in both directions")
expect(client.infer("champion", [tensor(rows, "FP32")], priority=1, timeout=9, parameters={"note": "n"}))
passed("infer with parameters of its own")
assert client.infer("champion", [tensor(rows[:0], "FP32")]).as_numpy("probability").shape == (0, 1)
passed("infer of no rows")
expect(client.async_infer("champion", [tensor(rows, "FP32")]).get_result())
passed("async_infer")
body, size = triton.InferenceServerClient.generate_request_body([tensor(rows, "FP32")])
assert size is not None and len(body) > size
passed("generate_request_body")

infer = client.infer
expect_refusal("infer of an unknown model", lambda: infer("nobody", [tensor(rows, "FP32")]), "404", "expected one of")
expect_refusal(
    "infer of an unknown version",
    lambda: infer("champion", [tensor(rows, "FP32")], model_version="1"),
    *("404", version),
)
expect_refusal(
    "infer of other columns",
    lambda: infer("champion", [tensor(rows[:, 1:], "FP32")]),
    *("400", f"expected [n, {rows.shape[1]}]"),
)
expect_refusal(
    "infer of whole numbers",
    lambda: infer("champion", [tensor(rows[complete].astype(np.int32), "INT32")]),
    *("400", "expected FP32 or FP64"),
)
expect_refusal(
    "infer by classes",
    lambda: infer(
        "champion", [tensor(rows, "FP32")], outputs=[triton.InferRequestedOutput("probability", class_count=1)]
    ),
    *("400", "classification is not offered"),
)
expect_refusal("load_model", lambda: client.load_model("champion"), "404", "PUT /admin/aliases")
expect_refusal("unload_model", lambda: client.unload_model("champion"), "404", "PUT /admin/aliases")
expect_refusal("get_model_config", lambda: client.get_model_config("champion"), "404", "no route")
expect_refusal("get_inference_statistics", lambda: client.get_inference_statistics("champion"), "404", "no route")
client.close()


async def asynchronously() -> None:
    async with triton_aio.InferenceServerClient(url) as other:
        assert await other.is_server_live() and await other.is_server_ready()
        assert await other.is_model_ready("champion", version)
        assert (await other.get_model_metadata("champion"))["versions"] == [version]
        assert await other.get_model_repository_index() == index
        passed("aio: health, metadata, index")
        asking = [other.infer("champion", [tensor(rows, "FP32")], request_id=str(i)) for i in range(20)]
        for i, result in enumerate(await asyncio.gather(*asking)):
            expect(result)
            assert result.get_response()["id"] == str(i)
        passed("aio: infer, twenty at once")
        for algorithm in ("gzip", "deflate"):
            asked = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
            expect(await other.infer("champion", [tensor(many_rows, "FP32")], **asked), many)
            passed(f"aio: infer, {algorithm} in both directions")


asyncio.run(asynchronously())
