"""Read what a builder or plug-in says of an element as JSON in an attribute."""

import json
from typing import Any

_MAX_SETTINGS = 20_000  # characters; what a page builder says of one element is shorter
_MAX_GALLERY = 500_000
_SLIDESHOWS = ("background_slideshow_gallery", "background_overlay_slideshow_gallery")


def settings_of(text: str) -> dict[str, Any]:
    """Return the settings of an element; nothing where the attribute holds none."""
    if not text.startswith("{") or len(text) > _MAX_SETTINGS:
        return {}
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def backgrounds_in_settings(text: str) -> list[str]:
    """Return the addresses of the pictures that an element shows one after the other."""
    if "slideshow_gallery" not in text:
        return []
    settings = settings_of(text)
    galleries = [settings.get(name) for name in _SLIDESHOWS]
    pictures = [
        picture for gallery in galleries if isinstance(gallery, list) for picture in gallery
    ]
    urls = [picture.get("url") for picture in pictures if isinstance(picture, dict)]
    return [url for url in urls if isinstance(url, str)]


def pictures_in_gallery(text: str) -> list[dict[str, str]]:
    """Return the pictures of Jetpack's slideshow (`data-gallery`), as attributes of images."""
    if not text.startswith("[{") or len(text) > _MAX_GALLERY:
        return []
    try:
        pictures = json.loads(text)
    except (ValueError, RecursionError):
        return []
    found = []
    for picture in pictures:
        src = picture.get("src") if isinstance(picture, dict) else None
        if isinstance(src, str):
            said = (picture.get(name) for name in ("caption", "alt", "title"))
            alt = next((text for text in said if isinstance(text, str) and text), "")
            found.append({"src": src, "alt": alt})
    return found
