/** Tiles out of one PMTiles file (version 3), read by ranges; directories are kept once they were asked for. */

const HEADER_BYTES = 127;
// Header and root directory lie within the first 16 kB, by the specification.
const FIRST_BYTES = 16_384;
const MAX_DEPTH = 4;

interface Entry {
  id: number;
  offset: number;
  length: number;
  run: number; // 0 where it leads to a further directory
}

interface Header {
  leaves: number;
  data: number;
  root: Entry[];
}

export class Archive {
  private opened: Promise<Header> | null = null;
  private readonly directories = new Map<number, Promise<Entry[]>>();

  constructor(private readonly address: string) {}

  /** Ask for what every tile needs before any is asked for. */
  open(): void {
    this.header().catch(() => undefined);
  }

  /** A tile, or null where there is none. */
  async tile(z: number, x: number, y: number, signal: AbortSignal): Promise<ArrayBuffer | null> {
    const header = await this.header();
    const id = tileId(z, x, y);
    let entries = header.root;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const entry = find(entries, id);
      if (!entry) return null;
      if (entry.run > 0) return id < entry.id + entry.run ? inflate(await this.bytes(header.data + entry.offset, entry.length, signal)) : null;
      entries = await this.directory(header.leaves + entry.offset, entry.length);
    }
    return null;
  }

  private header(): Promise<Header> {
    this.opened ??= this.read();
    this.opened.catch(() => (this.opened = null));
    return this.opened;
  }

  private async read(): Promise<Header> {
    const bytes = await this.bytes(0, FIRST_BYTES);
    const view = new DataView(bytes);
    if (view.byteLength < HEADER_BYTES || view.getUint32(0, false) !== 0x504d5469 || view.getUint8(7) !== 3)
      throw new Error(`${this.address}: not a PMTiles file of version 3`);
    const whole = (at: number): number => Number(view.getBigUint64(at, true));
    const root = await inflate(bytes.slice(whole(8), whole(8) + whole(16)));
    return { leaves: whole(40), data: whole(56), root: entriesOf(root) };
  }

  private directory(offset: number, length: number): Promise<Entry[]> {
    const known = this.directories.get(offset);
    if (known) return known;
    const asked = this.bytes(offset, length).then(inflate).then(entriesOf);
    this.directories.set(offset, asked);
    asked.catch(() => this.directories.delete(offset));
    return asked;
  }

  private async bytes(offset: number, length: number, signal?: AbortSignal): Promise<ArrayBuffer> {
    const answer = await fetch(this.address, { headers: { Range: `bytes=${offset}-${offset + length - 1}` }, signal: signal ?? null });
    if (!answer.ok) throw new Error(`${this.address}: ${answer.status}`);
    const bytes = await answer.arrayBuffer();
    // Who knows no ranges sends it all.
    return answer.status === 206 ? bytes : bytes.slice(offset, offset + length);
  }
}

async function inflate(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** The last entry that begins at or before a tile. */
function find(entries: Entry[], id: number): Entry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as Entry).id <= id) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}

/** A directory: counts, then ids as differences, runs, lengths, and offsets, 0 where one follows the one before. */
function entriesOf(buffer: ArrayBuffer): Entry[] {
  const bytes = new Uint8Array(buffer);
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a directory of the tiles is cut short");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const count = next();
  let id = 0;
  const entries: Entry[] = Array.from({ length: count }, () => ({ id: (id += next()), offset: 0, length: 0, run: 0 }));
  for (const entry of entries) entry.run = next();
  for (const entry of entries) entry.length = next();
  entries.forEach((entry, i) => {
    const offset = next();
    const before = entries[i - 1];
    entry.offset = offset === 0 && before ? before.offset + before.length : offset - 1;
  });
  return entries;
}

/** The place of a tile on the Hilbert curves of all zooms. */
function tileId(z: number, x: number, y: number): number {
  let id = (4 ** z - 1) / 3;
  let [a, b] = [x, y];
  for (let side = 2 ** (z - 1); side >= 1; side /= 2) {
    const right = (a & side) > 0 ? 1 : 0;
    const down = (b & side) > 0 ? 1 : 0;
    id += side * side * ((3 * right) ^ down);
    if (down === 0) {
      if (right === 1) {
        a = side - 1 - (a & (side - 1));
        b = side - 1 - (b & (side - 1));
      }
      [a, b] = [b, a];
    }
  }
  return id;
}
