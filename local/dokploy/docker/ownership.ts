/**
 * Which projects on the engine are this data folder's: everything else is left alone.
 * Guarantees: a container is ours only when Compose's own labels name one of our projects and our
 * compose file's folder; a volume or network only when it is labelled with one of our projects, whose
 * names end in six random characters.
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { codeDirOf, readJson, writeJson } from '../files.ts';

export const projectLabel = 'com.docker.compose.project';
const folderLabel = 'com.docker.compose.project.working_dir';
/** On the networks that we make ourselves; its value is the data folder. */
export const ownerLabel = 'dokploy-standin';

const record = z.object({
  /** Every project that was ever started and not purged. */
  projects: z.array(z.string()),
  /** Images that those projects named. */
  images: z._default(z.array(z.string()), []),
  /** Containers that ran when the last run was closed. */
  resumed: z._default(z.array(z.string()), []),
});
type Record = z.infer<typeof record>;

const maxNames = 10_000;

export class Ownership {
  readonly owner: string;
  readonly #path: string;
  #record: Record;

  constructor(dataDir: string) {
    this.owner = realpathSync(dataDir);
    this.#path = join(this.owner, 'docker.json');
    const stored = readJson(this.#path);
    const empty: Record = { projects: [], images: [], resumed: [] };
    this.#record = stored === undefined ? empty : z.parse(record, stored);
  }

  get projects(): readonly string[] {
    return this.#record.projects;
  }

  get images(): readonly string[] {
    return this.#record.images;
  }

  /** Where `docker compose` is run for a project: what it writes into its folder label. */
  folderOf(appName: string): string {
    return codeDirOf(this.owner, appName);
  }

  owns(labels: Readonly<globalThis.Record<string, string>>): boolean {
    const project = labels[projectLabel] ?? '';
    return this.projects.includes(project) && labels[folderLabel] === this.folderOf(project);
  }

  /** Written before anything is started: a crash must not leave what nobody knows. */
  claim(appName: string, images: readonly string[]): void {
    const projects = [...new Set([...this.projects, appName])];
    if (projects.length > maxNames) throw new Error(`more than ${maxNames} projects`);
    const known = [...new Set([...this.images, ...images])].slice(-maxNames);
    this.#write({ ...this.#record, projects, images: known });
  }

  forgetImages(images: readonly string[]): void {
    this.#write({ ...this.#record, images: this.images.filter((name) => !images.includes(name)) });
  }

  forgetAll(): void {
    this.#write({ projects: [], images: [], resumed: [] });
  }

  setResumed(containerIds: readonly string[]): void {
    this.#write({ ...this.#record, resumed: [...containerIds] });
  }

  takeResumed(): readonly string[] {
    const { resumed } = this.#record;
    if (resumed.length > 0) this.setResumed([]);
    return resumed;
  }

  #write(next: Record): void {
    this.#record = next;
    writeJson(this.#path, next);
  }
}
