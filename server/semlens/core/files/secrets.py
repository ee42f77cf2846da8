"""Names of files that may hold secrets. No rule and no setting lets one of them into the index."""

from __future__ import annotations

import fnmatch
import re

FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".kube", ".password-store", ".gcloud"})
"""Names of folders whose whole content is refused, in lower case."""

NAMES = (
    # environments
    ".env", ".env.*", ".env~", "*.env", ".envrc", ".envrc.*", ".envrc~", ".flaskenv", ".dev.vars",
    # private keys and the stores they come in
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.pem", "*.key", "*.ppk", "*.p8", "*.p12", "*.pfx",
    "*.jks", "*.keystore", "*.bks", "*.gpg", "*.pgp", "*.ovpn", "*.mobileprovision",
    # password stores
    "*.kdb", "*.kdbx", "*.keychain", "*.keychain-db", "*.agilekeychain", "*.psafe3", "*.opvault", "*.age",
    # credentials of tools
    ".netrc", "_netrc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf",
    ".mylogin.cnf", ".git-credentials", ".gitconfig.local", ".dockercfg", ".dockerconfigjson", ".htpasswd",
    ".s3cfg", ".boto", ".vault-token", ".terraformrc", "terraform.rc", "kubeconfig", "*.kubeconfig",
    "kubeconfig.yaml", "kubeconfig.yml", "kubeconfig.json", ".vault_pass", ".vault_pass.*", ".vault-pass",
    ".vault_password", "vault_pass.txt", "rclone.conf", ".mcp.json", "accesstokens.json",
    "credentials", "credentials.*", "credentials-*.json", "*_credentials.json", "*-credentials.json",
    "client_secret*.json", "service-account*.json", "service_account*.json", "serviceaccount*.json",
    "*-service-account.json", "*_service_account.json", "*firebase-adminsdk-*.json",
    "application_default_credentials.json", "google-services.json", "googleservice-info.plist",
    "secrets.json", "secrets.yaml", "secrets.yml", "secrets.toml", "secrets.ini", "secrets.properties",
    "secrets.*.json", "secrets.*.yaml", "secrets.*.yml", "secrets.*.toml", "appsettings.production.json",
    "appsettings.staging.json", "appsettings.local.json", "secret.json", "secret.yaml", "secret.yml",
    ".secrets", ".secrets.*", "master.key", "credentials.yml.enc",
    "auth.json", "local.settings.json", "wp-config.php", "*.publishsettings", "*.pubxml.user",
    # state with the values of variables
    "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.auto.tfvars",
    # histories of commands
    ".*_history", ".psqlrc", "*.pwd",
)  # fmt: skip
"""Patterns of file names, in lower case."""

PLACES = frozenset({".docker/config.json", "gh/hosts.yml", "glab-cli/config.yml"})
"""Files that hold secrets only where they stand in a folder of this name, in lower case."""

_CODE = "py pyi ts tsx js jsx mjs vue svelte go rs java kt scala rb cs php c cc cpp h hpp swift ex md rst"

_EXCEPTIONS = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.defaults", ".env.schema",
    "*.example", "*.sample", "*.template", "*.tmpl", "*.dist", "*.pub",
    "*.example.tfvars", "*.schema.json", "id_rsa*.py", "id_*.md",
    *(f"credentials.{ending}" for ending in _CODE.split()),
)  # fmt: skip
"""Patterns of names that are safe although they match above: examples, public keys, code."""


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))


_SECRET_NAME = _any_of(NAMES)
_EXCEPTION = _any_of(_EXCEPTIONS)


def secret_pattern(path: str, is_dir: bool) -> str | None:
    """The pattern that refuses a file or folder because it may hold secrets, or None.

    Its name decides, for a few files the name of the folder above, too; parts of `path` are joined by `/`.
    """
    *folders, name = path.lower().rsplit("/", 2)
    if is_dir:
        return f"{name}/" if name in FOLDERS else None
    place = f"{folders[-1]}/{name}" if folders else name
    if place in PLACES:
        return place
    if not _SECRET_NAME.match(name) or _EXCEPTION.match(name):
        return None
    return next(pattern for pattern in NAMES if fnmatch.fnmatchcase(name, pattern))
