/** A name's own colour and letters, the same on every board. */

export interface Identity {
  letters: string;
  /** Hue in degrees. */
  hue: number;
}

/** So many hues can still be told apart. */
const HUES = 24;

export function identityOf(name: string): Identity {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  // Names that differ in one letter must not end up side by side: every bit has to count in the last ones.
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  hash ^= hash >>> 13;
  return { letters: lettersOf(name), hue: ((hash >>> 0) % HUES) * (360 / HUES) };
}

/** `builder-3` gives B3, `code reviewer` CR, `human` H. */
function lettersOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = words[0]?.[0] ?? "?";
  const trailing = /(\d{1,2})$/.exec(name)?.[1] ?? "";
  if (trailing) return (first + trailing).toUpperCase();
  return (words.length > 1 ? first + (words.at(-1)?.[0] ?? "") : first).toUpperCase();
}
