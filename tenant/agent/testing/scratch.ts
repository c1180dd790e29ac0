/** The scratch runtime of tests that need no second gateway. */
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Takes orders as the scratch runtime's script does; the fake gateway stands for the started one. */
export function wakeScratch(folder: string): { readonly end: () => Promise<void> } {
  let isOver = false;
  const loop = async (): Promise<void> => {
    while (!isOver) {
      const isOrdered = await access(join(folder, '.order')).then(
        () => true,
        () => false,
      );
      const running = join(folder, '.running');
      if (isOrdered) await writeFile(running, '').catch(() => undefined);
      else await rm(running, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const looping = loop();
  return {
    end: async () => {
      isOver = true;
      await looping;
    },
  };
}
