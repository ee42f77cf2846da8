"""Which paths belong to the index, and which rule refuses the others."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semlens.core.files.git.repository import open_repository
from semlens.core.files.git.wildmatch import automaton, compile_pattern, regex, regex_source, tokenize
from semlens.core.files.globs import expand_choices, glob_matcher
from semlens.core.files.membership import Membership
from semlens.core.files.secrets import secret_pattern
from semlens.settings import Settings
from semlens.types import RelativePath, Skipped

SECRETS = (
    ".env .env.local .env.sh .env.production prod.env .envrc .flaskenv .dev.vars id_rsa id_rsa.old id_dsa "
    "id_ecdsa id_ed25519  server.pem server.key putty.ppk AuthKey.p8 store.p12 store.pfx store.jks "
    "app.keystore mail.gpg vault.kdbx  vault.kdb login.keychain-db .netrc _netrc .npmrc .pypirc .pgpass "
    ".my.cnf .git-credentials .htpasswd .s3cfg .boto  .vault-token .dockercfg kubeconfig credentials "
    "client_secret_1.json  service-account-x.json secret.asc signing-key.asc secring.gpg "
    "master.key terraform.tfstate terraform.tfstate.backup  prod.tfvars "
    ".bash_history .psql_history vpn.ovpn local.settings.json Release.publishsettings "
    ".env-prod .env_staging .authinfo .databrickscfg sftp.json kaggle.json krb5.keytab .claude.json .msmtprc "
    ".config/hub .cursor/mcp.json .zhistory oauth_creds.json "
    ".env~ .envrc.private .envrc~ acme-service-account.json "
    "shop_service_account.json firebase-adminsdk-x1.json shop-firebase-adminsdk-x1.json .vault_pass "
    ".vault-pass kubeconfig.yaml kubeconfig.json rclone.conf .mcp.json accessTokens.json "
    "appsettings.Production.json .docker/config.json gh/hosts.yml glab-cli/config.yml "
    "distance.env samples.env production.env"
).split()
HARMLESS = (
    ".env.example .env.sample .env.template id_rsa.pub credentials.py keys.py environment.ts key.go "
    "secrets.py  test_credentials.py pem.c tokens.json config.json monkey.md "
    ".envrc.example secrets.schema.json .docker/Dockerfile docker/config.json ansible/hosts.yml hosts.yml "
    "appsettings.json appsettings.Development.json mcp.json kubeconfig.go vault_pass.py secrets.prod.py "
    "service_account.proto firebase.json sample.env example.env template.env dist.env app.sample.env "
    "docker-example.env env.ts env.d.ts env.py env.sh env.example env.yml environment.yml"
).split()


def write(file: Path, text: str = "x") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def refuse(root: Path, path: str, is_dir: bool = False, **settings: object) -> Skipped | None:
    return Membership(root, Settings(**settings)).refuse(RelativePath(path), is_dir)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_personal_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def repository(root: Path) -> Path:
    git(root, "init", "-q")
    return root


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def test_rule_is_named_with_file_and_line(root: Path) -> None:
    write(root / "src/.gitignore", "# made\n\n*.gen.py\n")
    assert refuse(root, "src/deep/x.gen.py") == Skipped(
        RelativePath("src/deep/x.gen.py"), "is ignored by git", "*.gen.py", "src/.gitignore", 3
    )


def test_file_in_refused_folder_has_the_folders_reason(root: Path) -> None:
    write(root / ".gitignore", "out/\n")
    refusal = refuse(root, "out/a/b.py")
    assert refusal and (refusal.path, refusal.rule, refusal.rule_line) == ("out/a/b.py", "out/", 1)


@pytest.mark.parametrize("name", SECRETS)
def test_secret_is_refused_unless_a_rule_names_it(root: Path, name: str) -> None:
    for rules in (".gitignore", ".semlensignore"):
        write(root / rules, "!*\n!**/*\n!src/*\n!src/\n")
    write(root / ".gitignore", f"!{name}\n")
    for path in (name, f"src/{name}", f"src/{name.upper()}"):
        refusal = refuse(root, path)
        assert refusal and "secret" in refusal.reason
    write(root / ".semlensignore", f"!**/{name}\n")
    assert refuse(root, f"src/{name}") is None


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_name_is_no_secret(name: str) -> None:
    assert secret_pattern(name, False) is None


def test_own_rules_overrule_git_and_tools(root: Path) -> None:
    write(root / ".gitignore", "gen/\n")
    write(root / ".semlensignore", "!gen/\n!node_modules/\nlegacy/\n")
    assert refuse(root, "gen/a.py") is None
    assert refuse(root, "node_modules/a/b.js") is None
    refusal = refuse(root, "legacy/a.py")
    assert refusal and refusal.rule_file == ".semlensignore" and refusal.rule_line == 3


@pytest.mark.parametrize(
    "path", [".git/config", "node_modules/x.js", "a/.venv/b.py", "__pycache__/c.py", "go.sum"]
)
def test_tools_data_is_out(root: Path, path: str) -> None:
    assert refuse(root, path) is not None


def test_virtual_environment_and_cache_by_their_marks(root: Path) -> None:
    write(root / "env/pyvenv.cfg")
    write(root / "store/CACHEDIR.TAG")
    assert refuse(root, "env/lib/a.py") and refuse(root, "store", is_dir=True)
    assert refuse(root, "environment/a.py") is None


def test_own_data_is_known_by_what_every_data_folder_has(root: Path) -> None:
    for path in ("data/engine.json", "data/workspaces/a/folder", "only/engine.json", "other/workspaces/a.py"):
        write(root / path)
    for path in ("data/paces.json", "data/workspaces/a/folder"):
        refusal = refuse(root, path)
        assert refusal and refusal.reason == "is Semlens' own data"
    for path in ("only/engine.json", "other/workspaces/a.py", "data.json", "database/a.py"):
        assert refuse(root, path) is None


def test_editor_settings(root: Path) -> None:
    editor = {"**/*.{gen,auto}.ts": True, "docs": True, "kept": False}
    searched = {"**/vendor": True, "docs": False}
    exclude = ["*.sql", "a/b/**"]
    out = [
        path
        for path in OUT + IN
        if refuse(root, path, files_exclude=editor, search_exclude=searched, exclude=exclude)
    ]
    assert out == OUT


OUT = ["x/y.gen.ts", "y.auto.ts", "lib/vendor/z.py", "deep/q.sql", "a/b/c.py"]
IN = ["docs/a.md", "kept/a.py", "x/y.ts", "a/bc.py"]


def test_root_below_the_repository_hears_its_rules(repository: Path) -> None:
    write(repository / ".gitignore", "/sub/out\n*.tmp.py\n")
    write(repository / "sub/deep/.gitignore", "!keep.tmp.py\n")
    write(repository / ".git/info/exclude", "sub/private\n")
    sub = repository / "sub"
    assert refuse(sub, "out/a.py") and refuse(sub, "x.tmp.py") and refuse(sub, "private/a.py")
    assert refuse(sub, "deep/keep.tmp.py") is None and refuse(sub, "deep/out/a.py") is None


def test_opened_folder_counts_even_if_ignored(repository: Path) -> None:
    write(repository / ".gitignore", "build/\n")
    write(repository / "build/a.py")
    assert refuse(repository / "build", "a.py") is None


def test_tracked_files_belong_whatever_the_rules_say(repository: Path) -> None:
    write(repository / ".gitignore", "dist/\n")
    write(repository / "dist/kept/a.py")
    write(repository / "dist/b.py")
    git(repository, "add", "-f", "dist/kept/a.py")
    for version in ("2", "4"):
        git(repository, "update-index", "--index-version", version)
        assert refuse(repository, "dist/kept/a.py") is None
        assert refuse(repository, "dist/b.py") and refuse(repository, "dist/kept/other.py")


def test_index_matters_only_for_ignored_files(repository: Path) -> None:
    write(repository / ".gitignore", "dist/\n")
    write(repository / "a.py")
    write(repository / "dist/b.py")
    membership = Membership(repository, Settings())
    assert repository / ".git" in membership.rule_folders()
    git(repository, "add", "a.py")
    assert not membership.affects_rules(str(repository / ".git/index"))
    git(repository, "add", "-f", "dist/b.py")
    membership.reload()  # as a walk does that comes before the watch
    assert membership.affects_rules(str(repository / ".git/index"))
    assert membership.refuse(RelativePath("dist/b.py"), False) is None


def test_repository_within_the_repository(repository: Path) -> None:
    write(repository / ".gitignore", "*.gen.py\n")
    (repository / "inner").mkdir()
    git(repository / "inner", "init", "-q")
    write(repository / "inner/.git/info/exclude", "out\n")
    assert refuse(repository, "inner/a.gen.py") is None
    assert refuse(repository, "inner/out/a.py") and refuse(repository, "out/a.py") is None


def test_second_worktree_shares_the_exclude_file(repository: Path, tmp_path: Path) -> None:
    write(repository / "a.py")
    git(repository, "add", "a.py")
    git(repository, "commit", "-q", "-m", "first")
    git(repository, "worktree", "add", "-q", str(tmp_path / "second"))
    write(repository / ".git/info/exclude", "out\n")
    assert refuse(tmp_path / "second", "out/a.py")


@pytest.mark.parametrize(
    ("config", "file"),
    [
        ("", ".config/git/ignore"),
        ("[core]\n\texcludesFile = ~/mine # here\n", "mine"),
        ('[Core]\n  ExcludesFile="~/my rules"\n', "my rules"),
        ("[include]\n\tpath = more.inc\n", "included"),
        ('[includeIf "gitdir:**/work/.git"]\n\tpath = more.inc\n', "included"),
    ],
)
def test_personal_ignore_file(repository: Path, tmp_path: Path, config: str, file: str) -> None:
    home = tmp_path / "home"
    write(home / ".gitconfig", config)
    write(home / "more.inc", "[core]\nexcludesfile=~/included\n")
    write(home / file, "*.log.py\n")
    refusal = refuse(repository, "a/b.log.py")
    assert refusal and refusal.rule_file == str(home / file)
    listed = subprocess.run(
        ["git", "check-ignore", "a/b.log.py"],
        cwd=repository,
        env={**os.environ, "HOME": str(home)},
        timeout=60,
    )
    assert listed.returncode == 0


def test_emptied_excludes_file_setting_means_none(repository: Path, tmp_path: Path) -> None:
    write(tmp_path / "home/.gitconfig", "[core]\nexcludesFile =\n")
    assert open_repository(repository).excludes_file is None


def test_ignore_file_behind_a_link_or_pipe_is_not_read(root: Path, tmp_path: Path) -> None:
    write(tmp_path / "rules", "*.py\n")
    (root / ".gitignore").symlink_to(tmp_path / "rules")
    if hasattr(os, "mkfifo"):
        os.mkfifo(root / ".semlensignore")
    assert refuse(root, "a.py") is None


def test_change_of_a_rule_file_is_told(root: Path) -> None:
    membership = Membership(root, Settings())
    for path in (".gitignore", "a/.semlensignore", str(root / "a/.gitignore"), "a/.git"):
        assert membership.affects_rules(path)
    for path in ("a.py", "index", "ignore"):
        assert not membership.affects_rules(path)


pieces = st.sampled_from(
    ["a", "b", "/", "*", "**", "/**/", "**/", "?", "[ab]", "[!a]", "\\*", "[[:alpha:]]", "["]
)


@given(st.lists(pieces, max_size=8).map("".join), st.text("ab/*", max_size=8), st.booleans())
def test_automaton_equals_regular_expression(pattern: str, text: str, pathname: bool) -> None:
    tokens = tokenize(pattern, pathname=pathname)
    if tokens is not None:
        source = regex_source(tokens, most_wildcards=100)
        assert source is not None
        assert automaton(tokens)(text) == regex(source)(text)


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "**/*a" * 20 + "b", "*?" * 60 + "b"])
def test_hostile_pattern_is_matched_in_no_time(pattern: str) -> None:
    matches = compile_pattern(pattern, pathname=True)
    assert matches is not None
    assert not matches("a" * 255) and not matches("a/" * 200)


def test_choices_of_globs() -> None:
    assert expand_choices("a{b,c{d,e}}f{g}") == ["abfg", "acdfg", "acefg"]
    assert expand_choices("{a") == ["{a"]
    assert expand_choices("{a,b}" * 20) == ["{a,b}" * 20]


def test_globs_say_which_matched() -> None:
    match = glob_matcher(["**/*.py", "docs/**", "/x/?.ts"])
    assert [match(path) for path in ("a/b.py", "docs/a/b", "x/y.ts", "x/yy.ts", "é.py")] == [
        "**/*.py", "docs/**", "/x/?.ts", None, "**/*.py",
    ]  # fmt: skip


def test_membership_decides_twenty_thousand_paths_quickly(root: Path) -> None:
    write(
        root / ".gitignore",
        "\n".join([*(f"name{n}" for n in range(60)), *(f"*.x{n}" for n in range(20)), "/a*/b?"]),
    )
    membership = Membership(root, Settings(files_exclude={"**/.DS_Store": True, "**/*.{a,b}": True}))
    paths = [RelativePath(f"src/m{n % 500}/file{n}.py") for n in range(20_000)]
    started = time.process_time()
    assert all(membership.refuse(path, False) is None for path in paths)
    assert time.process_time() - started < 2
