/**
 * A login started in this tab is followed by its first smoke without another click, whichever way
 * the login ends: by the pasted address, or by the gateway's own page where it can be reached.
 * Kept for the tab, so that a reload in between loses nothing; taken once.
 */
const keyOf = (runtimeId: string): string => `hd.smoke.${runtimeId}`;

export const wishSmoke = (runtimeId: string): void => {
  try {
    sessionStorage.setItem(keyOf(runtimeId), '1');
  } catch {
    // Then the customer clicks once more.
  }
};

export const takeSmokeWish = (runtimeId: string): boolean => {
  try {
    const wished = sessionStorage.getItem(keyOf(runtimeId)) !== null;
    sessionStorage.removeItem(keyOf(runtimeId));
    return wished;
  } catch {
    return false;
  }
};
