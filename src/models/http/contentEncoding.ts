/** Content encodings: bodies that were compressed on their way, undone. */
import { promisify } from "node:util"
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib"

type Undo = (bytes: Buffer) => Promise<Buffer>

const inflated = promisify(inflate) as Undo

const encodings: Readonly<Record<string, Undo>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  // Some servers leave the frame of zlib out.
  deflate: (bytes) => inflated(bytes).catch(() => (promisify(inflateRaw) as Undo)(bytes)),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress)
}

/** What servers are told that they may use. */
export const acceptedEncodings = "gzip, deflate, br, zstd"

/**
 * The bytes as they were before all that a `Content-Encoding` names; undefined if nothing was done
 * to them.
 */
export const decoded = (bytes: Buffer, header: string | undefined): Promise<Buffer> | undefined => {
  const names = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity")
  return names.length === 0 || bytes.length === 0 ? undefined : undone(bytes, names.toReversed())
}

const undone = async (bytes: Buffer, names: ReadonlyArray<string>): Promise<Buffer> => {
  let plain = bytes
  for (const name of names) {
    const undo = encodings[name]
    if (undo === undefined) throw new Error(`its content encoding '${name}' is not known`)
    plain = await undo(plain)
  }
  return plain
}
