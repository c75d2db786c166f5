// What the map loads: plotly.js, once a page, and numbers by address.

let plotlyAsked = null;
function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  plotlyAsked ??= new Promise((done, failed) => {
    const script = make("script", { src: address });
    script.onload = () => done(window.Plotly);
    script.onerror = () => { plotlyAsked = null; failed(new Error("plotly.js could not be loaded")); };
    document.head.append(script);
  });
  return plotlyAsked;
}

async function fetchNumbers(address, kind) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("the map's numbers are not on the server any more: reload the page");
  return new kind(await answer.arrayBuffer());
}

const hasWebGL = () => Boolean(document.createElement("canvas").getContext("webgl"));
