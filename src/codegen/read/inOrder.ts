/**
 * Things in the order of names, as far as theirs are among them: a compiler brings the keys of a
 * type in an order of its own.
 */
export const inOrder = <A>(
  things: ReadonlyArray<A>,
  nameOf: (thing: A) => string,
  order: ReadonlyArray<string>
): ReadonlyArray<A> => {
  const places = new Map(order.map((name, i) => [name, i]))
  const place = (thing: A): number => places.get(nameOf(thing)) ?? order.length
  return things.toSorted((a, b) => place(a) - place(b))
}
