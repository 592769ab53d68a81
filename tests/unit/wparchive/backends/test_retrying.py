"""A store that waits for its database: hiccups are outlived, losses are not hidden."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from samples.documents import term
from wparchive.backends.retrying import NOT_RETRIED, retrying_store, store_methods
from wparchive.backends.sqlite.sqlite_store import SQLiteStore
from wparchive.backends.store import Saver, Store
from wparchive.errors import ArchiveDamaged, ArchiveUnreachable

NOW = datetime(2026, 3, 10, tzinfo=UTC)


class Flaky(SQLiteStore):
    """A real store whose server is away for the first calls."""

    def __init__(
        self, path: Path, failures: int, error: type[Exception] = ArchiveUnreachable
    ) -> None:
        super().__init__(path)
        self.failures = failures
        self._error = error

    async def save(self, *arguments: Any, **named: Any) -> Any:
        await self._away()
        return await super().save(*arguments, **named)

    async def held(self, *arguments: Any) -> Any:
        await self._away()
        return await super().held(*arguments)

    async def _away(self) -> None:
        if self.failures:
            self.failures -= 1
            raise self._error("db.example.org does not answer")


def test_a_hiccup_is_outlived(tmp_path: Path):
    async def work() -> tuple[int, int]:
        store = retrying_store(Flaky(tmp_path / "a.db", 1), 5)
        await store.open()
        written = await store.save("terms", [term(1, "Energy")], NOW)
        held = await store.held("terms", "example.com/blog", "post_tag")
        live = await store.live_ids("terms", "example.com/blog", "post_tag")
        await store.close()
        assert live == [1]
        return len(written), held

    assert asyncio.run(work()) == (1, 1)


def test_a_loss_is_said(tmp_path: Path):
    async def work() -> None:
        store = retrying_store(Flaky(tmp_path / "a.db", 99), 0)
        await store.open()
        try:
            with pytest.raises(ArchiveUnreachable, match="does not answer"):
                await store.held("terms", "example.com/blog", "post_tag")
        finally:
            await store.close()

    asyncio.run(work())


def test_a_damaged_file_is_not_asked_again(tmp_path: Path):
    async def work() -> int:
        inner = Flaky(tmp_path / "a.db", 2, ArchiveDamaged)
        store = retrying_store(inner, 60)
        await store.open()
        try:
            with pytest.raises(ArchiveDamaged):
                await store.held("terms", "example.com/blog", "post_tag")
        finally:
            await store.close()
        return inner.failures

    assert asyncio.run(work()) == 1


def test_every_method_of_a_store_is_there_and_all_but_a_few_are_retried():
    methods = {name for part in (Saver, Store) for name in vars(part) if not name.startswith("_")}
    assert set(store_methods()) == methods
    assert set(NOT_RETRIED) < methods
    inner = dict.fromkeys(methods, object())
    retrying = retrying_store(SimpleNamespace(**inner), 1)
    passed_on = {name for name in methods if getattr(retrying, name) is inner[name]}
    assert passed_on == set(NOT_RETRIED)
