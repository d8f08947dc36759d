import DOMPurify from "dompurify";
import { Marked, type Token, type TokenizerAndRendererExtension } from "marked";

/** Task ids in running text become links to the card. */
const taskLink: TokenizerAndRendererExtension = {
  name: "taskLink",
  level: "inline",
  start: (source) => source.match(/\bT\d/)?.index,
  tokenizer(source) {
    const match = /^T\d{1,9}\b/.exec(source);
    return match ? { type: "taskLink", raw: match[0] } : undefined;
  },
  renderer: (token: Token) => `<a href="#task-${token.raw}" data-task-link="${token.raw}">${token.raw}</a>`,
};

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  extensions: [taskLink],
  renderer: {
    // HTML in a text is shown as the text it is: what an agent pasted should be seen, not half obeyed.
    html: ({ text }) => text.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign),
    // The page's headings are its outline; those of a text inside it are not.
    heading({ tokens }) {
      return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`;
    },
  },
});

/**
 * What agents write, as nodes. Nothing that loads, runs, styles or submits gets through: what one agent writes is read
 * by a person who may approve work.
 */
export function renderMarkdown(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(marked.parse(text) as string, {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: [
      ..."p br hr strong em del code pre blockquote ul ol li a input".split(" "),
      ..."table thead tbody tr th td".split(" "),
    ],
    ALLOWED_ATTR: ["href", "start", "type", "checked", "disabled", "data-task-link"],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#task-T\d+$)/i,
    // The pattern above is for addresses; these values are none.
    ADD_URI_SAFE_ATTR: ["start", "type", "checked", "disabled", "data-task-link"],
    ALLOW_DATA_ATTR: false,
  });
  for (const link of fragment.querySelectorAll("a")) {
    if (link.hasAttribute("data-task-link")) continue;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  for (const input of fragment.querySelectorAll("input")) {
    // Task lists only; any other field would invite to type into it.
    if (input.type === "checkbox") {
      input.disabled = true;
      input.setAttribute("aria-label", input.checked ? "done" : "open");
    } else input.remove();
  }
  for (const pre of fragment.querySelectorAll("pre")) pre.tabIndex = 0;
  return fragment;
}
