"""A visitor without a browser: a real Streamlit session over its WebSocket, and real uploads over HTTP.

It speaks the browser's own protocol (protobuf messages, the upload address, the XSRF cookie), so the server does the
same work, and it is light: twenty of them leave the processor to the server.
"""

import json
import urllib.request
import uuid
from http.cookies import SimpleCookie

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

XSRF = "_streamlit_xsrf"


class WireVisitor:
    """One session at the server at `address`. A context manager; leaving it ends the session.

    `page`: what the last run of the script sent, as ForwardMsgs without those that a later one replaced.
    """

    def __init__(self, address: str, timeout: float = 60):
        self.address, self.timeout = address, timeout
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=timeout) as reply:
            cookie = SimpleCookie(reply.headers.get("Set-Cookie", ""))
        self._token = cookie[XSRF].value if XSRF in cookie else ""
        self._widgets: dict[str, WidgetState] = {}
        self.page: list[ForwardMsg] = []

    def __enter__(self):
        stream = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        headers = {"Cookie": f"{XSRF}={self._token}"}
        protocols = ["streamlit", self._token or "none"]
        self._socket = connect(
            stream, subprotocols=protocols, additional_headers=headers, max_size=None, open_timeout=self.timeout
        )
        return self

    def __exit__(self, *_):
        self._socket.close()

    def open(self, name: str, query: str = "") -> None:
        """Open the page `name` and wait until its script has run."""
        self._name, self._query = name, query
        self._run()

    def upload(self, key: str, *files: tuple[str, bytes]) -> None:
        """Put (name, bytes) into the file uploader `key`, and wait until the page has been redrawn."""
        state = WidgetState(id=self._find_widget(key))
        for (name, data), urls in zip(files, self._ask_for_addresses(files), strict=True):
            self._put(urls.upload_url, name, data)
            info = state.file_uploader_state_value.uploaded_file_info.add(
                file_id=urls.file_id, name=name, size=len(data)
            )
            info.file_urls.CopyFrom(urls)
        self._widgets[state.id] = state
        self._run()

    def shows(self, text: str) -> bool:
        """Say whether any element of the page holds `text`: words, a label, an alternative text."""
        return any(text.encode() in message.SerializeToString() for message in self.page)

    def fetch_pictures(self) -> list[bytes]:
        """Fetch the pictures of the page as a browser does."""
        found = [message.delta.new_element.imgs.imgs for message in self.page]
        return [self._get(picture.url) for pictures in found for picture in pictures if picture.url[:1] == "/"]

    def _run(self) -> None:
        request = BackMsg()
        request.rerun_script.page_name, request.rerun_script.query_string = self._name, self._query
        request.rerun_script.widget_states.widgets.extend(self._widgets.values())
        self._socket.send(request.SerializeToString())
        shown = {}
        while True:
            message = self._receive()
            kind = message.WhichOneof("type")
            if kind == "delta":
                shown[tuple(message.metadata.delta_path)] = message
            elif kind == "script_finished":
                self.page = list(shown.values())
                return

    def _receive(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._socket.recv(self.timeout))
        return message

    def _find_widget(self, key: str) -> str:
        uploaders = [message.delta.new_element.file_uploader.id for message in self.page]
        return next(name for name in uploaders if name.endswith(f"-{key}"))

    def _ask_for_addresses(self, files) -> list:
        request = BackMsg()
        request.file_urls_request.request_id = str(uuid.uuid4())
        request.file_urls_request.file_names.extend(name for name, _ in files)
        self._socket.send(request.SerializeToString())
        while True:
            message = self._receive()
            if message.WhichOneof("type") == "file_urls_response":
                return list(message.file_urls_response.file_urls)

    def _put(self, path: str, name: str, data: bytes) -> None:
        edge = uuid.uuid4().hex
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename={json.dumps(name)}\r\n\r\n'
        request = urllib.request.Request(
            self.address + path,
            method="PUT",
            data=head.encode() + data + f"\r\n--{edge}--\r\n".encode(),
            headers={
                "Content-Type": f"multipart/form-data; boundary={edge}",
                "Cookie": f"{XSRF}={self._token}",
                "X-Xsrftoken": self._token,
            },
        )
        urllib.request.urlopen(request, timeout=self.timeout).close()

    def _get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.address + path, timeout=self.timeout) as reply:
            return reply.read()
