"""What a model may be asked: every value outside its range is refused by name, before anything is computed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem


class Limit(NamedTuple):
    """Closed range of a parameter and what to say of a value outside it."""

    low: float
    high: float
    advice: str


def checked(model: str, limits: dict[str, Limit], **values: ArrayLike) -> list[NDArray[np.float64]]:
    """Take parameters as float64 arrays of one broadcast shape, all within their limits.

    Parameters
    ----------
    model
        Whose limits they are, for the message.
    limits
        Limit of each parameter by name; a parameter without one need only be finite.
    values
        Parameters, in shapes that broadcast.

    Returns
    -------
    Contiguous arrays, float64, in the order of `values`.

    Raises
    ------
    InputError
        A value is not finite or outside its range, or the shapes do not broadcast; lists one problem per parameter.
    """
    try:
        arrays = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in values.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {np.shape(value)}" for name, value in values.items())
        message = "the shapes do not broadcast; give each parameter one value or one per item"
        raise InputError([Problem(model, None, "", shapes, message)]) from error
    problems = []
    for name, array in zip(values, arrays, strict=True):
        limit = limits.get(name, Limit(-np.inf, np.inf, "must be a finite number"))
        wrong = ~(np.isfinite(array) & (array >= limit.low) & (array <= limit.high))
        if wrong.any():
            first = int(np.argmax(wrong))
            row = first + 1 if array.ndim else None
            more = f" ({int(wrong.sum())} such values)" if wrong.sum() > 1 else ""
            problems.append(Problem(model, row, name, str(array.flat[first]), limit.advice + more))
    if problems:
        raise InputError(problems)
    return [np.array(array, order="C") for array in arrays]  # ascontiguousarray would give a scalar a dimension
