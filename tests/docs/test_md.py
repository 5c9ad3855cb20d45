"""Markdown pages keep what is written by hand and take what is generated."""

import pytest

import md

PAGE = "by hand\n<!-- generated: one -->\nold\n<!-- end -->\nby hand too\n<!-- generated: two -->\n<!-- end -->\n"


def test_parts_are_filled_and_the_rest_is_kept():
    page = md.fill(PAGE, {"one": "new\n", "two": "a | b"})
    assert md.part(page, "one") == "new"
    assert md.part(page, "two") == "a | b"
    assert page.startswith("by hand\n")
    assert "by hand too" in page
    assert "old" not in page
    assert md.fill(page, {"one": "new", "two": "a | b"}) == page


@pytest.mark.parametrize("contents", [{"one": ""}, {"one": "", "two": "", "three": ""}])
def test_a_page_and_its_parts_must_agree(contents):
    with pytest.raises(ValueError, match="write each once"):
        md.fill(PAGE, contents)


def test_a_part_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="write each once"):
        md.fill(PAGE.replace("two", "one"), {"one": ""})


def test_cells_cannot_break_a_table():
    assert md.table(("a", "b"), [("x|y", "two\nlines")]) == "| a | b |\n| --- | --- |\n| x\\|y | two lines |\n"
