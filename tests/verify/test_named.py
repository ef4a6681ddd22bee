"""Functions with a name: their formulas and their slopes are held against what everybody means."""

from __future__ import annotations

import pytest

from grader.proofread import verify


def verdicts(text: str) -> list[str]:
    return [claim.verdict for claim in verify(text + "\n").claims if claim.kind == "formula"]


@pytest.mark.parametrize(
    "text",
    [
        r"$\sigma(u) = \frac{1}{1 + e^{-u}}$",
        r"$\sigma(u) = \frac{e^u}{e^u + 1}$",
        r"$y = \sigma(u) = \frac{1}{1 + \exp(-u)}$",
        r"$\tanh(v) = \frac{e^{2v} - 1}{e^{2v} + 1}$",
        r"$\tanh'(v) = 1 - \tanh^2(v)$",
        r"$\sigma'(u) = \sigma(u) - \sigma^2(u)$",
        r"$\frac{d}{dv} \tanh(v) = 1 - \tanh^2 (v)$",
    ],
)
def test_what_the_name_says_is_confirmed(text: str) -> None:
    assert verdicts(text)[-1] == "confirmed"


@pytest.mark.parametrize(
    "text",
    [
        r"$u = -w x - b$ and $\sigma(u) = \frac{1}{1 + e^{u}}$",
        r"$\sigma(u) = \frac{1}{1 + e^{-2u}}$",
        r"$\sigma(u) = a$",
        r"For some functions, $f'(u) = f(u) (1 - f(u))$",
        r"$g'(v) = 1 - g(v)^2$ and $h'(v) = 1 - h^2(v)$",
        r"$\log(u) = -\log(v)$",
        r"$p = N(\mu, \sigma^2)$ with $\sigma^2(v) = v + 1$",
        r"$\tanh^{-1}(v) = \frac{1}{2} \ln \frac{1 + v}{1 - v}$",
        r"$q = r^3$ and $\frac{\partial C}{\partial r} = 3 r^2 s^2$",
    ],
)
def test_what_a_page_may_mean_otherwise_is_no_alarm(text: str) -> None:
    assert "contradicted" not in verdicts(text)


@pytest.mark.parametrize(
    "text",
    [
        r"$\sigma(u) = \frac{1}{1 + e^{u}}$",
        r"$y = \sigma(u) = \frac{1}{1 + \exp(u)}$",
        r"$\tanh(v) = \frac{e^v + e^{-v}}{e^v - e^{-v}}$",
        r"$\tanh(v) = \frac{e^{-v} - e^{v}}{e^v + e^{-v}}$",
        r"$\tanh'(v) = 1 + \tanh^2(v)$",
        r"$\sigma'(u) = \sigma(u) + \sigma^2(u)$",
        r"$q(r) = r^3$ and $q'(r) = 2 r^2$",
    ],
)
def test_a_slip_in_it_is_contradicted(text: str) -> None:
    assert verdicts(text)[-1] == "contradicted"
