"""Find the assertions that hold a measured time against something: they fail on a machine that is busy."""

import ast
from collections.abc import Iterator

from tests.rules.names import Names, paths
from tests.rules.sources import nodes

#: What counts seconds.
COUNTERS = {
    f"time.{counter}{unit}"
    for counter in ("monotonic", "perf_counter", "process_time", "thread_time", "time")
    for unit in ("", "_ns")
}
#: What puts a value into the thing it is called on.
KEEPING = {"add", "append", "appendleft", "extend", "insert", "put", "setdefault", "update"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Where in a tuple the measured values stand; WHOLE when the value itself is one.
Measured = frozenset[int]
NOTHING, WHOLE = frozenset[int](), frozenset({-1})


def asserted(module: ast.Module, names: Names) -> list[ast.Assert]:
    """Return every assertion of a module about something measured in it."""
    return Measurements(module, names).asserted()


class Measurements:
    """What is measured in a module, by the names it goes through, until nothing more is learned."""

    def __init__(self, module: ast.Module, names: Names) -> None:
        self._module, self._names = module, names
        #: By function and name; attributes and what functions give have the whole module.
        self._kept: dict[tuple[str, str], Measured] = {}
        self._parameters = {
            node.name: [given.arg for given in (*node.args.posonlyargs, *node.args.args)]
            for node in nodes(module)
            if isinstance(node, FUNCTIONS)
        }
        if not any(path in COUNTERS for _, path in paths(module, names)):
            return  # nothing is measured here
        before = -1
        while before != sum(map(len, self._kept.values())):
            before = sum(map(len, self._kept.values()))
            for scope, node in self._nodes():
                self._learn(scope, node)

    def asserted(self) -> list[ast.Assert]:
        """Return the assertions whose condition holds something measured."""
        return [
            node
            for scope, node in self._nodes()
            if isinstance(node, ast.Assert) and self._of(scope, node.test)
        ]

    def _nodes(self) -> Iterator[tuple[str, ast.AST]]:
        """Yield every node with the outermost function it stands in."""
        for top in self._module.body:
            inner = top.body if isinstance(top, ast.ClassDef) else [top]
            for part in inner:
                scope = part.name if isinstance(part, FUNCTIONS) else ""
                yield from ((scope, node) for node in ast.walk(part))

    def _learn(self, scope: str, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(scope, target, self._of(scope, node.value))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            self._bind(scope, node.target, self._of(scope, node.value))
        elif isinstance(node, ast.For | ast.comprehension):
            self._bind(scope, node.target, self._of(scope, node.iter))
        elif isinstance(node, FUNCTIONS):
            for given in ast.walk(node):
                if isinstance(given, ast.Return | ast.Yield) and given.value is not None:
                    self._keep("", f"{node.name}()", self._of(scope, given.value))
        elif isinstance(node, ast.Call):
            self._learn_call(scope, node)

    def _learn_call(self, scope: str, call: ast.Call) -> None:
        if isinstance(call.func, ast.Attribute) and call.func.attr in KEEPING:
            for argument in call.args:
                self._bind(scope, call.func.value, self._of(scope, argument))
        called = _last(call.func)
        parameters = self._parameters.get(called, [])
        if isinstance(call.func, ast.Attribute) and parameters[:1] == ["self"]:
            parameters = parameters[1:]
        for parameter, argument in zip(parameters, call.args, strict=False):
            self._keep(called, parameter, self._of(scope, argument))
        for keyword in call.keywords:
            if keyword.arg and called in self._parameters:
                self._keep(called, keyword.arg, self._of(scope, keyword.value))

    def _bind(self, scope: str, target: ast.expr, measured: Measured) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for position, part in enumerate(target.elts):
                if measured & {position, *WHOLE}:
                    self._bind(scope, part, WHOLE)
        elif isinstance(target, ast.Attribute):
            self._keep("", f".{target.attr}", measured)
        elif isinstance(target, ast.Subscript | ast.Starred):
            self._bind(scope, target.value, measured)
        elif isinstance(target, ast.Name):
            self._keep(scope, target.id, measured)

    def _keep(self, scope: str, written: str, measured: Measured) -> None:
        if measured:
            self._kept[scope, written] = self._kept.get((scope, written), NOTHING) | measured

    def _of(self, scope: str, node: ast.AST) -> Measured:
        """Tell what of an expression was measured."""
        if isinstance(node, ast.Tuple):
            return frozenset(at for at, part in enumerate(node.elts) if self._of(scope, part))
        if isinstance(node, ast.Name):
            return self._kept.get((scope, node.id), NOTHING) | self._kept.get(("", node.id), NOTHING)
        if isinstance(node, ast.Attribute):
            return self._kept.get(("", f".{node.attr}"), NOTHING)
        if isinstance(node, ast.Subscript):
            return self._part(self._of(scope, node.value), node.slice)
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self._of(scope, node.elt)
        if isinstance(node, ast.DictComp):
            return self._of(scope, node.key) | self._of(scope, node.value)
        if isinstance(node, ast.Lambda):
            return NOTHING
        if isinstance(node, ast.Call):
            if self._names.path(node.func) in COUNTERS:
                return WHOLE
            if _last(node.func) == "len":
                return NOTHING  # how many there are was not measured
            given = self._kept.get(("", f"{_last(node.func)}()"), NOTHING)
            if _last(node.func) in self._parameters:
                return given
            return given.union(*(self._of(scope, part) for part in ast.iter_child_nodes(node)))
        return NOTHING.union(*(self._of(scope, part) for part in ast.iter_child_nodes(node)))

    @staticmethod
    def _part(measured: Measured, index: ast.expr) -> Measured:
        if isinstance(index, ast.Constant) and isinstance(index.value, int) and not measured & WHOLE:
            return WHOLE if index.value in measured else NOTHING
        return measured


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
