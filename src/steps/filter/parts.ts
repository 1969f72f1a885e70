/** Parts of texts, each as a 32-bit hash: words, or runs of characters. A text has at least one. */

type Add = (part: number) => void

/** Calls `add` for each word, and for each character that is part of no word and no space. */
export const eachWord = (text: string, add: Add): void => {
  let parts = 0
  let start = -1
  for (let i = 0; i <= text.length; i++) {
    const kind = i === text.length ? space : kindOf(text.charCodeAt(i))
    if (kind === letter) {
      if (start === -1) start = i
      continue
    }
    if (start !== -1) {
      add(hashOf(text, start, i))
      parts++
      start = -1
    }
    if (kind === sign) {
      add(hashOf(text, i, i + 1))
      parts++
    }
  }
  if (parts === 0) add(hashOf(text, 0, text.length))
}

/** Calls `add` for each n-gram; a text that is too short for one counts as a whole. */
export const eachNgram = (text: string, n: number, add: Add): void => {
  const last = text.length - n
  if (last < 0) add(hashOf(text, 0, text.length))
  for (let start = 0; start <= last; start++) add(hashOf(text, start, start + n))
}

const letter = 1
const sign = 2
const space = 3

/** What each UTF-16 unit is, found out when it is first met; 0 before. */
const kinds = new Uint8Array(0x1_0000)

const kindOf = (unit: number): number => (kinds[unit] ||= kindOfNew(unit))

const kindOfNew = (unit: number): number => {
  const character = String.fromCharCode(unit)
  if (/\s/.test(character)) return space
  // Halves of a character beyond the first 65,536 stay together.
  return /[\p{L}\p{M}\p{N}\p{Cs}_]/u.test(character) ? letter : sign
}

/** FNV-1a over UTF-16 units. */
const hashOf = (text: string, start: number, end: number): number => {
  let hash = 0x81_1c_9d_c5 | 0
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93)
  return hash
}
