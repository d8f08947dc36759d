/** A name's own colour and letters, the same on every board. */

export interface Identity {
  letters: string;
  /** Hue in degrees. */
  hue: number;
}

/** Hues that stay apart from each other and read as a person, not as a state. */
const HUES = [262, 30, 330, 190, 150, 100, 300, 230, 60, 0];

export function identityOf(name: string): Identity {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  return { letters: lettersOf(name), hue: HUES[(hash >>> 0) % HUES.length] ?? 262 };
}

/** `builder-3` gives B3, `code reviewer` CR, `human` H. */
function lettersOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = words[0]?.[0] ?? "?";
  const trailing = /(\d{1,2})$/.exec(name)?.[1] ?? "";
  if (trailing) return (first + trailing).toUpperCase();
  return (words.length > 1 ? first + (words.at(-1)?.[0] ?? "") : first).toUpperCase();
}
