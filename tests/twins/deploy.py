"""Edits that break one deploy item each."""

from __future__ import annotations

from tests.platforms import Copy, Twin

RAILWAY = "services/worker/railway.json"
VERCEL = "services/web/vercel.json"
POLICY = '"restartPolicyType": "ON_FAILURE",'


def _edit(breaks: str, path: str, old: str, new: str) -> Twin:
    def edit(copy: Copy) -> None:
        copy.edit(path, old, new)

    return Twin(breaks, edit)


def _move_dockerfile(copy: Copy) -> None:
    copy.write("services/worker/other.Dockerfile", copy.read("services/worker/Dockerfile"))
    copy.edit(RAILWAY, "services/worker/Dockerfile", "services/worker/other.Dockerfile")


TWINS = {
    "DEP-001": (
        _edit(
            "a health check interval",
            RAILWAY,
            '"healthcheckTimeout": 120,',
            '"healthcheckTimeout": 120, "healthcheckInterval": 30,',
        ),
        _edit("variables in the file", RAILWAY, '"deploy": {', '"variables": {"LOG_LEVEL": "info"},\n  "deploy": {'),
        _edit("an unknown builder", RAILWAY, '"builder": "DOCKERFILE",', '"builder": "docker",'),
        _edit(
            "a password for the registry",
            RAILWAY,
            '"overlapSeconds": 10,',
            '"overlapSeconds": 10, "registryCredentials": {"username": "ci"},',
        ),
    ),
    "DEP-002": (
        _edit("another health path", RAILWAY, '"healthcheckPath": "/health",', '"healthcheckPath": "/healthz",'),
        _edit("no health path", RAILWAY, '"healthcheckPath": "/health",', ""),
        _edit("no time to answer", RAILWAY, '"healthcheckTimeout": 120,', '"healthcheckTimeout": 0,'),
    ),
    "DEP-003": (
        _edit("never restarted", RAILWAY, POLICY, '"restartPolicyType": "NEVER",'),
        _edit("no restart policy", RAILWAY, POLICY, ""),
        _edit(
            "production overrides the policy",
            RAILWAY,
            '"build": {',
            '"environments": {"production": {"deploy": {"restartPolicyType": "NEVER"}}},\n  "build": {',
        ),
    ),
    "DEP-004": (
        _edit("one replica", RAILWAY, '"numReplicas": 2', '"numReplicas": 1'),
        _edit(
            "a volume and two replicas",
            RAILWAY,
            '"overlapSeconds": 10,',
            '"overlapSeconds": 10, "requiredMountPath": "/data",',
        ),
    ),
    "DEP-005": (
        _edit(
            "a Dockerfile that is not there", RAILWAY, "services/worker/Dockerfile", "services/worker/Dockerfile.prod"
        ),
        Twin("another Dockerfile than the manifest's", _move_dockerfile),
    ),
    "DEP-006": (
        _edit("a cron path without a route", VERCEL, "/api/cron/usage-rollup", "/api/cron/usage"),
        _edit("six fields", VERCEL, '"15 1 * * *"', '"0 15 1 * * *"'),
        _edit("a key that Vercel does not have", VERCEL, '"crons":', '"cron":'),
        _edit(
            "settings for a function that moved",
            VERCEL,
            '"regions":',
            '"functions": {"app/api/job/route.ts": {"maxDuration": 60}},\n  "regions":',
        ),
        _edit("routes beside headers", VERCEL, '"regions":', '"routes": [],\n  "regions":'),
    ),
}
