// ONNX Runtime Web, loaded from where the settings say. What comes from elsewhere must have the expected hash: neither
// another version nor a changed file ever runs.

/** Open the runtime. `script`, `binary`: {url, integrity}. One thread: pages are seldom isolated enough for more. */
export async function openRuntime({ script, binary }) {
  const [code, wasm] = await Promise.all([fetchChecked(script), fetchChecked(binary)]);
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    const ort = await import(address);
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmBinary = wasm;
    ort.env.logLevel = "error";
    return ort;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Open a network; its inputs and outputs have the names that the file gives them. */
export async function openNetwork(ort, url) {
  // Memory patterns are kept for each input shape, and pictures and batches come in every size.
  const options = { executionProviders: ["wasm"], enableMemPattern: false };
  const session = await ort.InferenceSession.create(await fetchChecked({ url }), options);
  const [input] = session.inputNames;
  return {
    outputs: session.outputNames,
    /** `data`: bytes or float32 of shape `dims`; returns {name: {data, dims}}. */
    async run(data, dims) {
      const bytes = !(data instanceof Float32Array);
      const array = data instanceof Uint8ClampedArray ? new Uint8Array(data.buffer, data.byteOffset, data.length) : data;
      return session.run({ [input]: new ort.Tensor(bytes ? "uint8" : "float32", array, dims) });
    },
    close: () => session.release(),
  };
}

async function fetchChecked({ url, integrity = "" }) {
  const response = await fetch(url, { integrity });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.arrayBuffer();
}
