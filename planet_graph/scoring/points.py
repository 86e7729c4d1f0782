"""Points: whole millionths that are split without a rest and written as decimals."""

from collections.abc import Sequence

MICRO = 1_000_000


def largest_remainder(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to weights, so that the shares sum to it exactly.

    Exact: weights are taken as the rationals they are. Equal remainders: the earlier weight gains first, and a
    weight of 0 gains nothing.
    Shapes: as many shares as weights.
    Raises: ValueError for a negative total or weight, and for a positive total with no positive weight.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("neither the total nor a weight may be negative")
    ratios = [weight.as_integer_ratio() for weight in weights]
    # A float's denominator is a power of two, so the greatest one is a multiple of all.
    scale = max((below for _, below in ratios), default=1)
    exact = [above * (scale // below) for above, below in ratios]
    whole = sum(exact)
    if whole == 0:
        if total:
            raise ValueError("a positive total needs a positive weight")
        return [0] * len(weights)
    divided = [divmod(total * weight, whole) for weight in exact]
    shares = [share for share, _ in divided]
    by_remainder = sorted(range(len(divided)), key=lambda i: (-divided[i][1], i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def to_micro(value: float) -> int:
    """Round to whole millionths. Equal distances: to the even one."""
    return round(value * MICRO)


def decimal(micro: int) -> str:
    """Write millionths as a decimal with six digits behind the point: `12.345678`."""
    whole, rest = divmod(abs(micro), MICRO)
    return f"{'-' if micro < 0 else ''}{whole}.{rest:06d}"
