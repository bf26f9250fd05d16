// The data of the page: columns of variable-length integers behind a head in
// JSON, gzipped and in base64. The Go side of this format is columns.go.

// unpack reads one block into {head, columns: name -> Float64Array}. Columns
// that are written against the file's first block need its columns.
export async function unpack(base64, first) {
  const bytes = await gunzip(fromBase64(base64.trim()));
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const reader = new Reader(bytes, 4 + length);
  const columns = {};
  for (const { name, count, delta, base } of head.columns || []) {
    const values = delta ? reader.deltas(count) : reader.plain(count);
    columns[name] = base ? values.map((v, i) => v + first[name][i]) : values;
  }
  return { head, columns };
}

export function fromBase64(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
}

async function gunzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Reader reads integers of seven bits a byte, the lowest first; the lowest bit
// of each is its sign. Values are exact up to 2^52.
export class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  next() {
    const bytes = this.bytes;
    let b = bytes[this.at++];
    if (b < 128) {
      return b & 1 ? -((b + 1) >> 1) : b >> 1;
    }
    let value = b & 127;
    let scale = 128;
    do {
      b = bytes[this.at++];
      value += (b & 127) * scale;
      scale *= 128;
    } while (b >= 128);
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  plain(count) {
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      out[i] = this.next();
    }
    return out;
  }

  deltas(count) {
    const out = new Float64Array(count);
    let last = 0;
    for (let i = 0; i < count; i++) {
      last += this.next();
      out[i] = last;
    }
    return out;
  }
}
