"""Makes bad-models.ts: small ONNX files, each valid ONNX and each wrong in one way for a model of one feature.

Run: python make-bad-models.py > bad-models.ts   (needs the package onnx)
"""

import base64

from onnx import TensorProto, helper


def model(nodes, input_name="features", output_name="probability", width=1, out_type=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "bad",
        [helper.make_tensor_value_info(input_name, TensorProto.FLOAT, ["N", width])],
        [helper.make_tensor_value_info(output_name, out_type, None)],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return base64.b64encode(made.SerializeToString()).decode()


def fill(value, out="probability", source="features", kind=TensorProto.FLOAT):
    """The same value for every cell of the input."""
    shape = helper.make_node("Shape", [source], ["shape"])
    tensor = helper.make_tensor("value", kind, [1], [value])
    return [shape, helper.make_node("ConstantOfShape", ["shape"], [out], value=tensor)]


def with_sigma(ratio, name="sigma_ratio", out_type=TensorProto.FLOAT):
    """Two outputs: probability = 1 / (1 + exp(-x)), and `ratio`, nodes that make `ratio` of x, e = exp(x) and zeros."""
    nodes = [
        helper.make_node("Shape", ["features"], ["shape"]),
        helper.make_node("IsNaN", ["features"], ["missing"]),
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("Where", ["missing", "zeros", "features"], ["x"]),
        helper.make_node("Sigmoid", ["x"], ["probability"]),
        helper.make_node("Exp", ["x"], ["e"]),
        *ratio,
    ]
    graph = helper.make_graph(
        nodes,
        "two outputs",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 1])],
        [
            helper.make_tensor_value_info("probability", TensorProto.FLOAT, None),
            helper.make_tensor_value_info(name, out_type, None),
        ],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return base64.b64encode(made.SerializeToString()).decode()


def guarded(tail, constants=()):
    """A graph that begins with `x`, a missing cell being 0, and its zeros; `tail` ends with `probability`."""
    nodes = [
        helper.make_node("Shape", ["features"], ["shape"]),
        helper.make_node("IsNaN", ["features"], ["missing"]),
        helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
        helper.make_node("Where", ["missing", "zeros", "features"], ["x"]),
        *tail,
    ]
    graph = helper.make_graph(
        nodes,
        "guarded",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, None)],
        list(constants),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def encoded(made):
    return base64.b64encode(made.SerializeToString()).decode()


def loop_body():
    """Goes on for ever: its condition is the one before."""
    return helper.make_graph(
        [helper.make_node("Identity", ["on"], ["on_out"]), helper.make_node("Identity", ["v"], ["v_out"])],
        "for ever",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v_out", TensorProto.FLOAT, None),
        ],
    )


def endless(wrapped):
    """`Loop` without an end, at the top or inside both branches of an `If`."""
    loop = helper.make_node("Loop", ["", "true", "q"], ["probability"], body=loop_body())
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    q = helper.make_node("Sigmoid", ["x"], ["q"])
    if not wrapped:
        return encoded(guarded([q, loop], [true]))
    branch = helper.make_graph([loop], "branch", [], [helper.make_tensor_value_info("probability", TensorProto.FLOAT, None)])
    choice = helper.make_node("If", ["true"], ["probability"], then_branch=branch, else_branch=branch)
    return encoded(guarded([q, choice], [true]))


def with_function():
    made = guarded([helper.make_node("Own", ["x"], ["probability"], domain="own")])
    made.opset_import.append(helper.make_opsetid("own", 1))
    own = helper.make_function(
        "own", "Own", ["a"], ["b"], [helper.make_node("Sigmoid", ["a"], ["b"])], [helper.make_opsetid("", 17)]
    )
    made.functions.append(own)
    return encoded(made)


def hungry(cells):
    """Each row is spread over `cells` cells, whose greatest is taken."""
    return encoded(
        guarded(
            [
                helper.make_node("Expand", ["x", "wide"], ["spread"]),
                helper.make_node("ReduceMax", ["spread"], ["most"], axes=[1], keepdims=1),
                helper.make_node("Sigmoid", ["most"], ["probability"]),
            ],
            [helper.make_tensor("wide", TensorProto.INT64, [2], [1, cells])],
        )
    )


HALF = helper.make_tensor("half", TensorProto.FLOAT, [1, 1], [0.5])
MODELS = {
    # A good one, to prove that the others are refused for what is wrong with them.
    "good": model(fill(0.5)),
    "nanAlways": model(
        fill(0.0, "zero") + [helper.make_node("Div", ["zero", "zero"], ["probability"])],
    ),
    "nanOnMissing": model([helper.make_node("Sigmoid", ["features"], ["probability"])]),
    # A good one, a missing x being 0, whose own square overflows: x² − x² is NaN where x² is infinite.
    "nanOnHuge": model(
        [
            helper.make_node("Shape", ["features"], ["shape"]),
            helper.make_node("IsNaN", ["features"], ["missing"]),
            helper.make_node("ConstantOfShape", ["shape"], ["zeros"]),
            helper.make_node("Where", ["missing", "zeros", "features"], ["x"]),
            helper.make_node("Mul", ["x", "x"], ["square"]),
            helper.make_node("Sub", ["square", "square"], ["zero"]),
            helper.make_node("Sigmoid", ["zero"], ["probability"]),
        ]
    ),
    "aboveOne": model(fill(1.5)),
    "twoColumns": model(
        fill(0.5, "one") + [helper.make_node("Concat", ["one", "one"], ["probability"], axis=1)],
    ),
    "oneRow": model([helper.make_node("Constant", [], ["probability"], value=HALF)]),
    "otherInput": model(fill(0.5, source="x"), input_name="x"),
    "otherOutput": model(fill(0.5, out="p"), output_name="p"),
    "threeFeatures": model(
        fill(0.5, "wide")
        + [helper.make_node("ReduceMean", ["wide"], ["probability"], axes=[1], keepdims=1)],
        width=3,
    ),
    "integers": model(fill(1, kind=TensorProto.INT64), out_type=TensorProto.INT64),
    # A good one of two outputs, a missing x being 0 in both, so that sigma_ratio = p / (1 - p); then bad ones.
    "sigma": with_sigma([helper.make_node("Identity", ["e"], ["sigma_ratio"])]),
    "sigmaOtherName": with_sigma([helper.make_node("Identity", ["e"], ["sigma"])], name="sigma"),
    "sigmaIntegers": with_sigma(
        [helper.make_node("Cast", ["e"], ["sigma_ratio"], to=TensorProto.INT64)], out_type=TensorProto.INT64
    ),
    "sigmaTwoColumns": with_sigma([helper.make_node("Concat", ["e", "e"], ["sigma_ratio"], axis=1)]),
    "sigmaNanOnMissing": with_sigma([helper.make_node("Exp", ["features"], ["sigma_ratio"])]),
    "sigmaNegative": with_sigma([helper.make_node("Neg", ["e"], ["sigma_ratio"])]),
    "sigmaInfinite": with_sigma([helper.make_node("Div", ["e", "zeros"], ["sigma_ratio"])]),
    # Well on zeros and on missing values only: the root of -|x|.
    "nanOnOrdinary": encoded(
        guarded(
            [
                helper.make_node("Abs", ["x"], ["size"]),
                helper.make_node("Neg", ["size"], ["below"]),
                helper.make_node("Sqrt", ["below"], ["root"]),
                helper.make_node("Sigmoid", ["root"], ["probability"]),
            ]
        )
    ),
    "endlessLoop": endless(wrapped=False),
    "endlessLoopInIf": endless(wrapped=True),
    "ownFunction": with_function(),
    # 2.8 GB for one row, and 200 MB for a run of 1,024 rows.
    "hungry": hungry(700_000_000),
    "hungryRun": hungry(50_000),
}

print("// ONNX files in base64, made by make-bad-models.py: `good`, and others each wrong in one way.")
print("export const MODELS = {")
for name, text in MODELS.items():
    print(f'  {name}:\n    "{text}",')
print("} as const;")
