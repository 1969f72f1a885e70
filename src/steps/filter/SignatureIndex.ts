/**
 * Locality-sensitive hashing of MinHash signatures: a signature is cut into bands, and two texts
 * are taken for alike if one of their bands is the same (Leskovec et al., Mining of Massive
 * Datasets, chapter 3).
 */
import { KeySet } from "./KeySet.ts"

/** How signatures are cut: `bands` bands of `rows` places. */
export interface Banding {
  readonly bands: number
  readonly rows: number
}

/** Slices in which a probability is summed up. */
const slices = 200

/**
 * The banding that errs least: the chance that texts less alike than the threshold share a band,
 * plus the chance that texts more alike share none, over all similarities.
 */
export const bandingFor = (threshold: number, numPerm: number): Banding => {
  let best: Banding = { bands: 1, rows: numPerm }
  let least = Infinity
  for (let bands = 1; bands <= numPerm; bands++) {
    for (let rows = 1; rows <= numPerm / bands; rows++) {
      let error = 0
      for (let i = 0; i < slices; i++) {
        const similarity = (i + 0.5) / slices
        const none = (1 - similarity ** rows) ** bands
        error += similarity < threshold ? 1 - none : none
      }
      if (error >= least) continue
      least = error
      best = { bands, rows }
    }
  }
  return best
}

/** Bands of the signatures that were added: 64 bits each, whatever the texts' lengths. */
export class SignatureIndex {
  readonly #banding: Banding
  readonly #known = new KeySet(2)
  readonly #keys: Uint32Array

  constructor(banding: Banding) {
    this.#banding = banding
    this.#keys = new Uint32Array(banding.bands * 2)
  }

  /** Adds a signature; false, and nothing is added, if one that shares a band is there. */
  add(signature: Int32Array): boolean {
    const { bands } = this.#banding
    this.#hash(signature)
    for (let band = 0; band < bands; band++) if (this.#known.has(this.#keys, band * 2)) return false
    for (let band = 0; band < bands; band++) this.#known.add(this.#keys, band * 2)
    return true
  }

  /** Two independent hashes of each band, which begin with its number. */
  #hash(signature: Int32Array): void {
    const { bands, rows } = this.#banding
    for (let band = 0; band < bands; band++) {
      let one = band + 1
      let two = ~band
      for (let i = band * rows; i < (band + 1) * rows; i++) {
        one = mixed(one ^ signature[i]!, 0x85_eb_ca_6b)
        two = mixed(two ^ signature[i]!, 0xc2_b2_ae_35)
      }
      this.#keys[band * 2] = one
      this.#keys[band * 2 + 1] = two
    }
  }
}

const mixed = (value: number, factor: number): number => {
  const product = Math.imul(value ^ (value >>> 15), factor)
  return product ^ (product >>> 13)
}
