/**
 * Questions that are asked before React is there. What a page asks while it is built up it finds here, answered or on
 * its way, and needs not ask again.
 */

/** What is asked, and the key under which the pages keep the answer. */
export interface Question<T> {
  key: readonly unknown[];
  ask: (signal?: AbortSignal) => Promise<T>;
}

interface Early {
  key: readonly unknown[];
  answer: Promise<unknown>;
  /** Set once it has arrived. */
  value?: { data: unknown };
}

const asked = new Map<string, Early>();
const nameOf = (key: readonly unknown[]) => JSON.stringify(key);

/** What is refused is forgotten: the page asks by itself and says so. */
export function askEarly<T>({ key, ask }: Question<T>): Promise<T> {
  const answer = ask();
  const early: Early = { key, answer };
  asked.set(nameOf(key), early);
  answer.then(
    (data) => (early.value = { data }),
    () => asked.delete(nameOf(key)),
  );
  return answer;
}

/** The answer on its way, once. */
export function takeEarly<T>(key: readonly unknown[]): Promise<T> | undefined {
  const early = asked.get(nameOf(key));
  asked.delete(nameOf(key));
  return early?.answer as Promise<T> | undefined;
}

/** Every answer that has arrived; those are not for `takeEarly` any more. */
export function takeArrived(): { key: readonly unknown[]; data: unknown }[] {
  const arrived = [];
  for (const [name, { key, value }] of asked) {
    if (!value) continue;
    asked.delete(name);
    arrived.push({ key, data: value.data });
  }
  return arrived;
}

/** Resolves when all have been answered or refused, with what was asked upon an answer, or after so many milliseconds. */
export function earlyAnswers(atMost: number): Promise<unknown> {
  const settled = async () => {
    for (let waiting = pending(); waiting.length > 0; waiting = pending()) await Promise.allSettled(waiting);
  };
  return Promise.race([settled(), new Promise((resolve) => setTimeout(resolve, atMost))]);
}

const pending = () => [...asked.values()].filter(({ value }) => !value).map(({ answer }) => answer);

/** Nothing asked before may be shown: it is old, or somebody else works now. */
export const forgetEarly = (): void => asked.clear();
