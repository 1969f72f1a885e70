/** Matrices of 32-bit numbers in NumPy's format, which `numpy.load` and FAISS read too. */
import { readFile, writeFile } from "node:fs/promises"
import { DataError } from "../../data/rows/DataError.ts"
import { Vectors } from "./Vectors.ts"

const magic = "\x93NUMPY\x01\x00"
/** Where the numbers begin is a multiple of this. */
const alignment = 64

export const writeNpy = async (
  path: string,
  { dimensions, length, numbers }: Vectors
): Promise<void> => {
  const described = `{'descr': '<f4', 'fortran_order': False, 'shape': (${length}, ${dimensions}), }`
  const size = Math.ceil((magic.length + 2 + described.length + 1) / alignment) * alignment
  const head = Buffer.alloc(size, " ")
  head.write(magic, "latin1")
  head.writeUInt16LE(size - magic.length - 2, magic.length)
  head.write(described, magic.length + 2, "latin1")
  head.write("\n", size - 1)
  await writeFile(path, [head, Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength)])
}

/** Throws `DataError` if the file is not there, or is not a matrix of 32-bit numbers. */
export const readNpy = async (path: string): Promise<Vectors> => {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    throw DataError.of("read", path, thrown)
  })
  const headLength = bytes.length < magic.length + 2 ? 0 : bytes.readUInt16LE(magic.length)
  const start = magic.length + 2 + headLength
  const described = bytes.toString("latin1", magic.length + 2, start)
  const shape = /'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(described)
  const length = Number(shape?.[1])
  const dimensions = Number(shape?.[2])
  if (
    bytes.toString("latin1", 0, magic.length) !== magic ||
    shape === null ||
    bytes.length !== start + length * dimensions * 4
  )
    throw new DataError({
      action: "read",
      path,
      detail: "it is not a whole matrix of 32-bit numbers in NumPy's format"
    })
  const numbers = new Float32Array(length * dimensions)
  Buffer.from(numbers.buffer).set(bytes.subarray(start))
  return Vectors.from(numbers, dimensions)
}
