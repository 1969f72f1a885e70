/** Waiting for something, but not for ever: Redis may be away. */

/** What a promise gives, or `otherwise` where it fails or takes longer. */
export const within = <A, B>(promise: Promise<A>, ms: number, otherwise: B): Promise<A | B> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<B>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  return Promise.race([promise.catch(() => otherwise), late]).finally(() => clearTimeout(timer))
}
