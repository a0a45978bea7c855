"""Compiles functions of the standard library again, with calls to the probe's hooks in them.

Loaded by the probe (see there) by path, in the recorded program, when the edits of a module are not in the cache. Stdlib
only, CPython 3.9 and newer.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from types import CodeType
    from typing import Any

    # The probe puts its own here, since this file cannot import it.
    from workers.recorded.probe import CALLS, EXECUTOR_JOB, HOOKS, MANAGER, POOL, POOL_JOB


def compiled(path: str, edits: "dict[str, str]") -> "dict[str, CodeType]":
    """{qualified name:line: code} for the functions of a module's source that are edited, by qualified name and kind of
    edit. The constant HOOKS stands in them for the hooks."""
    before = set(sys.modules)
    import ast

    for name in set(sys.modules) - before:
        del sys.modules[name]  # the program is to find loaded what it would alone
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    wanted: set[tuple[str, int]] = set()
    for name, function in _functions(ast, tree, ""):
        if name in edits and not function.decorator_list:
            wanted.add((name, function.lineno))
            _EDITORS[edits[name]](ast, function)
    code = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
    found: dict[str, Any] = {}
    owner: Any
    for owner in [code, *(inner for inner in code.co_consts if hasattr(inner, "co_consts"))]:
        for inner in owner.co_consts:
            name = _qualified("" if owner is code else owner.co_name, getattr(inner, "co_name", ""))
            if (name, getattr(inner, "co_firstlineno", 0)) in wanted:
                found["%s:%d" % (name, inner.co_firstlineno)] = inner
    return found


def _functions(ast: "Any", owner: "Any", within: str) -> "Any":
    """(qualified name, node) of each function of a module and its classes, those in an if included."""
    for node in [*owner.body, *getattr(owner, "orelse", ())]:
        if isinstance(node, ast.FunctionDef):
            yield _qualified(within, node.name), node
        elif isinstance(node, ast.ClassDef) and not within:
            yield from _functions(ast, node, node.name)
        elif isinstance(node, ast.If):
            yield from _functions(ast, node, within)


def _qualified(owner: str, name: str) -> str:
    return owner + "." + name if owner else name


def _hook(ast: "Any", near: "Any", name: str, *arguments: "Any") -> "Any":
    call = ast.Call(ast.Attribute(ast.Constant(HOOKS), name, ast.Load()), list(arguments), [])
    for node in ast.walk(call):
        ast.copy_location(node, near)
    return call


def _name(ast: "Any", name: str, store: bool = False) -> "Any":
    return ast.Name(name, ast.Store() if store else ast.Load())


def _edit_call(ast: "Any", function: "Any") -> None:
    """call = began(...); done = value = None; try: the body, in which each way out notes that it is one, and what it
    answers; finally: left(...)."""
    body = function.body
    doc = [body.pop(0)] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else []
    near = body[0]
    itself = _name(ast, "self")

    class Results(ast.NodeTransformer):
        def visit_Return(self, node: "Any") -> "Any":
            answer = [_set(ast, node, ".value", node.value)] if node.value else []
            node.value = _name(ast, ".value") if node.value else None
            if node.value:
                ast.copy_location(node.value, node)
            return [*answer, _set(ast, node, ".done", ast.Constant(True)), node]

        def visit_FunctionDef(self, node: "Any") -> "Any":
            return node

    body = [Results().visit(statement) for statement in body]
    body = [inner for statement in body for inner in (statement if isinstance(statement, list) else [statement])]
    extra = [_name(ast, "timeout")] if function.name == "join" else []
    kind = ast.Constant(CALLS.index(function.name))
    began = _hook(ast, near, "call_began", kind, itself, *extra)
    body.append(_set(ast, near, ".done", ast.Constant(True)))
    told = [_name(ast, name) for name in (".call", "self", ".done", ".value")]
    left = _said(ast, near, "call_left", kind, *told)
    function.body = [
        *doc,
        _set(ast, near, ".call", began),
        _set(ast, near, ".done", ast.Constant(False)),
        _set(ast, near, ".value", ast.Constant(None)),
        ast.copy_location(ast.Try(body, [], [], [left]), near),
    ]


def _edit_bootstrap(ast: "Any", function: "Any") -> None:
    """began at the top, a try around self.run(), and the exit code before the return."""
    itself = _name(ast, "self")

    class Places(ast.NodeTransformer):
        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run"):
                return node
            left = _said(ast, node, "target_left", _note(ast), _name(ast, ".done"))
            return [
                *_noted(ast, node, "target_began"),
                _set(ast, node, ".done", ast.Constant(False)),
                ast.copy_location(ast.Try([node, _set(ast, node, ".done", ast.Constant(True))], [], [], [left]), node),
            ]

        def visit_Return(self, node: "Any") -> "Any":
            return [_said(ast, node, "worker_ended", node.value), node]

    Places().visit(function)
    near = function.body[0]
    function.body.insert(0, _said(ast, near, "worker_began", itself))


def _edit_reap(ast: "Any", function: "Any") -> None:
    """reaped(popen) after each assignment to popen.returncode."""

    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and target.attr == "returncode":
                itself = ast.Attribute(_name(ast, "self"), "_proc", ast.Load())
                whose = _name(ast, "self") if isinstance(target.value, ast.Name) else itself
                return [node, ast.copy_location(ast.Expr(_hook(ast, node, "reaped", whose)), node)]
            return node

    Places().visit(function)


def _edit_spawn(ast: "Any", function: "Any") -> None:
    """began at the top, and the returned pid through spawned()."""
    near = function.body[0]
    began = _name(ast, ".began")

    class Results(ast.NodeTransformer):
        def visit_Return(self, node: "Any") -> "Any":
            node.value = _hook(ast, node, "spawned", began, node.value)
            return node

    Results().visit(function)
    assign = ast.Assign([_name(ast, ".began", store=True)], _hook(ast, near, "spawn_began"))
    function.body.insert(0, ast.copy_location(assign, near))


def _edit_pool_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top; around the call of each task task_began() and task_ended()."""
    result = _name(ast, "result")

    class Places(ast.NodeTransformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "result"):
                return node
            task = [_name(ast, name) for name in ("job", "i", "func", "args")]
            return [*_noted(ast, node, "task_began", *task), node, _said(ast, node, "task_ended", _note(ast), result)]

    Places().visit(function)
    _say_first(ast, function, "serves", ast.Constant(POOL))


def _edit_executor_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top; around the call of each item item_began(), and task_left() on either way out."""
    item = _name(ast, "call_item")

    class Places(ast.NodeTransformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "r"):
                return self.generic_visit(node)
            node.body.append(_said(ast, first, "task_left", _note(ast), ast.Constant(None)))
            for handler in node.handlers:
                error = _name(ast, handler.name) if handler.name else ast.Constant(None)
                handler.body.insert(0, _said(ast, handler.body[0], "task_left", _note(ast), error))
            return [*_noted(ast, node, "item_began", item), node]

    Places().visit(function)
    _say_first(ast, function, "serves", ast.Constant(POOL))


def _edit_manager(ast: "Any", function: "Any") -> None:
    _say_first(ast, function, "serves", ast.Constant(MANAGER))


def _edit_job(ast: "Any", function: "Any") -> None:
    """submitted(self._job) after it is numbered."""
    job = ast.Attribute(_name(ast, "self"), "_job", ast.Load())
    _after_assignment(ast, function, lambda target: getattr(target, "attr", "") == "_job", "submitted", job,
                      ast.Constant(POOL_JOB))  # fmt: skip


def _edit_submit(ast: "Any", function: "Any") -> None:
    """submitted(self._queue_count) after the work is put under that number."""
    count = ast.Attribute(_name(ast, "self"), "_queue_count", ast.Load())

    def pending(target: "Any") -> bool:
        return getattr(getattr(target, "value", None), "attr", "") == "_pending_work_items"

    _after_assignment(ast, function, pending, "submitted", count, ast.Constant(EXECUTOR_JOB))


def _edit_subprocess(ast: "Any", function: "Any") -> None:
    """The environment through child_environment(), and subprocess_started() where the child is known."""
    itself, arguments = _name(ast, "self"), _name(ast, "args")

    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if getattr(node.targets[0], "attr", "") != "pid":
                return node
            return [node, _said(ast, node, "subprocess_started", _note(ast), itself, arguments)]

        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "_posix_spawn"):
                return node
            return [node, _said(ast, node, "subprocess_started", _note(ast), itself, arguments)]

    Places().visit(function)
    near = function.body[0]
    env = ast.Assign([_name(ast, "env", store=True)], _hook(ast, near, "child_environment", _name(ast, "env")))
    function.body[:0] = [ast.copy_location(env, near), *_noted(ast, near, "spawn_began")]


def _edit_loky_spawn(ast: "Any", function: "Any") -> None:
    """The same for loky's way of starting an interpreter: its environment, and the pid that it returns."""
    near = function.body[0]
    _edit_spawn(ast, function)
    env = ast.Assign([_name(ast, "env", store=True)], _hook(ast, near, "child_environment", _name(ast, "env")))
    function.body.insert(0, ast.copy_location(env, near))


def _note(ast: "Any") -> "Any":
    return _name(ast, ".note")


def _set(ast: "Any", near: "Any", name: str, value: "Any") -> "Any":
    """name = value, all of it where `near` is."""
    assign = ast.Assign([_name(ast, name, store=True)], value)
    if not hasattr(value, "lineno"):
        ast.copy_location(value, near)
    return ast.copy_location(assign, near)


def _noted(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "list[Any]":
    """[.note = hook(...)]"""
    assign = ast.Assign([_name(ast, ".note", store=True)], _hook(ast, near, hook, *arguments))
    return [ast.copy_location(assign, near)]


def _said(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "Any":
    """hook(...)"""
    return ast.copy_location(ast.Expr(_hook(ast, near, hook, *arguments)), near)


def _say_first(ast: "Any", function: "Any", hook: str, *arguments: "Any") -> None:
    at = 1 if isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant) else 0
    function.body.insert(at, _said(ast, function.body[at], hook, *arguments))


def _after_assignment(ast: "Any", function: "Any", wanted: "Any", hook: str, *arguments: "Any") -> None:
    class Places(ast.NodeTransformer):
        def visit_Assign(self, node: "Any") -> "Any":
            return [node, _said(ast, node, hook, *arguments)] if wanted(node.targets[0]) else node

    Places().visit(function)


_EDITORS = {
    "call": _edit_call,
    "bootstrap": _edit_bootstrap,
    "reap": _edit_reap,
    "spawn": _edit_spawn,
    "pool worker": _edit_pool_worker,
    "executor worker": _edit_executor_worker,
    "manager": _edit_manager,
    "job": _edit_job,
    "submit": _edit_submit,
    "subprocess": _edit_subprocess,
    "loky spawn": _edit_loky_spawn,
}
