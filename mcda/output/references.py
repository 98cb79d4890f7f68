"""References for what a run computed: one BibTeX entry for each work, and which analysis rests on which."""

from __future__ import annotations

from collections.abc import Callable

from mcda.output.sheets import tex_text
from mcda.output.subject import Subject

__all__ = ["as_bibtex", "cite", "keys_for"]

#: Entries by key; no number in them is a guess.
WORKS: dict[str, tuple[str, dict[str, str]]] = {
    "sobol2001": ("article", {
        "author": "Sobol', Ilya M.", "year": "2001", "volume": "55", "number": "1--3", "pages": "271--280",
        "title": "Global sensitivity indices for nonlinear mathematical models and their {M}onte {C}arlo estimates",
        "journal": "Mathematics and Computers in Simulation"}),
    "homma1996": ("article", {
        "author": "Homma, Toshimitsu and Saltelli, Andrea", "year": "1996", "volume": "52", "number": "1",
        "pages": "1--17",
        "title": "Importance measures in global sensitivity analysis of nonlinear models",
        "journal": "Reliability Engineering \\& System Safety"}),
    "saltelli2010": ("article", {
        "author": "Saltelli, Andrea and Annoni, Paola and Azzini, Ivano and Campolongo, Francesca and Ratto, Marco and "
                  "Tarantola, Stefano", "year": "2010", "volume": "181", "number": "2", "pages": "259--270",
        "title": "Variance based sensitivity analysis of model output. {D}esign and estimator for the total "
                 "sensitivity index",
        "journal": "Computer Physics Communications"}),
    "owen2014": ("article", {
        "author": "Owen, Art B.", "year": "2014", "volume": "2", "number": "1", "pages": "245--251",
        "title": "{S}obol' indices and {S}hapley value", "journal": "SIAM/ASA Journal on Uncertainty Quantification"}),
    "song2016": ("article", {
        "author": "Song, Eunhye and Nelson, Barry L. and Staum, Jeremy", "year": "2016", "volume": "4", "number": "1",
        "pages": "1060--1083", "title": "{S}hapley effects for global sensitivity analysis: theory and computation",
        "journal": "SIAM/ASA Journal on Uncertainty Quantification"}),
    "gamboa2014": ("article", {
        "author": "Gamboa, Fabrice and Janon, Alexandre and Klein, Thierry and Lagnoux, Agn{\\`e}s", "year": "2014",
        "volume": "8", "number": "1", "pages": "575--603",
        "title": "Sensitivity analysis for multidimensional and functional outputs",
        "journal": "Electronic Journal of Statistics"}),
    "ballester2022": ("article", {
        "author": "Ballester-Ripoll, Rafael and Leonelli, Manuele", "year": "2022", "volume": "225", "pages": "108573",
        "title": "Computing {S}obol indices in probabilistic graphical models",
        "journal": "Reliability Engineering \\& System Safety", "eprint": "2110.03749", "archiveprefix": "arXiv"}),
    "tervonen2009": ("article", {
        "author": "Tervonen, Tommi and Figueira, Jos{\\'e} Rui and Lahdelma, Risto and Almeida Dias, Juscelino and "
                  "Salminen, Pekka", "year": "2009", "volume": "192", "number": "1", "pages": "236--242",
        "title": "A stochastic method for robustness analysis in sorting problems",
        "journal": "European Journal of Operational Research"}),
    "huber1964": ("article", {
        "author": "Huber, Peter J.", "year": "1964", "volume": "35", "number": "1", "pages": "73--101",
        "title": "Robust estimation of a location parameter", "journal": "The Annals of Mathematical Statistics"}),
    "salmon2011": ("inproceedings", {
        "author": "Salmon, John K. and Moraes, Mark A. and Dror, Ron O. and Shaw, David E.", "year": "2011",
        "title": "Parallel random numbers: as easy as 1, 2, 3", "pages": "1--12",
        "booktitle": "SC '11: Proceedings of 2011 International Conference for High Performance Computing, "
                     "Networking, Storage and Analysis"}),
    "clopper1934": ("article", {
        "author": "Clopper, Charles J. and Pearson, Egon S.", "year": "1934", "volume": "26", "number": "4",
        "pages": "404--413", "journal": "Biometrika",
        "title": "The use of confidence or fiducial limits illustrated in the case of the binomial"}),
    "jansen1999": ("article", {
        "author": "Jansen, Michiel J. W.", "year": "1999", "volume": "117", "number": "1--2", "pages": "35--43",
        "title": "Analysis of variance designs for model output", "journal": "Computer Physics Communications"}),
    "joe2014": ("book", {
        "author": "Joe, Harry", "year": "2014", "title": "Dependence Modeling with Copulas",
        "publisher": "Chapman \\& Hall/CRC"}),
    "aalen1978": ("article", {
        "author": "Aalen, Odd O. and Johansen, S{\\o}ren", "year": "1978", "volume": "5", "number": "3",
        "pages": "141--150", "journal": "Scandinavian Journal of Statistics",
        "title": "An empirical transition matrix for non-homogeneous {M}arkov chains based on censored observations"}),
    "wilson1927": ("article", {
        "author": "Wilson, Edwin B.", "year": "1927", "volume": "22", "number": "158", "pages": "209--212",
        "title": "Probable inference, the law of succession, and statistical inference",
        "journal": "Journal of the American Statistical Association"}),
    "wang1993": ("article", {
        "author": "Wang, Yuan H.", "year": "1993", "volume": "3", "number": "2", "pages": "295--312",
        "title": "On the number of successes in independent trials", "journal": "Statistica Sinica"}),
    "stone1961": ("article", {
        "author": "Stone, Mervyn", "year": "1961", "volume": "32", "number": "4", "pages": "1339--1342",
        "title": "The opinion pool", "journal": "The Annals of Mathematical Statistics"}),
}  # fmt: skip


def _sensitivity(subject: Subject) -> bool:
    return any(subject.results.has(f"sensitivity/{name}") for name in ("closed_index", "first_order", "shapley"))


def _sampled(subject: Subject) -> bool:
    return _sensitivity(subject) and "sampl" in str(subject.results["sensitivity"].attrs.get("method", ""))


def _sampled_indices(subject: Subject) -> bool:
    frozen = _sampled(subject) and "pick-freeze" in str(subject.results["sensitivity"].attrs.get("method", ""))
    return frozen or subject.results.has("convergence/index_error")


def _drawn(subject: Subject) -> bool:
    needs = (
        "draws/share", "convergence/error_rms", "rule_uncertainty/drawn_weights_moved", "simulation/outcome_mean",
    )  # fmt: skip
    return any(subject.results.has(need) for need in needs)


def _indices(subject: Subject) -> bool:
    needs = ("dependence/ordinal_shapley", "convergence/index_error")
    return _sensitivity(subject) or any(subject.results.has(need) for need in needs)


def _dependent(subject: Subject) -> bool:
    return _sensitivity(subject) and subject.results["sensitivity"].attrs.get("dependence") != "independent"


def _pools_laws(subject: Subject) -> bool:
    """Whether experts' laws are pooled; a mean of scores is no opinion pool."""
    return str(subject.results["beliefs"].attrs.get("pool", "")).startswith("pooled-")


#: Which run cites which work.
CITED: dict[str, Callable[[Subject], bool]] = {
    "tervonen2009": lambda s: s.results.has("tiers/acceptability"),
    "stone1961": _pools_laws,
    "wang1993": lambda s: s.results.has("table/count_probability") or s.results.has("rule_uncertainty/mixed"),
    "sobol2001": _sensitivity,
    "homma1996": _sensitivity,
    "owen2014": _indices,
    "song2016": _dependent,
    "gamboa2014": _sensitivity,
    "ballester2022": lambda s: _sensitivity(s) and not _sampled(s),
    "saltelli2010": _sampled_indices,
    "jansen1999": _sampled_indices,
    "salmon2011": _drawn,
    "clopper1934": lambda s: s.results.has("draws/share_ci"),
    "aalen1978": lambda s: s.results.has("simulation/cumulative_incidence"),
    "wilson1927": lambda s: s.results.has("simulation/cumulative_incidence_ci"),
    "joe2014": lambda s: s.results.has("dependence/acceptability"),
    "huber1964": lambda s: s.results.has("belief_sensitivity/epsilon_lost"),
}


def keys_for(subject: Subject) -> list[str]:
    """Return the keys of the works that a run rests on."""
    return [key for key, cited in CITED.items() if cited(subject)]


def cite(subject: Subject, *keys: str) -> str:
    """Return citations, as Markdown has them, of those works that the run's references have."""
    found = [key for key in keys if key in keys_for(subject)]
    return f" [{'; '.join(f'@{key}' for key in found)}]" if found else ""


def as_bibtex(subject: Subject) -> str:
    """Return the run's references as BibTeX; the source of the problem first."""
    entries = [_entry(key, *WORKS[key]) for key in keys_for(subject)]
    if citation := str(subject.problem.attrs.get("citation", "")):
        entries.insert(0, f"@misc{{problem,\n  note = {{{tex_text(citation)}}},\n}}\n")
    return "\n".join(entries)


def _entry(key: str, kind: str, fields: dict[str, str]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in sorted(fields.items()))
    return f"@{kind}{{{key},\n{lines}}}\n"
