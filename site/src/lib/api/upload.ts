/**
 * Sends an archive to the tenant's own agent: straight from this browser, with a ticket that works
 * once. XMLHttpRequest, because fetch does not say how much has been sent.
 */
import {
  archiveType,
  importAnswer,
  importBudgetMs,
  recoveryKeyHeader,
  sealedType,
} from '#schemas/contract/agent-export.ts';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import { readAgentAnswer } from './agent.ts';
import type { AgentOutcome } from './agent.ts';

export interface Upload {
  readonly endpoint: string;
  readonly ticket: string;
  readonly file: File;
  /** The recovery key that opens it; null = it is not sealed. */
  readonly identity: string | null;
  /** 0–1, of the bytes that left this machine. */
  readonly onprogress: (share: number) => void;
  /** Ends it from here. */
  readonly signal: AbortSignal;
}

const unreachable = { kind: 'unreachable' } as const;

/** Never rejects. */
export const sendArchive = (upload: Upload): Promise<AgentOutcome<BackupReport>> =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    const end = (outcome: AgentOutcome<BackupReport>): void => {
      upload.signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    upload.signal.addEventListener('abort', stop);
    request.open('POST', upload.endpoint);
    request.timeout = importBudgetMs;
    request.setRequestHeader('authorization', `Bearer ${upload.ticket}`);
    request.setRequestHeader('content-type', upload.identity === null ? archiveType : sealedType);
    if (upload.identity !== null) request.setRequestHeader(recoveryKeyHeader, upload.identity);
    request.upload.onprogress = ({ loaded, total }) => {
      upload.onprogress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      const isOk = request.status >= 200 && request.status < 300;
      const answer = readAgentAnswer(importAnswer, isOk, request.responseText);
      end(answer.kind === 'done' ? { kind: 'done', value: answer.value.backup } : answer);
    };
    request.onerror = () => end(unreachable);
    request.ontimeout = () => end(unreachable);
    request.onabort = () => end(unreachable);
    request.send(upload.file);
  });
