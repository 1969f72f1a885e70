/** A figure at a glance: its name, its value, and what is to be known of it. */
export const Tile = ({
  about,
  bad = false,
  name,
  value
}: {
  readonly name: string
  readonly value: string
  readonly about: string
  readonly bad?: boolean
}) => (
  <div class={bad ? "bad" : ""}>
    <dt>{name}</dt>
    <dd>
      <span class="value">{value}</span>
      <span class="about">{about}</span>
    </dd>
  </div>
)
