"""Tables of capture histories: the published ones, and whatever people write."""

import pytest

from cyclesim.errors import TableError, UnknownNameError
from cyclesim.inputs import captures


def read(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return captures.read(path)


def problems(tmp_path, text):
    with pytest.raises(TableError) as caught:
        read(tmp_path, text)
    assert all(problem.file.endswith("mine.csv") for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_published_tables_have_sources_and_the_published_totals():
    observed = {name: sum(captures.read(name).counts.values()) for name in captures.names()}
    assert observed == {
        "australia-4-lists": 414,
        "kosovo-4-lists": 4400,
        "new-orleans-5-lists": 185,
        "new-orleans-8-lists": 185,
        "uk-5-lists": 2744,
        "uk-6-lists": 2744,
    }
    for name in captures.names():
        assert captures.read(name).source
    six, five = captures.read("uk-6-lists"), captures.read("uk-5-lists")
    merged = {}
    for history, people in six.counts.items():
        la, ng, pf, go, gp, nca = history
        key = (la, ng, max(pf, nca), go, gp)
        merged[key] = merged.get(key, 0) + people
    assert merged == five.counts


def test_rows_of_people_and_rows_of_counts_are_the_same_table(tmp_path):
    counted = read(tmp_path, "police,health,count\n1,0,2\n1,1,1\n0,1,0\n")
    people = read(tmp_path, "police,health\n1,0\n1,1\n\n1,0\n")
    assert counted.counts == {(1, 0): 2, (1, 1): 1, (0, 1): 0}
    assert people.counts == {(1, 0): 2, (1, 1): 1}
    assert counted.lists == people.lists == ("police", "health")


def test_what_spreadsheets_write_is_read(tmp_path):
    table = read(tmp_path, "\ufeffCount, A ,B\r\n3,1.0,0\r\n4.0,0,1\r\n")
    assert table.counts == {(1, 0): 3, (0, 1): 4}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A,B,count\n1,0,-3\n0,1,4\n", [(2, "count must be a whole number of people, from 0 to 1,000,000,000,000")]),
        ("A,B,count\n1,0,3\n0,1,2.5\n", [(3, "count must be a whole number of people, from 0 to 1,000,000,000,000")]),
        ("A,B,count\n1,0,many\n", [(2, "must be a whole number")]),
        ("A,B,count\n1,0,3\n0,1,1\n1,0,2\n", [(4, "this history is there twice")]),
        ("A,B,count\n1,0,3\n0,0,9\n", [(3, "is on no list")]),
        ("A,B\n1,0\n0,0\n", [(3, "is on no list")]),
        ("A,B,count\n1,2,3\nx,0,3\n", [(2, "must be 0 or 1"), (3, "must be 0 or 1")]),
        ("A,B\n1,2\n1,3\n0,1\n", [(2, "must be 0 or 1 (so in 2 of 3 rows; this is the first)")]),
        ("A,B,count\n1,0\n", [(2, "has not as many cells as the first line")]),
        ("Invented Person,1,0\nOther Person,0,1\n", [(1, "the first line must name the columns")]),
        ("A,B,count,count\n1,0,3,3\n", [(1, "is there twice")]),
        ("A,A,count\n1,0,3\n", [(0, "two lists are called 'A'")]),
        (",B,count\n1,0,3\n", [(0, "a list has no name")]),
        ("A;B;count\n1;0;3\n", [(1, "its columns are not separated by commas")]),
        ("A,B,count\n", [(0, "holds no table")]),
        ("", [(0, "holds no table")]),
        ('A,B,count\n"1,0,3\n', [(2, "is not CSV: unexpected end of data")]),
    ],
)
def test_wrong_files_are_told_with_their_lines(tmp_path, text, expected):
    assert problems(tmp_path, text) == expected


def test_one_list_and_twenty_lists_are_refused(tmp_path):
    assert "1 list: how many people a list misses" in problems(tmp_path, "A,count\n1,3\n")[0][1]
    twenty = ",".join(f"L{k}" for k in range(20))
    (found,) = problems(tmp_path, f"{twenty},count\n{','.join('1' * 20)},3\n")
    assert found[1].startswith("20 lists are more than the 10")


def test_files_that_are_not_there_or_no_text(tmp_path):
    with pytest.raises(TableError, match="Published tables: australia-4-lists"):
        captures.read(tmp_path / "none.csv")
    (tmp_path / "image.csv").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(TableError, match="UTF-8"):
        captures.read(tmp_path / "image.csv")
    with pytest.raises(UnknownNameError, match="did you mean 'uk-6-lists'"):
        captures.read("uk-6-list")


def test_columns_are_chosen_and_the_rest_is_left_out(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("name,police,ngo,female,people\nInvented One,1,0,1,3\nInvented Two,0,1,0,2\n")
    table = captures.read(path, ["ngo", "Police"], "people")
    assert table.lists == ("ngo", "police")
    assert table.counts == {(0, 1): 3, (1, 0): 2}
    assert table.left_out == ("name", "female")
    assert table.sizes == {"ngo": 2, "police": 3}
    for wrong in (["polce", "ngo"], ["police", "persons"]):
        with pytest.raises(UnknownNameError, match="no column"):
            captures.read(path, wrong)
    with pytest.raises(UnknownNameError, match="no column 'number'"):
        captures.read(path, count="number")


@pytest.mark.parametrize("kind", range(6))
def test_no_cell_of_a_register_is_ever_told(tmp_path, kind):
    """Whatever is wrong with it: names, dates, a count that is a telephone number, rows of another length."""
    secret = "Invented-Person-7341"
    text = (
        f"name,police,ngo\n{secret},1,0\n",
        f"police,ngo\n{secret},1\n1,0\n",
        f"police,ngo,count\n1,0,{secret}\n",
        f"police,ngo\n1,0,{secret}\n",
        f"{secret},1,0\n{secret},0,1\n",
        f'police,ngo\n"{secret},1\n',
    )[kind]
    path = tmp_path / "register.csv"
    path.write_text(text)
    with pytest.raises(TableError) as caught:
        captures.read(path)
    assert secret not in str(caught.value)
    assert len(str(caught.value).splitlines()) <= 2
