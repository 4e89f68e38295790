"""ENV: the environment that production runs with. What code reads of it is in test_env_reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import env, env_files, keys
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from datetime import date

    from fixtures.model.environment import EnvironmentProbe
    from fixtures.model.platform import Binding, Platform, Service, Variable
    from fixtures.model.source import SourceProbe

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-001", severity="critical", remediation="Set the variable for this service on its host and in its env file."
)
def test_required_variable_is_set(required_binding: Binding, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """A required variable is set for its service, to more than white space.

    Most platforms start without it and fail at the first request that needs it (12factor.net/config).
    """
    conclude(env.is_set(required_binding, environment.setting(required_binding)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-002", severity="high", remediation="Correct the value, or the kind, choices or range of its manifest row."
)
def test_value_has_its_declared_kind(binding: Binding, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """A variable's value is of the kind, the choices, the range and the length that the contract declares.

    Code that reads a port from "3001 # worker" or a URL without its scheme fails where no test looks.
    """
    conclude(env.has_its_kind(binding, environment.form(binding)))


@pytest.mark.predeploy
@pytest.mark.item("ENV-003", severity="critical", remediation="Replace the placeholder by the production value.")
def test_value_is_no_placeholder(binding: Binding, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """A variable's value is a real one: no placeholder, no example, no reference that nothing has expanded.

    "changeme" is set, of the right kind, and known to everybody.
    """
    conclude(env.is_no_placeholder(binding, environment.filler(binding)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-004",
    severity="critical",
    remediation="Make a new key with `openssl rand -hex 32`, and re-encrypt what the old one sealed.",
)
def test_encryption_key_is_long_and_random(
    encryption_key: Binding, environment: EnvironmentProbe, conclude: Conclude
) -> None:
    """An encryption key decodes to at least its row's number of bytes, and cannot be told from random ones.

    A key of 32 characters is not a key of 32 bytes of randomness: hex digits hold four bits each, words about
    two a letter (NIST SP 800-133r2, section 4). How much a key holds at most is its shortest description.
    """
    conclude(keys.holds_a_random_key(encryption_key, environment.key(encryption_key)))


@pytest.mark.predeploy
@pytest.mark.item("ENV-005", severity="high", remediation="Give the variable one value in all its services.")
def test_shared_variable_has_one_value(
    shared_variable: Variable, environment: EnvironmentProbe, conclude: Conclude
) -> None:
    """A shared variable has one and the same value in all its services.

    A worker on another Redis than its producer waits for ever for jobs that nobody sends it.
    """
    conclude(env.is_the_same_everywhere(shared_variable, environment.copies(shared_variable)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-006",
    severity="critical",
    remediation="Rename the variable without the browser prefix, or take it out of the build; replace the secret.",
)
def test_browsers_get_no_secret(
    contracted_service: Service, environment: EnvironmentProbe, source: SourceProbe, conclude: Conclude
) -> None:
    """No variable that a bundler copies into browser code (NEXT_PUBLIC_, VITE_, …) holds a secret.

    Such values are written into the JavaScript that every visitor gets, and so is what `env` of a next.config or
    Vite's `define` names. An anon key, a publishable key and a
    Sentry DSN are made for that. Source: nextjs.org/docs, Environment Variables; vite.dev/guide/env-and-mode.
    """
    conclude(
        env_files.browsers_get_no_secret(
            contracted_service, environment.exposure(contracted_service), source.environment(contracted_service)
        )
    )


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-009",
    severity="low",
    remediation="Make the example name what the contract names, with empty values or placeholders.",
)
def test_example_file_documents_the_contract(
    documented_service: Service, environment: EnvironmentProbe, conclude: Conclude
) -> None:
    """The example file names every variable of its service's contract, no other, and holds no real value.

    It is what people copy to start, and it is public to everybody who may read the repository.
    """
    conclude(env_files.example_documents_the_contract(documented_service, environment.example(documented_service)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-010",
    severity="critical",
    remediation="Add .env and .env.* to .gitignore, `git rm --cached` the file, and replace what it held.",
)
def test_env_files_stay_out_of_git(platform: Platform, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """Git tracks no env file with values, and a .gitignore of the repository covers the names they go by.

    What was committed once stays in the history. A pattern in one person's own git configuration protects
    that person only. Source: git-scm.com/docs/gitignore.
    """
    conclude(env_files.env_files_stay_out_of_git(platform, environment.kept_files()))


@pytest.mark.predeploy
@pytest.mark.item("ENV-011", severity="high", remediation="Set the production address, with https: or TLS.")
def test_address_points_at_production(address: Binding, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """A production address names no localhost, no network its host cannot reach, no test system, and is not http:.

    Inside Railway's private network (*.railway.internal) http: is in order: traffic there is encrypted below.
    Source: docs.railway.com/guides/private-networking; RFC 2606 and RFC 6761 for names that lead nowhere.
    """
    conclude(env.points_at_production(address, environment.address(address)))


@pytest.mark.predeploy
@pytest.mark.item(
    "ENV-012",
    severity="critical",
    remediation="Copy the key of this project and role from Supabase, Settings, API Keys.",
)
def test_supabase_key_belongs_to_its_project(
    supabase_key: Binding, environment: EnvironmentProbe, today: date, conclude: Conclude
) -> None:
    """A Supabase key has the role, the project and the lifetime that its variable says.

    With the anon key in its place every query of the service answers an empty list, and a service_role key
    passes row-level security wherever it is used. Source: supabase.com/docs/guides/api/api-keys.
    """
    conclude(keys.belongs_to_its_project(supabase_key, environment.supabase(supabase_key), today))


@pytest.mark.predeploy
@pytest.mark.item("ENV-014", severity="medium", remediation="Make a value of its own for each secret.")
def test_secrets_do_not_share_a_value(platform: Platform, environment: EnvironmentProbe, conclude: Conclude) -> None:
    """No two secrets of different names hold one value.

    Who learns one then has the other, and to replace one is to break the other (OWASP Secrets Management).
    """
    conclude(env.secrets_differ(platform, environment.shared_values()))
