"""Words that need explaining lead to their explanation, once a page, and nothing else is touched."""

import pytest

from fer_core.app.glossary import TERMS, explain, link_terms


def test_the_first_use_of_a_word_is_linked():
    text, met = link_terms("Macro F1 over three seeds; seeds differ.")
    assert text == "[Macro F1](about#macro-f1) over three [seeds](about#seed); seeds differ."
    assert met == {"Macro F1", "Seed"}
    assert link_terms("One seed.", {"Seed"}) == ("One seed.", set())


@pytest.mark.parametrize("text", ["`seed`", "[seed](x)", "**Twins**", "seedling", "https://a.b/seed", "ferplus"])
def test_code_links_names_and_parts_of_words_stay(text):
    assert link_terms(text) == (text, set())


def test_every_term_is_found_by_its_own_name():
    for term in TERMS:
        first = term.name.split(",")[0]
        assert term.meaning in explain(first) or term.name in ("Mirror average", "Confidence interval", "Crowd"), first
    assert len({term.anchor for term in TERMS}) == len(TERMS)
    assert [term.name for term in TERMS] == sorted(
        (term.name for term in TERMS), key=lambda name: name.replace("+", "0")
    )


def test_every_term_stands_on_the_about_page(artifacts, open_page):
    titles = {heading.value for heading in open_page("about").subheader}
    assert {term.name for term in TERMS} <= titles


def test_a_page_lists_its_sections_and_ends_with_the_next_page(artifacts, open_page, all_text):
    app = open_page("training")
    contents = next(caption.value for caption in app.caption if caption.value.startswith("On this page"))
    assert contents == "On this page: [Where each run ended](#ends) · [Configurations](#settings)"
    assert any("[validation](about#validation)" in text.value for text in app.markdown)
