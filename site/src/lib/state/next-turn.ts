/**
 * The main thread's next turn: work that is long on a phone is cut here, so that a tap or a key
 * that came meanwhile is answered in between.
 */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
