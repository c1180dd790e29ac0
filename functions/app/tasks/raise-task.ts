/** A task for an operator. Key: (kind, subject, mul_no, about); raised twice is raised once. */
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import type { Store } from '#ports/store.ts';
import type { Clock, Ids, Log } from '#ports/system.ts';

export interface TaskDeps {
  readonly store: Store;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Task {
  readonly kind: TaskKind;
  readonly subjectId: string;
  /** The payment it concerns, empty where none does. */
  readonly mulNo: string;
  /** Tells two tasks of one kind about one payment apart. */
  readonly about?: string;
  /** What an operator needs to act; no secret, no name of a person but the depositor's. */
  readonly detail?: Readonly<Record<string, string | number | null>>;
}

/** What raising one needs, for who may do nothing else. */
type RaiseDeps = Omit<TaskDeps, 'store'> & { readonly store: Pick<Store, 'create'> };

export const raiseTask = async (deps: RaiseDeps, task: Task): Promise<'raised' | 'known'> => {
  const { kind, subjectId, mulNo, about } = task;
  const key = about === undefined ? [mulNo] : [mulNo, about];
  const id = deps.ids.idFrom('task', kind, subjectId, ...key);
  const outcome = await deps.store.create('tasks', id, {
    data: {
      kind,
      subjectId,
      detail: JSON.stringify({ mulNo, ...task.detail }),
      openedAt: deps.clock.now().toISOString(),
      closedAt: null,
    },
    readers: 'functions',
  });
  if (outcome !== 'created') return 'known';
  deps.log.warn('task.raised', { kind, subjectId });
  return 'raised';
};
