/**
 * Stands for OpenClaw's gateway in this test's stacks, beside the real agent. Fifty real gateways
 * would take 60 GiB and an hour; what is proven here is how many stacks there are and whose, so the
 * gateway only has to satisfy the agent: healthy, guarded, on the configuration bootstrap wrote, and
 * with a login. Started as `gateway.ts … <port>`, also as the one that proves a backup.
 * `GATEWAY_VERSION`: what it says it is; `GATEWAY_MUTE`: its turns come to nothing.
 */
import { readFileSync } from 'node:fs';
import { createFakeGateway, hello } from '#tenant/agent/testing/gateway.ts';
import type { AskedCall, GivenAnswer } from '#tenant/agent/testing/gateway.ts';

const admitted = (headers: AskedCall['headers']): GivenAnswer => {
  const refuse = (code: string): GivenAnswer => ({
    error: { code: 'FORBIDDEN', message: '', details: { code } },
  });
  if (headers['x-tenant-user'] === undefined) return refuse('AUTH_REQUIRED');
  const isForeign = (headers.origin ?? '').includes('foreign-origin.invalid');
  const version = process.env['GATEWAY_VERSION'] ?? hello.server.version;
  const payload = { ...hello, server: { version } };
  return isForeign ? refuse('CONTROL_UI_ORIGIN_NOT_ALLOWED') : { payload };
};

const liveConfig = (): unknown =>
  JSON.parse(readFileSync(process.env['OPENCLAW_CONFIG_PATH'] ?? '', 'utf8'));

/** A turn that answers with the nonce it was asked for. */
const turnOf = (params: unknown): GivenAnswer => {
  const nonce = /Reply with exactly: (\w+)/.exec(JSON.stringify(params))?.[1] ?? '';
  const meta = { agentMeta: { provider: 'openai', model: 'stand-in' } };
  const text = process.env['GATEWAY_MUTE'] === undefined ? nonce : '';
  const result = { payloads: [{ text }], meta };
  return { payload: { runId: 'run', status: 'ok', result } };
};

const answer = ({ method, params, headers }: AskedCall): GivenAnswer => {
  switch (method) {
    case 'connect':
      return admitted(headers);
    case 'config.get':
      return { payload: { valid: true, config: liveConfig() } };
    case 'models.authStatus':
      return { payload: { providers: [{ provider: 'openai', status: 'ok' }] } };
    case 'openclaw.setup.verify':
      return { payload: { ok: true } };
    case 'agent':
      return turnOf(params);
    default:
      return { payload: {} };
  }
};

const gateway = await createFakeGateway(Number(process.argv.at(-1)));
gateway.answer = answer;
process.once('SIGTERM', () => process.exit(0));
