/** Several stand-ins on one machine, and the ports that they give to services. */
import { afterEach, expect, test } from 'vitest';
import { PortBlock, isFree } from './ports.ts';

const held: PortBlock[] = [];
const open = async (dataDir: string): Promise<PortBlock> => {
  const block = await PortBlock.open(dataDir);
  held.push(block);
  return block;
};
const some = async (block: PortBlock, count: number): Promise<readonly number[]> => {
  const ports: number[] = [];
  const keep = (port: number): void => void ports.push(port);
  const allocate = () => block.allocate(() => new Set(ports), keep);
  await Promise.all(Array.from({ length: count }, allocate));
  return ports;
};

afterEach(async () => {
  await Promise.all(held.splice(0).map((block) => block.close()));
});

test('two that run at once give out different ports, also for one folder', async () => {
  const first = await open('/data/one');
  const second = await open('/data/one');
  const ports = [...(await some(first, 100)), ...(await some(second, 100))];
  expect(new Set(ports).size).toBe(200);
  expect(ports.filter((port) => first.owns(port))).toHaveLength(100);
  expect(ports.filter((port) => second.owns(port))).toHaveLength(100);
});

test('nobody is given the same port while a place is found for others', async () => {
  const ports = await some(await open('/data/two'), 300);
  expect(new Set(ports).size).toBe(300);
  expect(await Promise.all(ports.slice(0, 10).map(isFree))).not.toContain(false);
});

test('who starts again on its folder owns the ports of before', async () => {
  const before = await open('/data/three');
  const [port = 0] = await some(before, 1);
  await before.close();
  held.length = 0;
  expect((await open('/data/three')).owns(port)).toBe(true);
});
