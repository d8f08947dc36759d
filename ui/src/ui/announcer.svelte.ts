/** The one live region of the page: what a screen reader says of changes that others can see. */
export class Announcer {
  text = $state("");
  #turn = false;

  say(text: string): void {
    // A region that gets the same text again stays silent; a trailing space that comes and goes is not spoken.
    this.#turn = !this.#turn;
    this.text = this.#turn ? text : `${text}\u00a0`;
  }
}
