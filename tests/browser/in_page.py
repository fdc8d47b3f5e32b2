"""What tests and benchmarks run in the static page itself."""

OPEN = """
async () => {
  const settings = (await (await fetch("settings.json")).json()).settings;
  const here = (address) => new URL(address, document.baseURI).href;
  for (const name in settings.networks) settings.networks[name] = here(settings.networks[name]);
  for (const name in settings.runtime) settings.runtime[name].url = here(settings.runtime[name].url);
  const { openEngine } = await import(here("modules/engine.js"));
  const { Picture } = await import(here("modules/pixels.js"));
  window.engine = await openEngine(settings);
  window.read = async (address) => {
    const bitmap = await createImageBitmap(await (await fetch(address)).blob(), { colorSpaceConversion: "none" });
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { width, height, data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    return Picture.fromRgba(width, height, data);
  };
}
"""
"""Leaves `engine` and `read(address)`, a picture's pixels, in the page."""
