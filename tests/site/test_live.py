"""The page Live, with a fake camera."""

from __future__ import annotations

from tabs import Tab


def test_verdicts_on_the_cameras_picture(tab: Tab) -> None:
    page = tab.open("live.html")
    page.click("#camera")
    page.wait_for_selector("#boxes .box")
    assert page.locator("#boxes .box").first.inner_text() == "worn incorrectly: nose uncovered"
    tab.until("Number(document.querySelector('#speed').dataset.fps) > 0")
    tab.photograph("live")
    tab.until("document.querySelector('#announce').textContent.includes('nose uncovered')")
    tracks = page.evaluate_handle("document.querySelector('#view').srcObject.getTracks()")
    page.click("#camera")
    assert page.evaluate("(tracks) => tracks.every((t) => t.readyState === 'ended')", tracks)
    assert page.locator("#boxes .box").count() == 0


def test_leaving_frees_the_camera(tab: Tab) -> None:
    page = tab.open("live.html")
    start = page.inner_text("#camera")
    page.click("#camera")
    tab.until("document.querySelector('#view').srcObject !== null")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("document.querySelector('#view').srcObject") is None
    assert page.inner_text("#camera") == start  # a page may be shown again as it was left
    assert page.locator("#progress.error").count() == 0


def test_a_camera_that_is_unplugged(tab: Tab) -> None:
    page = tab.open("live.html")
    start = page.inner_text("#camera")
    page.click("#camera")
    page.wait_for_selector("#boxes .box")
    page.evaluate(
        "document.querySelector('#view').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))"
    )
    assert "unplugged" in tab.problem()
    assert page.inner_text("#camera") == start
    assert page.locator("#boxes .box").count() == 0
    page.click("#camera")  # it is back
    page.wait_for_selector("#boxes .box")


def test_a_camera_that_is_refused(tab: Tab) -> None:
    page = tab.open("live.html")
    page.evaluate(
        """() => {
            navigator.mediaDevices.getUserMedia = () =>
                Promise.reject(new DOMException("no", "NotAllowedError"));
        }"""
    )
    page.click("#camera")
    assert "may not be used" in tab.problem()
