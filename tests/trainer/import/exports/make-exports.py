"""Real exports of what people train with, and what their own libraries and onnxruntime predict.

    pip install -r tests/peers/requirements.txt
    python tests/trainer/import/exports/make-exports.py DIR [sklearn] [boosting] [torch] [--only NAME,NAME]

Writes <name>.onnx and <name>.json a case into DIR (export_case.py). `torch` needs PyTorch, which the requirements
leave out: with its CUDA libraries it takes 5.5 GB. The exports in tests/fixtures/exports were written with

    python …/make-exports.py tests/fixtures/exports sklearn boosting --only "$(cat …/fixtures.txt)"
    python …/make-exports.py tests/fixtures/exports torch --only "$(cat …/fixtures.txt)"      # PyTorch 2.15.0
"""

import argparse
import importlib
import pathlib
import warnings

from export_case import write_case

GROUPS = ("sklearn", "boosting", "torch")

warnings.filterwarnings("ignore")
parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("groups", nargs="+", choices=GROUPS)
parser.add_argument("--only", default="")
options = parser.parse_args()
only = set(options.only.replace("\n", ",").split(",")) - {""}
options.folder.mkdir(parents=True, exist_ok=True)

count = 0
for group in options.groups:
    for case in importlib.import_module(f"{group}_exports").cases():
        if not only or case.name in only:
            write_case(case, options.folder)
            count += 1
print(f"{count} exports in {options.folder}")
