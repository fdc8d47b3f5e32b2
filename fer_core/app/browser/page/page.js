// The static page: a photo or the camera, one at a time, so that only one of them holds the networks.

import { mountLive } from "./modules/live.js";
import { mountPhoto } from "./modules/photo.js";

const find = (id) => document.getElementById(id);
const here = (address) => new URL(address, document.baseURI).href;

const { settings, example, meaning, network } = await (await fetch("settings.json")).json();
for (const name of Object.keys(settings.networks)) settings.networks[name] = here(settings.networks[name]);
for (const file of Object.values(settings.runtime)) file.url = here(file.url);
find("meaning").textContent = meaning;
find("network").textContent = network;

const mounts = { photo: mountPhoto, live: mountLive };
let shown;

function show(name) {
  shown?.close();
  for (const other of Object.keys(mounts)) {
    find(other).hidden = other !== name;
    find(`${other}-tab`).setAttribute("aria-pressed", String(other === name));
  }
  const root = find(name);
  delete root.dataset.ready;
  shown = mounts[name](root, { settings, example: here(example) });
}

for (const name of Object.keys(mounts)) find(`${name}-tab`).onclick = () => show(name);
addEventListener("pagehide", () => shown?.close());
addEventListener("pageshow", ({ persisted }) => persisted && show("photo"));
show("photo");
