"""Measure how the product's code reads: `python -m tests.house [--list]`.

It counts long lines, dense code, repeated names, imports and docstrings. CONTRIBUTING says how the
code should read, and `tests/unit/project/test_house.py` holds the figures.
"""

import argparse
import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
PRODUCT = ("crawler", "pipelines", "wparchive", "settings")
LINE_LENGTH = 100
LONG_FUNCTION = 36
LONG_FILE = 400
UNNAMED = frozenset({"logger", "log"})
"""Names that every module may have for itself."""
RIDDLES = ("What ", "Whether ", "Who ", "How ", "Which ", "When ")
"""Beginnings of a docstring that are neither a verb nor a noun."""
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the product, parsed once."""

    path: Path
    name: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> "Module":
        """Parse a file below `ROOT`."""
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        text = path.read_text(encoding="utf-8")
        return cls(path, name, text, ast.parse(text))

    @property
    def place(self) -> str:
        """Return the path below the root, as text."""
        return str(self.path.relative_to(ROOT))

    def functions(self) -> Iterator[tuple[str | None, FunctionNode]]:
        """Yield each top-level function and method, with the name of its class."""
        for node in self.tree.body:
            if isinstance(node, FunctionNode):
                yield None, node
            elif isinstance(node, ast.ClassDef):
                for part in node.body:
                    if isinstance(part, FunctionNode):
                        yield node.name, part

    def classes(self) -> Iterator[ast.ClassDef]:
        """Yield each top-level class."""
        for node in self.tree.body:
            if isinstance(node, ast.ClassDef):
                yield node


class House:
    """All modules of the product, and what can be measured on them."""

    def __init__(self, packages: tuple[str, ...] = PRODUCT) -> None:
        paths = (path for package in packages for path in (ROOT / package).rglob("*.py"))
        self.modules = [Module.read(path) for path in sorted(paths)]
        self._by_name = {module.name: module for module in self.modules}

    @cached_property
    def lines(self) -> int:
        """Count the lines that are not blank."""
        return sum(
            bool(line.strip()) for module in self.modules for line in module.text.split("\n")
        )

    @cached_property
    def long_lines(self) -> list[str]:
        """List the lines over `LINE_LENGTH` characters."""
        return [
            f"{module.place}:{number}"
            for module in self.modules
            for number, line in enumerate(module.text.split("\n"), 1)
            if len(line) > LINE_LENGTH
        ]

    @cached_property
    def conditional_expressions(self) -> list[str]:
        """List the expressions `a if b else c`."""
        return [
            f"{module.place}:{node.lineno}"
            for module in self.modules
            for node in ast.walk(module.tree)
            if isinstance(node, ast.IfExp)
        ]

    @cached_property
    def nested_conditional_expressions(self) -> list[str]:
        """List the conditional expressions that hold another one."""
        return [
            f"{module.place}:{node.lineno}"
            for module in self.modules
            for node in ast.walk(module.tree)
            if isinstance(node, ast.IfExp)
            and any(isinstance(part, ast.IfExp) for part in ast.walk(node) if part is not node)
        ]

    @cached_property
    def long_functions(self) -> list[str]:
        """List the functions over `LONG_FUNCTION` lines."""
        return [
            f"{module.place}:{node.lineno} {node.name}"
            for module in self.modules
            for node in ast.walk(module.tree)
            if isinstance(node, FunctionNode)
            and (node.end_lineno or node.lineno) - node.lineno >= LONG_FUNCTION
        ]

    @cached_property
    def long_files(self) -> list[str]:
        """List the files over `LONG_FILE` lines."""
        lengths = {module.place: len(module.text.splitlines()) for module in self.modules}
        return [f"{place}: {length}" for place, length in lengths.items() if length > LONG_FILE]

    @cached_property
    def duplicate_names(self) -> list[str]:
        """List the public top-level names defined in more than one place, case ignored.

        Settings modules are left out: they override each other by name.
        """
        places: defaultdict[str, list[str]] = defaultdict(list)
        for module in self.modules:
            if not module.name.startswith("settings"):
                for name in _defined(module.tree):
                    places[name.lower()].append(f"{module.place}:{name}")
        return [", ".join(found) for found in places.values() if len(found) > 1]

    @cached_property
    def repeated_file_names(self) -> list[str]:
        """List the file names that one top-level package holds more than once."""
        places: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for module in self.modules:
            if module.path.name not in ("__init__.py", "__main__.py"):
                package = module.name.partition(".")[0]
                places[package, module.path.name].append(module.place)
        return [", ".join(found) for found in places.values() if len(found) > 1]

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Return the product's modules that each module imports, lazy imports included."""
        return {module.name: set(self._imported(module)) for module in self.modules}

    @cached_property
    def imported_once(self) -> list[str]:
        """List the modules that exactly one other module of the product imports.

        Scrapy loads what settings name by its path (`"crawler.files.pipeline.KeepFilesPipeline"`):
        such a module has another user, and is left out.
        """
        importers = Counter(name for names in self.imports.values() for name in names)
        return [
            self._by_name[name].place
            for name, count in sorted(importers.items())
            if count == 1 and not self._is_package(name) and name not in self._named_in_settings
        ]

    @cached_property
    def _named_in_settings(self) -> set[str]:
        """The modules that settings name, by the path of a component or of a whole package."""
        texts = "".join(m.text for m in self.modules if m.name.startswith("settings"))
        paths = {found[1] for found in re.finditer(r'"([\w.]+)"', texts)}
        owners = {path.rpartition(".")[0] for path in paths}
        return {
            name for name in self._by_name if name in owners or name.rpartition(".")[0] in paths
        }

    @cached_property
    def private_imports(self) -> list[str]:
        """List the imports of a private name from another module."""
        return [
            f"{module.place}:{node.lineno} {alias.name}"
            for module in self.modules
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom) and node.module != "__future__"
            for alias in node.names
            if alias.name.startswith("_") and str(node.module).split(".")[0] in PRODUCT
        ]

    @cached_property
    def cycles(self) -> list[str]:
        """List the import cycles, each once, as the modules that hang together."""
        return [" <-> ".join(sorted(part)) for part in _components(self.imports) if len(part) > 1]

    @cached_property
    def public_functions(self) -> list[tuple[str, FunctionNode]]:
        """List the public functions and methods; implementations of a Protocol are left out."""
        declared = {
            part.name
            for module in self.modules
            for node in module.classes()
            if _is_protocol(node)
            for part in node.body
            if isinstance(part, FunctionNode)
        }
        protocols = {
            node.name for module in self.modules for node in module.classes() if _is_protocol(node)
        }
        return [
            (module.place, node)
            for module in self.modules
            for owner, node in module.functions()
            if not node.name.startswith("_")
            and not str(owner).startswith("_")
            and (owner is None or owner in protocols or node.name not in declared)
        ]

    @cached_property
    def without_docstring(self) -> list[str]:
        """List the public functions without a docstring."""
        return [
            f"{place}:{node.lineno} {node.name}"
            for place, node in self.public_functions
            if not ast.get_docstring(node)
        ]

    @cached_property
    def riddles(self) -> list[str]:
        """List the docstrings that begin neither with a verb nor with a noun (a rough look)."""
        modules = [
            module.place
            for module in self.modules
            if (ast.get_docstring(module.tree) or "").startswith(RIDDLES)
        ]
        return modules + [
            f"{module.place}:{node.lineno} {node.name}"
            for module in self.modules
            for node in ast.walk(module.tree)
            if isinstance(node, (FunctionNode, ast.ClassDef))
            and not (isinstance(node, FunctionNode) and _is_property(node))
            and (ast.get_docstring(node) or "").startswith(RIDDLES)
        ]

    @cached_property
    def comments(self) -> int:
        """Count the lines with a comment."""
        return sum(
            line.lstrip().startswith("#") or "  # " in line
            for module in self.modules
            for line in module.text.split("\n")
        )

    @cached_property
    def notes(self) -> int:
        """Count the lines of the texts that stand under constants and fields."""
        return sum(_lines_of_notes(module.tree) for module in self.modules)

    def _imported(self, module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    name = inner if inner in self._by_name else node.module
                    if name in self._by_name and name != module.name:
                        yield name
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in self._by_name:
                        yield alias.name

    def _is_package(self, name: str) -> bool:
        return self._by_name[name].path.name == "__init__.py"


def _lines_of_notes(tree: ast.Module) -> int:
    """Return how many lines the texts under the assignments of a module and its classes have."""
    bodies = [tree.body, *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
    return sum(
        (after.end_lineno or after.lineno) - after.lineno + 1
        for body in bodies
        for before, after in pairwise(body)
        if isinstance(before, ast.Assign | ast.AnnAssign) and _is_text(after)
    )


def _is_text(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
        return False
    return isinstance(node.value.value, str)


def _defined(tree: ast.Module) -> Iterator[str]:
    """Yield the public names that a module defines at its top level, each once."""
    names: dict[str, None] = {}
    for node in tree.body:
        if isinstance(node, FunctionNode | ast.ClassDef):
            names[node.name] = None
        elif isinstance(node, ast.Assign):
            names |= {part.id: None for part in node.targets if isinstance(part, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names[node.target.id] = None
    yield from (name for name in names if not name.startswith("_") and name not in UNNAMED)


def _is_protocol(node: ast.ClassDef) -> bool:
    return any("Protocol" in ast.unparse(base) or "ABC" in ast.unparse(base) for base in node.bases)


def _is_property(node: FunctionNode) -> bool:
    return any("property" in ast.unparse(part) for part in node.decorator_list)


def _components(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Return the strongly connected parts of a graph (Tarjan 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(arrows.get(node, ())):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            part = set(stack[stack.index(node) :])
            del stack[stack.index(node) :]
            found.append(part)

    for node in arrows:
        if node not in number:
            visit(node)
    return found


def figures(house: House) -> dict[str, str]:
    """Return what is measured, in words."""
    documented = len(house.public_functions) - len(house.without_docstring)
    share = 100 * documented / len(house.public_functions)
    notes_per_hundred = 100 * house.notes / house.lines
    per_thousand = 1000 * len(house.conditional_expressions) / house.lines
    return {
        "files": str(len(house.modules)),
        "lines that are not blank": str(house.lines),
        f"lines over {LINE_LENGTH} characters": str(len(house.long_lines)),
        "conditional expressions per 1,000 lines": f"{per_thousand:.1f}",
        "nested conditional expressions": str(len(house.nested_conditional_expressions)),
        f"functions over {LONG_FUNCTION} lines": str(len(house.long_functions)),
        f"files over {LONG_FILE} lines": str(len(house.long_files)),
        "public names defined twice": str(len(house.duplicate_names)),
        "file names twice in one package": str(len(house.repeated_file_names)),
        "files imported by exactly one other": str(len(house.imported_once)),
        "imports of private names": str(len(house.private_imports)),
        "import cycles": str(len(house.cycles)),
        "public functions with docstring": f"{share:.0f} %",
        "docstrings that begin with What, Whether, Who, How, Which, When": str(len(house.riddles)),
        "comment lines per 100": f"{100 * house.comments / house.lines:.1f}",
        "lines of notes under constants and fields per 100": f"{notes_per_hundred:.1f}",
    }


LISTS = (
    "long_lines",
    "nested_conditional_expressions",
    "long_functions",
    "long_files",
    "duplicate_names",
    "repeated_file_names",
    "imported_once",
    "private_imports",
    "cycles",
    "without_docstring",
    "riddles",
)


def main() -> None:
    """Print the figures, and on request what stands behind them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="name every place")
    parser.add_argument("--only", default="", help="name the places below this folder only")
    options = parser.parse_args()
    house = House()
    for name, value in figures(house).items():
        print(f"{value:>8}  {name}")
    if options.list or options.only:
        for name in LISTS:
            places = [place for place in getattr(house, name) if options.only in place]
            print(f"\n{name}: {len(places)}", *places, sep="\n  ")
        by_file = Counter(p.partition(":")[0] for p in house.conditional_expressions)
        print("\nconditional expressions by file:")
        for path, count in by_file.most_common():
            if options.only in path:
                print(f"  {count:>4}  {path}")


if __name__ == "__main__":
    main()
