"""The forms of access tokens: how each begins, and what follows.

Most are from gitleaks (https://github.com/gitleaks/gitleaks, `config/gitleaks.toml`), under this licence:

    MIT License. Copyright (c) 2019 Zachary Rice

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
    associated documentation files (the "Software"), to deal in the Software without restriction, including
    without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
    copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
    following conditions: The above copyright notice and this permission notice shall be included in all
    copies or substantial portions of the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
    LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
    EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
    IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
    THE USE OR OTHER DEALINGS IN THE SOFTWARE.

Each form is a plain beginning and one run of characters, so that a text is searched in linear time.
"""

from __future__ import annotations

from typing import Final

_WORD = "A-Za-z0-9"
_NAME = "A-Za-z0-9_-"
_HEX = "A-Fa-f0-9"
_BASE64 = "A-Za-z0-9+/="
_DOTTED = "A-Za-z0-9_.=-"

_FORMS: Final = (
    # clouds
    ("AKIA ASIA ABIA ACCA", "A-Z0-9", 16), ("ABSK", _BASE64, 100), ("AIza", _NAME, 35),
    ("GOCSPX-", _NAME, 20), ("ya29.", _NAME, 20), ("LTAI", _WORD, 12), ("AKID", _WORD, 32),
    ("dop_v1_ doo_v1_ dor_v1_", _HEX, 64),
    ("tskey-", _NAME, 20), ("fo1_", _NAME, 43), ("fm1a_ fm1r_ fm2_", _BASE64, 100), ("hvs. hvb.", _NAME, 24),
    ("dp.pt. dp.st. dp.ct. dp.sa. dp.scim.", _WORD, 40), ("pul-", _HEX, 40), ("HRKU-", _NAME, 30),
    ("rnd_", _WORD, 28), ("nfp_", _WORD, 36), ("sbp_", _HEX, 40), ("sb_secret_", _NAME, 20),
    ("v1.0-", _DOTTED, 140), ("tk-us-", _NAME, 48), ("dapi", _HEX, 32), ("sha256~", _NAME, 43),
    ("AQVN", _NAME, 35), ("t1.", _DOTTED, 88), ("ops_eyJ", _BASE64, 100), ("A3-", "A-Z0-9-", 30),
    ("pscale_tkn_ pscale_oauth_ pscale_pw_", _DOTTED, 32), ("4b1d", _WORD, 38), ("dnkey-", _NAME, 60),
    ("vercel_blob_rw_", _NAME, 24), ("vcp_ vci_ vca_ vcr_ vck_", _WORD, 24), ("sl.", _DOTTED, 130),
    # hosts of code, registries of packages
    ("ghp_ gho_ ghu_ ghs_ ghr_", _WORD, 30), ("github_pat_", "A-Za-z0-9_", 36),
    ("glpat- gldt- glft- glrt- glffct- glimt- glcbt- glptt- glagent- glsoat- gloas- GR1348941", _NAME, 20),
    ("ATATT3 ATCTT3", _DOTTED, 60), ("ATBB", _WORD, 24), ("npm_", _WORD, 36), ("rubygems_", _HEX, 48),
    ("pypi-AgEIcHlwaS5vcmc pypi-AgENdGVzdC5weXBpLm9yZw", _NAME, 20), ("CLOJARS_", _WORD, 60),
    ("dckr_pat_ dckr_oat_", _NAME, 24), ("oy2", "a-z0-9", 43), ("AKCp", _WORD, 60), ("cmVmd", _WORD, 59),
    ("sgp_", "A-Fa-f0-9_local", 40), ("squ_ sqp_ sqa_", _HEX, 40), ("bkua_", _HEX, 40),
    ("BBDC-", _BASE64, 40), ("cio", _WORD, 32), ("ddp_ ddo_", _WORD, 36),
    ("CCIPAT_ CCIPRJ_", _NAME, 40),
    # chat and mail
    ("xoxb- xoxp- xoxa- xoxr- xoxo- xoxs- xoxe- xoxe.xoxb- xoxe.xoxp- xoxd- xapp-", _NAME, 10),
    ("SG.", _DOTTED, 50), ("xkeysib- xsmtpsib-", _NAME, 64), ("key-", _HEX, 32), ("pubkey-", _HEX, 32),
    ("SK", _HEX, 32), ("EAAC EAAM EAAG", _WORD, 80),
    # payments and shops
    ("sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_", _WORD, 10), ("whsec_", _BASE64, 24),
    ("sq0atp- sq0csp-", _NAME, 22), ("EAAA", _NAME, 56), ("shpat_ shpca_ shppa_ shpss_ shptka_", _HEX, 32),
    ("rzp_live_ rzp_test_", _WORD, 14), ("EZAK EZTK", _WORD, 54), ("FLWSECK-", _NAME, 30),
    ("FLWSECK_TEST- FLWPUBK_TEST-", _NAME, 12), ("shippo_live_ shippo_test_", _HEX, 40),
    ("duffel_live_ duffel_test_", _DOTTED, 43), ("access_token$production$", _NAME, 30),
    ("access-sandbox- access-development- access-production-", _NAME, 36),
    # models
    ("sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-lf-", _NAME, 24), ("sk-", _WORD, 32),
    ("hf_", "A-Za-z0-9", 30), ("api_org_", _WORD, 30), ("pplx-", _WORD, 40), ("gsk_", _WORD, 40),
    ("xai-", _WORD, 60), ("r8_", _WORD, 36), ("lsv2_pt_ lsv2_sk_", _NAME, 32), ("tvly-", _NAME, 24),
    # other services
    ("PMAK-", _NAME, 50), ("lin_api_ lin_oauth_", _WORD, 32), ("ntn_", _WORD, 40), ("secret_", _WORD, 43),
    ("figd_ figo_", _NAME, 36), ("CFPAT-", _NAME, 43), ("glc_ glsa_", "A-Za-z0-9+/=_", 32),
    ("eyJrIjoi", _BASE64, 60), ("NRAK- NRII- NRJS-", _NAME, 19), ("sntrys_ sntryu_", "A-Za-z0-9+/=_-", 60),
    ("dt0c01. dt0s01.", _DOTTED, 80), ("tfp_", _DOTTED, 50), ("rdme_", "a-z0-9", 70), ("pnu_", _WORD, 36),
    ("ico-", _WORD, 32), ("fio-u-", _DOTTED, 60), ("p8e-", _WORD, 32), ("API-", "A-Z0-9", 26),
    ("sm_aat_ sm_pat_ sm_sat_", _WORD, 16), ("sk.eyJ pk.eyJ", _DOTTED, 60),
    ("phx_ phc_", _WORD, 40), ("pk_", "A-Z0-9_", 36), ("sdk- mob-", "a-f0-9-", 36),
    ("AGE-SECRET-KEY-1", "A-Z0-9", 30),
)  # fmt: skip
"""(beginnings, characters that follow, the fewest of them)."""

LONGEST: Final = 4_000
"""The most characters of a token."""

TOKEN_FORMS: Final[dict[str, str]] = {
    start: f"[{characters}]{{{fewest},{LONGEST}}}"
    for starts, characters, fewest in _FORMS
    for start in starts.split()
}
"""The beginning of a token → a regular expression for the rest of it."""
