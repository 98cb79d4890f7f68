"""How long does a printed tier hold when events shock the scores? Survival curves by tier."""

from __future__ import annotations

from matplotlib.figure import Figure

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label, noun
from mcda.output.plots.panels import grid, paths_print
from mcda.output.plots.parts import drawn, line_key, plot_tier, styles_of, unit_axis
from mcda.output.results import Results

__all__ = ["tier_survival"]


@drawn
def tier_survival(results: Results) -> Figure:
    """Draw a panel for each assumption set and scenario, a curve for each printed tier."""
    found = selected_simulation.tier_survival(results)
    titles = [str(t) for t in found["scenario_title"].values]
    about = (
        f"Policy: {found.attrs['policy']}. The tier that the rule gives again is a shadow; "
        f"means over the {noun(results).many} of a printed tier."
    )
    foot = paths_print(results, "simulation", about, shares=True)
    fig, part = style.page("double", 14 + 38 * found.sizes["assumptions"], foot=foot, illustrative=results.illustrative)
    axes, looks = grid(part, found, titles, sharey=True), styles_of(results)
    for i, row in enumerate(axes):
        for j, ax in enumerate(row):
            for tier in found["printed_tier"].values:
                curve = found["tier_survival"].isel(assumptions=i, scenario=j).sel(printed_tier=tier)
                plot_tier(ax, found["time"], curve, looks[int(tier)], markevery=12)
            unit_axis(ax)
            ax.set_xlim(0, int(found["time"][-1]))
            ax.set_xticks(range(0, int(found["time"][-1]) + 1, 12))
    for ax in axes[-1]:
        ax.set_xlabel("Month")
    part.supylabel("\n".join(style.wrapped(axis_label(found["tier_survival"]), 60, size=7)), fontsize=7)
    line_key(part, results)
    return fig
