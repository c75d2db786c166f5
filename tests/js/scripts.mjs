// The map's scripts have no exports: they run as one module. Here they are loaded one by one, by name.

import { readFileSync } from "node:fs";

export function load(files, ...names) {
  const read = (file) => readFileSync(new URL(`../../components/map/${file}`, import.meta.url), "utf8");
  const source = [files].flat().map(read).join("\n");
  return new Function(`"use strict"; ${source}\nreturn { ${names.join(", ")} };`)();
}

// numbers from 0 to 1, the same for the same seed (mulberry32)
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
