"""Access tokens and private keys are masked in what is indexed; the rest of the file stays as it is."""

from __future__ import annotations

import base64
import random
import string

import pytest

from semlens.core.files.masking import MASK, without_secrets
from semlens.core.files.private_keys import holds_private_key

CHANCE = random.Random(5)


def drawn(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(CHANCE.choices(alphabet, k=count))


HEX = "0123456789abcdef"
TOKENS = {
    "aws": "AKIA" + drawn(16, string.ascii_uppercase + "234567"),
    "aws temporary": "ASIA" + drawn(16, string.ascii_uppercase + "234567"),
    "google": "AIza" + drawn(35),
    "google client": "GOCSPX-" + drawn(28),
    "digital ocean": "dop_v1_" + drawn(64, HEX),
    "databricks": "dapi" + drawn(32, HEX),
    "vault": "hvs." + drawn(95),
    "github": "ghp_" + drawn(36),
    "github app": "ghs_" + drawn(36),
    "github fine": "github_pat_" + drawn(22) + "_" + drawn(59),
    "gitlab": "glpat-" + drawn(20),
    "npm": "npm_" + drawn(36),
    "pypi": "pypi-AgEIcHlwaS5vcmc" + drawn(60),
    "slack bot": f"xoxb-{drawn(12, string.digits)}-{drawn(12, string.digits)}-{drawn(24)}",
    "slack user": f"xoxp-{drawn(12, string.digits)}-{drawn(12, string.digits)}-{drawn(30)}",
    "telegram": f"{drawn(10, '123456789')}:AA{drawn(33)}",
    "discord": f"M{drawn(24)}.{drawn(6)}.{drawn(27)}",
    "stripe": "sk_live_" + drawn(24),
    "stripe test": "rk_test_" + drawn(24),
    "square": "sq0atp-" + drawn(22),
    "shopify": "shpat_" + drawn(32, HEX),
    "sendgrid": f"SG.{drawn(22)}.{drawn(43)}",
    "twilio": "SK" + drawn(32, HEX),
    "openai": "sk-proj-" + drawn(74),
    "openai old": f"sk-{drawn(20)}T3BlbkFJ{drawn(20)}",
    "anthropic": "sk-ant-api03-" + drawn(93) + "AA",
    "hugging face": "hf_" + drawn(34, string.ascii_letters),
    "jwt": f"eyJ{drawn(20)}.eyJ{drawn(40)}.{drawn(43)}",
    "airtable": f"pat{drawn(14)}.{drawn(64, HEX)}",
    "azure client": f"{drawn(3)}8Q~{drawn(34)}",
    "azure devops": f"{drawn(76)}AZDO{drawn(4)}",
    "mailchimp": f"{drawn(32, HEX)}-us14",
    "google refresh": "1//0" + drawn(60),
    "firebase": f"AAAA{drawn(7)}:APA91b{drawn(134)}",
    "dropbox": "sl." + drawn(135),
    "square access": "EAAA" + drawn(60),
    "deepseek": "sk-" + drawn(32, HEX),
    "crates": "cio" + drawn(32),
    "slack cookie": "xoxd-" + drawn(40),
    "langsmith": f"lsv2_pt_{drawn(32, HEX)}_{drawn(10, HEX)}",
    "atlassian": "ATATT3" + drawn(186),
    "age": "AGE-SECRET-KEY-1" + drawn(58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
}
PLACES = (
    'client = Client(token="{}")\n',
    "export TOKEN={}\n",
    "token: {}\n",
    "curl -H 'Authorization: Bearer {}' https://example.org\n",
    "curl https://user:{}@example.org/repo.git\n",
)


@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize("place", PLACES)
def test_token_is_masked_and_the_line_stays(kind: str, place: str) -> None:
    token = TOKENS[kind]
    if kind in ("telegram", "firebase") and "user:" in place:
        return  # A colon before it makes it another number.
    head = "# Greets the customer on Discord, by Mailchimp.\n"
    text = f"{head}{place.format(token)}def greet():\n    return 1\n"
    masked = without_secrets(text)
    assert masked.count("\n") == text.count("\n")
    shown = masked.split("\n")[1]
    assert MASK in shown and token[-16:] not in masked and token[len(token) // 2 :] not in masked
    assert (
        masked.split("\n")[0] == "# Greets the customer on Discord, by Mailchimp." and "def greet()" in masked
    )
    assert shown.startswith(place.partition("{")[0])


@pytest.mark.parametrize(
    "text",
    [
        'aws_secret_access_key = "{}"\n',
        "AWS_SECRET_ACCESS_KEY={}\n",
        '{{"SecretAccessKey": "{}"}}\n',
        "  secretAccessKey: '{}',\n",
    ],
)
def test_secret_by_the_name_before_it(text: str) -> None:
    secret = drawn(38) + "/+"
    assert without_secrets(text.format(secret)) == text.format(MASK)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://hooks.slack.com/services/{}", f"T{drawn(8)}/B{drawn(8)}/{drawn(24)}"),
        ("https://shop.blob.core.windows.net/a?sv=2022&sig={}&se=2030", drawn(43) + "="),
        ("https://discord.com/api/webhooks/{}", f"{drawn(18, '123456789')}/{drawn(68)}"),
        ("AccountName=shop;AccountKey={};EndpointSuffix=core", base64.b64encode(b"k" * 64).decode()),
    ],
)
def test_secret_inside_an_address(text: str, secret: str) -> None:
    assert without_secrets(text.format(secret)) == text.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "npm_config_registry_and_other_long_names_of_variables = 1\n",
        ".sk-loading-indicator-container-wrapper { color: red }\n",
        "sha512-" + base64.b64encode(b"x" * 64).decode() + "\n",
        "commit 0123456789abcdef0123456789abcdef01234567\n",
        "secret_key_base_for_the_tests_of_this_application = 'x'\n",
        "if header.startswith('ghp_') or token.startswith('AKIA'):\n",
        "AIzaFactory.create(); SKIP_ABSL_INLINE_NAMESPACE_CHECK; key-value-pairs-of-the-table\n",
        ".sk-cube-grid-animation-delay-of-the-loader { color: red }\n",
        'assert pem.startswith("-----BEGIN PRIVATE KEY-----")\nassert_file("priv/certificates/selfsigned")\n',
        "patch.apply(0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef)\n",
        "t1.get_allocator().allocate(count); self.xoxb_client.send_message_to_channel()\n",
    ],
)
def test_names_and_hashes_are_not_masked(text: str) -> None:
    assert without_secrets(text) == text


PEM = "-----BEGIN RSA PRIVATE KEY-----\n" + (drawn(64) + "\n") * 6 + "-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "path", ["tls_test.go", "conftest.py", "Server.java", "docs/tls.md", "spec/tls_spec.rb", "key.ts"]
)
def test_key_in_a_program_or_document_is_masked(path: str) -> None:
    text = f"const pem = `\n{PEM}`\nfunc serve() {{}}\n"
    assert not holds_private_key(path, text)
    masked = without_secrets(text)
    assert not any(line in masked for line in PEM.split("\n")[1:7])
    assert "func serve()" in masked and masked.count("\n") == text.count("\n")
    one_line = 'KEY = "' + PEM.replace("\n", "\\n") + '"\n'
    assert PEM.split("\n")[3] not in without_secrets(one_line)


def test_key_is_masked_up_to_its_end_and_what_follows_stays() -> None:
    lines = [*PEM.split("\n")[:-2], "Zm9vYmFy", "-----END RSA PRIVATE KEY-----"]
    for form in ('    "{}\\n" +\n', "    + '{}\\n'\n", "# {}\n", "{}\n"):
        text = "".join(form.format(line) for line in lines) + "def connect_with_the_certificate():\n"
        masked = without_secrets(text)
        assert "Zm9vYmFy" not in masked and not any(line in masked for line in lines[1:-1])
        assert "def connect_with_the_certificate():" in masked
    cut_off = "".join(f"{line}\n" for line in lines[:4]) + "def connect_with_the_certificate():\n"
    assert "def connect_with_the_certificate():" in without_secrets(cut_off)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("notes.txt", f"The key of the old server:\n\n{PEM}"),
        ("chain.crt", f"-----BEGIN CERTIFICATE-----\n{drawn(64)}\n-----END CERTIFICATE-----\n{PEM}"),
        ("bag.pem.txt", f"Bag Attributes\n    friendlyName: shop\n{PEM}"),
        ("values.yaml", "tls:\n  key: |\n    " + PEM.replace("\n", "\n    ")),
        ("sa.json", '{"type": "x", "private_key": "' + PEM.replace("\n", "\\n") + '"}'),
        ("other.json", '{"private_key": "' + drawn(64) + '"}'),
        ("jwk.json", '{"kty": "EC", "crv": "P-256", "d": "' + drawn(43) + '"}'),
        ("backup", "# created: 2024\nAGE-SECRET-KEY-1" + "QPZRY9X8GF" * 6),
        ("session", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n"),
        ("wg0.conf", "[Interface]\nPrivateKey = " + base64.b64encode(b"k" * 32).decode() + "\n"),
        ("pgp.txt", "My key\n-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + drawn(64) + "\n"),
        ("old.txt", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"),
    ],
)
def test_data_with_a_private_key_is_no_source(path: str, text: str) -> None:
    assert holds_private_key(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("en.json", '{"private_key": "Paste the private key of your server here, please"}'),
        ("schema.json", '{"properties": {"private_key": {"type": "string"}}}'),
        ("example.json", '{"private_key": "<the key of your service account, in PEM form>"}'),
        ("help.txt", "The file begins with -----BEGIN PRIVATE KEY----- and ends with END.\n"),
        ("rfc.txt", "AGE-SECRET-KEY-1 is the prefix of the keys.\n"),
        ("pub.txt", "-----BEGIN PUBLIC KEY-----\n" + drawn(64) + "\n"),
    ],
)
def test_text_about_keys_is_none(path: str, text: str) -> None:
    assert not holds_private_key(path, text)


HOSTILE = (
    ("eyJ", 200_000), ("eyJ-", 100_000), ("ghp_", 100_000), ("aws_secret_access", 20_000), ("AKIA.", 80_000),
    ("-----BEGIN PRIVATE KEY-----", 10_000), ('"private_key":   ', 50_000), ("12345678:AA", 30_000),
)  # fmt: skip


@pytest.mark.parametrize(("part", "times"), HOSTILE)
def test_no_text_is_searched_for_long(part: str, times: int) -> None:
    """A quadratic search would take longer than a test may."""
    assert without_secrets(part * times) is not None
    assert holds_private_key("a.json", part * times) in (True, False)
