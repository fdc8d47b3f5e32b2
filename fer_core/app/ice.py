"""Which STUN and TURN servers help the browser and this server to find each other; read from where hosts put secrets.

The first of these that is set counts:

- `CLOUDFLARE_TURN_KEY_ID` and `CLOUDFLARE_TURN_KEY_API_TOKEN`, or `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN` (with the
  package `twilio`), in the environment: streamlit-webrtc asks that provider for credentials that last an hour or two;
- `FER_ICE_SERVERS` in the environment: JSON, a list of {"urls": ..., "username": ..., "credential": ...};
- `ice_servers` in Streamlit's secrets: the same list, as TOML tables;
- `FER_TURN_URL`, `FER_TURN_USER` and `FER_TURN_PASSWORD` in the environment or in the secrets: one TURN server.

An empty list means no server at all. When nothing is set, a public STUN server is asked, but never on localhost.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DEFAULT_STUN = "stun:stun.l.google.com:19302"
SERVERS, SECRET, TRIO = "FER_ICE_SERVERS", "ice_servers", ("FER_TURN_URL", "FER_TURN_USER", "FER_TURN_PASSWORD")
PROVIDERS = {
    "Cloudflare": ("CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_KEY_API_TOKEN"),
    "Twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
}
ADDRESS = re.compile(r"(stuns?|turns?):[\w.-]+(:\d{1,5})?(\?transport=(udp|tcp))?", re.ASCII)
EXAMPLE = '[{"urls": "turn:turn.example.org:3478", "username": "...", "credential": "..."}]'


class IceError(ValueError):
    """The servers are configured in a way that cannot work; the message is for whoever runs this, without secrets."""


@dataclass(frozen=True)
class IceServers:
    """`servers`: as WebRTC takes them; `problem`: one sentence when the configuration is wrong, else empty; `provider`:
    who gives servers and short-lived credentials instead.
    """

    servers: tuple[dict, ...] = ()
    problem: str = ""
    provider: str = ""

    @property
    def has_turn(self) -> bool:
        """Whether a relay is among them, which gets through where UDP is blocked."""
        return bool(self.provider) or any(url.startswith("turn") for server in self.servers for url in server["urls"])

    def describe(self) -> str:
        """Say which servers the browser asks for its address or sends its video through; empty without any."""
        if self.provider:
            return f"To find this server, your browser asks {self.provider}, which may pass the encrypted video on."
        hosts = {url.split(":")[1] for server in self.servers for url in server["urls"]}
        if not hosts:
            return ""
        told = "may pass the encrypted video on" if self.has_turn else "tells it its own address, and sees no video"
        return f"To find this server, your browser asks {' and '.join(sorted(hosts))}, which {told}."

    def to_configuration(self) -> dict | None:
        """Return the RTCConfiguration for the browser and the server; a list even if empty, so that none is added.

        None leaves it to streamlit-webrtc, which asks the provider.
        """
        if self.provider:
            return None
        return {"iceServers": [dict(server) for server in self.servers]}


def load_ice_servers(environment: Mapping[str, str], secrets: Mapping, is_local: bool) -> IceServers:
    """Return what is configured, else the default; with a problem and the default when the configuration is wrong.

    `is_local`: whether the visitor's browser runs on this machine and needs no help to find it.
    """
    if provider := _find_provider(environment):
        return IceServers(provider=provider)
    default = () if is_local else ({"urls": [DEFAULT_STUN]},)
    try:
        configured = _read(environment, secrets)
    except IceError as error:
        return IceServers(default, str(error))
    return IceServers(default if configured is None else configured)


def _find_provider(environment: Mapping[str, str]) -> str:
    return next((name for name, keys in PROVIDERS.items() if all(map(environment.get, keys))), "")


def _read(environment: Mapping[str, str], secrets: Mapping) -> tuple[dict, ...] | None:
    if environment.get(SERVERS):
        try:
            listed = json.loads(environment[SERVERS])
        except ValueError:
            raise IceError(f"{SERVERS} is no JSON: write it as {EXAMPLE}.") from None
        return _check_list(listed, SERVERS)
    if SECRET in secrets:
        return _check_list(secrets[SECRET], f"`{SECRET}` in the secrets")
    url, user, password = (str(environment.get(name) or secrets.get(name) or "").strip() for name in TRIO)
    if not (url or user or password):
        return None
    if not url:
        raise IceError(f"{TRIO[0]} is missing beside {TRIO[1]} or {TRIO[2]}: set it to turn:host:port.")
    return (_check_server({"urls": url, "username": user, "credential": password}, TRIO[0]),)


def _check_list(listed, where: str) -> tuple[dict, ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise IceError(f"{where} is no list of servers: write it as {EXAMPLE}.")
    return tuple(_check_server(server, where) for server in listed)


def _check_server(server, where: str) -> dict:
    urls = server.get("urls", server.get("url")) if isinstance(server, Mapping) else None
    urls = [urls] if isinstance(urls, str) else urls
    if not isinstance(urls, Sequence) or not urls or not all(isinstance(url, str) for url in urls):
        raise IceError(f'{where} has a server without "urls": write it as {EXAMPLE}.')
    if wrong := [url for url in urls if not ADDRESS.fullmatch(url.strip())]:
        raise IceError(
            f"{where} has an address that is none, {wrong[0][:60]!r}: write stun:host:port or turn:host:port."
        )
    checked = {"urls": [url.strip() for url in urls]}
    if any(url.strip().startswith("turn") for url in urls):
        user, password = server.get("username"), server.get("credential")
        if not (isinstance(user, str) and user and isinstance(password, str) and password):
            raise IceError(f"{where} has a TURN server without a user or a password: it needs both.")
        checked |= {"username": user, "credential": password}
    return checked
