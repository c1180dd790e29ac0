/**
 * The main thread's next turn: work that is long on a phone is cut here, so that a tap or a key
 * that came meanwhile is answered in between. By a message: timers are slowed down once nested, and
 * in pages that are not seen.
 */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
