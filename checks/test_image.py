"""IMG: the image that a service is deployed as."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from checks.rules import image as rules
from checks.rules import image_contents, image_health, image_programs
from fixtures.model.verdicts import Verdict

if TYPE_CHECKING:
    from fixtures.model.image import ImageProbe
    from fixtures.model.platform import Service

Conclude = Callable[[Verdict], None]


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-001", severity="high", remediation="Add HEALTHCHECK CMD to the final stage, with an interval and a timeout."
)
def test_image_has_a_health_check(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """The final stage of the image has a HEALTHCHECK that can fail.

    Docker and Compose restart or route by it, and it is what a person on call asks first. Railway does not mention
    HEALTHCHECK in its documentation and asks a path of its own, which is DEP-002.
    Source: docs.docker.com/reference/dockerfile, HEALTHCHECK.
    """
    conclude(image_health.has_health_check(image, images.health(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-002",
    severity="high",
    remediation="Ask the service's own health path on its own port, e.g. http://127.0.0.1:${PORT:-3001}/health.",
)
def test_health_check_asks_the_health_path_and_port(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """The HEALTHCHECK asks the service's health path on the service's port.

    A check of another path or port is green while the service is dead, or kills a service that is well.
    """
    conclude(image_health.asks_health_path_and_port(image, images.health(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-003",
    severity="high",
    remediation="Use a program that the final image has (node, BusyBox wget on Alpine), or install or copy it there.",
)
def test_health_check_runs_a_program_that_exists(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """Every program that the HEALTHCHECK starts exists in the final image.

    Alpine has no curl, slim Debian neither curl nor wget, distroless not even a shell: the check then fails for
    ever, and the container is unhealthy from its first minute.
    """
    conclude(image_programs.runs_existing_program(image, images.health(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-004",
    severity="high",
    remediation="Create an ordinary user, or take the base's (node in node images), and name it in USER.",
)
def test_image_runs_as_an_ordinary_user(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """The image runs as a user that is not root and that exists in it.

    Root in the container is one kernel or mount mistake away from root on the host.
    Source: CIS Docker Benchmark 4.1.
    """
    conclude(rules.runs_as_ordinary_user(image, images.dockerfile(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-005",
    severity="medium",
    remediation="Write a full version (node:20.19.5-alpine3.22) or a digest behind every FROM.",
)
def test_image_pins_its_bases(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """Every image that the build takes is pinned by a full version or a digest.

    A floating tag makes two builds of one commit differ, and a rollback builds something new.
    """
    conclude(rules.pins_its_bases(image, images.dockerfile(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-006",
    severity="critical",
    remediation="Hand it over with RUN --mount=type=secret, or set it on the host; then rotate what was built in.",
)
def test_image_holds_no_secret(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """No ARG, ENV or COPY of the Dockerfile puts a secret into the image.

    Build arguments and variables stay in the image's history, copied files in its layers, for everyone who can pull it.
    Source: docs.docker.com/build/building/secrets.
    """
    conclude(image_contents.image_holds_no_secret(image, images.ingredients(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-007",
    severity="high",
    remediation="List .git, **/.env, **/.env.* and **/node_modules in the context's .dockerignore.",
)
def test_build_context_keeps_dangers_out(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """The ignore file of the build context keeps .env files, .git and node_modules out.

    One COPY of a folder takes all three along: values into a layer, history into the image, modules of another platform
    over those that were installed.
    """
    conclude(image_contents.context_keeps_dangers_out(image, images.context(image)))


@pytest.mark.predeploy
@pytest.mark.item(
    "IMG-008", severity="medium", remediation='Write CMD or ENTRYPOINT as a JSON list: CMD ["node", "dist/index.js"].'
)
def test_image_starts_in_exec_form(image: Service, images: ImageProbe, conclude: Conclude) -> None:
    """The image starts its program in exec form, so that the program gets the signals itself.

    A shell as process 1 passes no SIGTERM on: jobs in flight are cut off at every deploy when the grace period ends.
    Source: docs.docker.com/reference/dockerfile, "Shell and exec form".
    """
    conclude(rules.starts_in_exec_form(image, images.dockerfile(image)))
