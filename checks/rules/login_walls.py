"""Answers that come from what stands in front of the service, a login wall or its host's edge, and not from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from fixtures.model.http import Answer

LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|sso|sso-api|oauth2?|authorize|auth|saml2?)(?:[/.?]|$)", re.IGNORECASE)
HOSTS = {
    "vercel.com": "Vercel's deployment protection",
    "cloudflareaccess.com": "Cloudflare Access",
    "accounts.google.com": "a Google login",
    "login.microsoftonline.com": "a Microsoft login",
}
HOLDERS = {"cf-mitigated": "Cloudflare's challenge", "x-vercel-mitigated": "Vercel's firewall"}  # none for the app
# A host's edge that reaches no app says so beside a 404 like any other: so does it to every path.
EDGES = (
    ("x-railway-fallback", re.compile(r"true"), "Railway's edge (no app behind it)"),
    ("x-render-routing", re.compile(r"no-server"), "Render's edge (no app behind it)"),
    ("x-vercel-error", re.compile(r"DEPLOYMENT_\w+"), "Vercel's edge (no deployment behind it)"),
)
# Where programs ask and no person signs in, the made-up path among them; and what a page is known by on which one does.
FOR_PROGRAMS = re.compile(
    r"/(?:api|health\w*|ready\w*|live\w*|status|metrics|webhooks?|preflight-\w+)(?:[/.?]|$)", re.IGNORECASE
)
PASSWORD_FIELD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
VERCEL_PAGE = re.compile(r"vercel\.com/sso|_vercel_sso|_vercel_password|vercel-authentication", re.IGNORECASE)


def wall(answer: Answer) -> str:
    """Which login wall or edge answered; "" where the service did.

    Vercel's protection answers 401, or redirects to vercel.com/sso-api, before the app is reached
    (vercel.com/docs/deployment-protection). A redirect to another host's login page is one, too, and a page with a
    field for a password in place of what programs ask for: some proxies put it there with 200.
    """
    if answer.status >= 400 and (name := next((HOLDERS[key] for key in HOLDERS if answer.header(key)), "")):
        return name
    if answer.status >= 400 and (name := next((n for key, said, n in EDGES if said.match(answer.header(key))), "")):
        return name
    if answer.status in (401, 403) and _is_vercel(answer):
        return HOSTS["vercel.com"]
    if not 300 <= answer.status < 400:
        return "a login page" if _is_login_page(answer) else ""
    return _behind(urljoin(answer.url, answer.header("location")), answer)


def _is_login_page(answer: Answer) -> bool:
    asked = urlsplit(answer.url).path
    if not FOR_PROGRAMS.search(asked) or LOGIN_PATH.search(asked) or "html" not in answer.media_type:
        return False
    return answer.body.examine(lambda text: PASSWORD_FIELD.search(text) is not None)


def _is_vercel(answer: Answer) -> bool:
    cookie = any(name == "set-cookie" and "_vercel_sso_nonce" in value for name, value in answer.headers)
    return cookie or answer.body.examine(lambda text: VERCEL_PAGE.search(text) is not None)


def _behind(location: str, answer: Answer) -> str:
    try:
        target, own = urlsplit(location), urlsplit(answer.url)
    except ValueError:
        return ""
    name = target.hostname or ""
    known = next((label for end, label in HOSTS.items() if name == end or name.endswith("." + end)), "")
    if target.netloc != own.netloc and (known or LOGIN_PATH.search(target.path)):
        return known or f"a login page of {name}"
    return HOSTS["vercel.com"] if _is_vercel(answer) else ""
