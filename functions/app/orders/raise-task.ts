/** A task for an operator. Key: (kind, subject, mul_no); raised twice is raised once. */
import type { TaskKind } from '#schemas/contract/vocabulary.ts';
import type { OrderDeps } from './deps.ts';

export const raiseTask = async (
  deps: Pick<OrderDeps, 'store' | 'ids' | 'clock' | 'log'>,
  task: { readonly kind: TaskKind; readonly subjectId: string; readonly mulNo: string },
): Promise<void> => {
  const id = deps.ids.idFrom('task', task.kind, task.subjectId, task.mulNo);
  const outcome = await deps.store.create('tasks', id, {
    data: {
      kind: task.kind,
      subjectId: task.subjectId,
      detail: JSON.stringify({ mulNo: task.mulNo }),
      openedAt: deps.clock.now().toISOString(),
      closedAt: null,
    },
    readers: 'functions',
  });
  if (outcome === 'created') {
    deps.log.warn('task.raised', { kind: task.kind, subjectId: task.subjectId });
  }
};
