"""Ask the browser whether it would give this page a camera: a script without any looks, in the page itself.

The streamer shows its own error when the camera is refused, but does not tell Python. This does.
"""

import streamlit as st

from fer_core.app.sentences.camera import OK

WATCH = """
export default function ({ setStateValue }) {
  const devices = navigator.mediaDevices;
  let said = "ok", permission = null, gone = false;

  const look = async () => {
    let camera = "ok";
    if (!devices?.getUserMedia) camera = "insecure";
    else if (permission?.state === "denied") camera = "denied";
    else {
      const list = await devices.enumerateDevices().catch(() => null);
      if (list && !list.some((device) => device.kind === "videoinput")) camera = "missing";
    }
    if (!gone && camera !== said) setStateValue("camera", (said = camera));
  };

  devices?.addEventListener?.("devicechange", look);
  const asked = navigator.permissions?.query({ name: "camera" }) ?? Promise.reject();
  asked.then((answer) => {
    permission = answer;
    answer.addEventListener("change", look);
  }).catch(() => {}).finally(look);

  return () => {
    gone = true;
    devices?.removeEventListener?.("devicechange", look);
    permission?.removeEventListener("change", look);
  };
}
"""
_watch = st.components.v2.component("camera_watch", js=WATCH)


def watch_camera() -> str:
    """Return OK, DENIED, MISSING or INSECURE; the page runs again when it changes. OK until the browser has answered."""
    result = _watch(key="live-camera", on_camera_change=lambda: None, height=1)
    return result.get("camera") or OK
