// From codes to colors: categories have their palette, numbers a scale of 255 steps and gray where there is none.

const VIRIDIS = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const MISSING = "#9aa0a6";

const rgb = (hex) => [1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16));

const SCALE = Array.from({ length: 255 }, (_, step) => {
  const at = (step / 254) * (VIRIDIS.length - 1);
  const index = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [low, high] = [rgb(VIRIDIS[index]), rgb(VIRIDIS[index + 1])];
  return low.map((part, channel) => Math.round(part + (high[channel] - part) * (at - index)));
});

// [red, green, blue] of every code
const paletteOf = (coloring) => (coloring.kind === "category" ? coloring.palette.map(rgb) : [...SCALE, rgb(MISSING)]);

const withAlpha = ([red, green, blue], alpha) => new Uint8Array([red, green, blue, Math.round(alpha * 255)]);

// any color of the style sheet as [red, green, blue]
let pen = null;
function parts(color) {
  const context = (pen ??= make("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true }));
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}
