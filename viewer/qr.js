// @ts-check
/**
 * A QR code of a text: ISO/IEC 18004, byte mode, error correction level L, versions 1 to 20. Pure. The reader's link is
 * drawn here and not by a service, because its fragment tells nobody but the reader what the reader needs.
 */

/** Level L: error correction codewords a block, and number of blocks, by version (table 9). */
const CORRECTION = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28];
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8];

/** @typedef {boolean[][]} Grid dark modules, by row */

/** Powers and logarithms in GF(256) with the polynomial 0x11d. */
const POWER = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent += 1) {
  POWER[exponent] = POWER[exponent + 255] = value;
  LOG[value] = exponent;
  value = value & 128 ? (value << 1) ^ 0x11d : value << 1;
}

/** @param {number} a @param {number} b */
const times = (a, b) => (a && b ? (POWER[(LOG[a] ?? 0) + (LOG[b] ?? 0)] ?? 0) : 0);

/** Reed-Solomon remainder of `data`. @param {number[]} data @param {number} count */
export function correction(data, count) {
  let generator = [1];
  for (let index = 0; index < count; index += 1) {
    const next = [...generator, 0];
    generator.forEach((value, at) => (next[at + 1] = (next[at + 1] ?? 0) ^ times(value, POWER[index] ?? 0)));
    generator = next;
  }
  const rest = new Array(count).fill(0);
  for (const value of data) {
    const factor = value ^ rest.shift();
    rest.push(0);
    for (let at = 0; at < count; at += 1) rest[at] ^= times(generator[at + 1] ?? 0, factor);
  }
  return rest;
}

/** All modules that carry data, bits (section 6.1). @param {number} version */
function capacity(version) {
  const side = version * 4 + 17;
  let bits = side * side - 3 * 64 - 2 * 15 - 1 - 2 * (side - 16);
  if (version > 1) {
    const across = Math.floor(version / 7) + 2;
    bits -= 25 * (across * across - 3) - 10 * (across - 2);
  }
  return version > 6 ? bits - 36 : bits;
}

/** @param {number} version */
function dataBytes(version) {
  return Math.floor(capacity(version) / 8) - (CORRECTION[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);
}

/** The codewords: mode, length, bytes, padding, then interleaved blocks. @param {Uint8Array} bytes @param {number} version */
function codewords(bytes, version) {
  const length = version < 10 ? 8 : 16;
  let bits = "0100" + bytes.length.toString(2).padStart(length, "0");
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  bits += "0000".slice(0, Math.max(0, dataBytes(version) * 8 - bits.length));
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  const data = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  for (let pad = 0xec; data.length < dataBytes(version); pad ^= 0xec ^ 0x11) data.push(pad);
  const count = BLOCKS[version - 1] ?? 1;
  const short = Math.floor(data.length / count);
  const longFrom = count - (data.length % count);
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = index * short + Math.max(0, index - longFrom);
    return data.slice(start, start + short + (index >= longFrom ? 1 : 0));
  });
  const checks = blocks.map((block) => correction(block, CORRECTION[version - 1] ?? 0));
  return [...interleave(blocks), ...interleave(checks)];
}

/** @param {number[][]} blocks @returns {number[]} */
function interleave(blocks) {
  const longest = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: longest }, (_, at) => blocks.flatMap((block) => block.slice(at, at + 1))).flat();
}

/** Centres of the alignment patterns (annex E). @param {number} version @returns {number[]} */
function centres(version) {
  if (version === 1) return [];
  const across = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (across * 2 - 2)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: across - 1 }, (_, index) => last - step * (across - 2 - index))];
}

/** The fixed patterns; `taken` marks every module that carries no data. @param {number} version */
function fixed(version) {
  const side = version * 4 + 17;
  const grid = Array.from({ length: side }, () => new Array(side).fill(false));
  const taken = grid.map((row) => [...row]);
  const set = (/** @type {number} */ y, /** @type {number} */ x, /** @type {boolean} */ dark) => {
    const [row, mark] = [grid[y], taken[y]];
    if (!row || !mark || x < 0 || x >= side) return;
    row[x] = dark;
    mark[x] = true;
  };
  for (let at = 0; at < side; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  for (const [y, x] of /** @type {[number, number][]} */ ([[3, 3], [3, side - 4], [side - 4, 3]]))
    for (let dy = -4; dy <= 4; dy += 1)
      for (let dx = -4; dx <= 4; dx += 1) {
        const ring = Math.max(Math.abs(dy), Math.abs(dx));
        set(y + dy, x + dx, ring !== 2 && ring !== 4);
      }
  const places = centres(version);
  for (const y of places)
    for (const x of places) {
      if ((y === 6 && (x === 6 || x === side - 7)) || (y === side - 7 && x === 6)) continue;
      for (let dy = -2; dy <= 2; dy += 1)
        for (let dx = -2; dx <= 2; dx += 1) set(y + dy, x + dx, Math.max(Math.abs(dy), Math.abs(dx)) !== 1);
    }
  if (version > 6) {
    const bits = remainder(version, 12, 0x1f25);
    for (let at = 0; at < 18; at += 1) {
      const dark = ((bits >> at) & 1) === 1;
      set(Math.floor(at / 3), side - 11 + (at % 3), dark);
      set(side - 11 + (at % 3), Math.floor(at / 3), dark);
    }
  }
  return { grid, taken, set, side };
}

/** `value` with its BCH check bits. @param {number} value @param {number} count @param {number} polynomial */
function remainder(value, count, polynomial) {
  let rest = value;
  for (let at = 0; at < count; at += 1) rest = (rest << 1) ^ ((rest >> (count - 1)) * polynomial);
  return (value << count) | rest;
}

/** Level L and the mask, twice (section 7.9). @param {(y: number, x: number, dark: boolean) => void} set @param {number} side @param {number} mask */
function format(set, side, mask) {
  const bits = remainder(8 | mask, 10, 0x537) ^ 0x5412; // level L is 01
  for (let at = 0; at < 15; at += 1) {
    const dark = ((bits >> at) & 1) === 1;
    set(at < 6 ? at : at < 8 ? at + 1 : side - 15 + at, 8, dark);
    set(8, at < 8 ? side - 1 - at : at === 8 ? 7 : 14 - at, dark);
  }
  set(side - 8, 8, true);
}

/** Where each mask inverts (table 10). @type {((y: number, x: number) => boolean)[]} */
const MASKS = [
  (y, x) => (y + x) % 2 === 0, (y) => y % 2 === 0, (_, x) => x % 3 === 0, (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0, (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0, (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
];

/** How hard a grid is to read (section 7.8.3). @param {Grid} grid */
function penalty(grid) {
  const side = grid.length;
  const lines = [...grid, ...grid.map((_, x) => grid.map((row) => row[x] ?? false))].map((line) => line.map(Number).join(""));
  let points = 0;
  for (const line of lines) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    for (const pattern of ["10111010000", "00001011101"])
      for (let at = line.indexOf(pattern); at >= 0; at = line.indexOf(pattern, at + 1)) points += 40;
  }
  for (let y = 0; y < side - 1; y += 1)
    for (let x = 0; x < side - 1; x += 1) {
      const dark = grid[y]?.[x];
      if (dark === grid[y]?.[x + 1] && dark === grid[y + 1]?.[x] && dark === grid[y + 1]?.[x + 1]) points += 3;
    }
  const share = (grid.flat().filter(Boolean).length * 100) / (side * side);
  return points + Math.floor(Math.abs(share - 50) / 5) * 10;
}

/**
 * @param {string} text at most 858 bytes in UTF-8 @param {number} [only] use this mask and no other @returns {Grid}
 */
export function qr(text, only) {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, at) => dataBytes(at + 1) * 8 >= 4 + (at < 9 ? 8 : 16) + bytes.length * 8) + 1;
  if (!version) throw new RangeError("too long for a QR code");
  const stream = codewords(bytes, version);
  const grids = (only === undefined ? MASKS.map((_, mask) => mask) : [only]).map((mask) => {
    const { grid, taken, set, side } = fixed(version);
    format(set, side, mask);
    let at = 0;
    for (let right = side - 1; right > 0; right -= right === 8 ? 3 : 2)
      for (let step = 0; step < side; step += 1)
        for (const x of [right, right - 1]) {
          const upwards = Math.floor((side - 1 - (right > 6 ? right : right + 1)) / 2) % 2 === 0;
          const y = upwards ? side - 1 - step : step;
          const [row, mark] = [grid[y], taken[y]];
          if (!row || !mark || mark[x]) continue;
          const bit = ((stream[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
          row[x] = (bit === 1) !== MASKS[mask]?.(y, x);
          at += 1;
        }
    return grid;
  });
  return grids.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

/** The path of an SVG in units of one module, with the quiet zone of 4. @param {Grid} grid */
export function path(grid) {
  return grid.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join("");
}
