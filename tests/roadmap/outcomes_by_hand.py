"""Outcomes of one path from the months of the plain-Python reference, as section 8 of the specification defines them.

Slow and direct: each outcome is a sum over months of what the record shows; nothing is carried along but a spell. Where
the specification leaves a choice, the reading is said beside it.
"""

from collections import Counter
from typing import Any

import numpy as np

from tests.reference.roadmap import Draws, History, Path, never

HELD, ROADMAP = ("S", "PR"), (1, 2, 3)
SIGNALS = "HDPLMA"


class ByHand:
    """One path's outcomes: `found`, by the names of the kernel's record; and its part of the sums over paths."""

    def __init__(self, world: Any, policy: Any, scenario: Any, h: History, *, seed: int, path: int, outer: int | None):
        self.start = Path(world, policy, scenario, Draws(seed, path, outer))
        self.world, self.policy, self.scenario, self.h = world, policy, scenario, h
        self.months, self.T = h.months, len(h.months)
        self.rows = self.start.rows
        self.names = [row.name for row in self.rows]
        self.total = sum(row.a for row in self.rows)
        self.w = {row.name: row.a / self.total for row in self.rows}  # equal c7: no means were given
        self.exit_rung = never(policy.get("exit_rung", 2))
        self.before = self._before_decisions()
        self.latency: Counter[tuple[int, int, int, int]] = Counter()
        self.found: dict[str, Any] = {}
        self._exposure()
        self._decisions()
        self._people()
        self._restoration()
        self._leverage()
        self._spells()
        self._lapses()

    # -- what the record shows -----------------------------------------------------------------------------------------

    def told(self, t: int, *decisions: str) -> list[Any]:
        return [x for x in self.h.log if x["t"] == t and x["decision"] in decisions and not x.get("vetoed")]

    def _before_decisions(self) -> list[dict[str, tuple[str, bool]]]:
        """Each row's status, and whether a suspension is pending, as step 5 finds them: last month's after step 0."""
        status = {row.name: row.status for row in self.rows}
        due = {row.name: row.due for row in self.rows}
        found = []
        for t, month in enumerate(self.months):
            now = {}
            for name in self.names:
                was, when = status[name], due[name]
                if when == t:
                    was, when = {"A": "S", "PR": "A"}[was], None
                now[name] = (was, was == "A" and when is not None)
            found.append(now)
            status, due = month["status"], month["due"]
        return found

    def possible(self, t: int) -> list[Any]:
        """Rows of which a snapback can speak: in S or with a pending suspension, as step 5 finds them."""
        return [row for row in self.rows if self.before[t][row.name][0] == "S" or self.before[t][row.name][1]]

    def watched(self, t: int) -> set[str]:
        return set(self.policy.get("watch", ())).union(*(row.tracks for row in self.possible(t)))

    def review(self, t: int) -> bool:
        return (t + 1) % self.policy.get("review_every", 1) == 0

    def broken(self, t: int) -> set[str]:
        return {k for k, kept in self.months[t]["C"].items() if not kept}

    def held(self, t: int, name: str) -> bool:
        return self.months[t]["status"][name] in HELD

    def composite(self, t: int, row: Any) -> float:
        low, high = self.world["rule"].get("scale", [1, 10])
        loads, total = self.start.load.get(row.sector, {}), 0.0
        for j, role in enumerate(self.world["rule"]["roles"]):
            c = row.scores[j] + sum(load * self.months[t]["x"][e][j] for e, load in loads.items())
            total += {"for": 1, "against": -1, "counterweight": 0}[role] * min(max(c, low), high)
        return total

    # -- 1, 2 tiers and exposure ---------------------------------------------------------------------------------------

    def _exposure(self) -> None:
        sums = Counter(dict.fromkeys(["shadow", "severity", "war", "violation"], 0.0))
        value, months = Counter(sums), 0.0
        for t, month in enumerate(self.months):
            for row in self.rows:
                if not self.held(t, row.name):
                    continue
                months += row.a
                parts = {
                    "shadow": float(month["shadow"][row.name] >= 4),
                    "severity": max(0.0, -self.composite(t, row)),
                    "war": float(month["R"] >= self.start.own["war_rung"]),
                    "violation": float(month["viol"][row.name]),
                }
                for key, part in parts.items():
                    sums[key] += row.a * part
                    value[key] += self.w[row.name] * self.total * part
        self.found |= {f"exposure_{key}": x for key, x in sums.items()} | {
            f"value_{key}": x for key, x in value.items()
        }
        shadows = [(row, month["shadow"][row.name]) for row in self.rows for month in self.months]
        self.found |= {
            "months_suspended": months,
            "moved": np.mean([shadow != row.tier for row, shadow in shadows]),
            "clipped": sum(month["clipped"] for month in self.months) / (self.T * len(self.rows) * 7),
            "stage_months": np.mean([month["s"] > 0 for month in self.months]),
        }

    def first(self, happened: Any) -> int:
        return next((t for t in range(self.T) if happened(t)), self.T)

    def tiers(self) -> dict[str, np.ndarray]:
        """same (row, moment), left, crossed (row, month + 1), worst (row, tier + 1)."""
        M, T = len(self.rows), self.T
        found = {"same": np.zeros((M, 2), int), "left": np.zeros((M, T + 1), int), "crossed": np.zeros((M, T + 1), int),
                 "worst": np.zeros((M, 6), int)}  # fmt: skip
        for m, row in enumerate(self.rows):
            shadow = self.h.of("shadow", row.name)
            same = sum(x == row.tier for x in shadow)
            found["same"][m] = same, same**2
            found["left"][m, self.first(lambda t, of=shadow, row=row: of[t] != row.tier)] = 1
            border = self.first(lambda t, of=shadow, row=row: (of[t] in ROADMAP) != (row.tier in ROADMAP))
            found["crossed"][m, border] = 1
            found["worst"][m, max(shadow)] = 1
        return found

    # -- 3, 5, 8 decisions ---------------------------------------------------------------------------------------------

    def _decisions(self) -> None:
        count: Counter[str] = Counter()
        first, exit_time = (0, 0), 0
        stage_time = [0] * 16
        for t in range(self.T):
            exits, snaps, settled = (self.told(t, x) for x in ("EXIT", "SNAPBACK", "SETTLED"))
            advance, reopen = self.told(t, "ADVANCE"), self.told(t, "REOPEN")
            if exits:
                count["exits"] += 1
                # "when nothing is suspended": PR counts as suspended, a pending suspension as in force
                count["exits_idle"] += not any(self.before[t][name][0] in HELD for name in self.names)
                exit_time = exit_time or t + 1
            if snaps and snaps[0]["tracks"]:
                count["snapbacks"] += 1
                count["snapbacks_false"] += not self.broken(t) & set(snaps[0]["tracks"])
            elif snaps:
                count["snapbacks_untracked"] += 1
            if first == (0, 0) and (exits or snaps or settled):
                first = (t + 1, 1 if exits else 2 if snaps else 3)
            # a compliant review: no watched track is broken; "something suspended": a snapback was possible
            count["reviews_compliant"] += bool(
                self.review(t) and self.possible(t) and not self.watched(t) & self.broken(t)
            )
            for entry in advance + reopen:
                if entry["rows"]:
                    count["suspensions"] += 1
                    count["suspensions_false"] += any(self.months[t]["viol"][name] for name in entry["rows"])
            count["openings"] += bool(advance and advance[0]["rows"])
            if advance:
                place = advance[0]["stage"] - 1
                stage_time[place] = stage_time[place] or t + 1
        names = ["exits", "exits_idle", "snapbacks", "snapbacks_false", "snapbacks_untracked", "reviews_compliant",
                 "suspensions", "suspensions_false", "openings"]  # fmt: skip
        self.found |= {name: count[name] for name in names}
        self.found |= {"first": first[0], "first_code": first[1], "exit_time": exit_time, "stage_time": stage_time}
        reviews = [t for t in range(self.T) if self.review(t)]
        alarmed = self.months[reviews[-1]]["y"] if reviews else {}  # O has no signal, so never an alarm
        self.found["steps_kept"] = sum(d for k, d in self.months[-1]["d"].items() if not alarmed.get(k))

    # -- 7 people ------------------------------------------------------------------------------------------------------

    def _people(self) -> None:
        self.found |= {
            "person_months": sum(self.h["N"]), "deported_months": sum(self.h["deported"]),
            "arrests": sum(self.h["inflow"]), "releases": sum(self.h["rel"]) + sum(self.h["wave"]),
        }  # fmt: skip
        self.found |= {f"list_{t}": self.months[t - 1]["list"] for t in (3, 6, 12)}

    # -- 6, 9 leverage and restoration ---------------------------------------------------------------------------------

    def parts(self, t: int) -> list[float]:
        """In force, recovering, suspended, lapsed, spent, pressure."""
        month, found = self.months[t], [0.0] * 6
        for name, w in self.w.items():
            status, e, most = month["status"][name], month["e"][name], month["emax"][name]
            found[4] += w * (1 - most)
            if status == "A":
                found[0] += w * e
                found[1] += w * (most - e)
            else:
                found[3 if status == "L" else 2] += w * most
        found[5] = found[0] * (1 - month["off"])
        return found

    def _leverage(self) -> None:
        of = np.array([self.parts(t) for t in range(self.T)])
        self.found |= {"in_force": of[:, 0].mean(), "pressure": of[:, 5].mean()}

    def _restoration(self) -> None:
        """Each row that an exit or a snapback restores, by the decision's month; .8 of what was once full effect."""
        sums = dict.fromkeys(["restored_3", "restored_3_by", "restored_6", "restored_6_by"], 0.0)
        for t in range(self.T):
            for entry in self.told(t, "EXIT", "SNAPBACK"):
                for name in (x for x in entry["rows"] if self.before[t][x][0] == "S"):
                    for within in (3, 6):
                        if t + within < self.T:
                            months = self.months[t : t + within + 1]
                            back = any(x["status"][name] == "A" and x["e"][name] >= 0.8 for x in months)
                            sums[f"restored_{within}"] += self.w[name]
                            sums[f"restored_{within}_by"] += self.w[name] * back
        self.found |= sums

    # -- 6 lapses ------------------------------------------------------------------------------------------------------

    def _lapses(self) -> None:
        """A stage opened by the policy's or the scenario's start is opened before month 0."""
        steps, opened = 0, dict.fromkeys(range(1, self.start.s + 1), 0)
        d, status = self.start.d, {row.name: row.status for row in self.rows}
        wasted, lapse_time, causes = 0.0, 0, 0
        for t, month in enumerate(self.months):
            steps += sum(month["d"][k] > d[k] for k in d)
            d = month["d"]
            lapsed = [row for row in self.rows if row.name in self._lost(t, status)]
            for row in lapsed:
                cause = self._lost(t, status)[row.name]
                causes |= 1 << ["", "sunset", "base", "settlement"].index(cause)
                if cause != "base" and row.stage and opened.get(row.stage) == steps:
                    wasted += self.w[row.name]
            if lapsed:
                lapse_time = lapse_time or t + 1
            for entry in self.told(t, "ADVANCE"):
                opened[entry["stage"]] = steps
            status = month["status"]
        self.found |= {
            "wasted": wasted, "lapse_time": lapse_time, "lapsed": causes,
            "lapsed_share": sum(self.w[name] for name in self.names if self.months[-1]["status"][name] == "L"),
        }  # fmt: skip

    def _lost(self, t: int, before: dict[str, str]) -> dict[str, str]:
        """Rows that lapse in month t, with the cause; READOPT may have brought one back in this very month."""
        found = {n: self.months[t]["cause"][n] for n in self.names if self.months[t]["status"][n] == "L" != before[n]}
        for entry in self.told(t, "READOPT"):
            for name in entry["rows"]:
                if before[name] != "L":
                    by_base = any(name in x["rows"] for x in self.told(t, "BASE"))
                    found[name] = "base" if by_base else "sunset"
        return found

    # -- 4, 5 spells ---------------------------------------------------------------------------------------------------

    def exposed(self, t: int) -> list[str]:
        return [n for n in self.names if self.held(t, n) and self.months[t]["viol"][n]]

    def _spells(self) -> None:
        grace, count = self.start.own["grace"], Counter({"spells": 0, "spells_missed": 0})
        t = 0
        while t < self.T:
            if not self.exposed(t):
                t += 1
                continue
            end = next((u for u in range(t, self.T) if not self.exposed(u)), self.T)
            self._violation(t, end, grace, count)
            t = end
        self.found |= count
        for t in range(self.T):
            if self.at_war(t) and not (t and self.at_war(t - 1)) and self.possible(t):
                end = next((u for u in range(t, self.T) if not self.at_war(u) or not self.any_held(u)), self.T)
                alarms = [u for u in range(t, min(end + 1, self.T)) if self.months[u]["seen"] >= self.exit_rung]
                exits = [u for u in range(t, min(end + 1, self.T)) if self.told(u, "EXIT")]
                self._parts(1, t, end, alarms, exits, in_force=end < self.T and not self.any_held(end), last=end)

    def at_war(self, t: int) -> bool:
        return self.months[t]["R"] >= self.exit_rung

    def any_held(self, t: int) -> bool:
        return any(self.held(t, name) for name in self.names)

    def _violation(self, t0: int, end: int, grace: int, count: Counter[str]) -> None:
        # In month `end` no suspended row is violated any more. If that is a decision's or a lapse's doing, the month's
        # review still saw the spell; if conduct was repaired, it did not.
        still = [n for n in self.exposed(end - 1) if end < self.T and self.months[end]["viol"][n]]
        saw_end = any(self.before[end][n][0] in HELD for n in still) if end < self.T else False
        of = range(t0, end + 1 if saw_end else end)
        alarms = [
            u for u in of
            if self.review(u) and any(self.months[u]["y"][k] for k in self.watched(u) & self.broken(u))
        ]  # fmt: skip
        decisions = [u for u in of if self.told(u, "EXIT", "SNAPBACK")]
        # in force: no row that was exposed is suspended any more (else conduct ended the spell and cut this part)
        in_force = end < self.T and not any(self.held(end, n) for n in self.exposed(end - 1))
        self._parts(0, t0, end, alarms, decisions, in_force, last=of[-1])
        in_time = bool(decisions) and decisions[0] - t0 < grace
        if end - t0 >= grace or (in_time and end < self.T):
            count["spells"] += 1
            count["spells_missed"] += not in_time

    def _parts(
        self, kind: int, t0: int, end: int, alarms: list[int], decisions: list[int], in_force: bool, last: int
    ) -> None:
        td = decisions[0] if decisions else None
        ta = alarms[0] if alarms and (td is None or alarms[0] <= td) else None
        if ta is not None:
            self.latency[kind, 0, 1, ta - t0 + 1] += 1
            self.latency[kind, 1, int(td is not None), (end if td is None else td) - ta] += 1
        elif td is not None:
            self.latency[kind, 0, 0, td - t0 + 1] += 1  # td was looked at, too, and showed no alarm
        else:
            self.latency[kind, 0, 0, end - t0] += 1
        if td is not None:
            self.latency[kind, 2, int(in_force), end - td] += 1
        self.latency[kind, 3, int(end < self.T), end - t0] += 1
