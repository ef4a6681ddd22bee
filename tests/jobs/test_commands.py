"""The command line keeps its promises on bad input: one message on stderr, the exit code that says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.notation import NOTATIONS, Notation
from grader.cli import main


def deltagrade(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


@pytest.mark.parametrize(
    "words",
    [
        ("handout", "mazur", "-o"),
        ("demo", "-o"),
        ("grade", "mazur", ".", "-o"),
        ("problems", "new"),
    ],
)
def test_what_cannot_be_written_is_named_and_nothing_was_found(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = deltagrade(*words, str(tmp_path / "file" / "inside"))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "inside" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [(), ("mazur", "--layers", "3,2"), ("mazur", "--general"), ("--general", "--layers", "3,2")]
)
def test_derive_takes_one_network(words: tuple[str, ...]) -> None:
    result = deltagrade("derive", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give one of" in result.stderr


@pytest.mark.parametrize(("words", "stdin"), [("\udcff", b""), ("-", b"\xff")])
def test_an_answer_that_is_no_utf8_is_unreadable_and_can_be_printed(words: str, stdin: bytes) -> None:
    result = deltagrade("check", "mazur", "cost", words, "--json", stdin=stdin)
    verdict = json.loads(result.stdout)
    assert (verdict["verdict"], verdict["position"]) == ("unreadable", 0)
    assert deltagrade("check", "mazur", "cost", words, stdin=stdin).exit_code == 0


@pytest.mark.parametrize("answer", ["-0.298", "-C", "- 1"])
def test_an_answer_may_begin_with_a_minus(answer: str) -> None:
    result = deltagrade("check", "mazur", "cost", answer, "--json")
    assert json.loads(result.stdout)["part"] == "cost"


def test_an_unknown_notation_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "ann.md").write_text("## cost\n0.298371109\n")
    out = tmp_path.with_name("out-of-it")
    result = deltagrade("grade", "mazur", str(tmp_path), "-o", str(out), "--notation", "nielson")
    assert result.exit_code == 3
    assert "did you mean 'nielsen'?" in result.stderr
    assert not out.exists()


def test_an_unreadable_submission_is_named_on_stderr_and_the_others_are_graded(tmp_path: Path) -> None:
    handed_in = tmp_path / "class"
    handed_in.mkdir()
    (handed_in / "ann.md").write_text("## cost\n0.298371109\n")
    (handed_in / "bob.pdf").write_bytes(b"%PDF")
    result = deltagrade("grade", "mazur", str(handed_in), "-o", str(tmp_path / "out"), "--json")
    summary = json.loads(result.stdout)
    assert result.exit_code == 4
    assert (summary["students"], summary["verdicts"], summary["unreadable"]) == (2, {"right": 1}, ["bob"])
    assert "could not be read: bob" in result.stderr


def derived(*words: str) -> str:
    result = deltagrade("derive", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("form", ["matrix", "element", "scalar", "batch"])
@pytest.mark.parametrize("format_", ["latex", "markdown", "html", "json"])
def test_derive_writes_every_form_in_every_format(form: str, format_: str) -> None:
    words = ("--layers", "2,3,1", "--notation", "ng", "--form", form, "--format", format_)
    assert derived(*words)


@pytest.mark.parametrize("form", ["matrix", "element", "batch"])
@pytest.mark.parametrize("notation", ["subscript", "ng", "rows", "brackets"])
def test_derive_general_takes_forms_and_notations(form: str, notation: str) -> None:
    assert "delta" in derived("--general", "--form", form, "--notation", notation, "--format", "json")


def test_derive_writes_python_for_networks_problems_and_graphs() -> None:
    assert "grad_w2 = h1.T @ grad_z2" in derived(
        "--layers", "3,4,2", "--notation", "rows", "--format", "python"
    )
    assert "w3 = w3 - eta * dw3" in derived("mazur", "--format", "python")
    assert "d_x = d_q" in derived("circuit-product", "--format", "python")
    assert "dW[l] = dZ[l] @ A[l - 1].T / m" in derived(
        "--general", "--form", "batch", "--notation", "brackets", "--format", "python"
    )


def test_derive_takes_penalties_updates_and_levels_of_detail() -> None:
    words = ("--layers", "3,4,2", "--regularizer", "l1,l2", "--update", "momentum", "--format", "python")
    text = derived(*words)
    assert "dW2 = delta2 @ a1.T + lambda1 * np.sign(W2) + 2 * lambda2 * W2" in text
    assert "W2 = W2 + vW2" in text
    plain = ("--layers", "3,4,2", "--format", "json")
    lengths = [len(derived(*plain, "--detail", detail)) for detail in ("brief", "full", "every-line")]
    assert lengths == sorted(set(lengths))


def test_derive_gives_the_derivative_of_one_quantity_by_another() -> None:
    text = derived("--layers", "3,4,2", "--of", "z2", "--wrt", "z1", "--format", "markdown")
    assert r"W_2 \operatorname{diag}(\sigma'(z_1))" in text
    assert r"\frac{\partial f}{\partial x}" in derived("circuit-product", "--of", "f", "--wrt", "x")
    assert "dz2_dz1 = W2 @ np.diagflat(" in derived(
        "--layers", "3,4,2", "--of", "z2", "--wrt", "z1", "--format", "python"
    )


def test_derive_gives_the_forward_pass_of_what_cannot_learn() -> None:
    text = derived("--layers", "3,2", "--activation", "step", "--forward", "--format", "python")
    assert "a1 = np.heaviside(z1, 0)" in text and "delta" not in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--form", "elment"), "'elment' is not a form (did you mean 'element'?"),
        (("--notation", "nielson"), "did you mean 'nielsen'?"),
        (("--detail", "ful"), "did you mean 'full'?"),
        (("--regularizer", "elastic"), "did you mean 'elastic-net'?"),
        (("--update", "adm"), "did you mean 'adam'?"),
        (("--activation", "sigmod"), "did you mean 'sigmoid'?"),
        (("--activation", "step"), "--forward"),
        (("--update", "minibatch"), "needs a batch"),
        (("--form", "element", "--format", "python"), "choose the form matrix or batch"),
        (("--form", "scalar", "--format", "python"), "choose the form matrix or batch"),
        (("--of", "z1", "--wrt", "z2"), "z1 does not depend on z2"),
        (("--of", "z9", "--wrt", "z1"), "z9"),
        (("--notation", "cs182-hidden"), "choose one that numbers the layers"),
    ],
)
def test_what_cannot_be_derived_is_said_in_one_line(words: tuple[str, ...], sentence: str) -> None:
    result = deltagrade("derive", "--layers", "3,4,4,2", *words)
    assert (result.exit_code, result.stdout) == (3, "")
    assert sentence in result.stderr and "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("mazur", "--loss", "hinge"), "mazur has its own network"),
        (("mazur", "--no-bias"), "--no-bias is for --layers"),
        (("--layers", "3,2", "--of", "z1"), "--of and --wrt go together"),
        (("--general", "--of", "z1", "--wrt", "a1"), "--general and --of do not go together"),
        (("--layers", "3,2", "--of", "z1", "--wrt", "x", "--detail", "brief"), "--detail and --of"),
        (("--layers", "3;2"), "no list of sizes"),
        (("--layers", "3,2", "--fragment", "--format", "html"), "--fragment is for --format latex"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...], sentence: str) -> None:
    result = deltagrade("derive", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_the_table_of_notations_says_what_they_differ_in() -> None:
    text = deltagrade("notations").stdout
    rows = {paragraph.partition(":")[0]: paragraph for paragraph in text.split("\n\n") if paragraph}
    assert list(rows) == list(NOTATIONS)
    for words in ("pre-activation s", "target t", "weighted input s = Wᵀ x + b", "layers W^(2), input is 0"):
        assert words in rows["cs182"]
    for words in ("the layer they come from", "bias column 0 of the weights", "input is 1"):
        assert words in rows["ng"]
    assert r"d W^{[l]} = \frac{1}{m} d Z^{[l]} A^{[l-1] \top}" in rows["brackets"]
    assert "examples are rows" in rows["rows"] and "weighted input Z = H W + b" in rows["rows"]


def test_the_table_of_notations_is_there_for_programs() -> None:
    rows = json.loads(deltagrade("notations", "--json").stdout)
    fields = set(Notation.__struct_fields__)
    assert [row["name"] for row in rows] == list(NOTATIONS)
    assert all(row.keys() == fields | {"sample", "samples"} for row in rows)
    assert rows[0]["sample"] == r"\delta_i = (W_{i+1}^{\top} \delta_{i+1}) \odot \sigma'(z_i)"


def test_what_cannot_be_read_back_is_not_printed() -> None:
    result = deltagrade("derive", "--layers", "4,4,4,4,4", "--of", "a4", "--wrt", "x", "--form", "scalar")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "could not be read back" in result.stderr and "choose another form" in result.stderr
