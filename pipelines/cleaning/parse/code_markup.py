"""Escape what stands in code as if it were tags: XML, generic types, headers, PHP.

An author who pastes `<bean id="a"/>` or `List<String>` into a block of code without escaping it
gets elements that no browser knows. They are words of the code. Tags that a highlighter or an
editor writes into code stay tags.
"""

import re

_OPENING = re.compile(r"<(pre|code)\b[^<>]*>")
_NAMED = re.compile(r"<(?=/?([A-Za-z][^\s<>/]*))")
_INSTRUCTION = re.compile(r"<(?=\?|!\[CDATA\[)")
_DECLARATION = re.compile(r"<(?=!)")
# A highlighter has written such code, and has escaped what needs it.
_HIGHLIGHTED = re.compile(r"<span\b")
_FORMATTING_NAMES = (
    "a abbr b bdi bdo big blockquote br center code del div em font h1 h2 h3 h4 h5 h6 hr i img ins"
    " kbd li mark ol p pre q s samp small span strike strong sub sup tt u ul var wbr"
)
_OTHER_NAMES = (
    "address amp-img applet area article aside audio base body button canvas caption cite col"
    " colgroup data datalist dd details dfn dialog dir dl dt embed fieldset figcaption figure"
    " footer form frame frameset head header hgroup html iframe input label legend link listing"
    " main map marquee menu meta meter nav noscript object optgroup option output param picture"
    " progress rp rt ruby script search section select source style summary table tbody td"
    " template textarea tfoot th thead time title tr track video xmp"
    # pictures of buttons
    " svg g path rect circle line polygon polyline defs use"
)
_FORMATTING = frozenset(_FORMATTING_NAMES.split())
_HTML = _FORMATTING | frozenset(_OTHER_NAMES.split())


def escape_markup_in_code(html: str) -> str:
    """Return the HTML in which no block of code has tags that HTML does not know.

    Where there is one, the code is raw markup: of its tags only those that format text stay.
    """
    if "<pre" not in html and "<code" not in html:
        return html
    parts: list[str] = []
    position = 0
    while True:
        opening = _OPENING.search(html, position)
        if opening is None:
            break
        end = html.find(f"</{opening[1]}", opening.end())
        if end < 0:
            break
        parts += [html[position : opening.end()], _escaped(html[opening.end() : end])]
        position = end
    return "".join([*parts, html[position:]])


def _escaped(code: str) -> str:
    if _HIGHLIGHTED.search(code):
        return code
    names = {found[1] for found in _NAMED.finditer(code)}
    if all(_is_html(name) for name in names) and not _INSTRUCTION.search(code):
        return code

    def escape(found: re.Match[str]) -> str:
        if found[1].lower() in _FORMATTING and _is_html(found[1]):
            return found[0]
        return "&lt;"

    return _DECLARATION.sub("&lt;", _INSTRUCTION.sub("&lt;", _NAMED.sub(escape, code)))


def _is_html(name: str) -> bool:
    """Return whether HTML has a tag of this name. `List<Object>` is none: nobody writes it so."""
    is_mixed = name[1:] != name[1:].lower() and name != name.upper()
    is_mixed |= len(name) > 1 and name[0].isupper() and not name.isupper()
    return name.lower() in _HTML and not is_mixed
