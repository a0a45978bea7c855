"""The small language in which lessons say what to look for in a run. Pure functions, any process and thread.

An expression has the form of one in Python, and is never executed as such: it is read as a syntax tree, each part of which must
be in the vocabulary, and becomes nested functions. A part that names nothing is an error when the lesson is loaded, with its
column. What is not known of a run makes a value of None, and whatever depends on that is None, too.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workers.lessons.value_kinds import Kinds, ValueKind, kind_words

Evaluate = Callable[[Any, tuple[Any, ...]], Any]
"""Takes what is asked, and the values of the variables of the loops around it."""
MOST_LETTERS = 500


class ExpressionError(Exception):
    """What is wrong with an expression, as a clause. column: where, from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Function(NamedTuple):
    """A function of the vocabulary.

    takes: the kinds of its arguments, of which the last `optional` may be left out.
    among: the texts that its first argument may be; empty for any.
    """

    takes: tuple[Kinds, ...]
    gives: Kinds
    call: Callable[..., Any]
    optional: int = 0
    among: tuple[str, ...] = ()


class Vocabulary(NamedTuple):
    """What expressions can name. functions and names take what is asked (a run) as their first argument."""

    names: Mapping[str, tuple[Kinds, Callable[[Any], Any]]]
    functions: Mapping[str, Function]
    fields: Mapping[ValueKind, Mapping[str, tuple[Kinds, Callable[[Any, Any], Any]]]]


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression. kinds: of its value."""

    text: str
    kinds: Kinds
    _evaluate: Evaluate = field(repr=False, compare=False)

    def value(self, asked: Any) -> Any:
        """Its value in what is asked; None where that is not known."""
        return self._evaluate(asked, ())


def parse(text: str, vocabulary: Vocabulary, *wanted: ValueKind) -> Expression:
    """The expression in a text. wanted: the kinds that its value may have. Raises ExpressionError."""
    if len(text) > MOST_LETTERS:
        raise ExpressionError(f"an expression has at most {MOST_LETTERS} characters", MOST_LETTERS + 1)
    if not text.strip():
        raise ExpressionError("there is no expression", 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval")
        kinds, evaluate = _ExpressionReader(text, vocabulary).read(tree.body, {})
    except SyntaxError as error:
        raise ExpressionError(f"this is no expression ({error.msg})", error.offset or 1) from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ExpressionError("this is no expression", 1) from error
    if wanted and (kinds.many or kinds.kind not in wanted):
        words = " or ".join(kind_words(Kinds(one)) for one in wanted)
        raise ExpressionError(f"this is {kind_words(kinds)} and not {words}", 1)
    return Expression(text, kinds, evaluate)


_COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], bool]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.In: ("in", lambda a, b: a in b),
    ast.NotIn: ("not in", lambda a, b: a not in b),
}
_CALCULATE: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", lambda a, b: a / b if b else None),
}
_AMOUNTS = (ValueKind.NUMBER, ValueKind.SECONDS)
_ENTITIES = (ValueKind.PROCESS, ValueKind.CALL, ValueKind.LINE)
_LOOPS = ("any", "all", "count", "min", "max")
_YES = Kinds(ValueKind.YES)


class _ExpressionReader:
    """Reads one expression."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary

    def read(self, node: ast.expr, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        """The kinds of a part of the tree, and the function that gives its value. variables: kinds and places of the loops'."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node, variables)
            case ast.Attribute():
                return self._attribute(node, variables)
            case ast.BoolOp():
                return self._logic(node, variables)
            case ast.UnaryOp(op=ast.Not()):
                inner = self._wanted(node.operand, variables, _YES)
                return _YES, lambda asked, loop: None if (value := inner(asked, loop)) is None else not value
            case ast.UnaryOp(op=ast.USub()):
                kinds, amount = self.read(node.operand, variables)
                self._check_amount(node.operand, kinds)
                return kinds, lambda asked, loop: None if (value := amount(asked, loop)) is None else -value
            case ast.BinOp():
                return self._calculation(node, variables)
            case ast.Compare():
                return self._comparison(node, variables)
            case ast.Call():
                return self._call(node, variables)
        raise self._error(node, "this is nothing that can be asked of a run")

    def _error(self, node: ast.expr, message: str) -> ExpressionError:
        before = self._text.encode().splitlines()[node.lineno - 1][: node.col_offset].decode(errors="replace")
        return ExpressionError(message, len(before) + 1)

    def _wanted(self, node: ast.expr, variables: dict[str, tuple[Kinds, int]], wanted: Kinds) -> Evaluate:
        kinds, evaluate = self.read(node, variables)
        amount = not kinds.many and not wanted.many and kinds.kind in _AMOUNTS and wanted.kind in _AMOUNTS
        if kinds != wanted and not amount and wanted.kind is not ValueKind.ANYTHING:
            raise self._error(node, f"this is {kind_words(kinds)} and not {kind_words(wanted)}")
        return evaluate

    def _check_amount(self, node: ast.expr, kinds: Kinds) -> None:
        if kinds.many or kinds.kind not in _AMOUNTS:
            raise self._error(node, f"this is {kind_words(kinds)}, with which one cannot calculate")

    def _constant(self, node: ast.Constant) -> tuple[Kinds, Evaluate]:
        value = node.value
        kind = {bool: ValueKind.YES, int: ValueKind.NUMBER, float: ValueKind.NUMBER, str: ValueKind.TEXT}.get(
            type(value)
        )
        if kind is None:
            raise self._error(node, f"{value!r} is neither a number, a text, True nor False")
        return Kinds(kind), lambda asked, loop: value

    def _name(self, node: ast.Name, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        if node.id in variables:
            kinds, place = variables[node.id]
            return kinds, lambda asked, loop: loop[place]
        found = self._vocabulary.names.get(node.id)
        if found is None:
            known = [*self._vocabulary.names, *(f"{name}(…)" for name in (*self._vocabulary.functions, *_LOOPS))]
            raise self._error(node, f"there is no {node.id}; there are {', '.join(known)}")
        kinds, get = found
        return kinds, lambda asked, loop: get(asked)

    def _attribute(self, node: ast.Attribute, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        kinds, entity = self.read(node.value, variables)
        fields = {} if kinds.many else self._vocabulary.fields.get(kinds.kind, {})
        if node.attr not in fields:
            known = f"; there are {', '.join(fields)}" if fields else ""
            raise self._error(node, f"{kind_words(kinds)} has no {node.attr}{known}")
        found, get = fields[node.attr]
        return found, lambda asked, loop: None if (one := entity(asked, loop)) is None else get(asked, one)

    def _logic(self, node: ast.BoolOp, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        parts = [self._wanted(one, variables, _YES) for one in node.values]
        decides = isinstance(node.op, ast.Or)
        return _YES, lambda asked, loop: _decided((part(asked, loop) for part in parts), decides)

    def _calculation(self, node: ast.BinOp, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        if type(node.op) not in _CALCULATE:
            raise self._error(node, "one can calculate with +, -, * and / only")
        _, calculate = _CALCULATE[type(node.op)]
        left_kinds, left = self.read(node.left, variables)
        right_kinds, right = self.read(node.right, variables)
        self._check_amount(node.left, left_kinds)
        self._check_amount(node.right, right_kinds)
        seconds = sum(kinds.kind is ValueKind.SECONDS for kinds in (left_kinds, right_kinds))
        ratio = isinstance(node.op, ast.Div) and right_kinds.kind is ValueKind.SECONDS
        kind = ValueKind.SECONDS if seconds and not ratio else ValueKind.NUMBER
        return Kinds(kind), _both(left, right, calculate)

    def _comparison(self, node: ast.Compare, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        sides = [node.left, *node.comparators]
        read = [self.read(side, variables) for side in sides]
        parts = []
        for place, op in enumerate(node.ops):
            (left_kinds, left), (right_kinds, right) = read[place], read[place + 1]
            if type(op) not in _COMPARE:
                raise self._error(sides[place], "one can compare with ==, !=, <, <=, >, >=, in and not in only")
            sign, compare = _COMPARE[type(op)]
            if not _comparable(left_kinds, right_kinds, sign):
                raise self._error(
                    sides[place],
                    f"{kind_words(left_kinds)} cannot be compared with {kind_words(right_kinds)} by {sign}",
                )
            parts.append(_both(left, right, compare))
        return _YES, lambda asked, loop: _decided((part(asked, loop) for part in parts), False)

    def _call(self, node: ast.Call, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        if not isinstance(node.func, ast.Name):
            raise self._error(node, "only functions by their names can be called")
        name = node.func.id
        if node.keywords:
            raise self._error(node, f"{name}() takes its arguments in their order, without names")
        if name in _LOOPS:
            return self._loop(node, name, variables)
        function = self._vocabulary.functions.get(name)
        if function is None:
            known = ", ".join((*self._vocabulary.functions, *_LOOPS))
            raise self._error(node, f"there is no {name}(); there are {known}")
        most, given = len(function.takes), len(node.args)
        if not most - function.optional <= given <= most:
            number = str(most) if not function.optional else f"{most - function.optional} to {most}"
            raise self._error(node, f"{name}() takes {number} argument{'' if number == '1' else 's'}, not {given}")
        parts = [self._wanted(one, variables, kinds) for one, kinds in zip(node.args, function.takes, strict=False)]
        first = node.args[0]
        if function.among and isinstance(first, ast.Constant) and first.value not in function.among:
            raise self._error(first, f"there is no {first.value!r}; there are {', '.join(function.among)}")
        call = function.call
        return function.gives, lambda asked, loop: call(asked, *(part(asked, loop) for part in parts))

    def _loop(self, node: ast.Call, name: str, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        """``any(… for p in processes)`` and the like; of count(), min() and max() also the other forms."""
        if len(node.args) != 1 or not isinstance(node.args[0], ast.GeneratorExp):
            return self._plain_form(node, name, variables)
        (loop,) = node.args[0].generators if len(node.args[0].generators) == 1 else (None,)
        if loop is None or not isinstance(loop.target, ast.Name) or loop.is_async:
            raise self._error(node, f"write {name}(… for p in processes), with one loop")
        source_kinds, source = self.read(loop.iter, variables)
        if not source_kinds.many:
            raise self._error(loop.iter, f"{kind_words(source_kinds)} is no list")
        inner = {**variables, loop.target.id: (Kinds(source_kinds.kind), len(variables))}
        if loop.target.id in variables:
            raise self._error(loop.target, f"there is a {loop.target.id} already")
        conditions = [self._wanted(one, inner, _YES) for one in loop.ifs]
        kinds, element = self.read(node.args[0].elt, inner)
        if name in ("min", "max"):
            self._check_amount(node.args[0].elt, kinds)
        elif kinds != _YES:
            raise self._error(node.args[0].elt, f"this is {kind_words(kinds)} and not {kind_words(_YES)}")

        def values(asked: Any, around: tuple[Any, ...]) -> list[Any] | None:
            found = source(asked, around)
            if found is None:
                return None
            held = [(one, _decided((test(asked, (*around, one)) for test in conditions), False)) for one in found]
            if any(known is None for _, known in held):
                return None
            return [element(asked, (*around, one)) for one, known in held if known]

        gives = Kinds(kinds.kind if name in ("min", "max") else ValueKind.NUMBER if name == "count" else ValueKind.YES)
        return gives, lambda asked, around: _gathered(name, values(asked, around))

    def _plain_form(self, node: ast.Call, name: str, variables: dict[str, tuple[Kinds, int]]) -> tuple[Kinds, Evaluate]:
        read = [self.read(one, variables) for one in node.args]
        if name == "count" and len(read) == 1 and read[0][0].many:
            entities = read[0][1]
            return Kinds(
                ValueKind.NUMBER
            ), lambda asked, loop: None if (found := entities(asked, loop)) is None else len(found)
        if name in ("min", "max") and len(read) > 1:
            for one, (kinds, _) in zip(node.args, read, strict=True):
                self._check_amount(one, kinds)
            seconds = any(kinds.kind is ValueKind.SECONDS for kinds, _ in read)
            return Kinds(ValueKind.SECONDS if seconds else ValueKind.NUMBER), lambda asked, loop: _gathered(
                name, [part(asked, loop) for _, part in read]
            )
        raise self._error(node, f"write {name}(… for p in processes)")


def _both(left: Evaluate, right: Evaluate, made: Callable[[Any, Any], Any]) -> Evaluate:
    def evaluate(asked: Any, loop: tuple[Any, ...]) -> Any:
        a, b = left(asked, loop), right(asked, loop)
        return None if a is None or b is None else made(a, b)

    return evaluate


def _decided(values: Iterable[bool | None], by: bool) -> bool | None:
    """Of values that may be unknown: `by` if one of them is that, else the opposite if all are known."""
    unknown = False
    for value in values:
        if value is None:
            unknown = True
        elif value is by:
            return by
    return None if unknown else not by


def _gathered(name: str, values: list[Any] | None) -> Any:
    if values is None:
        return None
    if name in ("any", "all"):
        return _decided(values, name == "any")
    if any(value is None for value in values) or (not values and name != "count"):
        return None
    if name == "count":
        return sum(values)
    return min(values) if name == "min" else max(values)


def _comparable(left: Kinds, right: Kinds, sign: str) -> bool:
    if left.many or right.many:
        return False
    if sign in ("in", "not in"):
        return left.kind is right.kind is ValueKind.TEXT
    if left.kind in _AMOUNTS and right.kind in _AMOUNTS:
        return True
    if left.kind is not right.kind:
        return False
    return sign in ("==", "!=") or left.kind not in (*_ENTITIES, ValueKind.YES)
