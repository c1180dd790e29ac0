/** Deployment logs in the form Dokploy writes them. */
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const maxLogBytes = 512 * 1024;
const innerWidth = 76;

export class DeploymentLog {
  readonly #path: string;
  #sizeBytes = 0;

  constructor(dataDir: string, logPath: string) {
    this.#path = join(dataDir, logPath);
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    closeSync(openSync(this.#path, 'a', 0o600));
  }

  line(text: string): void {
    if (this.#sizeBytes > maxLogBytes) return;
    const bytes = `${text}\n`;
    this.#sizeBytes += Buffer.byteLength(bytes);
    appendFileSync(this.#path, bytes);
  }
}

/** Last `tail` lines; empty when there is no log. */
export function readDeploymentLog(dataDir: string, logPath: string, tail: number): string {
  if (logPath === '') return '';
  try {
    const lines = readFileSync(join(dataDir, logPath), 'utf8').split('\n').slice(0, -1);
    return lines
      .slice(-tail)
      .map((line) => `${line}\n`)
      .join('');
  } catch {
    return '';
  }
}

export function removeLog(dataDir: string, logPath: string): void {
  if (logPath !== '') rmSync(join(dataDir, logPath), { force: true });
}

/** The frame around what is about to be run. Pure. */
export function summaryBox(input: { appName: string; commandLine: string }): string[] {
  const texts = [
    '',
    `App Name: ${input.appName}`,
    'Build Compose 🐳',
    'Detected: 0 mounts 📂',
    `Command: ${input.commandLine}`,
    'Source Type: docker raw ✅',
    'Compose Type: docker-compose ✅',
    '',
  ];
  const inner = texts.flatMap(wrap).map((text) => `║ ${padded(text)} ║`);
  const bar = '═'.repeat(innerWidth + 2);
  return [`╔${bar}╗`, ...inner, `╚${bar}╝`];
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > innerWidth) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** An emoji takes two columns, which for these is its length in UTF-16, or one more for ✅. */
function padded(text: string): string {
  const columns = text.length + (text.includes('✅') ? 1 : 0);
  return text + ' '.repeat(Math.max(0, innerWidth - columns));
}
