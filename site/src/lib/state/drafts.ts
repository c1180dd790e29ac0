/**
 * What a person has typed and not sent yet, by field, for the life of the page and of one account:
 * a session that ends in the middle of a form takes none of it away. In memory alone.
 */
export class Drafts {
  readonly #texts = new Map<string, string>();
  #ownerId: string | null = null;

  read(field: string): string {
    return this.#texts.get(field) ?? '';
  }

  keep(field: string, text: string): void {
    if (text === '') this.#texts.delete(field);
    else this.#texts.set(field, text);
  }

  /** Somebody signed in: what another account typed is dropped. */
  belongTo(userId: string): void {
    if (this.#ownerId !== userId) this.#texts.clear();
    this.#ownerId = userId;
  }

  clear(): void {
    this.#texts.clear();
  }
}
