"""The counts of files: what an operator can do something about is named first."""

from crawler.run.files_count import FilesCount


def test_failures_and_what_was_left_out_are_named_before_files_that_are_gone() -> None:
    count = FilesCount()
    for number in range(80):
        count.lose(f"https://a.org/gone-{number}.jpg", "gone: status 404")
    count.lack_address("a.org/attachment/7")
    count.leave_out("https://a.org/film.mp4", "its bytes are more than CRAWL_FILE_MAX_BYTES")
    for number in range(90):
        count.leave_out_type(f"https://a.org/{number}.pdf", "application/pdf", "CRAWL_FILES_TYPES")
    count.fail("https://a.org/refused.jpg", "status 403")
    reasons = count.public()["reasons"]
    assert len(reasons) == 50
    assert [reason.partition(": ")[0] for reason in reasons[:5]] == [
        "https://a.org/refused.jpg",
        "application/pdf",
        "https://a.org/film.mp4",
        "a.org/attachment/7",
        "https://a.org/gone-0.jpg",
    ]
    assert "90 left out by CRAWL_FILES_TYPES" in reasons[1]
