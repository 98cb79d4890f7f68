"""A small study without mistakes, and the ways to make one file of it wrong: the table behind `test_bad_input`.

Each :class:`Bad` is another kind of mistake. It says what is changed, and then, independently of the code, on which
line the mistake stands (by the text of that line), at which key, and words that the message has to have.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

STUDY = {
    "problem.yaml": """\
# A small problem, to be made wrong in one place at a time.
format: mcda-problem-1
id: small
title: "Four things in four tiers"
alternatives_from: things.yaml
catalogue_from: facts.yaml
scale:
  low: 1
  high: 5
  basis: illustrative
criteria:
  - {id: risk, label: "Risk", role: against}
  - {id: gain, label: "Gain", role: for}
  - {id: cost, label: "Cost", role: counterweight}
tiers:
  - {label: "First", in_roadmap: true}
  - {label: "Second", in_roadmap: true}
  - {label: "Third", in_roadmap: false}
  - {label: "Fourth", in_roadmap: false}
sectors:
  goods: "Goods"
  money: "Money"
default_spread:
  value: 1
  basis: assumption
  range: [0.5, 2]
priors:
  low:
    kind: beta-binomial
    mean: 2
    concentration: 4
    basis: assumption
    range: {mean: [1, 3], concentration: [2, 8]}
  by-sector:
    kind: by-sector
    mean: 3
    concentration: 4
    means:
      goods: {risk: 4}
      money: {gain: 2}
    basis: illustrative
reference_rule: plain
rules:
  plain:
    cuts: [0]
    outside_split:
      by: composite
      cuts: [-2]
    basis: derived
    range: {cuts: [-3, 3]}
  grid:
    like: plain
    form: grid
    bands:
      composite: [2]
      counterweight: [3]
      table: [[1, 2], [2, 2]]
    basis: illustrative
  text:
    like: plain
    reading: text
    cuts: [0, -3, -5]
    basis: illustrative
  weighted:
    like: plain
    weights: {risk: 2, gain: 1, cost: 1}
    basis: value-judgement
""",
    "things.yaml": """\
format: mcda-alternatives-1
basis: source
citation: "A made-up source"
alternatives:
  - id: apples
    label: "Apples"
    tier: 1
    sector: goods
  - id: books
    label: "Books"
    tier: 2
    sector: goods
  - id: coins
    label: "Coins"
    tier: 3
    sector: money
  - id: debts
    label: "Debts"
    tier: 4
    sector: money
entities:
  - id: pippin
    label: "Pippin"
    parent: apples
""",
    "facts.yaml": """\
format: mcda-catalogue-1
facts:
  - id: weight
    label: "Weight of an apple in grams"
    value: 150
    basis: source
    citation: "A kitchen scale"
""",
    "question.yaml": """\
# How sure is each tier of four things?
format: mcda-experiment-1
id: question
question: "How sure is each tier of four things?"
problem: problem.yaml
rule: plain
beliefs:
  kind: published-tiers
  prior: low
second_panel:
  reference_sd: 1
  spreads: [0, 1]
  priors: [by-sector]
  basis: assumption
  range: [0, 2]
other_rules: [text]
shocks:
  - name: theft
    label: "Theft"
    moves: {risk: 2}
    basis: assumption
    range: [1, 3]
belief_sensitivity:
  multiples: [0.5, 1]
  contamination: [0.1]
  basis: illustrative
analyses: [tiers]
run:
  seed: 1
""",
    "panel.yaml": """\
# What do two experts say?
format: mcda-experiment-1
id: panel
question: "What do two experts say?"
problem: problem.yaml
beliefs:
  kind: panel
  panel: scores.csv
  pool: panel-mean
  illustrative: true
override_cells:
  - expert: ann
    alternative: apples
    criterion: gain
    score: 4
    basis: illustrative
analyses: [tiers]
""",
    "scores.csv": """\
expert,alternative,criterion,score,low,high,spread,distribution,comment
ann,apples,risk,1,,,,,
ann,apples,gain,2,,,,,
ann,apples,cost,3,2,4,,,
ann,books,risk,,,,,2:0.5 3:0.5,
ann,books,gain,4,,,0.5,,sure
ann,books,cost,1,,,,,
bob,apples,risk,2,,,,,
bob,apples,gain,3,,,,,
bob,apples,cost,?,,,,,
bob,books,risk,4,,,,,
bob,books,gain,5,,,,,
bob,books,cost,1,,,,,
""",
}


def lay_out(folder: Path) -> None:
    """Write the study without mistakes."""
    for name, text in STUDY.items():
        (folder / name).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class Bad:
    """One kind of mistake.

    `at` is the text of the line that has to be named ('': the first), `alone` if no other is; `told_in` is the file
    that is named, if not the one that was changed.
    """

    kind: str
    file: str
    change: Callable[[Path], None]
    at: str
    key: str
    words: tuple[str, ...]
    alone: bool = True
    told_in: str = ""

    @property
    def experiment(self) -> str:
        """The experiment that reads the file."""
        return "panel.yaml" if self.file in ("panel.yaml", "scores.csv") else "question.yaml"

    def line(self, folder: Path) -> int:
        """Return the line that has to be named, by looking for its text."""
        if not self.at:
            return 1
        lines = (folder / (self.told_in or self.file)).read_bytes().decode("utf-8", "replace").splitlines()
        found = [n for n, text in enumerate(lines, start=1) if self.at in text]
        assert len(found) == 1, f"'{self.at}' is on {len(found)} lines of {self.file}"
        return found[0]


def swap(
    kind: str, file: str, old: str, new: str, key: str, *words: str,
    at: str | None = None, alone: bool = True, told_in: str = "",
) -> Bad:  # fmt: skip
    """A mistake made by other text in place of some; it stands where the other text does, if `at` says nothing else."""

    def change(path: Path) -> None:
        text = STUDY[file]
        assert text.count(old) == 1, f"'{old}' is {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    where = new.strip("\n").splitlines()[-1] if at is None else at
    return Bad(kind, file, change, where, key, words, alone, told_in)


def whole(kind: str, file: str, text: str | bytes, key: str, *words: str, at: str = "", alone: bool = True) -> Bad:
    """A mistake of a file that is written anew."""

    def change(path: Path) -> None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    return Bad(kind, file, change, at, key, words, alone)


def instead(kind: str, file: str, change: Callable[[Path], None], *words: str) -> Bad:
    """A mistake of what stands in the place of a file."""

    def replaced(path: Path) -> None:
        path.unlink()
        change(path)

    return Bad(kind, file, replaced, "", "", words)


def without_tiers(path: Path) -> None:
    """Take the printed tiers out of the alternatives."""
    lines = STUDY[T].splitlines(keepends=True)
    (path.parent / T).write_text("".join(line for line in lines if "tier:" not in line), encoding="utf-8")


P, T, F, Q, E, S = "problem.yaml", "things.yaml", "facts.yaml", "question.yaml", "panel.yaml", "scores.csv"

LAUGHS = "format: mcda-catalogue-1\na: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)
DEEP = "format: mcda-catalogue-1\ndeep: " + "[" * 25 + "]" * 25 + "\n"
# 5 nodes (a mapping, two keys, a value, a list), then one for each dash
MANY = "format: mcda-catalogue-1\nmany:\n" + "-\n" * 199_995 + "- # the last that is read\n"
HUGE = "format: mcda-catalogue-1\n# " + "x" * 5_000_000 + "\n"
CELL = "\n  - {expert: ann, alternative: apples, criterion: gain, score: 4}"
SPARSE = "expert,alternative,criterion,score\nann,apples,risk,1\nann,apples,gain,2\n"

NOT_YAML = [
    swap(
        "syntax: a bracket that is not closed", P, "range: [0.5, 2]", "range: [0.5, 2", "", "is not YAML",
        "quotes, brackets, indentation", at="priors:",
    ),
    swap("syntax: a tab as indentation", P, "  low: 1\n", "\tlow: 1\n", "", "is not YAML", "indentation", at="low: 1"),
    swap(
        "a directive", P, "# A small problem, to be made wrong", "%YAML 1.1\n---\n# A", "", "has a directive",
        "YAML 1.2 without directives", at="%YAML",
    ),
    swap(
        "an anchor", P, "title: ", "title: &name ", "title", "has an anchor (got &name)", "values without anchors",
        at="title: &name",
    ),
    swap(
        "a tag that asks for code", P, "id: small", "id: !!python/name:os.system small", "id", "has a tag",
        "values without tags",
    ),
    swap(
        "a merge key", P, "reference_rule: plain", "reference_rule: plain\n<<: {id: other}", "",
        "has a merge key (got <<)", "written out",
    ),
    swap(
        "a key twice", P, "  high: 5", "  high: 5\n  high: 7", "scale.high", "duplicate key, first on line 9",
        "each key once", at="high: 7",
    ),
    swap(
        "a key that is a number", P, '  goods: "Goods"', '  1: "Goods"', "sectors", "a key that is not text (got 1)",
        "quote it", at='1: "Goods"',
    ),
    swap("a second document", F, "facts:", "---\nfacts:", "", "begins a second document", "one document", at="---"),
    whole("a list at the top", F, "- a\n- b\n", "", "has a list at the top", "a mapping of keys to values"),
    whole("an empty file", F, "", "", "is empty", "a mapping of keys to values"),
    swap(
        "a number of 19 digits", T, "tier: 4", "tier: 1234567890123456789", "alternatives[3].tier",
        "more than 18 digits", "at most 18 digits",
    ),
    swap(
        "a control character, written as an escape", T, '"Coins"', '"Coins\\u0007"', "alternatives[2].label",
        "forbidden character U+0007", "printable text",
    ),
]  # fmt: skip

BYTES = [
    whole(
        "not UTF-8", F, b"format: mcda-catalogue-1\nname: caf\xe9\n", "", "is not UTF-8", "byte 0xe9",
        "text saved as UTF-8", at="name:",
    ),
    whole(
        "UTF-16, as an editor on Windows may save it", F, STUDY[F].encode("utf-16"), "", "it looks like UTF-16",
        "text saved as UTF-8",
    ),
    whole(
        "a NUL character", F, b"format: mcda-catalogue-1\nname: a\0b\n", "", "has a NUL character", "printable text",
        at="name:",
    ),
    whole("a file of 5 MB", F, HUGE, "", "is larger than 5 MB", "at most 5,000,000 bytes"),
    whole(
        "more than 200,000 values", F, MANY, "", "has more than 200,000 nodes", "tables of scores in CSV files",
        at="the last that is read",
    ),
    whole(
        "a bomb: aliases of aliases (billion laughs)", F, LAUGHS, "a", "has an anchor", "values without anchors",
        at="a: &a [x", alone=False,
    ),
    whole("25 lists in one another", F, DEEP, "", "is nested more than 20 deep", "at most 20 levels", at="deep:"),
    instead("a folder in place of a file", F, Path.mkdir, "is a directory", "a YAML file that can be read"),
    instead(
        "a link to a file that is not there", F, lambda path: os.symlink("nowhere.yaml", path),
        "a link to a file that is not there", "a YAML file",
    ),
]  # fmt: skip

VALUES = [
    swap("no format", P, "format: mcda-problem-1\n", "", "format", "is missing", "mcda-problem-1", at="id: small"),
    swap(
        "a format that there is not", P, "mcda-problem-1", "mcda-problm-1", "format", '(got "mcda-problm-1")',
        "mcda-problem-1",
    ),
    swap(
        "another kind of file", Q, "problem: problem.yaml", "problem: panel.yaml", "format",
        'another kind of file (got "mcda-experiment-1")', "mcda-problem-1", at="format:", told_in="panel.yaml",
    ),
    swap(
        "an unknown key", P, "reference_rule: plain", "reference_rule: plain\nas_off: today", "as_off",
        "is not a key here (did you mean 'as_of'?)", "catalogue_from",
    ),
    swap(
        "a key that is missing", P, "  high: 5\n", "", "scale.high", "is missing",
        "a whole number from -1000 to 1000", at="scale:",
    ),
    swap(
        "text for a number", T, "tier: 3", "tier: three", "alternatives[2].tier",
        'is text, not a whole number of at least 1 or null (got "three")', "a whole number",
    ),
    swap(
        "a number for text", P, 'title: "Four things in four tiers"', "title: 4", "title", "is a number, not text",
        "1 to 2000 characters",
    ),
    swap(
        "a boolean of YAML 1.1", P, '"Third", in_roadmap: false', '"Third", in_roadmap: no', "tiers[2].in_roadmap",
        'is text, not true or false (got "no")', "true or false", at="in_roadmap: no",
    ),
    swap(
        "one value for a list", P, "    cuts: [0]\n", "    cuts: 0\n", "rules.plain.cuts", "is a number, not a list",
        "a list",
    ),
    swap(
        "a list for a mapping", P, "sectors:\n", "sectors: [goods, money]\nx:\n", "sectors",
        "is a list, not a mapping", "a mapping of keys", at="sectors: [", alone=False,
    ),
    swap(
        "decimals where a whole number is needed", T, "tier: 2", "tier: 2.5", "alternatives[1].tier",
        "is a number with decimals", "a whole number of at least 1",
    ),
    swap(
        "not a number (NaN)", P, "    mean: 2\n", "    mean: .nan\n", "priors.low.mean", "is not finite (got .nan)",
        "a number",
    ),
    swap(
        "infinity", P, "  value: 1\n", "  value: .inf\n", "default_spread.value", "is not finite (got .inf)",
        "a number from 0 to 100",
    ),
    swap(
        "a name with a blank", T, "id: coins", "id: Old coins", "alternatives[2].id", "does not have the right form",
        "text such as goods-out",
    ),
    swap(
        "a label that cannot be seen", T, 'label: "Coins"', 'label: " \\t "', "alternatives[2].label", "is blank",
        "text that can be seen",
    ),
    swap(
        "an empty label", T, 'label: "Coins"', 'label: ""', "alternatives[2].label", "is too short",
        "text of 1 to 2000 characters",
    ),
    swap(
        "a label of 2,001 characters", T, '"Coins"', f'"{"x" * 2001}"', "alternatives[2].label", "is too long",
        "1 to 2000 characters",
    ),
    swap(
        "a word that is not one of the choices", P, "role: against", "role: againts", "criteria[0].role",
        "(did you mean 'against'?)", "against, for or counterweight", at="againts",
    ),
    swap(
        "a number that is too small", P, "    concentration: 4\n    basis: assumption",
        "    concentration: 0\n    basis: assumption", "priors.low.concentration", "is too small (got 0)",
        "a number from 0.001 to 1000000", at="concentration: 0", alone=False,
    ),
    swap(
        "a list that is too short", P, STUDY[P][STUDY[P].index('  - {label: "Second"'):STUDY[P].index("sectors:")],
        "", "tiers", "has too few items", "a list of 2 to 20 items", at="tiers:",
    ),
    swap(
        "a list that is too long", P, '  - {id: cost,',
        "".join(f'  - {{id: c{i}, label: "C", role: for}}\n' for i in range(10)) + '  - {id: cost,', "criteria",
        "has too many items", "a list of 1 to 12 items", at="criteria:",
    ),
]  # fmt: skip

TOGETHER = [
    swap(
        "an id twice", T, "id: books", "id: apples # again", "alternatives[1].id",
        "the id 'apples' stands twice (first in line 5)", "each once",
    ),
    swap(
        "an entity in no alternative", T, "parent: apples", "parent: appels", "entities[0].parent",
        "no alternative 'appels' (did you mean 'apples'?)", "an alternative's id",
    ),
    swap("a tier that there is not", T, "tier: 4", "tier: 5", "alternatives[3].tier", "there is no tier 5", "1 to 4"),
    swap(
        "a sector that there is not", T, 'label: "Coins"\n    tier: 3\n    sector: money',
        'label: "Coins"\n    tier: 3\n    sector: monye', "alternatives[2].sector",
        "no sector 'monye' (did you mean 'money'?)", "goods, money",
    ),
    swap(
        "no alternatives", P, "alternatives_from: things.yaml\n", "", "alternatives", "there are no alternatives",
        "alternatives_from: FILE", at="format: mcda-problem-1",
    ),
    swap(
        "alternatives in two places", P, "reference_rule: plain",
        "reference_rule: plain\nalternatives: [{id: x, label: X}]", "alternatives", "stands beside alternatives_from",
        "one of the two",
    ),
    swap(
        "a file that is not there", P, "alternatives_from: things.yaml", "alternatives_from: thing.yaml",
        "alternatives_from", "there is no file \"thing.yaml\" (did you mean 'things.yaml'?)", "in the same folder",
    ),
    swap(
        "a path out of the folder", P, "alternatives_from: things.yaml", "alternatives_from: ../../etc/passwd",
        "alternatives_from", "lies outside the folder", "or below it",
    ),
    swap(
        "a scale upside down", P, "  high: 5\n", "  high: 0\n", "scale.high", "high is not above low",
        "a number above scale.low", alone=False,
    ),
    swap(
        "a scale with too many points", P, "  high: 5\n", "  high: 200\n", "scale.high", "is 199 points above low",
        "at most 100 points",
    ),
    swap(
        "two counterweights", P, 'label: "Gain", role: for', 'label: "Gain", role: counterweight', "criteria",
        "more than one criterion is the counterweight", "one counterweight, or none", at="criteria:",
    ),
    swap(
        "no criterion to be summed", P,
        '  - {id: risk, label: "Risk", role: against}\n  - {id: gain, label: "Gain", role: for}\n', "", "criteria",
        "no criterion is against or for", "against, for, counterweight", at="criteria:", alone=False,
    ),
    swap(
        "tiers out of order", P, '"First", in_roadmap: true', '"First", in_roadmap: false', "tiers",
        "tiers inside the Roadmap must come first", "in_roadmap true, then false", at="tiers:", alone=False,
    ),
    swap(
        "a spread longer than the scale", P, "  value: 1\n  basis: assumption\n  range: [0.5, 2]",
        "  value: 9\n  basis: illustrative", "default_spread.value", "is longer than the scale (got 9)", "0 to 4",
        at="value: 9",
    ),
]  # fmt: skip

RULES = [
    swap(
        "cuts out of order", P, "cuts: [0, -3, -5]", "cuts: [0, -5, -3]", "rules.text.cuts",
        "cuts must fall strictly (got 0, -5, -3)", "falling numbers",
    ),
    swap(
        "too few cuts", P, "cuts: [0, -3, -5]", "cuts: [0, -3]", "rules.text.cuts", "needs 3 cuts (got 2)",
        "one cut fewer than all tiers",
    ),
    swap(
        "no split of the outside tiers", P, "    outside_split:\n      by: composite\n      cuts: [-2]\n", "",
        "rules.plain.outside_split", "2 outside tiers need an outside split", "by and cuts", at="  plain:",
    ),
    swap(
        "a split with too many cuts", P, "      cuts: [-2]\n", "      cuts: [-2, -3]\n",
        "rules.plain.outside_split.cuts", "the outside split needs 1 cuts (got 2)", "one cut fewer",
    ),
    swap(
        "a table of bands of the wrong shape", P, "table: [[1, 2], [2, 2]]", "table: [[1, 2]]",
        "rules.grid.bands.table", "must have 2 rows of 2", "a row for each band",
    ),
    swap(
        "a tier in a table of bands that is outside", P, "table: [[1, 2], [2, 2]]", "table: [[1, 2], [2, 3]]",
        "rules.grid.bands.table", "tiers from 1 to 2", "inside tiers",
    ),
    swap(
        "bands under a form that has none", P, "    form: grid\n", "    form: difference\n", "rules.grid.bands",
        "form 'difference' takes no bands", "the forms grid and lexicographic", at="    bands:",
    ),
    swap(
        "rules that are like each other", P, "  plain:\n    cuts: [0]", "  plain:\n    like: text\n    cuts: [0]",
        "rules.plain.like", "goes in a circle: plain -> text -> plain", "a rule that is not like this one",
        at="    like: text", alone=False,
    ),
    swap(
        "like a rule that there is not", P, "    like: plain\n    form: grid", "    like: plian\n    form: grid",
        "rules.grid.like", "no rule is named 'plian' (did you mean 'plain'?)", "plain, grid, text, weighted",
        at="like: plian",
    ),
    swap(
        "a weight of no criterion", P, "weights: {risk: 2, gain: 1, cost: 1}", "weights: {risk: 2, gian: 1, cost: 1}",
        "rules.weighted.weights.gian", "no criterion is named 'gian' (did you mean 'gain'?)", "risk, gain, cost",
    ),
    swap(
        "weights that are all 0", P, "weights: {risk: 2, gain: 1, cost: 1}", "weights: {risk: 0, gain: 0, cost: 1}",
        "rules.weighted.weights", "not all 0", "numbers of at least 0",
    ),
    whole(
        "a ratio on a scale with a 0", P,
        STUDY[P].replace("  low: 1\n", "  low: 0\n") + "  ratio:\n    like: plain\n    form: ratio\n",
        "rules.ratio.form", "divides by the counterweight, which can be 0", "a scale above 0", at="form: ratio",
    ),
    swap(
        "a ratio under the text's reading", P, "    reading: text\n", "    reading: text\n    form: ratio\n",
        "rules.text.reading", "form 'ratio' has no meaning under it", "form difference", at="reading: text",
    ),
    swap(
        "a reference rule that there is not", P, "reference_rule: plain", "reference_rule: plane", "reference_rule",
        "no rule is named 'plane' (did you mean 'plain'?)", "plain, grid, text, weighted",
    ),
    swap(
        "a veto off the scale", P, "    weights: {risk: 2", "    veto: 9\n    weights: {risk: 2",
        "rules.weighted.veto", "holds for every score, or for none", "a number above 1 and at most 5", at="veto: 9",
    ),
    swap(
        "a cut finer than can be compared exactly", P, "cuts: [0, -3, -5]", "cuts: [0.123456789, -3, -5]",
        "rules.text.cuts", "too fine to be compared exactly", "at most 4 decimals",
    ),
]  # fmt: skip

PRIORS = [
    swap(
        "a prior without its mean", P, "    mean: 3\n", "", "priors.by-sector", "needs mean",
        "mean, concentration and means", at="  by-sector:",
    ),
    swap(
        "a prior's mean off the scale", P, "goods: {risk: 4}", "goods: {risk: 7}",
        "priors.by-sector.means.goods.risk", "is off the scale (got 7)", "1 to 5",
    ),
    swap(
        "a prior on no criterion", P, "money: {gain: 2}", "money: {gane: 2}", "priors.by-sector.means.money.gane",
        "no criterion is named 'gane' (did you mean 'gain'?)", "risk, gain, cost",
    ),
]  # fmt: skip

BASES = [
    swap(
        "a number without a basis", F, '    basis: source\n    citation: "A kitchen scale"\n', "", "facts[0].value",
        "is a number without a basis", "paper, source, elicited", at="value: 150",
    ),
    swap(
        "a basis that there is not", F, "    basis: source", "    basis: soruce", "facts[0].basis",
        "is not a basis (did you mean 'source'?)", "paper, source, elicited",
    ),
    swap(
        "a source without its citation", F, '\n    citation: "A kitchen scale"', "", "facts[0].basis",
        "is `source` without a `citation`", "a text in `citation`", at="basis: source",
    ),
    swap(
        "an assumption without its range", F, "    basis: source", "    basis: assumption", "facts[0].basis",
        "is `assumption` without a `range` for facts[0].value", "[low, high]",
    ),
    swap(
        "a range upside down", P, "  range: [0.5, 2]", "  range: [2, 0.5]", "default_spread.range",
        "low end is above its high end", "[low, high]",
    ),
    swap(
        "a number outside its own range", P, "  range: [0.5, 2]", "  range: [1.5, 2]", "default_spread.value",
        "is outside its own range (got 1)", "1.5 to 2", at="  value: 1",
    ),
    swap(
        "a range of a key that there is not", P, "range: {mean: [1, 3], concentration: [2, 8]}",
        "range: {mean: [1, 3], concentraton: [2, 8]}", "priors.low.range.concentraton",
        "a range of no key of this block", "mean, concentration", alone=False,
    ),
]  # fmt: skip

QUESTIONS = [
    swap(
        "an experiment on a problem that there is not", Q, "problem: problem.yaml", "problem: probelm.yaml",
        "problem", "no problem file 'probelm.yaml'", "did you mean 'problem.yaml'", "shipped",
    ),
    swap(
        "an unknown rule", Q, "rule: plain", "rule: plan", "rule", "no rule is named 'plan' (did you mean 'plain'?)",
        "plain, grid, text, weighted",
    ),
    swap(
        "an unknown rule to compare with", Q, "other_rules: [text]", "other_rules: [text, gird]", "other_rules[1]",
        "no rule is named 'gird' (did you mean 'grid'?)", "plain, grid",
    ),
    swap(
        "an unknown prior", Q, "  prior: low", "  prior: hihg", "beliefs.prior", "no prior is named 'hihg'",
        "uniform, low, by-sector",
    ),
    swap(
        "a shock to an unknown criterion", Q, "moves: {risk: 2}", "moves: {riks: 2}", "shocks[0].moves.riks",
        "no criterion is named 'riks' (did you mean 'risk'?)", "risk, gain, cost",
    ),
    swap(
        "an unknown analysis", Q, "analyses: [tiers]", "analyses: [tires]", "analyses[0]", "(did you mean 'tiers'?)",
        "second-panel",
    ),
    swap(
        "an analysis twice", Q, "analyses: [tiers]", "analyses: [tiers, flips, tiers]", "analyses[2]",
        "'tiers' stands twice", "each once",
    ),
    swap(
        "an analysis with nothing to work on", E, "analyses: [tiers]", "analyses: [tiers, shocks]", "analyses[1]",
        "'shocks' has nothing to work on", "shocks with `shocks`",
    ),
    swap(
        "two shocks of one name", Q, "belief_sensitivity:",
        '  - {name: theft, label: "Theft", moves: {gain: -1}, basis: illustrative}\nbelief_sensitivity:',
        "shocks[1].name", "the name 'theft' stands twice", "each once", at="moves: {gain",
    ),
    swap(
        "half a point where whole points are needed", Q, "moves: {risk: 2}", "moves: {risk: 1.5}",
        "shocks[0].moves.risk", "is a number with decimals", "a whole number from -100 to 100",
    ),
    swap(
        "spreads that do not rise", Q, "spreads: [0, 1]", "spreads: [1, 0]", "second_panel.spreads",
        "do not rise (got 1, 0)", "rising numbers",
    ),
    swap(
        "a share of all", Q, "contamination: [0.1]", "contamination: [1]", "belief_sensitivity.contamination[0]",
        "is too large (got 1)", "above 0 and below 1",
    ),
    swap(
        "a seed below 0", Q, "  seed: 1", "  seed: -1", "run.seed", "is too small (got -1)",
        "a whole number of at least 0",
    ),
    swap(
        "a panel's file under printed tiers", Q, "  prior: low", "  prior: low\n  panel: scores.csv", "beliefs.panel",
        "a panel is read under `kind: panel` alone", "or kind: panel",
    ),
    Bad(
        "printed tiers of a problem that prints none", Q, without_tiers, "kind: published", "beliefs.kind",
        ("problem 'small' publishes no tier", "kind: panel"),
    ),
    swap(
        "a panel without its file", E, "  panel: scores.csv\n", "", "beliefs.panel", "a panel needs its file",
        "a CSV file of scores", at="beliefs:",
    ),
    swap(
        "a panel's file that is not there", E, "panel: scores.csv", "panel: score.csv", "beliefs.panel",
        "there is no file \"score.csv\" (did you mean 'scores.csv'?)", "a CSV file of scores",
    ),
    swap(
        "an expert's belief longer than the scale", E, "  pool: panel-mean", "  spread: 5\n  basis: illustrative",
        "beliefs.spread", "is longer than the scale (got 5)", "0 to 4", at="spread: 5",
    ),
    swap(
        "a belief that no answer can have", E, "  pool: panel-mean", "  family: beta-binomial", "beliefs.family",
        "has no law", "a spread between", "triangular", at="family:",
    ),
    swap(
        "21 cells put in place of a panel's", E, "override_cells:", "override_cells:" + CELL * 20, "override_cells",
        "has too many items", "a list of at most 20 items", at="override_cells:", alone=False,
    ),
    swap(
        "a cell of nobody", E, "expert: ann", "expert: anne", "override_cells[0].expert",
        "no expert of the panel is named 'anne' (did you mean 'ann'?)", "ann, bob",
    ),
    swap(
        "a cell's score off the scale", E, "    score: 4", "    score: 8", "override_cells[0].score",
        "is off the scale (got 8)", "a number from 1 to 5",
    ),
    swap(
        "a cell put in twice", E, "override_cells:", "override_cells:" + CELL[:-1] + ", basis: illustrative}",
        "override_cells[1]", "'ann, apples, gain' stands twice", "each once", at="- expert: ann",
    ),
]  # fmt: skip

PANELS = [
    whole("an empty panel", S, "", "", "is empty", "expert, alternative, criterion, score"),
    whole(
        "a panel of a header alone", S, STUDY[S].splitlines()[0] + "\n", "", "has a header but no rows",
        "at least one answer",
    ),
    swap(
        "a column that is missing", S, "expert,alternative", "name,alternative", "expert",
        "is a column that is missing", "expert, alternative, criterion, score", at="", alone=False,
    ),
    swap(
        "a column of no score sheet", S, ",comment\n", ",coment\n", "coment", "no column of a score sheet",
        "(did you mean 'comment'?)", "distribution", at="expert,alternative",
    ),
    swap(
        "a column twice", S, ",spread,", ",low,", "low", "is a column that stands twice", "each column once",
        at="expert,alternative", alone=False,
    ),
    swap(
        "a score that is not a number (NaN)", S, "bob,books,risk,4", "bob,books,risk,nan", "score",
        "is not a number (got nan)", "a number from 1 to 5",
    ),
    swap(
        "a formula for a score", S, "bob,books,risk,4", "bob,books,risk,=1+1", "score", "is not a number (got =1+1)",
        "empty, ? or don't know",
    ),
    swap(
        "a score over several lines", S, "bob,books,risk,4", 'bob,books,risk,"4\nor 5"', "score",
        "is not a number (got 4 or 5)", "a number from 1 to 5", at="bob,books,risk",
    ),
    swap(
        "a score off the scale", S, "bob,books,risk,4", "bob,books,risk,40", "score", "is off the scale (got 40)",
        "a number from 1 to 5",
    ),
    swap(
        "a decimal comma between commas", S, "bob,books,risk,4", "bob,books,risk,3,5", "",
        "has 10 fields, the header 9", "decimal commas need semicolons",
    ),
    swap(
        "probabilities that do not sum to 1", S, "2:0.5 3:0.5", "2:0.5 3:0.4", "distribution", "sums to 0.9",
        "probabilities that sum to 1",
    ),
    swap(
        "a distribution that is none", S, "2:0.5 3:0.5", "2", "distribution", "is no list of score:probability",
        "4:0.25 5:0.75", at="ann,books,risk",
    ),
    swap(
        "an expert who answers twice", S, "bob,apples,risk,2,,,,,", "bob,apples,risk,2,,,,,\nbob,apples,risk,3,,,,,",
        "expert", "repeats line 8 (bob, apples, risk)", "one row for an expert", at="risk,3",
    ),
    swap(
        "a score of nothing that is sorted", S, "bob,books,risk", "bob,boks,risk", "alternative",
        "names no alternative of the problem (got boks)", "did you mean 'books'", "apples, books",
    ),
    swap(
        "a score on no criterion", S, "bob,books,risk", "bob,books,rsk", "criterion",
        "names no criterion of the problem (got rsk)", "risk, gain, cost",
    ),
    swap(
        "a score of an entity", S, "bob,apples,gain", "bob,pippin,gain", "alternative",
        "names an entity (got pippin)", "score its parent 'apples'",
    ),
    swap(
        "a score of nobody", S, "bob,books,risk", ",books,risk", "expert", "is empty", "the expert's name or number",
        at=",books,risk,4",
    ),
    whole(
        "a cell that nobody scored", S, SPARSE, "score", "nobody scored the cell apples, cost", "at least one answer",
        at="apples,risk",
    ),
    swap(
        "a low end above the score", S, "ann,apples,cost,3,2,4", "ann,apples,cost,3,4,5", "low",
        "is above the score, the mode (got 4 > 3)", "low <= score",
    ),
    swap(
        "a score beside a distribution", S, "ann,books,risk,,", "ann,books,risk,2,", "distribution",
        "stands beside a score", "the other empty",
    ),
    swap(
        "a spread below 0", S, "ann,books,gain,4,,,0.5", "ann,books,gain,4,,,-1", "spread",
        "is out of range (got -1)", "at least 0",
    ),
    whole(
        "fields between tabs", S, STUDY[S].replace(",", "\t"), "", "is delimited by tabs", "commas or semicolons",
        alone=False,
    ),
    whole(
        "a sheet saved by Excel as CSV, not as CSV UTF-8", S, STUDY[S].replace("sure", "sür").encode("latin-1"), "",
        "is not UTF-8: byte 0xfc", "save as 'CSV UTF-8'", at="ann,books,gain",
    ),
    swap("a quote that is not closed", S, "0.5,,sure", '0.5,,"sure', "", "is not CSV", 'within "quotes"', alone=False),
]  # fmt: skip

#: Appended to the experiment, to be made wrong.
UNCERTAIN = """\
statements:
  - {stricter: [apples, books]}
  - {exactly: [apples], tier: 1}
  - {all_of: [apples, books], tiers: [1, 2]}
  - {number_in: [1, 2], at_least: 1, at_most: 3}
sampling:
  points: 128
  sizes: [1000, 2000]
rule_uncertainty:
  weights: {plain: 2, text: 1}
  cuts:
    - {shift: 0, weight: 1}
    - {shift: 0.05, weight: 1}
  dirichlet: 10
  basis: assumption
  range: [0, 50]
dependence:
  kinds: [leniency]
  loading: 0.5
  loadings: [0, 0.5]
  basis: assumption
  range: [0, 0.95]
"""


def uncertain(
    kind: str, before: str, after: str, key: str, *words: str, at: str | None = None, alone: bool = True
) -> Bad:
    """A mistake in the parts about draws, the rule's uncertainty and dependence."""

    def change(path: Path) -> None:
        assert UNCERTAIN.count(before) == 1, before
        text = path.read_text("utf-8").replace("analyses: [tiers]\n", "")
        path.write_text(text + UNCERTAIN.replace(before, after), encoding="utf-8")

    return Bad(kind, Q, change, after.strip().splitlines()[0] if at is None else at, key, words, alone)


SAMPLES = [
    uncertain(
        "a statement that says nothing", "{stricter: [apples, books]}", "{tier: 1}", "statements[0]", "says nothing",
        "one of stricter, exactly, all_of, number_in",
    ),
    uncertain(
        "two statements in one", "{exactly: [apples], tier: 1}", "{exactly: [apples], number_in: [1], tier: 1}",
        "statements[1]", "says exactly and number_in at once", "one of",
    ),
    uncertain(
        "a statement without its tier", "{exactly: [apples], tier: 1}", "{exactly: [apples]}", "statements[1]",
        "exactly lacks `tier`", "exactly with `tier`",
    ),
    uncertain(
        "a key of another statement", "{stricter: [apples, books]}", "{stricter: [apples, books], tier: 2}",
        "statements[0].tier", "does not belong to stricter", "stricter alone",
    ),
    uncertain(
        "a statement about a stranger", "{stricter: [apples, books]}", "{stricter: [aples, books]}",
        "statements[0].stricter[0]", "no alternative is named 'aples' (did you mean 'apples'?)", "apples, books",
    ),
    uncertain(
        "a statement about one alternative twice", "all_of: [apples, books]", "all_of: [apples, apples]",
        "statements[2].all_of[1]", "'apples' stands twice", "each once",
    ),
    uncertain(
        "a statement about a tier that there is not", "tiers: [1, 2]}", "tiers: [1, 7]}", "statements[2].tiers",
        "there is no tier 7", "1 to 4",
    ),
    uncertain(
        "bounds that cross", "at_least: 1, at_most: 3", "at_least: 4, at_most: 3", "statements[3].at_least",
        "can't be (got 4)", "0 to 3",
    ),
    uncertain(
        "a tier that a statement counts twice", "number_in: [1, 2], at_least", "number_in: [1, 1], at_least",
        "statements[3].number_in[1]", "'1' stands twice", "each once", at="  - {number_in: [1, 1]",
    ),
    uncertain(
        "a net that is no power of two", "points: 128", "points: 129", "sampling.points",
        "is no power of two (got 129)", "64, 128, 256",
    ),
    uncertain(
        "sizes that do not rise", "sizes: [1000, 2000]", "sizes: [2000, 1000]", "sampling.sizes",
        "do not rise (got 2000, 1000)", "rising numbers",
    ),
    uncertain(
        "weights without the experiment's own rule", "weights: {plain: 2, text: 1}", "weights: {grid: 2, text: 1}",
        "rule_uncertainty.weights", "leave out the experiment's own rule 'plain'", "a weight for plain too",
    ),
    uncertain(
        "a weight of an unknown rule", "weights: {plain: 2, text: 1}", "weights: {plain: 2, txt: 1}",
        "rule_uncertainty.weights.txt", "no rule is named 'txt' (did you mean 'text'?)", "plain, grid",
    ),
    uncertain(
        "a rule without weight", "weights: {plain: 2, text: 1}", "weights: {plain: 2, text: 0}",
        "rule_uncertainty.weights.text", "is too small (got 0)", "a number above 0",
    ),
    uncertain(
        "cuts without the rule's own", "{shift: 0, weight: 1}", "{shift: -0.05, weight: 1}", "rule_uncertainty.cuts",
        "have no member without a shift", "a member with shift 0", at="  cuts:", alone=False,
    ),
    uncertain(
        "one shift twice", "{shift: 0.05, weight: 1}", "{shift: 0, weight: 1}  # again",
        "rule_uncertainty.cuts[1].shift", "the shift '0", "stands twice", at="# again", alone=False,
    ),
    uncertain(
        "rules without a basis", "  dirichlet: 10\n  basis: assumption\n  range: [0, 50]\n", "  dirichlet: 10\n",
        "rule_uncertainty", "has 7 numbers without a basis", "assumption", at="  weights: {plain",
    ),
    uncertain(
        "a loading above what is served", "loading: 0.5", "loading: 0.97", "dependence.loading",
        "is too large (got 0.97)", "a number from 0 to 0.95",
    ),
    uncertain(
        "loadings that do not rise", "loadings: [0, 0.5]", "loadings: [0.5, 0.5]", "dependence.loadings",
        "do not rise", "rising numbers",
    ),
    uncertain(
        "a kind of dependence that there is not", "kinds: [leniency]", "kinds: [lenience]", "dependence.kinds[0]",
        "leniency", "valence",
    ),
    swap(
        "a pool of experts drawn anew", E, "  pool: panel-mean", "  pool: pooled-cells\n  experts: resampled",
        "beliefs.experts", "changes nothing here", "the pool panel-mean", at="  experts: resampled",
    ),
    swap(
        "an analysis of rules that are sure", Q, "analyses: [tiers]", "analyses: [tiers, rule-uncertainty]",
        "analyses[1]",
        "'rule-uncertainty' has nothing to work on", "rule-uncertainty with `rule_uncertainty`",
    ),
]  # fmt: skip

TABLE = [*NOT_YAML, *BYTES, *VALUES, *TOGETHER, *RULES, *PRIORS, *BASES, *QUESTIONS, *PANELS, *SAMPLES]
