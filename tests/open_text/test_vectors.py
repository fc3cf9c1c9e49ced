"""One suite for every embedder: whatever turns texts into vectors keeps the same promises."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from feedback.open_text import endpoint
from feedback.open_text.embedder import Embedder, Halves, NotAvailable, arrays_of
from feedback.open_text.static import SHARE_BEFORE, TO_INSTALL, Folder, package_folder
from feedback.open_text.texts import normalised
from feedback.open_text.vectors import KINDS, best_here, embedder, load, save
from tests.open_text.answers import labelled, vectors_in
from tests.open_text.model_server import ModelServer, model_server

TEXTS = [normalised(text) for text in labelled()[0]]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as started:
        yield started


@pytest.fixture(params=sorted(KINDS))
def new(
    request: pytest.FixtureRequest, tmp_path: Path, server: ModelServer, settings: Any
) -> Embedder:
    settings.ENDPOINT_URL, settings.VECTORS_MODEL = server.url, "letters"
    if request.param == "static":
        try:
            package_folder()
        except NotAvailable as error:
            pytest.skip(str(error))
    return embedder(
        request.param,
        folder=str(vectors_in(tmp_path)),
        url=server.url,
        model="letters",
    )


def test_rows_have_length_one(new: Embedder) -> None:
    """So that a product of rows is their cosine, for every embedder alike."""
    placed = new.fit(TEXTS).transform(TEXTS)
    assert placed.dtype == np.float32
    assert np.allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)


def test_dimensions_are_those_of_the_rows(new: Embedder) -> None:
    """Whoever keeps vectors makes room for them before there are any."""
    fitted = new.fit(TEXTS)
    assert fitted.transform(TEXTS[:3]).shape == (3, fitted.dimensions)
    assert fitted.transform([]).shape == (0, fitted.dimensions)


def test_a_kept_embedder_places_alike(new: Embedder) -> None:
    """New answers are compared with vectors made before a restart."""
    fitted = new.fit(TEXTS)
    again = load(save(fitted))
    assert again.name == fitted.name
    assert np.allclose(again.transform(TEXTS), fitted.transform(TEXTS), atol=1e-6)


def test_fitting_again_is_the_same(new: Embedder) -> None:
    """The same answers and the same seed give the same themes."""
    assert np.array_equal(new.fit(TEXTS).transform(TEXTS), new.fit(TEXTS).transform(TEXTS))


def test_a_text_stands_alone(new: Embedder) -> None:
    """Its place does not depend on what else is placed with it."""
    fitted = new.fit(TEXTS)
    together, alone = fitted.transform(TEXTS)[5], fitted.transform([TEXTS[5]])[0]
    assert np.allclose(together, alone, atol=1e-5)


def test_unknown_words_are_no_error(new: Embedder) -> None:
    """Emoji, another script or nothing at all: a row of numbers, never nan."""
    placed = new.fit(TEXTS).transform(["", "☃☃☃", "停车费太贵了"])
    assert np.isfinite(placed).all()


def test_one_text_is_enough_to_fit(new: Embedder) -> None:
    """The first answer of a survey comes alone."""
    assert new.fit(["the bus is late"]).transform(["the bus is late"]).shape[0] == 1


def test_nothing_kept_is_run(new: Embedder) -> None:
    """Bytes from the database hold numbers: an object in them is refused, not built."""
    from io import BytesIO

    kept = BytesIO()
    np.savez(kept, kind=np.array([{"an": "object"}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load(kept.getvalue())


def test_the_best_is_always_to_be_had() -> None:
    """Without any package beside ours there is LSA."""
    assert best_here().kind in {"static", "lsa"}


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """An operator reads what to install or which file to put where."""
    with pytest.raises(NotAvailable, match="There is no folder"):
        embedder("folder", folder=str(tmp_path / "none"))
    with pytest.raises(NotAvailable, match=r"it holds 0 and 0"):
        embedder("folder", folder=str(tmp_path))
    with pytest.raises(NotAvailable, match="needs an address"):
        embedder("endpoint")
    with pytest.raises(NotAvailable, match="lsa"):
        embedder("word2vec")
    assert "pip install --no-deps" in TO_INSTALL
    vectors_in(tmp_path)
    (tmp_path / "table.safetensors").write_bytes(b"not a table")
    with pytest.raises(NotAvailable, match="not a safetensors file"):
        embedder("folder", folder=str(tmp_path))


def test_words_fall_into_the_longest_merged_tokens(tmp_path: Path) -> None:
    """As the file's merges say in their order; unknown signs fall away."""
    from feedback.open_text.tokens import Tokens

    tokens = Tokens(vectors_in(tmp_path) / "tokenizer.json")
    names = {at: token for token, at in tokens.numbers.items()}
    assert [names[at] for at in tokens.of("buses☃")] == ["▁bus", "e", "s"]


def test_a_server_is_asked_in_batches(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models have limits, and one failure must not cost a whole survey's vectors."""
    monkeypatch.setattr(endpoint, "BATCH", 20)
    asked = embedder("endpoint", url=f"{server.url}/", model="letters")
    asked.fit(TEXTS).transform(TEXTS[:45])
    assert server.batches == [1, 20, 20, 5]


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("failing", "does not answer"),
        ("broken", "something else than embeddings"),
        ("short", "for 2 texts"),
        ("nan", "something else than numbers"),
        ("garbled", "does not answer"),
    ],
)
def test_a_server_that_fails_is_told_of(server: ModelServer, model: str, said: str) -> None:
    """Never a theme made of half an answer."""
    asked = endpoint.Endpoint(server.url, model)
    with pytest.raises(NotAvailable, match=said):
        asked.transform(["one", "two"])


class Remembered:
    """A memory of its own."""

    def __init__(self) -> None:
        self.told: dict[str, Halves] = {}

    def known(self, model: str, texts: Sequence[str]) -> dict[str, Halves]:
        return {text: self.told[text] for text in texts if text in self.told}

    def keep(self, model: str, told: Mapping[str, Halves]) -> None:
        self.told |= told


def test_a_server_is_asked_for_each_text_once(server: ModelServer) -> None:
    """It takes time, and may cost money; what it told is the same from then on."""
    asked = endpoint.Endpoint(server.url, "letters").remembering(Remembered()).fit(TEXTS)
    told = asked.transform([*TEXTS[:3], TEXTS[0]])
    assert np.array_equal(asked.transform(TEXTS[:3]), told[:3])
    assert server.batches == [1, 3]


def test_a_server_is_asked_for_nothing_where_vectors_are_made_here(new: Embedder) -> None:
    """Only what is asked elsewhere is remembered; the others know by themselves."""
    memory = Remembered()
    new.remembering(memory).fit(TEXTS).transform(TEXTS[:3])
    assert bool(memory.told) is not new.local


def test_what_leads_to_a_person_does_not_leave(server: ModelServer) -> None:
    """Texts come in small letters, in which account numbers look like words."""
    typed = "Mail ada@example.org or ring +44 20 7946 0958; GB82 WEST 1234 5698 7654 32, @ada_l"
    endpoint.Endpoint(server.url, "letters").transform([normalised(typed)])
    [sent] = server.texts
    assert sent.startswith("mail [") and " or ring [" in sent
    assert not any(part in sent for part in ("ada", "example", "7946", "1234", "west"))


def test_a_server_is_asked_only_while_the_settings_name_it(
    server: ModelServer, settings: Any
) -> None:
    """Whoever takes the model out of them has texts stay here; a server that moved is found."""
    kept = save(endpoint.Endpoint("http://127.0.0.1:1/v1", "letters", 26))
    settings.ENDPOINT_URL, settings.VECTORS_MODEL = server.url, "letters"
    assert load(kept).transform(["one"]).any()
    settings.VECTORS_MODEL = ""
    with pytest.raises(NotAvailable, match="no longer letters"):
        load(kept)


def test_a_server_that_sends_on_is_not_followed(server: ModelServer, settings: Any) -> None:
    """Whoever it names would have the texts, and the key."""
    settings.ENDPOINT_KEY = "a key"
    with model_server() as other:
        server.elsewhere = other.url
        with pytest.raises(NotAvailable, match="does not answer"):
            endpoint.Endpoint(server.url, "letters").transform(["one"])
        assert (server.keys, other.asked) == (["Bearer a key"], [])


def test_nothing_but_http_is_opened() -> None:
    """The address is an operator's setting; it reads no file of the machine."""
    with pytest.raises(NotAvailable, match="not an address"):
        endpoint.Endpoint("file:///etc", "x").transform(["one"])


def test_an_embedder_of_an_earlier_release_places_as_it_did(tmp_path: Path) -> None:
    """Its anchors are vectors of then: answers placed otherwise would fall into other themes."""
    now = Folder.new(vectors_in(tmp_path)).fit(TEXTS)
    before = replace(now, share=SHARE_BEFORE)
    _kind, arrays = arrays_of(save(before))
    del arrays["share"]

    again = Folder.from_arrays(arrays)
    assert np.allclose(again.transform(TEXTS), before.transform(TEXTS), atol=1e-6)
    assert not np.allclose(again.transform(TEXTS), now.transform(TEXTS), atol=1e-3)
