"""What posts can be asked for: providers of embeds, domains of links."""

import pytest

from wparchive.model.features import (
    AUDIO_PROVIDERS,
    EMBED_PROVIDERS,
    MAX_LINK_DOMAINS,
    VIDEO_PROVIDERS,
    domains_of_address_slowly,
    link_domains_of,
    provider_of,
)


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://www.youtube.com/embed/x", "youtube"),
        ("https://www.youtube-nocookie.com/embed/x", "youtube"),
        ("https://youtu.be/x", "youtube"),
        ("https://player.vimeo.com/video/1", "vimeo"),
        ("https://mobile.twitter.com/a/status/1", "x"),
        ("https://x.com/a/status/1", "x"),
        ("https://open.spotify.com/embed/episode/1", "spotify"),
        ("https://w.soundcloud.com/player/?url=x", "soundcloud"),
        ("https://video.wordpress.com/embed/x", "videopress"),
        ("http://player.youku.com/player.php/sid/x/v.swf", "youku"),
        ("http://www.tudou.com/v/x/v.swf", "tudou"),
        ("https://v.qq.com/txp/iframe/player.html?vid=x", "tencent-video"),
        ("https://mail.qq.com/x", "mail.qq.com"),
        ("https://www.google.com/maps/embed?pb=1", "google-maps"),
        ("https://www.google.co.jp/maps/d/embed?mid=1", "google-maps"),
        ("https://docs.google.com/forms/d/e/1", "google-docs"),
        ("https://WWW.Example.com/player", "example.com"),
        ("https://notyoutube.com/x", "notyoutube.com"),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_the_provider_of_an_address(url: str, provider: str) -> None:
    assert provider_of(url) == provider


def test_every_provider_of_video_and_audio_has_a_domain() -> None:
    assert set(EMBED_PROVIDERS.values()) > VIDEO_PROVIDERS | AUDIO_PROVIDERS
    assert not VIDEO_PROVIDERS & AUDIO_PROVIDERS


@pytest.mark.parametrize(
    ("url", "domains"),
    [
        ("https://example.com/x", ["example.com"]),
        ("https://www.example.com/x", ["example.com"]),
        ("https://a.b.Example.com:8080/x", ["a.b.example.com", "b.example.com", "example.com"]),
        ("http://news.example.com:8080?x", ["news.example.com", "example.com"]),
        ("http://127.0.0.1:8080/x", ["127.0.0.1"]),
        ("http://a.example:80:80/", ["a.example"]),
        ("https://news.example.co.uk/", ["news.example.co.uk", "example.co.uk"]),
        ("https://example.co.uk/", ["example.co.uk"]),
        ("https://t.co/x", ["t.co"]),
        ("https://www.www.org/", ["www.org"]),
        ("https://user@example.com/", ["example.com"]),
        ("https://example.com.", ["example.com"]),
        ("https://日本.example.jp/", ["日本.example.jp", "example.jp"]),
        ("http://192.0.2.1/x", ["192.0.2.1"]),
        ("http://localhost/x", ["localhost"]),
        ("mailto:a@example.com", []),
        ("https://[broken", []),
    ],
)
def test_the_domains_of_a_link(url: str, domains: list[str]) -> None:
    assert link_domains_of([url]) == domains
    if url.startswith("http"):
        assert list(domains_of_address_slowly(url)) == domains


def test_each_domain_is_named_once_and_a_directory_is_cut() -> None:
    assert link_domains_of(["https://a.org/1", "https://b.org/", "https://a.org/2"]) == [
        "a.org",
        "b.org",
    ]
    many = link_domains_of(f"https://site-{number}.org/" for number in range(3000))
    assert len(many) == MAX_LINK_DOMAINS
