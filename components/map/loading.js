// What the map loads: plotly.js, once a page, and numbers by address.

let plotlyAsked = null;
function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  plotlyAsked ??= new Promise((done, failed) => {
    const early = [...document.scripts].find(({ src }) => src && new URL(src).pathname === address); // came with the page
    const script = early ?? make("script", { src: address });
    script.addEventListener("load", () => done(window.Plotly));
    script.addEventListener("error", () => { plotlyAsked = null; script.remove(); failed(new Error("plotly.js could not be loaded")); });
    if (!early) document.head.append(script);
  });
  return plotlyAsked;
}

// it starts without the kinds of chart that not every map needs
function withKind(Plotly, kind) {
  Plotly.kinds?.[kind]?.();
  if (Plotly.kinds) delete Plotly.kinds[kind];
  return Plotly;
}

async function fetchBytes(address) {
  const answer = await ask(address);
  if (answer.ok) return answer.arrayBuffer();
  const said = await answer.json().catch(() => ({}));
  throw new Error(`${said.message ?? "The map's numbers are not on the server any more."} ${said.hint ?? ""}`.trim());
}

const fetchJson = async (address) => JSON.parse(new TextDecoder().decode(await fetchBytes(address)));

// one bit an item, the first item in the lowest bit, as one byte an item
function unpackBits(buffer, count) {
  const packed = new Uint8Array(buffer);
  const bits = new Uint8Array(count);
  for (let item = 0; item < count; item++) bits[item] = (packed[item >> 3] >> (item & 7)) & 1;
  return bits;
}

// asked once: a page may have only so many of these
let webgl = null;
const hasWebGL = () => (webgl ??= Boolean(document.createElement("canvas").getContext("webgl")));
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
