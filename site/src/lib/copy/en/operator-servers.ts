/** English: the servers on which runtimes are placed. */
import type { ServerState } from '#schemas/contract/vocabulary.ts';
import type { ServerMark } from '#lib/flow/servers.ts';

export const servers = {
  title: 'Servers',
  lede: 'Where runtimes are placed. A paid runtime waits until an open server in reach has a free slot.',
  empty: 'No server yet: nothing that is paid can be placed.',
  free: (count: number) =>
    count === 1 ? '1 free slot on open servers.' : `${count} free slots on open servers.`,
  noneFree: 'No free slot: the next paid runtime waits.',
  add: 'Add server…',
  change: 'Change…',
  saved: (name: string) => `Saved: ${name}`,
  columns: {
    name: 'Server',
    machine: 'Machine in Dokploy',
    memory: 'Memory a slot',
    used: 'Slots used',
    state: 'State',
    lostSince: 'Out of reach since',
    action: 'Action',
  },
  ownMachine: 'Dokploy’s own machine',
  usedOf: (used: number, slots: number) => `${used} of ${slots}`,
  marks: { lost: 'out of reach', full: 'full' } satisfies Record<ServerMark, string>,
  states: {
    open: 'takes runtimes',
    draining: 'takes no new ones',
    closed: 'out of use',
  } satisfies Record<ServerState, string>,
  explained: {
    open: 'New runtimes are placed here while a slot is free.',
    draining: 'What is here stays and goes on running; nothing new is placed.',
    closed: 'Nothing new is placed, for good. What is still here is not stopped by this.',
  } satisfies Record<ServerState, string>,
  form: {
    add: 'Add a server',
    change: (name: string) => `Change ${name}`,
    name: 'Name',
    nameHint: 'Small letters, digits and hyphens, at most 29. It cannot be changed later.',
    nameTaken: 'There is a server of this name: change that one instead.',
    region: 'Region',
    machine: 'Server id in Dokploy (optional)',
    machineHint: 'Empty: the machine Dokploy itself runs on. Fixed while a runtime is here.',
    memory: 'Memory a slot (MiB)',
    memoryHint: 'At least 256. Plans that need more are not placed here.',
    slots: 'Slots',
    slotsHint: 'At most 1,000. Fewer than are used turn nobody out.',
    state: 'State',
    submit: 'Save',
    submitting: 'Saving…',
    back: 'Back',
  },
};
