/**
 * How well a text answers what was typed; 0 when it does not. Every word must begin a word of the text or stand in
 * it; beginnings count more, and early ones most.
 */
export function score(text: string, query: string): number {
  const haystack = text.toLowerCase();
  let total = 1;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = haystack.indexOf(word);
    if (at < 0) return 0;
    const begins =
      at === 0 || /[^\p{L}\p{N}]/u.test(haystack[at - 1] ?? "") ? 2 : wordStart(haystack, word) ? 1.5 : 0.5;
    total += begins + 1 / (1 + at);
  }
  return total;
}

function wordStart(haystack: string, word: string): boolean {
  return haystack.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word));
}
