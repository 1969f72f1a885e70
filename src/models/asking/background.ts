/**
 * Background: rejections that have nothing to do with how much is requested: other users of the
 * same allowance, a provider that is short of machines.
 *
 * A model that is asked for too much rejects less when it is asked for less. What it still rejects
 * far below a pace that it once took is background: the rows behind those rejections wait, and
 * going slower yet would only cost time.
 */

export interface Background {
  /** The highest pace that was ever taken, in requests a second. */
  readonly taken: number
  /** Requests far below that pace since the last share was noted, and how many were rejected. */
  readonly requests: number
  readonly rejected: number
  /** The last shares. */
  readonly shares: ReadonlyArray<number>
}

export const noBackground: Background = { taken: 0, requests: 0, rejected: 0, shares: [] }

/** Below this part of the pace that was taken, rejections are not due to the pace. */
const farBelow = 0.7

/** Requests over which a share is taken, and shares of which the lowest counts. */
const requestsPerShare = 100
const sharesKept = 4

/** A lower share is what a pace at its limit costs. */
const lowestShare = 0.03

/** A run of rejections that is less likely than this is no accident. */
const unlikely = 1e-4

/** The share of requests that are rejected whatever the pace; 0 if there are next to none. */
export const backgroundShare = ({ shares }: Background): number => {
  const share = Math.min(...shares)
  return shares.length > 0 && share >= lowestShare ? share : 0
}

/** Whether a pace is far below one that was taken. */
export const isFarBelow = ({ taken }: Background, perSecond: number): boolean =>
  perSecond < taken * farBelow

/** A pace was taken. */
export const withTaken = (background: Background, perSecond: number): Background => ({
  ...background,
  taken: Math.max(background.taken, perSecond)
})

/** A request at a pace came back. */
export const withRequest = (
  background: Background,
  perSecond: number,
  isRejected: boolean
): Background => {
  if (!isFarBelow(background, perSecond)) return background
  const requests = background.requests + 1
  const rejected = background.rejected + Number(isRejected)
  return requests < requestsPerShare
    ? { ...background, requests, rejected }
    : {
        ...background,
        requests: 0,
        rejected: 0,
        shares: [...background.shares, rejected / requests].slice(-sharesKept)
      }
}

/** How many rejections in a row the background does not explain. */
export const unlikelyRun = (background: Background): number => {
  const share = backgroundShare(background)
  return share === 0 ? 0 : Math.ceil(Math.log(unlikely) / Math.log(share))
}
