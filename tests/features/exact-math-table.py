"""Prints tests/features/exact-math-table.ts: golden values of ln and exp, from mpmath at 60 digits.

    python3 tests/features/exact-math-table.py | npx prettier --stdin-filepath x.ts > tests/features/exact-math-table.ts

Each row: argument, correctly rounded result, (true result - rounded result) in ulps of the rounded result, and the bits
that the algorithm gives, computed here by a second implementation in IEEE doubles (CPython never fuses multiply-add).
"""
import math, random, struct
import mpmath

mpmath.mp.dps = 60
random.seed(20251206)


def words(x):
    return struct.pack(">d", x).hex()


def high_low(x):
    bits = struct.unpack(">Q", struct.pack(">d", x))[0]
    return bits >> 32, bits & 0xFFFFFFFF


def double(high, low):
    return struct.unpack(">d", struct.pack(">Q", (high << 32) | low))[0]


LN2_HI, LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10


def ln(x):
    k = 0
    if x < 2.2250738585072014e-308:
        x, k = x * 2.0**54, -54
    high, low = high_low(x)
    k += (high >> 20) - 1023
    high &= 0xFFFFF
    shift = (high + 0x95F64) & 0x100000
    f = double(high | (shift ^ 0x3FF00000), low) - 1.0
    k += shift >> 20
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    t2 = z * (6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
    r = t1 + t2
    half = 0.5 * f * f
    return k * LN2_HI - ((half - (s * (half + r) + k * LN2_LO)) - f)


def exp(x):
    k = math.trunc(1.44269504088896338700e00 * x + (-0.5 if x < 0 else 0.5))
    hi, lo = x - k * LN2_HI, k * LN2_LO
    r = hi - lo
    t = r * r
    c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))))
    y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi)
    return math.ldexp(y, k)


def row(x, true, own):
    rounded = float(true)  # mpmath rounds to nearest, subnormals included from 1.0 on
    ulp = math.ulp(rounded)
    residual = float((true - mpmath.mpf(rounded)) / mpmath.mpf(ulp))
    assert abs(residual) <= 0.5000001, (x, residual)
    return f'["{words(x)}", "{words(rounded)}", {residual:.6f}, "{words(own)}"],'


ln_arguments = [5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-10, 0.371, 0.5, 0.7071067811865475, 0.7071067811865476,
                math.nextafter(1, 0), 1.0, math.nextafter(1, 2), 1 + 1e-9, 1 - 1e-9, 1.0001, 0.9999, 1.4142135623730951,
                1.4142135623730954, 2.0, math.e, 10.0, 89700.03, 1e10, 1e300, 1.7976931348623157e308]
ln_arguments += [1 + random.uniform(-1, 1) * 10.0 ** random.uniform(-12, -2) for _ in range(90)]
ln_arguments += [random.uniform(0.5, 2) for _ in range(40)]
ln_arguments += [10.0 ** random.uniform(-307, 308) for _ in range(50)]

exp_arguments = [0.0, 1e-300, -1e-20, 1e-9, -1e-9, 0.34657359027997264, 0.3465735902799727, -0.34657359027997264, 1.0, -1.0,
                 0.5, math.log(2), -math.log(2), 10.0, -10.0, 709.0, 709.782712893384, -708.3, -708.4, -720.5, -740.0,
                 -745.1332191019411]
exp_arguments += [random.uniform(-1, 1) * 10.0 ** random.uniform(-8, 0) for _ in range(70)]
exp_arguments += [random.uniform(-40, 40) for _ in range(70)]
exp_arguments += [random.uniform(-707, 709) for _ in range(40)]

MASK = 0xFFFFFFFF


def many_arguments(kind):
    """20,000 arguments from a linear congruential generator; exact-math.test.ts makes the same."""
    state = 1
    for i in range(20_000):
        state = (state * 1664525 + 1013904223) & MASK
        centred = state / 2.0**32 - 0.5
        if kind == "ln":
            yield 1 + centred if i % 2 == 0 else double((state >> 1) % 0x7FF00000, state)
        else:
            yield centred if i % 2 == 0 else 1400 * centred


def fnv(values):
    hash = 0x811C9DC5
    for x in values:
        for word in high_low(x):
            hash = ((hash ^ word) * 0x01000193) & MASK
    return hash


print("// Golden values of ln and exp. Generated: see exact-math-table.py, do not edit.")
print("/** FNV-1a over the words of ln and of exp of 20,000 arguments. */")
print(f"export const LN_HASH = {fnv(map(ln, many_arguments('ln')))};")
print(f"export const EXP_HASH = {fnv(map(exp, many_arguments('exp')))};")
print("/** Argument, correctly rounded result, (true − rounded) in ulps, result of the algorithm; numbers as IEEE 754 hex. */")
print("export type GoldenRow = readonly [string, string, number, string];")
print("export const LN_TABLE: readonly GoldenRow[] = [")
for x in ln_arguments:
    print(row(x, mpmath.log(mpmath.mpf(x)), ln(x)))
print("];")
print("export const EXP_TABLE: readonly GoldenRow[] = [")
for x in exp_arguments:
    print(row(x, mpmath.exp(mpmath.mpf(x)), exp(x)))
print("];")
