"""The page Check: every way to give a photo, every photo that can't be used."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from PIL import Image

from glassmask.checker import Checker
from glassmask.output.wording import (
    QUESTION_TEXT,
    REPLY_TEXT,
    explanation,
    headline,
    percent,
)
from glassmask.photos import read_photo
from tabs import Tab
from turned_photos import attribute

RESULT = "#result:not([hidden])"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(engine="onnxruntime")


@pytest.mark.parametrize("name", ["none", "correct", "nose", "chin", "nose_and_mouth"])
def test_it_says_what_python_says(
    tab: Tab, photos: dict[str, Path], checker: Checker, name: str
) -> None:
    page = tab.open()
    (wanted,) = checker.check(read_photo(photos[name]))
    tab.give(photos[name])
    page.wait_for_selector(RESULT)
    assert page.inner_text("#verdict") == headline(wanted)
    assert page.text_content("#explanation") == explanation(wanted)
    tab.photograph(f"check-{name}")


def test_the_four_answers(tab: Tab, photos: dict[str, Path], checker: Checker) -> None:
    page = tab.open()
    (wanted,) = checker.check(read_photo(photos["nose_and_mouth"]))
    tab.give(photos["nose_and_mouth"])
    page.wait_for_selector(RESULT)
    said = page.locator("#answers li").all()
    assert [item.locator(".label").inner_text() for item in said] == [*QUESTION_TEXT.values()]
    replies = [item.locator(".number").inner_text() for item in said]
    assert [reply.split(",")[0] for reply in replies] == ["yes", "yes", "yes", "no"]
    before = page.locator("#close-up").screenshot()
    assert "for this verdict" in page.inner_text("#shows")
    assert not page.locator("#numbers").is_visible()
    for item, (question, answer) in zip(said, wanted.answers.items(), strict=True):
        item.locator("button").click()
        assert page.locator("#close-up").screenshot() != before
        asked = f"{QUESTION_TEXT[question]}: {REPLY_TEXT[answer.answer]}"
        assert page.inner_text("#shows").startswith(f"The evidence for “{asked}”")
        shares = page.locator("#where .number").all_inner_texts()
        assert shares == [percent(share) for share in answer.shares.values()]
        numbers = page.inner_text("#numbers").replace("\u2212", "-")
        mean, bias, logit = map(float, re.findall(r"-?\d+\.\d{3}", numbers))
        assert mean + bias == pytest.approx(logit, abs=0.0011)  # each is rounded
        assert logit == pytest.approx(answer.logit, abs=0.01)
    page.click("#back")
    assert page.locator("#close-up").screenshot() == before
    assert page.evaluate("document.activeElement.closest('#answers') !== null")
    assert not page.locator("#back").is_visible()


def test_what_is_outside_the_photo_cant_be_seen(
    tab: Tab, photos: dict[str, Path], tmp_path: Path
) -> None:
    page = tab.open()
    cut = tmp_path / "cut.png"
    photo = Image.open(photos["nose"])
    photo.crop((0, 0, photo.width, 135)).save(cut)  # through the mouth
    tab.give(cut)
    page.wait_for_selector(RESULT)
    replies = page.locator("#answers .number").all_inner_texts()
    assert replies[2:] == ["can't see", "can't see"]
    page.locator("#answers button").last.click()
    assert "“chin uncovered” can't be seen here" in page.inner_text("#shows")
    tab.photograph("check-cut")


def test_the_slider_hides_the_map(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    tab.give(photos["nose"])
    page.wait_for_selector(RESULT)
    with_map = page.locator("#photo").screenshot()
    page.locator("#strength").fill("0")
    assert page.locator("#photo").screenshot() != with_map


def test_several_faces(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    assert len(tab.check(photos["two"])["verdicts"]) == 2
    assert page.inner_text("#verdict") == "worn correctly"
    page.locator("#boxes .box").nth(1).click()
    assert page.inner_text("#verdict") == "worn incorrectly: nose uncovered"
    page.locator("#faces button").first.click()
    assert page.inner_text("#verdict") == "worn correctly"
    assert "2 faces found" in (page.text_content("#announce") or "")
    tab.photograph("check-two")


def test_no_face(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    tab.give(photos["nobody"])
    page.wait_for_selector(RESULT)
    assert page.locator("#no-face").is_visible()
    assert not page.locator("#face").is_visible()
    assert not page.locator("#heat-control").is_visible()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("broken.png", "broken or cut off"),
        ("bomb.png", "60000 × 60000 pixels, over the limit"),
        ("empty.jpg", "empty"),
        ("text.jpg", "no photo that can be read"),
        ("photo.tif", "can't read TIFF"),
        ("photo.heic", "a HEIC photo"),
        ("cut.avif", "this browser can't read AVIF"),
        ("tiny", "300 × 4 pixels: too small"),
    ],
)
def test_photos_that_cant_be_used(
    tab: Tab, photos: dict[str, Path], name: str, sentence: str
) -> None:
    page = tab.open()
    tab.give(photos[name])
    assert sentence in tab.problem()
    assert not page.locator("#result").is_visible()
    assert len(tab.check(photos["correct"])["verdicts"]) == 1  # the next one is fine


def test_a_photo_of_27_megapixels(tab: Tab, photos: dict[str, Path], tmp_path: Path) -> None:
    page = tab.open()
    huge = tmp_path / "huge.jpg"
    whole = Image.new("RGB", (6000, 4500), (90, 110, 120))
    whole.paste(Image.open(photos["nose"]).resize((2000, 2000)), (3000, 1200))
    whole.transpose(Image.Transpose.ROTATE_90).save(huge, xmp=attribute(6))
    checked = tab.check(huge)
    assert checked["width"] > checked["height"]
    assert checked["width"] * checked["height"] <= 1 << 24  # some canvases end there
    assert page.inner_text("#verdict") == "worn incorrectly: nose uncovered"
    longer = page.evaluate(
        "Math.max(...['width', 'height'].map((s) => document.querySelector('#photo')[s]))"
    )
    assert longer <= 1600


def test_one_voice(tab: Tab, photos: dict[str, Path]) -> None:
    """A screen reader hears a mistake once, and bytes that count up never."""
    page = tab.open()
    tab.give(photos["broken.png"])
    problem = tab.problem()
    assert page.text_content("#announce") == problem
    live = page.locator("[role=status], [role=alert], [aria-live]")
    assert [item.get_attribute("id") for item in live.all()] == ["announce"]


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_pasted_and_dropped(tab: Tab, photos: dict[str, Path], way: str) -> None:
    page = tab.open()
    content = base64.b64encode(photos["nose"].read_bytes()).decode()
    page.evaluate(
        """([content, way]) => {
            const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], "photo.png", { type: "image/png" }));
            const told = way === "paste"
                ? new ClipboardEvent("paste", { clipboardData: held })
                : new DragEvent("drop", { dataTransfer: held, bubbles: true });
            (way === "paste" ? document : document.querySelector(".drop")).dispatchEvent(told);
        }""",
        [content, way],
    )
    page.wait_for_selector(RESULT)
    assert page.inner_text("#verdict") == "worn incorrectly: nose uncovered"


def test_pasted_text_is_no_photo(tab: Tab) -> None:
    page = tab.open()
    page.evaluate(
        """() => {
            const held = new DataTransfer();
            held.setData("text/plain", "hello");
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held }));
        }"""
    )
    assert "no photo" in tab.problem()


def test_the_demo_portrait(tab: Tab) -> None:
    page = tab.open()
    page.click("#demo")
    page.wait_for_selector(RESULT)
    assert page.inner_text("#verdict") == "worn incorrectly: nose uncovered"


def test_a_photo_from_the_camera(tab: Tab) -> None:
    page = tab.open()
    page.click("#camera")
    page.wait_for_selector("#camera-dialog[open]")
    tab.until("document.querySelector('#camera-view').videoWidth > 0")
    tab.photograph("check-camera")
    page.click("#shutter")
    page.wait_for_selector(RESULT)
    assert page.inner_text("#verdict") == "worn incorrectly: nose uncovered"
    assert page.evaluate("document.querySelector('#camera-view').srcObject") is None


def test_by_keyboard_alone(tab: Tab, photos: dict[str, Path]) -> None:
    page = tab.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "demo":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(RESULT)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#answers') !== null"):
            break
    page.keyboard.press("Enter")
    assert "The evidence for “mask: yes”" in page.inner_text("#shows")
