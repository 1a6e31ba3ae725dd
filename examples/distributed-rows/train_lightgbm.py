"""Trains LightGBM on a dataset of rows with its distributed learner, and exports the model for `model import`.

    python train_lightgbm.py rows --out model

Trains on what fold 0 of the dataset's walk-forward may be trained on, and judges on all later rows. Writes
OUT/lightgbm.onnx, OUT/golden.csv (LightGBM's own probabilities), OUT/label.json and OUT/features.txt.
"""

import argparse
import json
import pathlib

import dask.dataframe
import pyarrow.dataset
import pyarrow.parquet
from dask.distributed import Client, LocalCluster
from lightgbm.dask import DaskLGBMClassifier
from sklearn.metrics import average_precision_score

GOLDEN_ROWS = 2000
FIRST_FOLD = 0


def facts_of(folder):
    """What the files say about themselves."""
    path = pyarrow.dataset.dataset(folder, format="parquet", partitioning="hive").files[0]
    metadata = pyarrow.parquet.read_metadata(path).metadata
    return {key.decode(): value.decode() for key, value in metadata.items() if key.startswith(b"volgate.")}


def features_of(facts):
    """The columns of the row, in order: the lines `name = formula` of the schema."""
    return [line.split(" = ")[0] for line in facts["volgate.schema"].splitlines() if " = " in line]


def training_rows(rows, fold):
    """Rows that a fold may be trained on: before it, and not purged from it."""
    return rows.eligible & (rows.fold < fold) & (rows.purge.isna() | (rows.purge < fold))


def to_onnx(model, width, path):
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    graph = convert_lightgbm(model, initial_types=[("features", FloatTensorType([None, width]))], zipmap=False)
    path.write_bytes(graph.SerializeToString())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", help="the folder of the dataset")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("model"))
    parser.add_argument("--scheduler", help="address of a Dask scheduler; without it two workers on this machine")
    arguments = parser.parse_args()
    facts = facts_of(arguments.rows)
    features = features_of(facts)
    columns = [*features, "label", "eligible", "fold", "purge"]
    local = None
    if arguments.scheduler is None:
        local = LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0")
    with Client(arguments.scheduler or local):
        # Symbol and time are columns: what the folders are called needs no reading, and Dask refuses both at once.
        rows = dask.dataframe.read_parquet(arguments.rows, columns=columns, dataset={"partitioning": None})
        # Kept by the workers, so that features and labels are parts of the same partitions.
        train = rows[training_rows(rows, FIRST_FOLD)].persist()
        learner = DaskLGBMClassifier(
            n_estimators=100, num_leaves=15, min_child_samples=50, learning_rate=0.05, verbose=-1
        )
        learner.fit(train[features], (train.label == "1").astype("int32"))
        held_out = rows[rows.eligible & (rows.fold >= FIRST_FOLD)].compute()
        train_count = len(train)
    if local is not None:
        local.close()
    model = learner.to_local()
    values = held_out[features]
    probability = model.predict_proba(values)[:, 1]
    spikes = (held_out.label == "1").to_numpy()
    arguments.out.mkdir(parents=True, exist_ok=True)
    to_onnx(model, len(features), arguments.out / "lightgbm.onnx")
    golden = values.assign(probability=probability).head(GOLDEN_ROWS)
    golden.to_csv(arguments.out / "golden.csv", index=False, float_format="%.17g")
    (arguments.out / "label.json").write_text(facts["volgate.label_json"] + "\n")
    (arguments.out / "features.txt").write_text(",".join(features) + "\n")
    figures = {
        "training_rows": train_count,
        "test_rows": len(held_out),
        "base_rate": float(spikes.mean()),
        "mean_probability": float(probability.mean()),
        "average_precision": float(average_precision_score(spikes, probability)),
        "workers": 2 if local is not None else None,
        "columns_used": int((model.feature_importances_ > 0).sum()),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
