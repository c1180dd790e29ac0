/** What the commands print: steps with their time, and expected trouble without a stack trace. */

/** Trouble a person can do something about; its message says what. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}

export const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Runs `work` under a headline; on a terminal the seconds count up while it runs. */
export const step = async <T>(
  title: string,
  work: (note: (text: string) => void) => Promise<T>,
): Promise<T> => {
  const startedAt = performance.now();
  const elapsed = (): string => seconds(performance.now() - startedAt);
  let note = '';
  const draw = (): void => {
    process.stdout.write(`\r\u001b[2K  … ${title} (${elapsed()}) ${note}`.slice(0, 110));
  };
  const ticker = process.stdout.isTTY ? setInterval(draw, 200) : undefined;
  const end = (mark: string): void => {
    clearInterval(ticker);
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[2K');
    say(`  ${mark} ${title} (${elapsed()})${note === '' ? '' : ` – ${note}`}`);
  };
  try {
    const value = await work((text) => {
      note = text;
    });
    end('✓');
    return value;
  } catch (error) {
    end('✗');
    throw error;
  }
};
