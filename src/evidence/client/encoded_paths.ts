/** What no part of a path can be: an empty one would not be there, and the others lead elsewhere. */
const NO_PART: ReadonlySet<unknown> = new Set(["", ".", ".."]);

/**
 * Routes of `hc` that write parameters of a path in percent-encoding. `hc` puts them in as they are:
 * `?` and `#` would end the path, and a name such as `../../other` would lead to something else.
 */
export function withEncodedPaths<Routes extends object>(routes: Routes): Routes {
  return new Proxy(routes, {
    get(target, name, receiver) {
      const inner: unknown = Reflect.get(target, name, receiver);
      return typeof inner === "function" ? withEncodedPaths(inner) : inner;
    },
    apply(target, self, [sent, ...more]: readonly unknown[]) {
      // Every route of `hc` is a function, also those that only lead to others.
      return Reflect.apply(target as () => unknown, self, [withEncoded(sent), ...more]);
    },
  });
}

function withEncoded(sent: unknown): unknown {
  if (!(sent instanceof Object) || !("param" in sent)) return sent;
  const written = Object.entries(Object(sent.param)).map(([name, value]) => {
    if (NO_PART.has(value)) throw new RangeError(`${name} must not be "${value}"`);
    return [name, encodeURIComponent(String(value))];
  });
  return { ...sent, param: Object.fromEntries(written) };
}
