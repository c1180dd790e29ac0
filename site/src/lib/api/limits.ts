/** Bounds of what is read at once; apart from the gateway, so that pages need not load the SDK. */

export const pageSize = 100;
/** Entries of one order's history; older ones are said to exist. */
export const historyPageSize = pageSize;
