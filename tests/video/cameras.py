"""Cameras and streams for tests: MJPEG over HTTP from a thread, RTSP from a process of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from video.films import picture


class Camera:
    """A camera of MJPEG over HTTP, 25 frames a second, that can stall, hang, and be killed: it
    sends nothing more; it ends what it sends, and answers nobody; it ends and is gone.
    """

    def __init__(self, port: int = 0) -> None:
        self.is_stalled = self.is_hanging = self.is_dead = False
        camera = self

        class Serving(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                while camera.is_hanging and not camera.is_dead:
                    time.sleep(0.02)
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                number = 0
                while not (camera.is_dead or camera.is_hanging):
                    if not camera.is_stalled:
                        number += 1
                        data = BytesIO()
                        Image.fromarray(picture(number)).save(data, "JPEG", quality=90)
                        head = (
                            f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {data.tell()}"
                        )
                        try:
                            self.wfile.write(
                                head.encode() + b"\r\n\r\n" + data.getvalue() + b"\r\n"
                            )
                        except OSError:
                            return
                    time.sleep(0.04)

            def log_message(self, *_: object) -> None: ...

        ThreadingHTTPServer.allow_reuse_address = True
        self.server = ThreadingHTTPServer(("127.0.0.1", port), Serving)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.address = f"http://me:secret@127.0.0.1:{self.port}/mjpeg?key=secret"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def kill(self) -> None:
        self.is_dead = True
        self.server.shutdown()
        self.server.server_close()


class Rtsp:
    """The RTSP server, in a process of its own."""

    def __init__(self, port: int = 0) -> None:
        script = Path(__file__).with_name("rtsp_server.py")
        command = ["/usr/bin/python3", str(script), str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        self.address = f"rtsp://me:secret@127.0.0.1:{self.port}/test"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextlib.contextmanager
def rtsp_servers() -> Iterator[Callable[[int], Rtsp]]:
    """Starts servers, which end with the block; without GStreamer the test is skipped, or fails."""
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    try:
        subprocess.run(["/usr/bin/python3", "-c", probe], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        line = (
            "the RTSP tests need Debian's python3-gi, gir1.2-gst-rtsp-server-1.0, "
            "gstreamer1.0-rtsp and gstreamer1.0-plugins-base, -good, -bad, -ugly"
        )
        if os.environ.get("GLASSMASK_NEEDS_RTSP"):
            pytest.fail(line)
        pytest.skip(line)
    servers: list[Rtsp] = []

    def start(port: int = 0) -> Rtsp:
        servers.append(Rtsp(port))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.kill()
