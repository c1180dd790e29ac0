/** English texts of what the runtime refuses while a Codex login is handed over or a code asked for. */
import type { AgentErrorCode } from '#schemas/contract/agent.ts';
import type { CallbackProblem } from '#lib/flow/callback.ts';
import type { ErrorText } from './error-text.ts';

export type CodexErrorCode = AgentErrorCode | CallbackProblem;

const newLogin = 'Start a new login below; the old one has ended.';

export const codexErrors = {
  ticket_missing: {
    cause: 'The pass for your runtime was missing.',
    next: 'Try again; we fetch a new one.',
  },
  ticket_invalid: {
    cause: 'Your runtime did not accept the pass.',
    next: 'Try again; we fetch a new one. If it stays, tell the operator.',
  },
  ticket_expired: {
    cause: 'The pass for your runtime had expired.',
    next: 'Try again; we fetch a new one.',
  },
  ticket_replayed: {
    cause: 'This pass was used already.',
    next: 'Try again; we fetch a new one.',
  },
  ticket_wrong_scope: {
    cause: 'The pass was for something else.',
    next: 'Reload the page and send it again.',
  },
  body_invalid: {
    cause: 'The runtime could not read what was sent.',
    next: 'Paste the whole address once more.',
  },
  body_too_large: {
    cause: 'What was pasted is far too long for an address.',
    next: 'Paste only the address from the browser bar.',
  },
  not_found: {
    cause: 'The runtime does not know this request.',
    next: 'Reload the page. If it stays, tell the operator.',
  },
  origin_refused: {
    cause: 'The runtime takes logins only from this product’s own site.',
    next: 'Open the site at its usual address and try again.',
  },
  gateway_starting: {
    cause: 'The OpenClaw gateway is still starting.',
    next: 'Wait a few seconds and send it again.',
  },
  gateway_unreachable: {
    cause: 'The OpenClaw gateway does not answer.',
    next: 'Wait a moment and try again; verify the runtime if it stays.',
  },
  gateway_refused: {
    cause: 'The OpenClaw gateway refused the login.',
    next: newLogin,
  },
  codex_busy: {
    cause: 'Another Codex login is open on this runtime.',
    next: 'Finish it, or try again in a minute.',
  },
  codex_attempt_unknown: {
    cause: 'The runtime no longer knows this login, perhaps because it restarted.',
    next: newLogin,
  },
  codex_attempt_expired: {
    cause: 'This login was open for too long and has expired.',
    next: newLogin,
  },
  codex_pasted_authorize_url: {
    cause: 'This is the address of the login page itself.',
    next: 'Log in there first. Then copy the address your browser ends on: it starts with http://localhost.',
  },
  codex_callback_malformed: {
    cause: 'This is not an address.',
    next: 'Copy the whole line from the browser bar after the login and paste it here.',
  },
  codex_callback_truncated: {
    cause: 'A part of the address is missing.',
    next: 'Click into the browser bar, select everything, copy, and paste it again.',
  },
  codex_wrong_attempt: {
    cause: 'This address belongs to another login attempt.',
    next: 'Open the login from the button above and paste the address that one ends on.',
  },
  codex_access_denied: {
    cause: 'The login was declined on the OpenAI page.',
    next: 'Start the login again and allow access there.',
  },
  codex_code_rejected: {
    cause: 'OpenAI did not accept the code; it may be used or too old.',
    next: newLogin,
  },
  codex_unsupported_region: {
    cause: 'OpenAI does not serve Codex in the region of this server or account.',
    next: 'Trying again will not help. Write to the operator.',
  },
  codex_blocked: {
    cause: 'A firewall in front of OpenAI refuses this server.',
    next: 'Try again in a few minutes. If it stays, write to the operator.',
  },
  codex_rate_limited: {
    cause: 'OpenAI takes no more logins for now.',
    next: 'Wait ten minutes, then start a new login.',
  },
  codex_upstream_unavailable: {
    cause: 'OpenAI does not answer right now.',
    next: 'Try again in a few minutes.',
  },
  codex_device_disabled: {
    cause: 'Device codes are switched off for this ChatGPT account or its workspace.',
    next: 'Log in with the address instead, or allow device codes in the security settings of ChatGPT.',
  },
  smoke_busy: { cause: 'A smoke is running already.', next: 'Wait for its result.' },
  watch_full: {
    cause: 'The log of this runtime is open in as many windows as it may be.',
    next: 'Close one of them, or ask a member of your workspace to.',
  },
  export_busy: {
    cause: 'An export of this runtime is being downloaded already.',
    next: 'Wait until it has ended, then ask again.',
  },
  export_too_large: {
    cause: 'The data of this runtime is larger than an export may be: 16 GiB or 200,000 files.',
    next: 'Delete what is not needed in the workspace, or tell an operator.',
  },
  export_unreadable: {
    cause: 'A file of this runtime could not be read, or changed all the time.',
    next: 'Try again. If it stays so, pause the runtime and export it then.',
  },
  import_malformed: {
    cause: 'That file is no export of a runtime.',
    next: 'Choose the .tar.gz file as it was downloaded.',
  },
  import_too_large: {
    cause: 'That file is larger than the 4 GiB an import may have.',
    next: 'Leave out large files and pack it anew as its note says, or tell an operator.',
  },
  backup_busy: {
    cause: 'A backup or an import of this runtime is being made already.',
    next: 'Wait until it has ended, then send the file again.',
  },
  import_key_wrong: {
    cause: 'This key does not open that file: the backup was sealed to another one.',
    next: 'Choose the key file that was current when the backup was made.',
  },
  recovery_key_missing: {
    cause:
      'There is no recovery key yet. Without one nobody could open a copy in the bucket once this server’s disk is lost.',
    next: 'Make a recovery key first.',
  },
  bucket_unreachable: {
    cause: 'Nothing answered at the endpoint, or it broke off.',
    next: 'Check the address. If it is right, try again later.',
  },
  bucket_denied: {
    cause: 'The bucket refused these keys.',
    next: 'Check both keys, and that they may write, read and delete objects in this bucket.',
  },
  bucket_missing: {
    cause: 'There is no bucket of this name at that endpoint.',
    next: 'Check the name; make the bucket at your provider first.',
  },
  bucket_misdirected: {
    cause: 'The bucket is in another region, or at another address.',
    next: 'Copy region and endpoint as your provider shows them for this bucket.',
  },
  bucket_full: {
    cause: 'Your provider has no more room for you there.',
    next: 'Raise the quota, or remove something from the bucket.',
  },
  bucket_forbidden: {
    cause: 'That address is not a public one with https. Private networks are not connected to.',
    next: 'Enter your provider’s public endpoint, beginning with https.',
  },
  bucket_mismatch: {
    cause: 'What was read back is not what was written.',
    next: 'Try again. If it stays, the bucket changes what it is given: choose another.',
  },
  bucket_too_large: {
    cause: 'The backup is larger than the 5 GB that can be copied to a bucket.',
    next: 'Remove large files from the workspace, or take an export now and then.',
  },
  bucket_refused: {
    cause: 'The answer was not one of an S3-compatible bucket.',
    next: 'Check that the endpoint is that of the S3 API, not of a web page.',
  },
  runtime_suspended: {
    cause: 'This runtime is stopped. Its data can be exported, nothing else.',
    next: 'Start it again first.',
  },
  session_missing: {
    cause: 'You have no session in this runtime, or it has ended.',
    next: 'Open the runtime from this site again.',
  },
  storage_full: {
    cause: 'The disk of your runtime’s server is full.',
    next: 'The operator makes room. Try again later; nothing is lost.',
  },
  internal: {
    cause: 'Something went wrong on your runtime.',
    next: 'Try again. If it stays, tell the operator.',
  },
  codex_callback_empty: {
    cause: 'Nothing was pasted.',
    next: 'Copy the address your browser ends on after the login.',
  },
  codex_callback_wrong_host: {
    cause: 'This address is not where the login ends.',
    next: 'The right one starts with http://localhost:1455/auth/callback. The page itself cannot load; that is expected.',
  },
  codex_login_error: {
    cause: 'The OpenAI page ended with an error.',
    next: 'Open the login again from the button above.',
  },
} satisfies Record<CodexErrorCode, ErrorText>;
