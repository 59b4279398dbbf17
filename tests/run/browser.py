# SPDX-License-Identifier: MIT
"""browser.py - a headless Chromium for tests, by its debugging pipe

No driver and no library: messages in JSON, each ended by a zero byte, on the
descriptors 3 and 4 of the process.  Clicks and moves are the browser's own
input events, so that what lies on top gets them.
"""
import base64
import json
import os
import select
import subprocess
import tempfile
import time


class Timeout(Exception):
    pass


class Failed(Exception):
    pass


class Browser:
    def __init__(self, command="chromium", seconds=60, options=()):
        self.seconds, self.number, self.buffer = seconds, 0, b""
        self.events, self.session = [], None
        self.home = tempfile.TemporaryDirectory()
        # Its own pages for developers, chrome://tracing too, are off at first.
        with open(os.path.join(self.home.name, "Local State"), "w") as f:
            json.dump({"internal_only_uis_enabled": True}, f)
        theirs_in, self.out = os.pipe()
        self.into, theirs_out = os.pipe()

        def place():
            """As 3 and 4, whatever numbers the pipes have."""
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)

        # Root has no sandbox; a container's /dev/shm may be too small.
        self.process = subprocess.Popen(
            [command, "--headless=new", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run",
             "--remote-debugging-pipe", "--user-data-dir=" + self.home.name,
             *options, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=place,
            env=dict(os.environ, HOME=self.home.name))
        os.close(theirs_in)
        os.close(theirs_out)

    def __enter__(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.attach(target["targetId"])
        return self

    def __exit__(self, *_):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (Timeout, Failed, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.into)
        os.close(self.out)
        self.home._rmtree(self.home.name, ignore_errors=True)

    def attach(self, target):
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "DOM", "Network", "Log"):
            self.call(domain + ".enable")

    def receive(self, until):
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise Timeout("no answer of the browser")
            part = os.read(self.into, 1 << 20)
            if not part:
                raise Failed("the browser ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + self.seconds
        while True:
            answer = self.receive(until)
            if answer.get("id") == self.number:
                break
            if "method" in answer:
                self.events.append(answer)
        if "error" in answer:
            raise Failed("%s: %s" % (method, answer["error"]["message"]))
        return answer["result"]

    def run(self, script):
        """The value of an expression in the page, awaited."""
        r = self.call("Runtime.evaluate", expression=script,
                      returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in r:
            details = r["exceptionDetails"]
            raise Failed(details.get("exception", details).get(
                "description", details["text"]))
        return r["result"].get("value")

    def wait(self, script):
        """Until the expression is true; returns its value."""
        until = time.monotonic() + self.seconds
        while True:
            value = self.run(script)
            if value:
                return value
            if time.monotonic() > until:
                raise Timeout("in vain: " + script)
            time.sleep(0.05)

    def size(self, width, height, dark=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme",
             "value": "dark" if dark else "light"}])

    def open(self, url):
        self.call("Page.navigate", url=url)

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)

    def click(self, x, y):
        self.move(x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def place(self, element, dx=None, dy=None):
        """Where an element is, or a point of it, once it is in view."""
        return self.run("""(() => {
            const e = %s;
            if (!e)
                throw new Error("no such element");
            e.scrollIntoView({ block: "center", behavior: "instant" });
            const r = e.getClientRects()[0];    // a link's first line
            return [r.left + %s, r.top + %s];
        })()""" % (element, "r.width / 2" if dx is None else dx,
                   "r.height / 2" if dy is None else dy))

    def click_on(self, element, dx=None, dy=None):
        self.click(*self.place(element, dx, dy))

    def type(self, text):
        self.call("Input.insertText", text=text)

    def key(self, name, code):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name,
                      windowsVirtualKeyCode=code,
                      text="\r" if name == "Enter" and kind == "keyDown"
                      else "")

    def choose_file(self, element, path):
        """As if the file had been chosen for an <input type=file>."""
        found = self.call("Runtime.evaluate", expression=element)["result"]
        self.call("DOM.setFileInputFiles", objectId=found["objectId"],
                  files=[os.path.abspath(path)])

    def picture(self, path, whole=False):
        data = self.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=whole)["data"]
        with open(path, "wb") as f:
            f.write(base64.b64decode(data))

    def complaints(self):
        """Errors that the page logged, and what it fetched but itself."""
        found = []
        for e in self.events:
            params = e.get("params", {})
            if e["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif e["method"] == "Log.entryAdded" and \
                    params["entry"]["level"] == "error":
                found.append(params["entry"]["text"])
            elif e["method"] == "Network.requestWillBeSent" and \
                    params["type"] != "Document":
                found.append("fetched " + params["request"]["url"][:80])
        return found
