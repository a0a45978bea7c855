"""Compiles functions of the standard library again, with calls to the probe's hooks in them.

The probe loads this by path, in the recorded program, when the edits of a module are not in the cache. Standard library
only, CPython 3.9 and newer.

Names that begin with a dot (`.call`, `.note`) are local variables of an edited function: no source can have such names.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # annotations are text here: importing typing would be a change to the program
    from collections.abc import Iterator
    from types import CodeType, ModuleType
    from typing import Any

    # The probe sets these when it loads this file, which cannot import the probe.
    from workers.recorded.probe import BIG, CALLS, EXECUTOR_JOB, HOOKS, MANAGER, POOL, POOL_JOB

_ONLY_AST = 0x400  # compile() returns the syntax tree, in every Python


def compiled(path: str, edits: "dict[str, str]") -> "dict[str, CodeType]":
    """{qualified name:line: code} for the edited functions of a module's source.

    edits: qualified name → kind of edit. In the code, the constant HOOKS is the placeholder for the hooks.
    """
    ast = _nodes()
    with open(path, "rb") as file:
        tree = compile(file.read(), path, "exec", _ONLY_AST, dont_inherit=True)
    edited: set[tuple[str, int]] = set()
    for name, function in _functions(ast, tree, ""):
        decorators = function.decorator_list
        if name in edits and all(getattr(one, "id", "") == "staticmethod" for one in decorators):
            edited.add((name, min([function.lineno, *(one.lineno for one in decorators)])))
            _EDITORS[edits[name]](ast, function)
    _fill_locations(tree, 1, 0, 1, 0)
    code = compile(tree, path, "exec", dont_inherit=True)
    found: dict[str, Any] = {}
    owner: Any
    for owner in [code, *(inner for inner in code.co_consts if hasattr(inner, "co_consts"))]:
        for inner in owner.co_consts:
            name = _qualified("" if owner is code else owner.co_name, getattr(inner, "co_name", ""))
            if (name, getattr(inner, "co_firstlineno", 0)) in edited:
                found["%s:%d" % (name, inner.co_firstlineno)] = inner
    return found


def _nodes() -> "ModuleType":
    """The classes of syntax nodes. They are in the interpreter itself, and no module of the program can take their place.

    Python's `ast`, which can do what the functions below do, is a file like any other. To import it means to look for it, and
    for what it imports, where the program has put its own, and to change sys.modules while other threads import.
    """
    is_new = "_ast" not in sys.modules
    import _ast

    if is_new:
        sys.modules.pop("_ast", None)  # the program must find loaded what it would find without the probe
    return _ast


def _children(node: "Any") -> "Iterator[Any]":
    """The nodes directly below one."""
    for name in node._fields:
        value = getattr(node, name, None)
        for one in value if type(value) is list else (value,):
            if hasattr(one, "_fields"):
                yield one


def _walk(node: "Any") -> "Iterator[Any]":
    """A node and all below it, in no order that counts."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        waiting.extend(_children(one))
        yield one


def _copy_location(node: "Any", near: "Any") -> "Any":
    """Give a node the lines and columns of another, and return it. The end of what has none in the source stays unset."""
    for name in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        if name in node._attributes and getattr(near, name, None) is not None:
            setattr(node, name, getattr(near, name))
    return node


def _fill_locations(node: "Any", line: int, column: int, end_line: int, end_column: int) -> None:
    """Give the nodes that have no place that of the node above them. Lines from 1, columns in bytes from 0."""
    if "lineno" in node._attributes:
        node.lineno = line = getattr(node, "lineno", line)
        node.col_offset = column = getattr(node, "col_offset", column)
        node.end_lineno = end_line = getattr(node, "end_lineno", None) or end_line
        found = getattr(node, "end_col_offset", None)
        node.end_col_offset = end_column = end_column if found is None else found
    for child in _children(node):
        _fill_locations(child, line, column, end_line, end_column)


class _Transformer:
    """Puts in the place of each node what its method `visit_KIND` returns: a node, or in a list of nodes several.

    A method that wants what is below its node looked at calls generic_visit().
    """

    def visit(self, node: "Any") -> "Any":
        return getattr(self, "visit_" + type(node).__name__, self.generic_visit)(node)

    def generic_visit(self, node: "Any") -> "Any":
        for name in node._fields:
            value = getattr(node, name, None)
            if type(value) is list:
                made = [self.visit(one) if hasattr(one, "_fields") else one for one in value]
                value[:] = [inner for one in made for inner in (one if type(one) is list else [one])]
            elif hasattr(value, "_fields"):
                setattr(node, name, self.visit(value))
        return node


def _functions(ast: "Any", owner: "Any", within: str) -> "Any":
    """(qualified name, node) of each function of a module and its classes, also of those inside an if."""
    for node in [*owner.body, *getattr(owner, "orelse", ())]:
        if isinstance(node, ast.FunctionDef):
            yield _qualified(within, node.name), node
        elif isinstance(node, ast.ClassDef) and not within:
            yield from _functions(ast, node, node.name)
        elif isinstance(node, ast.If):
            yield from _functions(ast, node, within)


def _qualified(owner: str, name: str) -> str:
    return owner + "." + name if owner else name


def _edit_call(ast: "Any", function: "Any") -> None:
    """A method of BaseProcess or of an executor: call_began() at the top, and call_left() in a finally around the body.

    `.done` notes that the method returns, and `.value` what it returns.
    """
    body = function.body
    doc = [body.pop(0)] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else []
    near = body[0]
    itself = _name(ast, "self")

    class NotesReturns(_Transformer):
        def visit_Return(self, node: "Any") -> "Any":
            answer = [_set(ast, node, ".value", node.value)] if node.value else []
            node.value = _name(ast, ".value") if node.value else None
            if node.value:
                _copy_location(node.value, node)
            return [*answer, _set(ast, node, ".done", ast.Constant(True)), node]

        def visit_FunctionDef(self, node: "Any") -> "Any":
            return node

    body = [NotesReturns().visit(statement) for statement in body]
    body = [inner for statement in body for inner in (statement if isinstance(statement, list) else [statement])]
    extra = [_name(ast, "timeout")] if function.name == "join" else []
    kind = ast.Constant(CALLS.index(function.name))
    began = _hook(ast, near, "call_began", kind, itself, *extra)
    body.append(_set(ast, near, ".done", ast.Constant(True)))
    arguments = [_name(ast, name) for name in (".call", "self", ".done", ".value")]
    left = _call_hook(ast, near, "call_left", kind, *arguments)
    function.body = [
        *doc,
        _set(ast, near, ".call", began),
        _set(ast, near, ".done", ast.Constant(False)),
        _set(ast, near, ".value", ast.Constant(None)),
        _copy_location(ast.Try(body, [], [], [left]), near),
    ]


def _edit_bootstrap(ast: "Any", function: "Any") -> None:
    """worker_began() at the top, target_began() and target_left() around self.run(), worker_ended() before the
    return."""
    itself = _name(ast, "self")

    class WrapsRun(_Transformer):
        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run"):
                return node
            left = _call_hook(ast, node, "target_left", _note(ast), _name(ast, ".done"))
            return [
                _set_note(ast, node, "target_began"),
                _set(ast, node, ".done", ast.Constant(False)),
                _copy_location(ast.Try([node, _set(ast, node, ".done", ast.Constant(True))], [], [], [left]), node),
            ]

        def visit_Return(self, node: "Any") -> "Any":
            return [_call_hook(ast, node, "worker_ended", node.value), node]

    WrapsRun().visit(function)
    near = function.body[0]
    function.body.insert(0, _call_hook(ast, near, "worker_began", itself))


def _edit_reap(ast: "Any", function: "Any") -> None:
    """reaped(popen) after each assignment to popen.returncode."""

    class FollowsReturncode(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            target = node.targets[0]
            if isinstance(target, ast.Attribute) and target.attr == "returncode":
                itself = _name(ast, "self")
                is_own = isinstance(target.value, ast.Name)
                popen = itself if is_own else ast.Attribute(itself, "_proc", ast.Load())
                return [node, _call_hook(ast, node, "reaped", popen)]
            return node

    FollowsReturncode().visit(function)


def _edit_spawn(ast: "Any", function: "Any") -> None:
    """spawn_began() at the top, and spawned() around the pid that is returned."""
    near = function.body[0]
    began = _name(ast, ".began")

    class WrapsPid(_Transformer):
        def visit_Return(self, node: "Any") -> "Any":
            node.value = _hook(ast, node, "spawned", began, node.value)
            return node

    WrapsPid().visit(function)
    assign = ast.Assign([_name(ast, ".began", store=True)], _hook(ast, near, "spawn_began"))
    function.body.insert(0, _copy_location(assign, near))


def _edit_pool_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top, task_began() and task_ended() around the call of each task, unsent() where its result is lost."""
    result = _name(ast, "result")

    class WrapsTasks(_Transformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "result"):
                return node
            task = [_name(ast, name) for name in ("job", "i", "func", "args", "kwds")]
            ended = _call_hook(ast, node, "task_ended", _note(ast), result)
            return [_set_note(ast, node, "task_began", *task), node, ended]

    class FollowsWrapped(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if getattr(node.targets[0], "id", "") != "wrapped":
                return node
            return [node, _call_hook(ast, node, "unsent", _note(ast), _name(ast, "wrapped"))]

    WrapsTasks().visit(function)
    FollowsWrapped().visit(function)
    _call_first(ast, function, "serves", ast.Constant(POOL))


def _edit_executor_worker(ast: "Any", function: "Any") -> None:
    """serves() at the top, item_began() before the call of each item, and task_left() on each way out of the call; and
    initializer_raised() where the initializer raises, which ends the worker with exit code 0."""
    _wrap_call(ast, function, "r", "task_left", "item_began", _name(ast, "call_item"))

    class FollowsInitializer(_Transformer):
        def visit_Try(self, node: "Any") -> "Any":
            called = getattr(getattr(getattr(node.body[0], "value", None), "func", None), "id", "")
            if called == "initializer":
                for handler in node.handlers:
                    handler.body.insert(0, _call_hook(ast, handler.body[0], "initializer_raised"))
            return node

    for node in function.body:
        if isinstance(node, ast.If):
            FollowsInitializer().visit(node)
    _call_first(ast, function, "serves", ast.Constant(POOL))


def _edit_work_item(ast: "Any", function: "Any") -> None:
    """The time as an attribute of the item, which is made when its task is submitted."""
    near = function.body[-1]
    target = ast.Attribute(_name(ast, "self"), "procession_ns", ast.Store())
    function.body.append(_copy_location(ast.Assign([target], _hook(ast, near, "now")), near))


def _edit_work(ast: "Any", function: "Any") -> None:
    """work_began() before a thread calls a task, and work_left() on each way out of the call."""
    arguments = [_name(ast, argument.arg) for argument in function.args.args]  # since 3.14 with the thread's context
    _wrap_call(ast, function, "result", "work_left", "work_began", *arguments)


def _wrap_call(ast: "Any", function: "Any", result: str, left: str, began: str, *arguments: "Any") -> None:
    """Call hooks.began(*arguments) before the try statement whose body assigns the call's result, and hooks.left() with
    the error or None on each way out of it."""

    class WrapsCall(_Transformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == result):
                return self.generic_visit(node)
            node.body.append(_call_hook(ast, first, left, _note(ast), ast.Constant(None)))
            for handler in node.handlers:
                error = _name(ast, handler.name) if handler.name else ast.Constant(None)
                handler.body.insert(0, _call_hook(ast, handler.body[0], left, _note(ast), error))
            return [_set_note(ast, node, began, *arguments), node]

    WrapsCall().visit(function)


def _edit_cluster_task(ast: "Any", function: "Any") -> None:
    """How a thread of a Dask worker calls a task: cluster_task_began() before the try statement whose body assigns `msg`, and
    cluster_task_left() with that in its finally. `.value` is None where an exception leaves the call."""
    names = [argument.arg for argument in function.args.args]
    call = ["task"] if "task" in names else ["function", "args", "kwargs"]
    arguments = [
        _name(ast, names[names.index(name)]) for name in ("key", *call)
    ]  # ValueError where Dask has other ones

    class FollowsMessage(_Transformer):
        def visit_Try(self, node: "Any") -> "Any":
            first = node.body[0]
            if not (isinstance(first, ast.Assign) and getattr(first.targets[0], "id", "") == "msg"):
                return self.generic_visit(node)
            node.body.append(_set(ast, first, ".value", _name(ast, "msg")))
            node.finalbody.insert(0, _call_hook(ast, first, "cluster_task_left", _note(ast), _name(ast, ".value")))
            return [
                _set(ast, node, ".value", ast.Constant(None)),
                _set_note(ast, node, "cluster_task_began", *arguments),
                node,
            ]

    FollowsMessage().visit(function)


def _edit_cluster_worker(ast: "Any", function: "Any") -> None:
    """serves_cluster(name) at the top."""
    names = [argument.arg for argument in function.args.kwonlyargs]
    _call_first(ast, function, "serves_cluster", _name(ast, names[names.index("name")]))


def _edit_main_module(ast: "Any", function: "Any") -> None:
    """Note how long a started process runs the main module again."""

    class TimesTheRun(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if getattr(node.targets[0], "id", "") != "main_content":
                return node
            return [_set_note(ast, node, "main_begins"), node, _call_hook(ast, node, "main_ran", _note(ast))]

    TimesTheRun().visit(function)


def _edit_thread(ast: "Any", function: "Any") -> None:
    """thread_raised() where an exception that the thread's work raised is about to be printed."""

    class FollowsHandlers(_Transformer):
        def visit_ExceptHandler(self, node: "Any") -> "Any":
            first = node.body[0]
            called = getattr(getattr(first, "value", None), "func", None)
            if getattr(called, "attr", "") == "_invoke_excepthook":
                node.body.insert(0, _call_hook(ast, first, "thread_raised"))
            return node

    FollowsHandlers().visit(function)


def _edit_feeder_error(ast: "Any", function: "Any") -> None:
    """feeder_raised() with the exception at the top."""
    _call_first(ast, function, "feeder_raised", _name(ast, function.args.args[-2].arg))


def _edit_feeds_tasks(ast: "Any", function: "Any") -> None:
    """task_unsent() with the exception where a Pool could not send a task."""

    class FollowsUnsent(_Transformer):
        def visit_ExceptHandler(self, node: "Any") -> "Any":
            self.generic_visit(node)
            if node.name and isinstance(node.body[0], ast.Assign):
                node.body.insert(0, _call_hook(ast, node.body[0], "task_unsent", _name(ast, node.name)))
            return node

    FollowsUnsent().visit(function)


def _edit_manager(ast: "Any", function: "Any") -> None:
    """serves() at the top."""
    _call_first(ast, function, "serves", ast.Constant(MANAGER))


def _edit_job(ast: "Any", function: "Any") -> None:
    """submitted(self._job) after the job has its number."""
    job = ast.Attribute(_name(ast, "self"), "_job", ast.Load())

    def is_number(target: "Any") -> bool:
        return getattr(target, "attr", "") == "_job"

    _call_after_assignment(ast, function, is_number, "submitted", job, ast.Constant(POOL_JOB))


def _edit_submit(ast: "Any", function: "Any") -> None:
    """submitted(self._queue_count) after the work is stored under that number."""
    count = ast.Attribute(_name(ast, "self"), "_queue_count", ast.Load())

    def is_pending(target: "Any") -> bool:
        return getattr(getattr(target, "value", None), "attr", "") == "_pending_work_items"

    _call_after_assignment(ast, function, is_pending, "submitted", count, ast.Constant(EXECUTOR_JOB))


def _edit_sender(ast: "Any", function: "Any") -> None:
    """How a message is pickled and sent: sent() where it is big.

    `.began` is before it is pickled, `.message` the pickle, `.size` its bytes, `.pickled` after a big one was pickled.
    """
    sends = function.name == "send"

    class Follows(_Transformer):
        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (sends and isinstance(call, ast.Call) and call.args and _is_pickling(ast, call.args[0], "dumps")):
                return self._sent(node)
            pickle, call.args[0] = call.args[0], _copy_location(_name(ast, ".message"), call.args[0])
            assign = _copy_location(ast.Assign([_name(ast, ".message", store=True)], pickle), node)
            return [*_pickles(ast, node, assign, ".message"), *self._sent(node)]

        def visit_Assign(self, node: "Any") -> "Any":
            if not _is_pickling(ast, node.value, "dumps"):
                return node
            return _pickles(ast, node, node, node.targets[0].id)

        def _sent(self, node: "Any") -> "Any":
            call = node.value
            name = getattr(getattr(call, "func", None), "attr", getattr(getattr(call, "func", None), "id", ""))
            if name not in ("send_bytes", "_send_bytes"):
                return [node]
            told = _call_hook(ast, node, "sent", _name(ast, ".began"), _name(ast, ".pickled"), _name(ast, ".size"))
            return [node, _if_big(ast, node, told)]

    Follows().visit(function)


def _edit_feed(ast: "Any", function: "Any") -> None:
    """The same for the feeder of a queue; and feeder_raised() where it drops an object in silence, since its process exits."""
    _edit_sender(ast, function)

    class FollowsErrors(_Transformer):
        def visit_ExceptHandler(self, node: "Any") -> "Any":
            for inner in node.body:
                test = getattr(inner, "test", None)
                if node.name and getattr(getattr(test, "func", None), "id", "") == "is_exiting":
                    inner.body.insert(0, _call_hook(ast, inner.body[0], "feeder_raised", _name(ast, node.name)))
            return node

    FollowsErrors().visit(function)


def _pickles(ast: "Any", near: "Any", pickling: "Any", name: str) -> "list[Any]":
    """The statement that makes a pickle, and around it what notes when it was made, and its size."""
    size = _set(ast, near, ".size", _hook(ast, near, "len", _name(ast, name)))
    big = _set(ast, near, ".pickled", _hook(ast, near, "now"))
    return [_set(ast, near, ".began", _hook(ast, near, "now")), pickling, size, _if_big(ast, near, big)]


def _edit_put(ast: "Any", function: "Any") -> None:
    """The same for the queue by which a worker sends results: and result_sent() after a pickle was made."""
    _edit_sender(ast, function)

    def is_size(target: "Any") -> bool:
        return getattr(target, "id", "") == ".size"

    class FollowsSize(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if not is_size(node.targets[0]):
                return node
            ran = _hook_attribute(ast, node, "ran")
            told = _call_hook(ast, node, "result_sent", _name(ast, ".size"))
            return [node, _located(ast, node, ast.If(ran, [told], []))]

    FollowsSize().visit(function)


def _edit_launch(ast: "Any", function: "Any") -> None:
    """How a Process object is pickled and sent to a new interpreter: sent() where it is big."""
    name = ""

    class FollowsPickle(_Transformer):
        def visit_Expr(self, node: "Any") -> "Any":
            nonlocal name
            call = node.value
            arguments = list(getattr(call, "args", ()))
            called = getattr(getattr(call, "func", None), "attr", "")
            if called == "dump" and [getattr(one, "id", "") for one in arguments[:1]] == ["process_obj"]:
                name = arguments[1].id
                written = ast.Call(ast.Attribute(_name(ast, name), "tell", ast.Load()), [], [])
                return [
                    _set(ast, node, ".began", _hook(ast, node, "now")),
                    node,
                    _set(ast, node, ".pickled", _hook(ast, node, "now")),
                    _set(ast, node, ".size", _located(ast, node, written)),
                ]
            if called == "write" and name:
                told = _call_hook(ast, node, "sent", _name(ast, ".began"), _name(ast, ".pickled"), _name(ast, ".size"))
                return [node, _if_big(ast, node, told)]
            return node

    FollowsPickle().visit(function)


def _edit_receiver(ast: "Any", function: "Any") -> None:
    """How a message is unpickled: unpickled() after a big one."""
    _edit_loads(ast, function, notes=False)


def _edit_get(ast: "Any", function: "Any") -> None:
    """The same, and the bytes of each message as hooks.got: the next task came in it."""
    _edit_loads(ast, function, notes=True)


def _edit_loads(ast: "Any", function: "Any", notes: bool) -> None:
    class FollowsLoads(_Transformer):
        def visit_Return(self, node: "Any") -> "Any":
            call = node.value
            if not _is_pickling(ast, call, "loads"):
                return node
            message, call.args[0] = call.args[0], _copy_location(_name(ast, ".message"), call.args[0])
            size, began = _name(ast, ".size"), _name(ast, ".began")
            keep = ast.Assign([_located(ast, node, _stored(ast, "got"))], _located(ast, node, ast.BinOp(
                _name(ast, ".size"), ast.Add(), ast.Constant(1))))  # fmt: skip
            then = [
                _set(ast, node, ".message", message),
                _set(ast, node, ".size", _hook(ast, node, "len", _name(ast, ".message"))),
                _set(ast, node, ".began", ast.Constant(0)),
                _if_big(ast, node, _set(ast, node, ".began", _hook(ast, node, "now"))),
                _copy_location(ast.Assign([_name(ast, ".value", store=True)], call), node),
                _if_big(ast, node, _call_hook(ast, node, "unpickled", began, size)),
                *([_located(ast, node, keep)] if notes else []),
            ]
            node.value = _copy_location(_name(ast, ".value"), call)
            return [*then, node]

    FollowsLoads().visit(function)


def _edit_arrive(ast: "Any", function: "Any") -> None:
    """arriving() before the rest of a big message is read."""
    last = function.body[-1]
    test = ast.Compare(_name(ast, "size"), [ast.Gt()], [ast.Constant(BIG)])
    function.body.insert(-1, _located(ast, last, ast.If(test, [_call_hook(ast, last, "arriving")], [])))


def _is_pickling(ast: "Any", node: "Any", name: str) -> bool:
    """Whether a node is a call of _ForkingPickler.dumps or loads."""
    called = getattr(node, "func", None)
    return (
        getattr(called, "attr", "") == name and getattr(getattr(called, "value", None), "id", "") == "_ForkingPickler"
    )


def _if_big(ast: "Any", near: "Any", statement: "Any") -> "Any":
    """The statement if .size > BIG: ..."""
    test = ast.Compare(_name(ast, ".size"), [ast.Gt()], [ast.Constant(BIG)])
    return _located(ast, near, ast.If(test, [statement], []))


def _hook_attribute(ast: "Any", near: "Any", name: str) -> "Any":
    return _located(ast, near, ast.Attribute(ast.Constant(HOOKS), name, ast.Load()))


def _stored(ast: "Any", name: str) -> "Any":
    return ast.Attribute(ast.Constant(HOOKS), name, ast.Store())


def _located(ast: "Any", near: "Any", tree: "Any") -> "Any":
    """A node with the place of another one, as all nodes in it that have none."""
    for node in _walk(tree):
        if not hasattr(node, "lineno"):
            _copy_location(node, near)
    return tree


def _edit_map_size(ast: "Any", function: "Any") -> None:
    """job_sized(self._job, self._number_left, self._value) at the end."""
    itself = [ast.Attribute(_name(ast, "self"), name, ast.Load()) for name in ("_job", "_number_left", "_value")]
    function.body.append(_call_hook(ast, function.body[-1], "job_sized", *itself))


def _edit_imap_size(ast: "Any", function: "Any") -> None:
    """job_sized(self._job, length) at the top."""
    job = ast.Attribute(_name(ast, "self"), "_job", ast.Load())
    _call_first(ast, function, "job_sized", job, _name(ast, "length"))


def _edit_results_wait(ast: "Any", function: "Any") -> None:
    """results_wait(self._job, number) at the top, where more than a few results wait."""
    near = function.body[0]
    job = ast.Attribute(_name(ast, "self"), "_job", ast.Load())
    items = ast.Attribute(_name(ast, "self"), "_items", ast.Load())
    told = _call_hook(ast, near, "results_wait", job, _name(ast, ".waiting"))
    test = ast.Compare(_name(ast, ".waiting"), [ast.Gt()], [ast.Constant(_FEW)])
    function.body[:0] = [
        _set(ast, near, ".waiting", _hook(ast, near, "len", items)),
        _located(ast, near, ast.If(test, [told], [])),
    ]


_FEW = 8
"""Results of an imap() that wait without being recorded."""


def _edit_shared_memory(ast: "Any", function: "Any") -> None:
    """shared_made(self, create) after the last assignment, which is that of self._buf."""

    def is_last(target: "Any") -> bool:
        return getattr(target, "attr", "") == "_buf"

    _call_after_assignment(ast, function, is_last, "shared_made", _name(ast, "self"), _name(ast, "create"))


def _edit_item(ast: "Any", function: "Any") -> None:
    """shared_changed(self, i) at the top."""
    _call_first(ast, function, "shared_changed", _name(ast, "self"), _name(ast, "i"))


def _edit_pool_made(ast: "Any", function: "Any") -> None:
    """pool_made(self) at the end."""
    function.body.append(_call_hook(ast, function.body[-1], "pool_made", _name(ast, "self")))


def _edit_pool_closed(ast: "Any", function: "Any") -> None:
    """pool_closed(self) at the top."""
    _call_first(ast, function, "pool_closed", _name(ast, "self"))


def _count(ast: "Any") -> "Any":
    """The semaphore that counts the unfinished tasks of a JoinableQueue."""
    return ast.Attribute(ast.Attribute(_name(ast, "self"), "_unfinished_tasks", ast.Load()), "_semlock", ast.Load())


def _edit_joinable_made(ast: "Any", function: "Any") -> None:
    """joinable_made(self._unfinished_tasks._semlock) at the end."""
    function.body.append(_call_hook(ast, function.body[-1], "joinable_made", _count(ast)))


def _edit_joinable_put(ast: "Any", function: "Any") -> None:
    """queue_put(self._unfinished_tasks._semlock) after the statement self._unfinished_tasks.release()."""

    class FollowsRelease(_Transformer):
        def visit_Expr(self, node: "Any") -> "Any":
            called = getattr(node.value, "func", None)
            of = getattr(getattr(called, "value", None), "attr", "")
            if (of, getattr(called, "attr", "")) != ("_unfinished_tasks", "release"):
                return node
            return [node, _call_hook(ast, node, "queue_put", _count(ast))]

    FollowsRelease().visit(function)


def _edit_task_done(ast: "Any", function: "Any") -> None:
    """queue_done(self._unfinished_tasks._semlock) after the if statement that raises where there were too many calls."""

    class FollowsCheck(_Transformer):
        def visit_If(self, node: "Any") -> "Any":
            if not isinstance(node.body[0], ast.Raise):
                return node
            return [node, _call_hook(ast, node, "queue_done", _count(ast))]

    FollowsCheck().visit(function)


def _edit_joinable_join(ast: "Any", function: "Any") -> None:
    """queue_joined(self._unfinished_tasks._semlock) at the top."""
    _call_first(ast, function, "queue_joined", _count(ast))


def _edit_unlink(ast: "Any", function: "Any") -> None:
    """shared_unlinked(self) at the top."""
    _call_first(ast, function, "shared_unlinked", _name(ast, "self"))


def _edit_register(ast: "Any", function: "Any") -> None:
    """registered(name, rtype) at the top."""
    _call_first(ast, function, "registered", _name(ast, "name"), _name(ast, "rtype"))


def _edit_tracker(ast: "Any", function: "Any") -> None:
    """tracker_removed(name, rtype) after the tracker has removed something."""

    class FollowsRemovals(_Transformer):
        def visit_Expr(self, node: "Any") -> "Any":
            cleanup = getattr(getattr(node.value, "func", None), "value", None)
            if getattr(cleanup, "id", "") != "_CLEANUP_FUNCS" or not isinstance(node.value.func, ast.Subscript):
                return node
            return [node, _call_hook(ast, node, "tracker_removed", _name(ast, "name"), _name(ast, "rtype"))]

    FollowsRemovals().visit(function)


def _edit_subprocess(ast: "Any", function: "Any") -> None:
    """The environment through child_environment(), and subprocess_started() where the child's pid is known."""
    itself, arguments = _name(ast, "self"), _name(ast, "args")

    class FollowsPid(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            if getattr(node.targets[0], "attr", "") != "pid":
                return node
            return [node, _call_hook(ast, node, "subprocess_started", _note(ast), itself, arguments)]

        def visit_Expr(self, node: "Any") -> "Any":
            call = node.value
            if not (isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "_posix_spawn"):
                return node
            return [node, _call_hook(ast, node, "subprocess_started", _note(ast), itself, arguments)]

    FollowsPid().visit(function)
    near = function.body[0]
    function.body[:0] = [_set_environment(ast, near), _set_note(ast, near, "spawn_began")]


def _edit_loky_spawn(ast: "Any", function: "Any") -> None:
    """How loky starts an interpreter: the environment through child_environment(), the rest as for a spawn."""
    near = function.body[0]
    _edit_spawn(ast, function)
    function.body.insert(0, _set_environment(ast, near))


def _name(ast: "Any", name: str, store: bool = False) -> "Any":
    return ast.Name(name, ast.Store() if store else ast.Load())


def _note(ast: "Any") -> "Any":
    """The local variable for what a hook returns at the beginning, and another is given at the end."""
    return _name(ast, ".note")


def _hook(ast: "Any", near: "Any", name: str, *arguments: "Any") -> "Any":
    """The expression hooks.name(...). near: the node whose line and column it has, as all of these nodes do."""
    call = ast.Call(ast.Attribute(ast.Constant(HOOKS), name, ast.Load()), list(arguments), [])
    for node in _walk(call):
        _copy_location(node, near)
    return call


def _call_hook(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "Any":
    """The statement hooks.hook(...)."""
    return _copy_location(ast.Expr(_hook(ast, near, hook, *arguments)), near)


def _set(ast: "Any", near: "Any", name: str, value: "Any") -> "Any":
    """The statement name = value."""
    assign = ast.Assign([_name(ast, name, store=True)], value)
    if not hasattr(value, "lineno"):
        _copy_location(value, near)
    return _copy_location(assign, near)


def _set_note(ast: "Any", near: "Any", hook: str, *arguments: "Any") -> "Any":
    """The statement .note = hooks.hook(...)."""
    return _set(ast, near, ".note", _hook(ast, near, hook, *arguments))


def _set_environment(ast: "Any", near: "Any") -> "Any":
    """The statement env = hooks.child_environment(env)."""
    return _set(ast, near, "env", _hook(ast, near, "child_environment", _name(ast, "env")))


def _call_first(ast: "Any", function: "Any", hook: str, *arguments: "Any") -> None:
    """Insert hooks.hook(...) at the top of the function, below its docstring."""
    at = 1 if isinstance(function.body[0], ast.Expr) and isinstance(function.body[0].value, ast.Constant) else 0
    function.body.insert(at, _call_hook(ast, function.body[at], hook, *arguments))


def _call_after_assignment(ast: "Any", function: "Any", is_wanted: "Any", hook: str, *arguments: "Any") -> None:
    """Insert hooks.hook(...) after each assignment to a target for which is_wanted(target) is true."""

    class FollowsAssignments(_Transformer):
        def visit_Assign(self, node: "Any") -> "Any":
            return [node, _call_hook(ast, node, hook, *arguments)] if is_wanted(node.targets[0]) else node

    FollowsAssignments().visit(function)


_EDITORS = {
    "call": _edit_call,
    "bootstrap": _edit_bootstrap,
    "reap": _edit_reap,
    "spawn": _edit_spawn,
    "pool worker": _edit_pool_worker,
    "executor worker": _edit_executor_worker,
    "work item": _edit_work_item,
    "work": _edit_work,
    "cluster task": _edit_cluster_task,
    "cluster worker": _edit_cluster_worker,
    "thread": _edit_thread,
    "feeder error": _edit_feeder_error,
    "feeds tasks": _edit_feeds_tasks,
    "manager": _edit_manager,
    "job": _edit_job,
    "submit": _edit_submit,
    "send": _edit_sender,
    "feed": _edit_feed,
    "launch": _edit_launch,
    "put": _edit_put,
    "receive": _edit_receiver,
    "get": _edit_get,
    "arrive": _edit_arrive,
    "map size": _edit_map_size,
    "imap size": _edit_imap_size,
    "results wait": _edit_results_wait,
    "shared memory": _edit_shared_memory,
    "item": _edit_item,
    "pool made": _edit_pool_made,
    "pool closed": _edit_pool_closed,
    "joinable made": _edit_joinable_made,
    "joinable put": _edit_joinable_put,
    "task done": _edit_task_done,
    "joinable join": _edit_joinable_join,
    "unlink": _edit_unlink,
    "register": _edit_register,
    "tracker": _edit_tracker,
    "subprocess": _edit_subprocess,
    "loky spawn": _edit_loky_spawn,
    "main module": _edit_main_module,
}
