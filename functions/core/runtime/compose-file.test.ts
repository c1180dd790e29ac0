import { describe, expect, it } from 'vitest';
import { networkOf, renderComposeFile } from './compose-file.ts';
import type { StackInput } from './compose-file.ts';

const input: StackInput = {
  runtimeId: 'rt1',
  host: 'acme.runtimes.example',
  scheme: 'https',
  siteOrigin: 'https://app.example',
  openclawImage: 'ghcr.io/openclaw/openclaw@sha256:00',
  agentImage: 'registry.example/agent@sha256:11',
  controlPlaneKeys: '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"a$b","kid":"k1"}]}',
  memoryMiB: 2048,
  cpus: 2,
  networkSeed: [1, 2, 0x35],
};

describe('compose file', () => {
  it('is rendered the same for the same input', () => {
    expect(renderComposeFile(input)).toMatchSnapshot();
  });

  it('publishes no port and grants no capability', () => {
    const file = renderComposeFile(input);
    expect(file).not.toMatch(/\n\s+ports:/);
    expect(file.match(/cap_drop: \[ALL\]/g)).toHaveLength(4);
    expect(file.match(/read_only: true/g)).toHaveLength(4);
  });

  it('tells bootstrap alone what to do with the state, and is unchanged without an order', () => {
    const stateOrder = 'copy:a1b2c3d4e5f6';
    const line = `      STATE_ORDER: "${stateOrder}"\n`;
    const file = renderComposeFile({ ...input, stateOrder });
    expect(file.replace(line, '')).toBe(renderComposeFile(input));
    const [bootstrap = ''] = file.split('\n  openclaw:\n');
    expect(bootstrap).toContain(line);
  });

  it('of an export is bootstrap and agent alone, and does nothing to the state', () => {
    const file = renderComposeFile({ ...input, stateOrder: 'copy:a1b2c3d4e5f6', exportOnly: true });
    expect(file).toMatchSnapshot();
    expect(file.match(/AGENT_MODE: "export"/g)).toHaveLength(2);
    expect(file).not.toContain('STATE_ORDER');
    expect([...file.matchAll(/^ {2}(\w+):\n {4}image/gm)].map(([, name]) => name)).toEqual([
      'bootstrap',
      'agent',
    ]);
    expect(renderComposeFile(input)).not.toContain('AGENT_MODE');
  });

  it('keeps a dollar sign literal: compose would take it for a variable', () => {
    expect(renderComposeFile(input)).toContain('a$$b');
  });

  it('places networks in 10.128.0.0/9, sixteen addresses each', () => {
    expect(networkOf([255, 7, 0xff])).toEqual({
      subnet: '10.255.7.240/28',
      agent: '10.255.7.242',
      openclaw: '10.255.7.243',
      scratch: '10.255.7.244',
    });
  });
});
