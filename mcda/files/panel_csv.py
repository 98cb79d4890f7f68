"""Score sheets as CSV: one row per answer, from Excel on any continent, with all mistakes of a file said at once.

Columns, in any order: ``expert, alternative, criterion, score``, and if wanted ``low, high`` (then the score is the
mode), ``spread`` (the expert's own, in points), ``distribution`` (text such as ``4:0.25 5:0.75``, in place of a score),
``comment``. An empty score, ``?`` or ``don't know`` is a "don't know"; so is a row that is missing.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from mcda.errors import InvalidFile, Mistake, did_you_mean
from mcda.files.document import why_unreadable
from mcda.problem import Problem
from mcda.scores.panel import UNKNOWN, Answer, Panel

__all__ = ["MAX_BYTES", "MAX_DECIMALS", "check_structure", "read_panel"]

MAX_BYTES = 20_000_000
MAX_MISTAKES = 100
MAX_DECIMALS = 3

REQUIRED = ("expert", "alternative", "criterion", "score")
COLUMNS = (*REQUIRED, "low", "high", "spread", "distribution", "comment")
DONT_KNOW = frozenset(("", "?", "don't know", "don’t know", "dont know"))  # noqa: RUF001 (Excel writes curly ones)

_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,20}\.?[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][-+]?[0-9]{1,2})?")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")


def read_panel(path: str | Path, problem: Problem) -> Panel:
    """Read a panel from one CSV file, or refuse it with all of its mistakes.

    Parameters
    ----------
    path : str or Path
        UTF-8, with or without a byte order mark; fields delimited by commas, or by semicolons, and then with decimal
        commas or points. Messages name the file as it is given here.
    problem : Problem
        Gives the alternatives, the criteria and the scale.

    Returns
    -------
    Panel
        Experts in the order in which the file first names them, all of equal weight; the alternatives of the problem
        that the file has, and all criteria, in the problem's order.

    Raises
    ------
    InvalidFile
        With every mistake (the first 100 of them): its line, its column as the key, what is wrong, what is allowed.
    """
    file = os.fspath(path)
    return _Reader(file, problem).panel(_text(file))


def check_structure(path: str | Path) -> None:
    """Check what can be said of a panel's file without its problem; :class:`InvalidFile` with every mistake.

    Ids are not looked up, scores have no scale, and nothing is said of cells that nobody scored.
    """
    file = os.fspath(path)
    _Reader(file, None).read(_text(file))


# -- the bytes of a file -----------------------------------------------------------------------------------------------


def _text(file: str) -> str:
    raw = _bytes(file)
    if len(raw) > MAX_BYTES:
        raise _refused(file, f"is larger than {MAX_BYTES // 10**6} MB", f"allowed: at most {MAX_BYTES:,} bytes")
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        hint = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        what = f"is not UTF-8{hint}: byte 0x{raw[error.start]:02x} at offset {error.start}"
        line = len(_lines(raw[: error.start].decode("utf-8")))
        raise _refused(file, what, "allowed: UTF-8; in Excel save as 'CSV UTF-8'", line) from None
    if found := _FORBIDDEN.search(text):
        line = len(_lines(text[: found.start()]))
        what = f"has the character U+{ord(found[0]):04X}, which is forbidden"
        raise _refused(file, what, "allowed: printable text, tabs and line breaks", line)
    return text


def _bytes(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refused(file, why_unreadable(file, error), "allowed: a CSV file that can be read") from None


def _lines(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text)


def _refused(file: str, what: str, allowed: str, line: int = 1) -> InvalidFile:
    return InvalidFile([Mistake(file, line, "", what, allowed)])


# -- the rows ----------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads one file, and collects its mistakes and its answers on the way."""

    def __init__(self, file: str, problem: Problem | None) -> None:
        self.file = file
        self.scale = problem.scale if problem else None
        self.alternatives = [a.id for a in problem.alternatives] if problem else []
        self.criteria = [c.id for c in problem.criteria] if problem else []
        self.parents = {entity.id: entity.parent for entity in problem.entities} if problem else {}
        self.mistakes: list[Mistake] = []
        self.decimal_comma = False
        self.columns: list[str] = []
        #: the answers, and the line of each; the line on which each alternative first stands
        self.answers: dict[tuple[str, str, str], Answer] = {}
        self.rows: dict[tuple[str, str, str], int] = {}
        self.seen: dict[str, int] = {}
        #: cells with an answer, or with one that has a mistake; None where the row does not say which it is
        self.tried: set[tuple[str | None, str | None]] = set()

    def panel(self, text: str) -> Panel:
        """Return the panel, or raise InvalidFile."""
        self.read(text)
        return self._panel()

    def read(self, text: str) -> None:
        """Read all rows, or raise InvalidFile."""
        rows = self._records(text)
        header_line, header = next(rows, (1, []))
        if not header:
            raise _refused(self.file, "is empty", f"allowed: a header with the columns {', '.join(COLUMNS)}, and rows")
        self._header(header_line, header)
        count = 0
        for count, (line, fields) in enumerate(rows, start=1):  # noqa: B007 (how many there were)
            self._row(line, fields)
        if count == 0:
            self._refuse(header_line, "", "has a header but no rows", "allowed: at least one answer")
        self._check_coverage()
        if self.mistakes:
            raise InvalidFile(self.mistakes)

    def _panel(self) -> Panel:
        experts = tuple(dict.fromkeys(expert for expert, _, _ in self.rows))
        alternatives = tuple(a for a in self.alternatives if a in self.seen)
        known = {place: answer for place, answer in self.answers.items() if answer.kind != "unknown" or answer.comment}
        return Panel(experts, alternatives, tuple(self.criteria), known)

    def _records(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the line on which each row that is not blank begins, and its fields without outer blanks."""
        first = next((line for line in _lines(text) if line.strip()), "")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        self.decimal_comma = delimiter == ";"
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        line = 1
        try:
            for fields in reader:
                if any(field.strip() for field in fields):
                    yield line, [field.strip() for field in fields]
                line = reader.line_num + 1
        except csv.Error as error:
            self.tried.add((None, None))
            what = f"is not CSV: {error} (in the row that begins here)"
            self._refuse(line, "", what, 'allowed: text with a delimiter or a quote in it within "quotes"')

    def _refuse(self, line: int, column: str, what: str, allowed: str) -> None:
        self.mistakes.append(Mistake(self.file, line, column, what, f"allowed: {allowed.removeprefix('allowed: ')}"))
        if len(self.mistakes) >= MAX_MISTAKES:
            more = "has more mistakes than are listed here"
            raise InvalidFile([*self.mistakes, Mistake(self.file, line, "", more, "allowed: none")])

    # -- header --------------------------------------------------------------------------------------------------------

    def _header(self, line: int, header: list[str]) -> None:
        """Take the names of the columns; case does not matter."""
        self.columns = [name.casefold() for name in header]
        for at, name in enumerate(self.columns):
            if name in self.columns[:at]:
                self._refuse(line, header[at], "is a column that stands twice", "each column once")
            elif name not in COLUMNS:
                self._unknown_column(line, at, header[at])
        for name in REQUIRED:
            if name not in self.columns:
                self._refuse(line, name, "is a column that is missing", f"a header with {', '.join(REQUIRED)}")

    def _unknown_column(self, line: int, at: int, name: str) -> None:
        if "\t" in name:
            self._refuse(line, "", "is delimited by tabs", "commas or semicolons between the fields")
            return
        what = f"is no column of a score sheet (got {name[:60]}){did_you_mean(name.casefold(), COLUMNS)}"
        self._refuse(line, name[:60] or f"column {at + 1}", what if name else "has no name", f"{', '.join(COLUMNS)}")

    # -- one row -------------------------------------------------------------------------------------------------------

    def _row(self, line: int, fields: list[str]) -> None:
        if len(fields) != len(self.columns):
            self.tried.add((None, None))
            hint = "" if self.decimal_comma else "; decimal commas need semicolons between the fields"
            what = f"has {len(fields)} fields, the header {len(self.columns)}"
            self._refuse(line, "", what, f"as many fields as the header has{hint}")
            return
        cells = dict(zip(self.columns, fields, strict=True))
        expert = self._expert(line, cells)
        alternative = self._id(line, cells, "alternative", self.alternatives)
        criterion = self._id(line, cells, "criterion", self.criteria)
        answer = self._answer(line, cells)
        if alternative is not None:
            self.seen.setdefault(alternative, line)
        if answer is None or answer.kind != "unknown":
            self.tried.add((alternative, criterion))
        if expert is not None and alternative is not None and criterion is not None:
            self._keep(line, (expert, alternative, criterion), answer)

    def _keep(self, line: int, place: tuple[str, str, str], answer: Answer | None) -> None:
        first = self.rows.setdefault(place, line)
        if first != line:
            what = f"repeats line {first} ({', '.join(place)})"
            self._refuse(line, "expert", what, "one row for an expert, an alternative and a criterion")
        elif answer is not None:
            self.answers[place] = answer

    def _expert(self, line: int, cells: Mapping[str, str]) -> str | None:
        name = cells.get("expert")
        if name == "":
            self._refuse(line, "expert", "is empty", "the expert's name or number")
        return name or None

    def _id(self, line: int, cells: Mapping[str, str], column: str, ids: Collection[str]) -> str | None:
        """Return an id, or None where it is unknown or the column is missing."""
        got = cells.get(column)
        if got is None or got in ids or (self.scale is None and got):
            return got
        if column == "alternative" and got in self.parents:
            what, near = "names an entity", f"; score its parent '{self.parents[got]}'"
        else:
            what, near = f"names no {column} of the problem", did_you_mean(got, ids)
        shown = ", ".join(ids) or "an id" if len(ids) <= 12 else f"the ids of the problem's {len(ids)} {column}s"
        self._refuse(line, column, f"{what} (got {got[:60] or 'nothing'}){near}", shown)
        return None

    # -- one answer ----------------------------------------------------------------------------------------------------

    def _answer(self, line: int, cells: Mapping[str, str]) -> Answer | None:
        """Return the answer of a row, or None where it has mistakes."""
        before = len(self.mistakes)
        score = cells.get("score", "")
        known = score.casefold() not in DONT_KNOW
        point = self._score(line, "score", score) if known else None
        ends = {name: self._score(line, name, cells[name]) for name in ("low", "high") if cells.get(name)}
        spread = self._spread(line, cells.get("spread", ""))
        pairs = self._distribution(line, cells.get("distribution", ""))
        self._check_together(line, known, set(ends), cells)
        if point is not None:
            self._check_order(line, point, ends)
        if len(self.mistakes) > before or "score" not in cells:
            return None
        return _answer_of(point, ends, spread, pairs, cells.get("comment", ""))

    def _check_together(self, line: int, known: bool, ends: set[str], cells: Mapping[str, str]) -> None:
        """Say which of a row's cells do not go together."""
        whole = bool(cells.get("distribution"))
        if whole and (known or cells.get("score")):
            self._refuse(line, "distribution", "stands beside a score", "a score or a distribution, the other empty")
        first, other = ("low", "high") if "low" in ends else ("high", "low")
        if ends and (whole or not known):
            self._refuse(line, first, "has no score beside it", "low and high with a score, the mode, between them")
        elif len(ends) == 1:
            self._refuse(line, other, f"is empty, while {first} is given", "both low and high, or neither")
        if cells.get("spread") and (whole or ends):
            self._refuse(line, "spread", "stands beside more than a point", "a spread with a single score")

    def _check_order(self, line: int, mode: Fraction, ends: Mapping[str, Fraction | None]) -> None:
        low, high = ends.get("low"), ends.get("high")
        if low is not None and low > mode:
            what = f"is above the score, the mode (got {_shown(low)} > {_shown(mode)})"
            self._refuse(line, "low", what, "low <= score")
        if high is not None and high < mode:
            what = f"is below the score, the mode (got {_shown(high)} < {_shown(mode)})"
            self._refuse(line, "high", what, "high >= score")

    def _number(self, line: int, column: str, text: str, allowed: str) -> Fraction | None:
        plain = text.replace(",", ".") if self.decimal_comma and "." not in text else text
        if not _NUMBER.fullmatch(plain):
            self._refuse(line, column, f"is not a number (got {text[:60]})", allowed)
            return None
        return Fraction(plain)

    def _score(self, line: int, column: str, text: str) -> Fraction | None:
        """Return a score on the scale, or None."""
        allowed = f"a number from {self.scale.low} to {self.scale.high}" if self.scale else "a number"
        unsure = f"{allowed}; empty, ? or don't know" if column == "score" else allowed
        x = self._number(line, column, text, unsure)
        if x is None:
            return None
        if self.scale and not self.scale.low <= x <= self.scale.high:
            self._refuse(line, column, f"is off the scale (got {text})", allowed)
            return None
        if (x * 10**MAX_DECIMALS).denominator != 1:
            self._refuse(line, column, f"is too fine (got {text})", f"at most {MAX_DECIMALS} decimals")
            return None
        return x

    def _spread(self, line: int, text: str) -> Fraction | None:
        allowed = "a number of points, at least 0 and at most the length of the scale"
        x = self._number(line, "spread", text, allowed) if text else None
        if x is not None and (x < 0 or (self.scale and x > self.scale.high - self.scale.low)):
            self._refuse(line, "spread", f"is out of range (got {text})", allowed)
        return x

    def _distribution(self, line: int, text: str) -> dict[Fraction, Fraction]:
        """Return the probability by score of text such as ``4:0.25 5:0.75``."""
        found: dict[Fraction, Fraction] = {}
        before = len(self.mistakes)
        for item in re.sub(r"\s*:\s*", ":", text).split():
            self._add_pair(line, item, found)
        total = sum(found.values(), Fraction(0))
        if text and len(self.mistakes) == before and abs(total - 1) > Fraction(1, 10**9):
            self._refuse(line, "distribution", f"sums to {_shown(total)}", "probabilities that sum to 1, to 1e-9")
        return found

    def _add_pair(self, line: int, item: str, found: dict[Fraction, Fraction]) -> None:
        left, colon, right = item.partition(":")
        if not colon:
            self._refuse(line, "distribution", f"is no list of score:probability (got {item[:60]})", "4:0.25 5:0.75")
            return
        x = self._score(line, "distribution", left)
        p = self._number(line, "distribution", right, "probabilities from 0 to 1")
        if p is not None and not 0 <= p <= 1:
            self._refuse(line, "distribution", f"has a probability out of range (got {right})", "from 0 to 1")
        elif x is not None and self.scale and (x * self.scale.unit).denominator != 1:
            self._refuse(line, "distribution", f"has a score between two levels (got {left})", "levels of the scale")
        elif x is not None and x in found:
            self._refuse(line, "distribution", f"names the score {left} twice", "each score once")
        elif x is not None and p is not None:
            found[x] = p

    # -- the whole -----------------------------------------------------------------------------------------------------

    def _check_coverage(self) -> None:
        """Refuse cells that nobody scored; a row that might have been meant for a cell counts as one that was."""
        if not set(REQUIRED) <= set(self.columns):
            return
        for alternative in (a for a in self.alternatives if a in self.seen):
            for criterion in self.criteria:
                places = {(a, c) for a in (alternative, None) for c in (criterion, None)}
                if not places & self.tried:
                    what = f"nobody scored the cell {alternative}, {criterion}"
                    line = self._line_of(alternative, criterion)
                    self._refuse(line, "score", what, "at least one answer in each cell")

    def _line_of(self, alternative: str, criterion: str) -> int:
        """The first row of a cell, or of its alternative."""
        rows = (line for (_, a, c), line in self.rows.items() if (a, c) == (alternative, criterion))
        return next(rows, self.seen[alternative])


def _shown(x: Fraction) -> str:
    return f"{float(x):.10g}"


def _answer_of(
    point: Fraction | None,
    ends: Mapping[str, Fraction | None],
    spread: Fraction | None,
    pairs: Mapping[Fraction, Fraction],
    comment: str,
) -> Answer:
    """The answer of a row without mistakes."""
    if pairs:
        return Answer("distribution", probabilities=tuple(pairs.items()), comment=comment)
    if point is None:
        return Answer("unknown", comment=comment) if comment else UNKNOWN
    if ends:
        return Answer("three-point", point, ends["low"], ends["high"], comment=comment)
    return Answer("point", point, spread=spread, comment=comment)
