/** Figures as the page writes them. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 })

/** 1,234,567 */
export const count = (value: number): string => whole.format(value)

const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 })

/** A number with as many digits as tell something: 0.0123, 3.14, 1,234. */
export const number = (value: number): string =>
  Math.abs(value) >= 1000 ? whole.format(value) : digits.format(value)

/** In at most five characters: 812, 1.2k, 34k, 5.6M. */
export const short = (value: number): string => {
  if (value < 9.95 && value % 1 !== 0) return String(Number(value.toPrecision(2)))
  if (value < 999.5) return String(Math.round(value))
  const [unit, scaled] =
    value < 999_500
      ? ["k", value / 1e3]
      : value < 999_500_000
        ? ["M", value / 1e6]
        : ["G", value / 1e9]
  return `${scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)}${unit}`
}

/** 40 ms, 1.4 s, 3 min 20 s, 2 h 5 min */
export const duration = (ms: number): string => {
  if (ms < 999.5) return `${ms < 9.95 && ms % 1 !== 0 ? ms.toFixed(1) : Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 59.95) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds) % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export const bytes = (size: number): string =>
  size < 1000
    ? `${size} bytes`
    : size < 1e6
      ? `${(size / 1e3).toFixed(0)} kB`
      : size < 1e9
        ? `${(size / 1e6).toFixed(1)} MB`
        : `${(size / 1e9).toFixed(1)} GB`

export const percent = (share: number): string =>
  share > 0 && share < 0.001 ? "< 0.1 %" : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`

const moments = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
  timeZoneName: "short"
})
/** A time as logs, cards and locks have it too, wherever one looks at it. */
export const moment = (at: number): string => moments.format(at)
