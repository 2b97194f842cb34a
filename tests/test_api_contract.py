"""The API does what its own description says, whatever is sent: schemathesis makes the requests."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.test_app import open_app
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings
from wortlaut.ui.api.app import build_api

pytestmark = pytest.mark.usefixtures("unread")

OPERATIONS = [
    ("/ask", "POST"), ("/search", "GET"), ("/timeline", "GET"), ("/statements", "POST"),
    ("/articles", "GET"), ("/article/{article_id}", "GET"), ("/verify", "POST"),
    ("/feedback", "GET"), ("/feedback", "POST"),
]  # fmt: skip


@pytest.fixture(scope="module")
def described(seeded, models, unread):
    """The description as a real server over the sample archive gives it."""
    options = Settings(data=seeded, models=models)
    with open_app(build_api(open_chat(options), options)) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")


def test_the_description_is_openapi_3_1_of_all_that_there_is(described):
    assert described.raw_schema["openapi"].startswith("3.1")
    found = [result.ok() for result in described.get_all_operations()]
    assert sorted((one.path, one.method.upper()) for one in found) == sorted(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_what_is_described_is_what_is_done(described, path, method, mode):
    operation = described[path][method]
    if mode is GenerationMode.NEGATIVE and (path, method) == ("/feedback", "GET"):
        pytest.skip("it takes nothing that could be wrong")

    @settings(
        max_examples=12, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        # No fault, no status, type or field but the described ones; no wrong value is taken. But
        # what is no day of any year, or no source of this archive, only the archive can tell.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    check()
