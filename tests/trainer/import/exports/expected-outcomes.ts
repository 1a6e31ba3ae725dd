// What becomes of each export of make-exports.py that is not imported. All others are imported, and score as their
// library and onnxruntime do.

/** Refused by the exporter itself: what it says. */
export const REFUSED_BY_EXPORTER: Readonly<Record<string, RegExp>> = {
  "catboost-lossguide": /Can save non symmetric trees only in/,
  "lightgbm-double": /wrong type .*DoubleTensorType/,
  "lightgbm-opset-17": /target_opset 17 is higher than .*\(15\)/,
  "lightgbm-opset-21": /target_opset 21 is higher than .*\(15\)/,
  "sklearn-calibrated-forest-temperature": /_TemperatureScaling/,
  "sklearn-calibrated-hist-temperature": /_TemperatureScaling/,
  "sklearn-calibrated-logistic-temperature": /_TemperatureScaling/,
  "sklearn-calibrated-svm-temperature": /_TemperatureScaling/,
  "sklearn-hist-as-it-is": /Unable to create node 'TreeEnsembleClassifier'/,
  "xgboost-double": /wrong type .*DoubleTensorType/,
  "xgboost-named": /feature names should follow pattern 'f%d'/,
  "xgboost-opset-17": /target_opset 17 is higher than .*\(15\)/,
  "xgboost-opset-21": /target_opset 21 is higher than .*\(15\)/,
};

const NO_PROBABILITY = /^output: got -?\d.*, expected a probability; export class probabilities \(predict_proba/;
const NO_DOUBLE =
  /^the model does not load .*'Imputer'; .*: convert with FloatTensorType, or from X\.astype\(np\.float32\)$/;
const ISOTONIC = /rows differ .* nearest known step, without interpolation: calibrate with method="sigmoid"$/;
const LABELS = /^classes: got .*, expected 0 and 1 .*; train with the labels 0 and 1 \(1: spike\), or say .*--column$/;
const ROUNDED = /rows differ .* rounded the trees' thresholds to float32, .* round them down before the export/;
const OTHER_RESULTS = /rows differ .* computes something else than the library, .*: export another kind of model/;
const FIXED_ROWS = /^output: got 2 values for 1 rows, .* exported for 2 rows a run: leave their number free/;
const FILLING = /^output: got NaN for missing inputs .* put an imputer in front .* x = torch\.nan_to_num\(x\)/;

/** Refused by the import: the sentence that says what to change at the export. */
export const REFUSED_BY_IMPORT: Readonly<Record<string, RegExp>> = {
  "catboost-regressor": NO_PROBABILITY,
  "catboost-words": LABELS,
  "lightgbm-calibrated-isotonic": ISOTONIC,
  "lightgbm-calibrated-sigmoid": OTHER_RESULTS,
  "lightgbm-on-thresholds": ROUNDED,
  "sklearn-calibrated-forest-isotonic": ISOTONIC,
  "sklearn-calibrated-hist-isotonic": ISOTONIC,
  "sklearn-calibrated-logistic-isotonic": ISOTONIC,
  "sklearn-calibrated-svm-isotonic": ISOTONIC,
  "sklearn-discriminant": OTHER_RESULTS,
  "sklearn-forest-bare": /rows differ .*; all of them have missing values, .*: put an imputer in front/,
  "sklearn-frame-double-21": NO_DOUBLE,
  "sklearn-frame-double-9": NO_DOUBLE,
  "sklearn-frame-foreign":
    /^inputs: got 4 named columns, of which --features lacks volume; .* train without the others$/,
  "sklearn-logistic-double": NO_DOUBLE,
  "sklearn-logistic-labels-signs": LABELS,
  "sklearn-logistic-labels-three": /^classes: got 3 \(0, 1, 2\), expected 2: spike or not; or --column/,
  "sklearn-logistic-labels-words": LABELS,
  "sklearn-logistic-no-imputer": FILLING,
  "sklearn-logistic-raw": NO_PROBABILITY,
  "sklearn-ridge": /^output: got fewer columns than the model has classes, .*; export a model that has predict_proba$/,
  "sklearn-svc-scores": NO_PROBABILITY,
  "torch-dynamo-fixed": FIXED_ROWS,
  "torch-script-fixed": FIXED_ROWS,
  "torch-script-half": /^input x: got FLOAT16, expected FLOAT or DOUBLE; export in float32 \(PyTorch: model\.float\(\)/,
  "torch-script-logits": NO_PROBABILITY,
  "torch-script-no-fill": FILLING,
  "torch-script-over-rows": /for a row alone, .* among 256 rows .*softmax\(x, dim=1\), and model\.eval\(\) first/,
  "torch-script-softmax-unnamed": /^classes: got two columns without class labels; .*--column$/,
  "xgboost-regressor": NO_PROBABILITY,
};
