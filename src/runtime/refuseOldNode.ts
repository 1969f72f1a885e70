/**
 * Refuses an older Node. It is the library's first import, so that this is said before anything
 * fails for what such a Node lacks.
 */
import { tooOld } from "./neededNode.ts"

const sentence = tooOld()
if (sentence !== undefined) {
  const error = new Error(sentence)
  // Where it was thrown says nothing to who has the wrong Node.
  error.stack = sentence
  throw error
}
