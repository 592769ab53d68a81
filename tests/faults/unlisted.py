"""Sites whose index and whose listings of types do not say the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, document
from tests.faults.kind import FAILED, PARTIAL, FaultKind

Documents = dict[str, Any]
Change = Callable[[Documents], Documents]
_OTHER = "artikel"


def _to(route: str, change: Change) -> Fault:
    """Return a fault that changes one document of the API: `/`, `/wp/v2/types`."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        asked = moment.path.removeprefix("/wp-json").rstrip("/") or "/"
        if moment.is_api and asked == route and response.status == 200:
            response.body = json.dumps(change(json.loads(response.body))).encode()
        return response

    return fault


def _both(*faults: Fault) -> Fault:
    """Return a fault that has all of some faults."""

    def fault(moment: Moment) -> Response:
        answer = moment.answer
        for each in faults:
            answer = _answer(each, replace(moment, answer=answer))
        return answer()

    return fault


def _answer(fault: Fault, moment: Moment) -> Callable[[], Response]:
    return lambda: fault(moment)


def _without(*names: str) -> Change:
    return lambda found: {name: about for name, about in found.items() if name not in names}


def unlisted(*names: str) -> Fault:
    """Return a fault of a listing of types that leaves these out."""
    return _to(_TYPES, _without(*names))


def _with_post(**fields: Any) -> Change:
    """Return a change of how the type `post` is described; None takes a field away."""

    def change(types: Documents) -> Documents:
        about = {
            name: value for name, value in (types["post"] | fields).items() if value is not None
        }
        return types | {"post": about}

    return change


def _no_routes(index: Documents) -> Documents:
    return index | {"routes": {}}


def _bare(index: Documents) -> Documents:
    """Say nothing of routes but their names."""
    return index | {"routes": {name: [] for name in index["routes"]}}


def _with_slashes(index: Documents) -> Documents:
    return index | {"routes": {f"{name}/": about for name, about in index["routes"].items()}}


def _also_named(base: str) -> Change:
    """Return a change of the index: it names a second list, described as that of posts is."""

    def change(index: Documents) -> Documents:
        routes = index["routes"]
        more = {
            route.replace("/wp/v2/posts", f"/wp/v2/{base}"): about
            for route, about in routes.items()
            if route.startswith("/wp/v2/posts")
        }
        return index | {"routes": routes | more}

    return change


def _not_named(index: Documents) -> Documents:
    """Take the list of posts out of an index."""
    routes = index["routes"]
    left = {name: about for name, about in routes.items() if not name.startswith("/wp/v2/posts")}
    return index | {"routes": left}


def _served_at(place: str, *, only_there: bool = True) -> Fault:
    """Return a fault that serves the list of posts at another route."""

    def fault(moment: Moment) -> Response:
        request = moment.request
        if moment.is_list and only_there:
            return _no_route()
        if not request.target.startswith(f"/wp-json/{place}"):
            return moment.answer()
        target = request.target.replace(f"/wp-json/{place}", "/wp-json/wp/v2/posts", 1)
        return moment.memory["site"].plain_answer(replace(request, target=target))

    return fault


def _no_route() -> Response:
    error = {"code": "rest_no_route", "message": "No route was found.", "data": {"status": 404}}
    return document(error, 404)


def _gone(moment: Moment) -> Response:
    return _no_route() if moment.is_list else moment.answer()


def _linked_elsewhere(moment: Moment) -> Response:
    root = moment.memory["site"].root
    links = {"wp:items": [{"href": f"{root}wp/v2/{_OTHER}"}]}
    return _to(_TYPES, _with_post(_links=links))(moment)


_TYPES = "/wp/v2/types"
_TAXONOMIES = "/wp/v2/taxonomies"


def _kind(name: str, *faults: Fault, **more: Any) -> FaultKind:
    return FaultKind(name, _both(*faults), **{"posts": 60, "requests_max": 40} | more)


UNLISTED_KINDS: tuple[FaultKind, ...] = (
    _kind("the listing of types leaves out posts", unlisted("post")),
    _kind(
        "the listings leave out all that WordPress has",
        _to(_TYPES, lambda found: found | {"x": {"slug": "x"}}),
        _to(_TYPES, _without("post", "page", "attachment")),
        _to(_TAXONOMIES, _without("category", "post_tag")),
    ),
    _kind(
        "an index without routes, and no posts among the types",
        _to("/", _no_routes),
        _to(_TYPES, _without("post")),
    ),
    _kind(
        "an index that only names its routes, and no posts among the types",
        _to("/", _bare),
        unlisted("post"),
    ),
    _kind(
        "an index whose routes end with a slash, and no posts among the types",
        _to("/", _with_slashes),
        unlisted("post"),
    ),
    _kind(
        "the type of posts with a base that is not there",
        _to(_TYPES, _with_post(rest_base=_OTHER, _links=None)),
    ),
    _kind("the type of posts with a link to a list that is not there", _linked_elsewhere),
    _kind(
        "the type of posts without base, namespace and links",
        _to(_TYPES, _with_post(rest_base=None, rest_namespace=None, _links=None)),
    ),
    _kind(
        "the type of posts with a base that leads elsewhere",
        _to(_TYPES, _with_post(rest_base="../../x", _links=None)),
    ),
    _kind(
        "posts at another route, which only the index names",
        _served_at(f"wp/v2/{_OTHER}"),
        _to("/", lambda found: _not_named(_also_named(_OTHER)(found))),
        _to(_TYPES, _without("post")),
    ),
    _kind(
        "posts in a namespace of their own",
        _served_at("own/v1/posts"),
        _to("/", _not_named),
        _to(_TYPES, _with_post(rest_namespace="own/v1", _links=None)),
    ),
    _kind(
        "two lists of posts, one of which no type describes",
        _served_at(f"wp/v2/{_OTHER}", only_there=False),
        _to("/", _also_named(_OTHER)),
        verdicts=PARTIAL,
    ),
    _kind(
        "a list of posts that the index names and that is not there",
        _gone,
        verdicts=FAILED | PARTIAL,
        may_lose=True,
    ),
    _kind("types are closed, and taxonomies", verdicts=PARTIAL, switches={"types_off": 1}),
)
"""Kinds for `kinds.py`: what either of the two knows is read, or the verdict says so."""
