"""What people may write: one model per kind of file. They stand at the door only; each ends in a domain object.

The attributes' docstrings are the help, the JSON Schema's descriptions and the reference page at once.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mcda.names import Analysis, Basis

__all__ = [
    "SCHEMAS",
    "AlternativesFile",
    "BeliefsModel",
    "CatalogueFile",
    "ExperimentFile",
    "ProblemFile",
    "RuleModel",
]


def _in_one_line(text: str) -> str:
    """Return text with single blanks for all line breaks, tabs and runs of blanks: it goes into cells and axes."""
    found = " ".join(text.split())
    if not found:
        raise ValueError("is blank; text that can be seen")
    return found


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80, examples=["goods-out"])]
Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(_in_one_line)]
Label = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_in_one_line)]
Cut = int | float | Annotated[str, Field(pattern=r"^-?[0-9]+(/[1-9][0-9]*)?$", examples=["2/3"])]


class Model(BaseModel):
    """Strict, frozen, and without room for unknown keys."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )


class Based(Model):
    """A block that may carry the basis of its numbers."""

    basis: Basis | None = None
    """Where the numbers of this block come from."""
    range: Any = None
    """For an assumption: [low, high], or a mapping of key to [low, high]."""
    citation: str | None = None
    """For a source: what to cite."""
    note: str | None = None
    """Why this number, in a sentence."""


class ScaleModel(Based):
    """The scale on which experts score."""

    low: Annotated[int, Field(ge=-1000, le=1000)]
    """Lowest score."""
    high: Annotated[int, Field(ge=-1000, le=1000)]
    """Highest score, above the lowest by at most 100."""


class CriterionModel(Model):
    """One criterion."""

    id: Slug
    """Short name, as score sheets use it."""
    label: Label
    """What it is called in tables and figures."""
    role: Literal["against", "for", "counterweight"]
    """against: counts negatively; for: positively; counterweight: the balance is set against it (at most one)."""
    question: str = ""
    """The question that experts answer."""
    place: Any = None
    """Where the source says so."""


class TierModel(Model):
    """One tier; tiers are listed from 1 on, those in the Roadmap first."""

    label: Label
    """What it is called."""
    in_roadmap: bool
    """Whether it lies inside (C > 0) or outside."""
    description: str = ""
    """What the source says of it, in own words."""


class SplitModel(Based):
    """How the tiers outside the Roadmap are told apart."""

    by: Literal["composite", "balance", "first", "any"]
    """A cut on C; on C - c7; on the first criterion against; or: any criterion against at or above the cut."""
    cuts: list[Cut]
    """The cuts: falling for composite and balance, rising for first, a single one for any."""


class BandsModel(Based):
    """Bands of C and of c7 for the forms grid and lexicographic."""

    composite: list[Cut]
    """Falling lower bounds of the bands of C."""
    counterweight: list[Cut]
    """Rising upper ends of the bands of c7."""
    table: list[list[int]]
    """Tier by (band of C, band of c7), the best band of C and the lowest of c7 first."""


class RuleModel(Based):
    """A tiering rule; what is not said is as in the rule named by `like`, else the reference choice."""

    like: Slug | None = None
    """Another rule of this file that this one varies."""
    about: str = ""
    """What is different here, in words."""
    form: Literal["difference", "ratio", "grid", "lexicographic"] | None = None
    """How C meets c7."""
    reading: Literal["footnote", "text"] | None = None
    """Where c7 acts: only where C > 0 (footnote), or one statistic for all (text)."""
    zero: Literal["outside", "inside"] | None = None
    """Where C = 0 goes."""
    tie: Literal["smaller", "larger"] | None = None
    """Where a value on a cut goes: to the smaller or the larger tier number."""
    cuts: list[Cut] | None = None
    """Falling cuts of the inside tiers (footnote), or of all tiers (text)."""
    outside_split: SplitModel | None = None
    """How the outside tiers are told apart."""
    veto: Cut | None = None
    """A criterion against at or above this is outside, whatever C."""
    weights: dict[Slug, int | float] | None = None
    """Weights by criterion; those of the signed criteria are scaled to sum to their number."""
    bands: BandsModel | None = None
    """Bands, for the forms grid and lexicographic."""


class PriorModel(Based):
    """A prior for printed tiers: independent laws by criterion, before conditioning."""

    kind: Literal["uniform", "beta-binomial", "by-sector"]
    """uniform; one beta-binomial for all criteria; beta-binomials with means by sector and criterion."""
    mean: int | float | None = None
    """Mean on the scale."""
    concentration: Annotated[float, Field(ge=0.001, le=1_000_000)] | None = None
    """a + b of the beta-binomial: the smaller, the wider."""
    means: dict[Slug, dict[Slug, int | float]] | None = None
    """For by-sector: mean by sector and criterion."""


class SpreadModel(Based):
    """A spread, in points."""

    value: Annotated[float, Field(ge=0, le=100)]
    """Half-width of a triangular belief about a named score (or the sd of a beta-binomial one), points."""


class ProblemFile(Based):
    """A sorting problem."""

    format: Literal["mcda-problem-1"]
    """The format of this file."""
    id: Slug
    """Short name of the problem."""
    title: Label
    """What it is about."""
    noun: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z -]{0,39}$")] = "alternative"
    """What one alternative is called in texts; its plural takes an s."""
    as_of: str = ""
    """The state of affairs that it describes, as a date."""
    alternatives_from: str | None = None
    """A file with the alternatives, relative to this one; or list them here."""
    catalogue_from: str | None = None
    """A file with further facts of the case."""
    scale: ScaleModel
    """The scale of scores."""
    criteria: Annotated[list[CriterionModel], Field(min_length=1, max_length=12)]
    """The criteria, in the order of score vectors."""
    tiers: Annotated[list[TierModel], Field(min_length=2, max_length=20)]
    """The tiers, from 1 on."""
    sectors: dict[Slug, Label] = {}
    """Names of the sectors."""
    rules: Annotated[dict[Slug, RuleModel], Field(min_length=1)]
    """Named rules."""
    reference_rule: Slug
    """The rule that is used where nothing else is said."""
    priors: dict[Slug, PriorModel] = {}
    """Named priors for printed tiers; uniform is always there."""
    default_spread: SpreadModel | None = None
    """The spread of a score that comes without its own."""
    alternatives: list[AlternativeModel] | None = None
    """The alternatives, if they are not in a file of their own."""
    entities: list[EntityModel] = []
    """Named entities inside alternatives."""
    notes: list[str] = []
    """What a reader should know."""


class ArticleModel(Model):
    """A legal reference, as printed and as corrected; never a key."""

    as_printed: str
    """As the source prints it."""
    corrected: str
    """As it was probably meant."""
    check: Literal["as-printed", "corrected", "unverified"] = "as-printed"
    """How sure the correction is."""
    note: str | None = None
    """Why."""


class AlternativeModel(Based):
    """A thing that is sorted."""

    id: Slug
    """Short name."""
    label: Label
    """What it is called in tables and figures."""
    tier: Annotated[int, Field(ge=1)] | None = None
    """The published tier, if there is one."""
    sector: Slug | None = None
    """Family of measures."""
    kind: str = ""
    """What kind of measure it is."""
    article: ArticleModel | None = None
    """Legal reference."""
    place: Any = None
    """Where the source lists it."""
    paraphrase: str = ""
    """What it is, in a sentence."""
    notes: list[str] = []
    """What a reader should know."""


class EntityModel(Based):
    """A named company, person or bank sorted inside a parent alternative."""

    id: Slug
    """Short name."""
    label: Label
    """Its name."""
    parent: Slug
    """The alternative it belongs to."""
    tier: Annotated[int, Field(ge=1)] | None = None
    """The published tier, if it has its own."""
    place: Any = None
    """Where the source names it."""
    kind: str = ""
    """What is done to it."""
    as_printed: str = ""
    """Its name as the source prints it."""
    note: str | None = None
    """What a reader should know."""
    notes: list[str] = []
    """What a reader should know."""
    sector: Slug | None = None
    """Family of measures."""


class UntieredModel(Based):
    """A measure that the source names without a tier."""

    id: Slug
    """Short name."""
    label: Label
    """What it is called."""
    persons: list[str] = []
    """Who it is about."""
    place: Any = None
    """Where the source names it."""
    paraphrase: str = ""
    """What it is, in a sentence."""
    notes: list[str] = []
    """What a reader should know."""


class AlternativesFile(Based):
    """Alternatives, and the entities inside them."""

    format: Literal["mcda-alternatives-1"]
    """The format of this file."""
    alternatives: Annotated[list[AlternativeModel], Field(min_length=1)]
    """The alternatives."""
    entities: list[EntityModel] = []
    """Named entities inside alternatives."""
    untiered: list[UntieredModel] = []
    """Measures without a tier."""


class CatalogueFile(BaseModel):
    """Further facts of a case: steps, gates, figures, notes. Checked for its basis; read as it stands."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow", use_attribute_docstrings=True)

    format: Literal["mcda-catalogue-1"]
    """The format of this file."""


class RunModel(Model):
    """How to compute, not what is true: no basis needed."""

    seed: Annotated[int, Field(ge=0, lt=10**18)] = 0
    """Seed of everything random."""
    block: Annotated[int, Field(ge=1, le=1000)] = 4
    """Distinct alternatives in one block of work."""


class BeliefsModel(Based):
    """Where beliefs about scores come from."""

    kind: Literal["published-tiers", "panel"]
    """published-tiers: all that agrees with the printed tier; panel: experts' scores from a CSV file."""
    prior: Slug = "uniform"
    """For published-tiers: the prior that is conditioned."""
    panel: str | None = None
    """For panel: a CSV file, relative to this one, or beside the problem's; none if `override_cells` has all."""
    pool: Literal["panel-mean", "pooled-experts", "pooled-cells"] = "panel-mean"
    """For panel: how several experts become one belief."""
    spread: Annotated[float, Field(ge=0, le=100)] | None = None
    """For panel: spread of a named score, points; the problem's default if not said."""
    family: Literal["triangular", "beta-binomial"] = "triangular"
    """For panel: the law about a named score."""
    experts: Literal["as-they-are", "resampled"] = "as-they-are"
    """For panel-mean: the panel as it is, or drawn anew from its experts with replacement, once a world."""
    illustrative: bool = False
    """Whether the scores are synthetic; marks every table, figure and report."""


class SecondPanelModel(Based):
    """Question (a): would the printed tier survive a second panel?"""

    reference_sd: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Standard deviation of the re-scoring error in headlines, points."""
    spreads: Annotated[list[Annotated[float, Field(ge=0, le=100)]], Field(min_length=1, max_length=100)] | None = None
    """Standard deviations of the curve, points, rising; 0 to 3 by 0.25 if not said."""
    ends: Literal["clip", "reflect"] = "clip"
    """Where mass beyond the scale goes."""
    priors: list[Slug] = []
    """Further priors under which the curve is drawn."""


class ShockModel(Based):
    """Question (c): scores moved by a declared amount."""

    name: Slug
    """Short name."""
    label: Label
    """What happens."""
    moves: Annotated[dict[Slug, Annotated[int, Field(ge=-100, le=100)]], Field(min_length=1)]
    """Whole points by criterion; clipped at the ends of the scale."""


class BeliefSensitivityModel(Based):
    """How far the belief is varied, to see how much it decides."""

    multiples: Annotated[list[Annotated[float, Field(gt=0, le=10)]], Field(min_length=1, max_length=100)] = [
        0.5, 0.75, 1.0, 1.5, 2.0,
    ]  # fmt: skip
    """Multiples of the spread (or of the re-scoring sd)."""
    contamination: Annotated[list[Annotated[float, Field(gt=0, lt=1)]], Field(min_length=1, max_length=100)] = [
        0.05, 0.1, 0.2,
    ]  # fmt: skip
    """Shares of the belief that may be anything else."""


class SamplingModel(Model):
    """How much is drawn: how to compute, not what is true, so no basis is needed."""

    draws: Annotated[int, Field(ge=1000, le=1_000_000_000)] = 100_000
    """Draws of the whole table."""
    points: Annotated[int, Field(ge=64, le=1 << 20)] = 1024
    """Base points of a Sobol' net where indices are sampled, a power of two; 16 nets are drawn."""
    sizes: Annotated[list[Annotated[int, Field(ge=100, le=1_000_000_000)]], Field(min_length=2, max_length=20)] = [
        1000, 10_000, 100_000, 1_000_000,
    ]  # fmt: skip
    """Rising numbers of draws at which draws are compared with what is exact (analysis convergence)."""


class StatementModel(Model):
    """A joint statement: one of stricter, exactly, all_of, number_in, with what belongs to it."""

    stricter: Annotated[list[Slug], Field(min_length=2, max_length=2)] | None = None
    """Two alternatives: the first is sorted stricter (a larger tier number) than the second."""
    exactly: list[Slug] | None = None
    """These alternatives and no others are in `tier`."""
    tier: Annotated[int, Field(ge=1, le=100)] | None = None
    """With exactly: the tier."""
    all_of: Annotated[list[Slug], Field(min_length=1)] | None = None
    """All of these alternatives are in one of `tiers`."""
    tiers: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)] | None = None
    """With all_of: the tiers."""
    number_in: Annotated[list[Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)] | None = None
    """The number of alternatives in these tiers is `at_least` and `at_most` so large."""
    at_least: Annotated[int, Field(ge=0)] | None = None
    """With number_in: the smallest number."""
    at_most: Annotated[int, Field(ge=0)] | None = None
    """With number_in: the largest number."""


class CutShiftModel(Based):
    """One member of the factor `cuts`: how far all cuts are moved."""

    shift: Annotated[float, Field(ge=-0.5, le=0.5)]
    """Share of the prior mass on a cut's side of the Roadmap by which more scores reach it; 0: the rule's own cuts."""
    weight: Annotated[float, Field(gt=0)]
    """Weight of this member."""


class AxisModel(Based):
    """What a simulation sweeps: one lever, parameter or field of a schedule's entry, with its values."""

    key: Annotated[str, Field(pattern=r"^(lever|parameter|schedule)\.[A-Za-z0-9_.-]+$", max_length=120)]
    """`lever.exit_rung`, `parameter.lag.exit`, `schedule.ENTRY.dwell`."""
    values: Annotated[list[int | float | str], Field(min_length=1, max_length=100)]
    """The values, in the order in which they are shown."""
    label: str = ""
    """What the axis is called in figures."""


class BudgetModel(Model):
    """How the variance of outcomes is split: outer samples of assumptions, crossed with the same inner paths."""

    outcomes: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=40)]
    """Outcomes by name."""
    outer: Annotated[int, Field(ge=2, le=100_000)] = 64
    """Samples of the assumptions, each from the ranges of all parameters."""
    inner: Annotated[int, Field(ge=2, le=100_000)] = 256
    """Paths, the same under every sample."""


Names = list[Annotated[str, Field(min_length=1, max_length=400)]]


class SimulationModel(Model):
    """What is simulated: every policy in every scenario, under every assumption set, at every combination of values."""

    scenarios: Literal["all"] | Annotated[Names, Field(min_length=1)]
    """Scenarios by name or file."""
    policies: Literal["all"] | Annotated[Names, Field(min_length=1)]
    """Policies by name, code or file."""
    assumptions: Annotated[Names, Field(min_length=1)] = ["unresponsive", "responsive"]
    """Assumption sets by name or file."""
    status_quo: str = "p0-status-quo"
    """The policy against which yields are measured, one of `policies`."""
    paths: Annotated[int, Field(ge=1, le=1_000_000_000)] = 10_000
    """Paths of every cell."""
    scores: Literal["draw", "modal", "outer"] = "draw"
    """Scores of a path: drawn from the beliefs (`outer`: in the budget with the assumptions), or the likeliest."""
    signposts: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Paths on which signs are set against the need, exit and snapback switched off; 0: none."""
    keep_paths: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many first paths are kept whole."""
    utilities: str | None = None
    """A file of utilities; the shipped one if not said."""
    entities: bool = False
    """Whether named entities are rows of their own."""
    sweep: list[AxisModel] = []
    """What is swept, every combination of values."""
    budget: BudgetModel | None = None
    """Whether, and for what, the variance is split."""


class RuleUncertaintyModel(Based):
    """A rule that is not sure: which rules there may be, and how much each weighs."""

    weights: Annotated[dict[Slug, Annotated[float, Field(gt=0)]], Field(min_length=2)]
    """Weights of rules by name; the experiment's own rule must be among them, and is the reference."""
    cuts: Annotated[list[CutShiftModel], Field(min_length=2, max_length=15)] | None = None
    """The factor `cuts`, crossed with the rules."""
    dirichlet: Annotated[float, Field(ge=0.05, le=1_000_000)] | None = None
    """Weights of the criteria drawn from a Dirichlet law of this concentration: the larger, the nearer to 1."""


class DependenceModel(Based):
    """Scores of one alternative that depend on each other through one common factor."""

    kinds: Annotated[list[Literal["leniency", "valence"]], Field(min_length=1)] = ["leniency", "valence"]
    """leniency: all scores go up together; valence: those for go up where those against go down."""
    loading: Annotated[float, Field(ge=0, le=0.95)] = 0.5
    """Correlation of each criterion's normal score with the factor, at the reference."""
    loadings: Annotated[list[Annotated[float, Field(ge=0, le=0.95)]], Field(min_length=1, max_length=40)] = [
        0.0, 0.25, 0.5, 0.75, 0.9,
    ]  # fmt: skip
    """Loadings of the curve, rising."""
    counterweight: Literal["up", "down"] = "up"
    """Under valence: whether the counterweight goes with the criteria for (up) or with those against (down)."""


class CellModel(Based):
    """One score put in place of the panel's, or, where there is no panel's file, one of those that make the panel."""

    expert: str
    """Whose score."""
    alternative: Slug
    """Of what."""
    criterion: Slug
    """On which criterion."""
    score: float
    """The score put in its place."""
    spread: Annotated[float, Field(ge=0, le=100)] | None = None
    """The expert's own doubt about it, points; that of the beliefs if not said."""


class ExperimentFile(Based):
    """One question about one problem."""

    format: Literal["mcda-experiment-1"]
    """The format of this file."""
    id: Slug
    """Short name; the run folder's default name."""
    question: Text
    """The question it asks, in a sentence."""
    problem: str
    """A problem file, relative to this one, or the name of a shipped problem."""
    rules: Annotated[dict[Slug, RuleModel], Field(max_length=20)] = {}
    """Rules of this experiment's own, beside the problem's, by names that the problem doesn't use."""
    rule: Slug | None = None
    """The rule; the problem's reference rule if not said."""
    beliefs: BeliefsModel
    """Where beliefs come from."""
    second_panel: SecondPanelModel = SecondPanelModel()
    """Question (a)."""
    other_rules: Literal["all"] | list[Slug] = []
    """Question (b): rules to compare with, or all of the problem's."""
    shocks: list[ShockModel] = []
    """Question (c): shocks."""
    belief_sensitivity: BeliefSensitivityModel = BeliefSensitivityModel()
    """How far the belief is varied."""
    statements: Annotated[list[StatementModel], Field(max_length=100)] = []
    """Joint statements about several alternatives, exact and in draws."""
    sampling: SamplingModel | None = None
    """How much is drawn; said at all, the whole table is drawn and set beside what is exact."""
    rule_uncertainty: RuleUncertaintyModel | None = None
    """Rules with weights: the rule becomes a factor."""
    dependence: DependenceModel | None = None
    """Dependence between the scores of one alternative."""
    simulation: SimulationModel | None = None
    """What is simulated."""
    sweeps: dict[Slug, SimulationModel] = {}
    """Further simulations by name, each with levers, parameters or entries that are swept."""
    analyses: Annotated[list[Analysis], Field(min_length=1)] | None = None
    """Which analyses to run; all that apply if not said."""
    override_cells: Annotated[list[CellModel], Field(max_length=20)] = []
    """Scores put in place of the panel's, at most 20 (more belongs in a table); or all, where there is no panel."""
    run: RunModel = RunModel()
    """How to compute."""


ProblemFile.model_rebuild()

#: The kinds of file, by the name that `mcda schema NAME` takes; each model's `format` names it in the file.
SCHEMAS: dict[str, type[BaseModel]] = {
    "problem": ProblemFile,
    "alternatives": AlternativesFile,
    "catalogue": CatalogueFile,
    "experiment": ExperimentFile,
}
