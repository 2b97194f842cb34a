"""Floors hold a run's figures, and what was not measured holds none."""

import pytest

from wortlaut.eval.figures.intervals import Estimate
from wortlaut.eval.figures.summary import Summary
from wortlaut.eval.reports.compare import check_floors, parse_floor
from wortlaut.index.errors import ConfigError

SUMMARY = Summary(
    suite="Tarvo",
    n=40,
    errors=2,
    metrics={
        "answer.right": Estimate(0.9, 38, 0.8, 0.96),
        "answer.f1": Estimate(None, 0, None, None),
        "abstention.aurc": Estimate(0.1, 30, 0.05, 0.2),
        "latency.p95_ms": Estimate(812.0, 38, 700.0, 900.0),
    },
    groups={
        "type": {
            "speaker": {"answer.right": Estimate(0.75, 20, 0.6, 0.9)},
            "a=b/c": {"answer.right": Estimate(0.5, 18, 0.3, 0.7)},
        }
    },
    parity={"answer.right": Estimate(0.12, 38, 0.02, 0.2)},
)


def test_a_figure_at_its_floor_holds():
    assert check_floors(SUMMARY, ["answer.right=0.9"]) == []


def test_a_figure_a_hair_below_its_floor_by_rounding_alone_holds():
    third = Summary("s", 3, 0, {"answer.right": Estimate(0.1 + 0.2 - 1e-12, 3, None, None)})
    assert check_floors(third, ["answer.right=0.3"]) == []


def test_a_figure_below_its_floor_is_told_with_its_n():
    assert check_floors(SUMMARY, ["answer.right=0.95"]) == [
        "answer.right is 0.900 (n 38), below its floor 0.950"
    ]


def test_figures_that_would_round_alike_are_told_in_full():
    assert check_floors(SUMMARY, ["answer.right=0.9001"]) == [
        "answer.right is 0.9 (n 38), below its floor 0.9001"
    ]


@pytest.mark.parametrize(
    ("floor", "holds"),
    [
        ("latency.p95_ms=1000", True),
        ("latency.p95_ms=800", False),
        ("abstention.aurc=0.1", True),
        ("abstention.aurc=0.05", False),
        ("parity.answer.right=0.2", True),
        ("parity.answer.right=0.1", False),
        ("errors=2", True),
        ("errors=1", False),
    ],
)
def test_where_less_is_better_the_value_is_a_ceiling(floor, holds):
    messages = check_floors(SUMMARY, [floor])
    assert (messages == []) is holds
    assert all("above its ceiling" in message for message in messages)


def test_an_undefined_figure_holds_no_floor_and_says_so():
    (message,) = check_floors(SUMMARY, ["answer.f1=0"])
    assert "undefined" in message
    assert "n 0" in message


def test_every_floor_is_checked_in_the_order_given():
    messages = check_floors(SUMMARY, ["errors=0", "answer.right=0.5", "answer.right=1"])
    assert [message.split()[0] for message in messages] == ["errors", "answer.right"]


def test_a_floor_may_be_for_one_group():
    assert check_floors(SUMMARY, ["type:speaker/answer.right=0.75"]) == []
    assert check_floors(SUMMARY, ["type:speaker/answer.right=0.8"])
    assert check_floors(SUMMARY, ["type:a=b/c/answer.right=0.5"]) == []


@pytest.mark.parametrize(
    "floor",
    ["", "answer.right", "=0.5", "answer.right=", "answer.right=high", "answer.right=nan",
     "latency.p95_ms=inf", "answer.right=90", "answer.right=-0.1", "latency.p95_ms=-1"],
)  # fmt: skip
def test_nonsense_is_refused_rather_than_ignored(floor):
    with pytest.raises(ConfigError):
        check_floors(SUMMARY, [floor])


@pytest.mark.parametrize("floor", ["answer.right", "answer.right=high", "answer.right=90"])
def test_nonsense_is_known_before_anything_is_asked(floor):
    with pytest.raises(ConfigError, match=r"answer\.right"):
        parse_floor(floor)
    assert parse_floor("latency.p95=900") == ("latency.p95", 900.0)


def test_an_unknown_metric_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"no metric 'answer\.rigth'.*answer\.right.*parity") as e:
        check_floors(SUMMARY, ["answer.rigth=0.5"])
    assert e.value.exit_status == 2


def test_an_unknown_group_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"no group 'type:date'; it has: .*type:speaker"):
        check_floors(SUMMARY, ["type:date/answer.right=0.5"])
