"""Names of files that may hold secrets.

A program is no secret whatever its name is, and for names that are also ordinary words the content decides
(`secret_values`). Only a rule of `.semlensignore` that names such a file lets it in.
"""

from __future__ import annotations

import fnmatch
import re
from typing import Final

from semlens.core.text.languages import LANGUAGES

FOLDERS = frozenset({".ssh", ".gnupg", ".aws", ".azure", ".oci", ".kube", ".password-store", ".gcloud"})
"""Names of folders whose whole content is refused, in lower case."""

NAMES = (
    # environments
    ".env", ".env.*", ".env-*", ".env_*", ".env~", "*.env",
    ".envrc", ".envrc.*", ".envrc~", ".flaskenv", ".dev.vars",
    # private keys and the stores they come in
    "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*.pem", "*.key", "*.ppk", "authkey*.p8", "*.p12",
    "*.pfx", "*.jks", "*.keystore", "*.bks", "*.gpg", "*.pgp", "*.ovpn", "*.mobileprovision",
    "*key.asc", "*keys.asc", "*key-*.asc", "*key_*.asc", "*secret*.asc", "*private*.asc", "secring*", "*.sec",
    # password stores
    "*.kdb", "*.kdbx", "*.keychain", "*.keychain-db", "*.agilekeychain", "*.psafe3", "*.opvault", "*.age",
    # credentials of tools
    ".netrc", "_netrc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pypirc", ".pgpass", "pgpass.conf", ".my.cnf",
    ".mylogin.cnf", ".netrc.*", ".authinfo", ".authinfo.*", ".msmtprc", ".fetchmailrc", ".databrickscfg",
    ".sentryclirc", ".rediscli_auth", ".passwd-s3fs", ".htdigest", "htpasswd", ".ftpconfig", ".ftppass",
    "sftp.json", "sftp-config.json", "kaggle.json", "oauth_creds.json", "msal_token_cache.*", "*.keytab",
    "*.kirbi", "wallet.dat", "logins.json", "ngrok.yml", ".claude.json", "claude_desktop_config.json",
    ".git-credentials", ".gitconfig.local", ".dockercfg", ".dockerconfigjson", ".htpasswd",
    ".s3cfg", ".boto", ".vault-token", ".terraformrc", "terraform.rc", "kubeconfig", "*.kubeconfig",
    "kubeconfig.yaml", "kubeconfig.yml", "kubeconfig.json", ".vault_pass", ".vault_pass.*", ".vault-pass",
    ".vault_password", "vault_pass.txt", "rclone.conf", ".mcp.json", "accesstokens.json",
    "credentials", "client_secret*.json",
    "service-account*.json", "service_account*.json", "serviceaccount*.json",
    "*-service-account.json", "*_service_account.json", "*firebase-adminsdk-*.json",
    "application_default_credentials.json", "google-services.json", "googleservice-info.plist",
    "appsettings.production.json", "appsettings.staging.json", "appsettings.local.json",
    "master.key", "credentials.yml.enc", "local.settings.json", "*.publishsettings", "*.pubxml.user",
    # state with the values of variables
    "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.auto.tfvars",
    # histories of commands
    ".*_history", ".zhistory", ".histfile", ".viminfo", ".psqlrc", "*.pwd",
)  # fmt: skip
"""Patterns of file names, in lower case."""

ORDINARY_NAMES = (
    "credentials.*", "credentials-*.json", "*_credentials.json", "*-credentials.json",
    "secrets.*", "secret.*", "secret.json", ".secrets", ".secrets.*", "auth.json", "wp-config.php",
    "passwords.*", "password.*", "env.*",
)  # fmt: skip
"""Patterns of names that files without secrets have too, in lower case: the content decides."""

SECRET_PATTERNS = frozenset((*NAMES, *ORDINARY_NAMES))
"""All patterns above, as a rule of `.semlensignore` may repeat them."""

PLACES = frozenset({
    ".docker/config.json", "gh/hosts.yml", "glab-cli/config.yml", ".config/hub", "doctl/config.yaml",
    ".fly/config.yml", ".circleci/cli.yml", ".travis/config.yml", ".snowsql/config", ".cursor/mcp.json",
    ".vscode/mcp.json", ".pip/pip.conf",
})  # fmt: skip
"""Files that hold secrets only where they stand in a folder of this name, in lower case."""

_EXCEPTIONS = (
    ".env[._-]example*", ".env[._-]sample*", ".env[._-]template*", ".env.dist", ".env.defaults",
    ".env.schema", "*.example", "*.sample", "*.template", "*.tmpl", "*.tpl", "*.dist", "*.pub",
    "*.example.*", "*.sample.*", "*.template.*", "*.schema.json",
    *(f"{start}{word}.env" for start in ("", "*[._-]") for word in ("example", "sample", "template", "dist")),
)  # fmt: skip
"""Patterns of names that are safe although they match above: examples, schemas, public keys."""

_DATA: Final = frozenset({"json", "yaml", "toml", "ini", "xml", "jupyter", "template"})
"""Languages of settings and data; all others are of programs and documents."""
_NOT_PROGRAMS: Final = (".tfvars", ".bash_profile", ".bashrc", ".rprofile", ".vimrc")
_SHELLS: Final = frozenset({"bash", "fish", "powershell", "batch"})
"""A script in one of these may do no more than set an environment."""


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))


def _endings(languages: frozenset[str]) -> tuple[str, ...]:
    """The endings of files in all languages but `languages`."""
    known = (one.extensions for one in LANGUAGES.values() if one.name not in languages)
    return tuple(ending for endings in known for ending in endings if ending not in _NOT_PROGRAMS)


_SECRET_NAME = _any_of(NAMES)
_ORDINARY_NAME = _any_of(ORDINARY_NAMES)
_ENVIRONMENT = _any_of((".env*", "*.env"))
_EXCEPTION = _any_of(_EXCEPTIONS)
_ALL_ENDINGS = _endings(frozenset())
_PROGRAM_ENDINGS = _endings(_DATA)
_ENVIRONMENT_ENDINGS = _endings(_DATA | _SHELLS)


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
    if not _SECRET_NAME.match(name) or _EXCEPTION.match(name) or _is_program(name):
        return None
    return next(pattern for pattern in NAMES if fnmatch.fnmatchcase(name, pattern))


def ordinary_pattern(path: str) -> str | None:
    """The pattern by which a file may hold secrets if its content looks like it, or None."""
    name = path.rpartition("/")[2].lower()
    if not _ORDINARY_NAME.match(name) or _EXCEPTION.match(name):
        return None
    if _is_program(name) and name != "wp-config.php":
        return None
    if name.startswith("env.") and name.endswith(_ALL_ENDINGS):
        return None  # Data of this name, such as conda's `env.yml`, is no environment of a process.
    return next(pattern for pattern in ORDINARY_NAMES if fnmatch.fnmatchcase(name, pattern))


def _is_program(name: str) -> bool:
    """Whether the name's ending is that of a program or a document, such as `credentials.service.ts`."""
    endings = _ENVIRONMENT_ENDINGS if _ENVIRONMENT.match(name) else _PROGRAM_ENDINGS
    return name.endswith(endings) and "." in name[1:]
