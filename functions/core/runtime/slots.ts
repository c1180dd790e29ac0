/** Slots of a server: numbered from 0, each a row whose id is `<server>.<number>`. */

export const slotRow = (serverId: string, number: number): string => `${serverId}.${number}`;

/** Numbers nobody holds, lowest first. */
export const freeNumbers = (
  server: { readonly id: string; readonly slots: number },
  taken: ReadonlySet<string>,
): readonly number[] => {
  const numbers = Array.from({ length: server.slots }, (_, number) => number);
  return numbers.filter((number) => !taken.has(slotRow(server.id, number)));
};

/** Minute of the hour in which a runtime is inspected; ids are hexadecimal and spread evenly. */
export const inspectionMinute = (runtimeId: string): number => {
  const number = Number.parseInt(runtimeId.slice(-6), 16);
  return Number.isNaN(number) ? 0 : number % 60;
};
