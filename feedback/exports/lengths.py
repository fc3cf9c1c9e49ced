"""How long the answers to a question can be, before any of them is read."""

from django.core.validators import MaxLengthValidator

from feedback.exports.variables import Variable
from feedback.question_types.columns import Dtype


def longest(one: Variable) -> int:
    """The characters that an answer to a question may have; 0 for what is no text of theirs."""
    if one.item is None or one.dtype is not Dtype.TEXT:
        return 0
    field = one.item.checks.get(one.part)
    bounds = field.validators if field else ()
    return max((v.limit_value for v in bounds if isinstance(v, MaxLengthValidator)), default=0)
